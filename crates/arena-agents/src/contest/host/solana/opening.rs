//! From nothing to a started contest on the chain: made, entered by the bots of the cup, started.

use std::{fs, path::PathBuf};

use arena_api::Code;
use arena_chain::{
    Address, ChainError, ChainTerms, HeldContest, Keypair, Note, Signer, TopUp, read_keypair, write_keypair,
};
use arena_core::{
    AgentId,
    contest::{Status, Terms, status},
};

use super::{DoingOnChain, Entrant, OnChain, wallets};
use crate::contest::host::{EXPIRED, Host, HostError, durable, show::Happening};

/// What a bot's wallet is given for the rent of profile, entry and token account, and for fees.
const LAMPORTS: u64 = 20_000_000;
/// What the names of their notes begin with.
const FUNDING: &str = "fund-";
/// With less than so much it is given more.
const FEWEST_LAMPORTS: u64 = 10_000_000;

impl Host {
    /// Sees to it that the contest is started on the chain; says why it never will be, if so, and that it was cancelled then.
    pub(in super::super) async fn opened_on_chain(&mut self) -> Result<Option<String>, HostError> {
        let Some(mut money) = self.money.take() else { return Ok(None) };
        let opened = self.opened(&mut money).await;
        self.money = Some(money);
        opened
    }

    async fn opened(&self, money: &mut OnChain) -> Result<Option<String>, HostError> {
        self.caught_up(money).await?;
        let at = self.chain_contest(money);
        let held = match money.with.chain.contest(&at).await {
            Err(ChainError::NotFound { .. }) if self.note("close_contest").is_there() => {
                money.is_closed = true;
                return Ok(None);
            }
            Err(ChainError::NotFound { .. }) => {
                self.made_on_chain(money).await?;
                self.held(money).await?
            }
            held => held.on_chain(|| "read the contest".into())?,
        };
        let mut why = None;
        if held.status() == Status::Registration {
            why = self.entered_on_chain(money, &held).await?;
            if why.is_none() {
                why = self.started_on_chain(money, &held).await?;
            }
            if why.is_some() {
                let action = money.with.chain.at().cancel(&held);
                let cancelled = self
                    .step(money, "cancel", &action, &[&money.with.key], Some(status::Action::Cancel))
                    .await;
                cancelled.on_chain(|| "cancel the contest".into())?;
            }
        }
        money.entrants = self.entrants(money).await?;
        let ended = match self.held(money).await?.status() {
            Status::Cancelled => Some("it was cancelled on the chain"),
            Status::Abandoned => Some("it was abandoned on the chain"),
            Status::Registration | Status::Active | Status::Eliminating | Status::Finished => None,
        };
        Ok(why.or(ended.map(ToOwned::to_owned)))
    }

    /// Finds out what became of transactions that an earlier host of this run may have sent: the accounts show a step as done, and only its
    /// note by which transaction.
    async fn caught_up(&self, money: &OnChain) -> Result<(), HostError> {
        let folder = self.state.path("chain");
        let Ok(files) = fs::read_dir(&folder) else { return Ok(()) };
        let mut paths: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        // Payments into wallets are seen to where they are made.
        paths.retain(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.ends_with(".json") && !name.starts_with(FUNDING)
        });
        paths.sort_unstable();
        for path in paths {
            let caught_up = money.with.chain.caught_up(&Note::ForGood(path)).await;
            caught_up.on_chain(|| "find out what became of an earlier transaction".into())?;
        }
        Ok(())
    }

    /// Makes the contest, with the terms of the cup and the commitment to the seed.
    async fn made_on_chain(&self, money: &OnChain) -> Result<(), HostError> {
        let (chain, own) = (&money.with.chain, money.own());
        self.registered_on_chain(money, "host", &money.with.key).await?;
        let mut terms = self.cup.terms.clone();
        terms.seed_commitment = Some(self.state.seed()?.commitment());
        let terms = Terms::try_from(terms).map_err(|unclear| HostError::Chain {
            doing: "make the contest".into(),
            source: ChainError::Invalid { field: "terms", reason: unclear.to_string() },
        })?;
        let mint = money.with.mint;
        let doing = || "make the contest".to_owned();
        let token_program = chain.token_program_of(&mint).await.on_chain(doing)?;
        let terms = ChainTerms { terms, oracle: None, mint, token_program };
        terms.check().on_chain(doing)?;
        let made = chain.at().create_contest(&own, self.chain_id(), &self.cup.title, &terms);
        let action = made.on_chain(doing)?;
        self.step(money, "create", &action, &[&money.with.key], None).await.on_chain(doing)?;
        Ok(())
    }

    async fn registered_on_chain(&self, money: &OnChain, name: &str, key: &Keypair) -> Result<(), HostError> {
        let chain = &money.with.chain;
        let doing = || format!("register the wallet of {name}");
        match chain.profile(&key.pubkey()).await {
            Err(ChainError::NotFound { .. }) => {}
            found => return found.map(|_| ()).on_chain(doing),
        }
        // The name is 1 to 32 bytes there, and an agent's id is ASCII.
        let shown: String = name.chars().take(32).collect();
        let action = chain.at().register_profile(&key.pubkey(), &shown).on_chain(doing)?;
        self.step(money, &format!("register-{name}"), &action, &[key], None).await.on_chain(doing)?;
        Ok(())
    }

    /// Has every bot of the cup enter from its own wallet, unless strangers took its place.
    async fn entered_on_chain(
        &self,
        money: &OnChain,
        held: &HeldContest,
    ) -> Result<Option<String>, HostError> {
        let (chain, at) = (&money.with.chain, self.chain_contest(money));
        for bot in &self.cup.bots {
            let (name, key) = (&bot.name, self.wallet_of(&bot.name)?);
            match chain.entry(&at, &key.pubkey()).await {
                Ok(_) => continue,
                Err(ChainError::NotFound { .. }) => {}
                Err(error) => return Err(error).on_chain(|| format!("look for the entry of {name}")),
            }
            if self.cup.fund {
                self.topped_up(money, held, name, &key.pubkey()).await?;
            }
            self.registered_on_chain(money, name.as_str(), &key).await?;
            let action = chain.at().enter(held, &key.pubkey());
            let entered = self
                .step(money, &format!("enter-{name}"), &action, &[&key], Some(status::Action::Enter))
                .await;
            match entered.as_ref().err().map(ChainError::code) {
                Some(Code::ContestFull) => self.show.that(&Happening::LeftOut { agent_id: name }),
                Some(Code::RegistrationExpired) => return Ok(Some(EXPIRED.to_owned())),
                Some(_) | None => {
                    entered.on_chain(|| format!("enter {name}"))?;
                    self.show.that(&Happening::Entered { agent_id: name });
                }
            }
        }
        let held = self.held(money).await?;
        let players = usize::try_from(held.view().entrants()).unwrap_or(usize::MAX);
        Ok(self.cup.rules.check_players(players).err().map(|error| error.to_string()))
    }

    async fn started_on_chain(
        &self,
        money: &OnChain,
        held: &HeldContest,
    ) -> Result<Option<String>, HostError> {
        let action = money.with.chain.at().start(held, &money.own());
        let started =
            self.step(money, "start", &action, &[&money.with.key], Some(status::Action::Start)).await;
        match started.as_ref().err().map(ChainError::code) {
            Some(Code::RegistrationExpired) => Ok(Some(EXPIRED.to_owned())),
            Some(Code::NotEnoughEntrants) => Ok(started.err().map(|error| error.to_string())),
            Some(_) | None => started.map(|_| None).on_chain(|| "start the contest".into()),
        }
    }

    /// Pays what it takes to enter into a bot's wallet, where that is not in it.
    async fn topped_up(
        &self,
        money: &OnChain,
        held: &HeldContest,
        name: &AgentId,
        wallet: &Address,
    ) -> Result<(), HostError> {
        let (chain, fee) = (&money.with.chain, held.view().entry_fee());
        let doing = || format!("pay into the wallet of {name}");
        let token_program = held.token_program();
        let tokens = arena_chain::associated(wallet, &token_program, &held.mint());
        let account = chain.rpc().account(wallet).await.on_chain(doing)?;
        let has_lamports = account.is_some_and(|account| account.lamports >= FEWEST_LAMPORTS);
        if has_lamports && chain.tokens_at(&tokens).await.on_chain(doing)? >= fee {
            return Ok(());
        }
        let top_up = TopUp {
            payer: money.own(),
            wallet: *wallet,
            lamports: LAMPORTS,
            mint: held.mint(),
            decimals: held.view().decimals(),
            token_program,
            tokens: fee,
        };
        // The balances show what is missing; only a payment that may still be under way has to be known.
        let note = Note::UntilKnown(self.state.path("chain").join(format!("{FUNDING}{name}.json")));
        chain.send(&top_up.action(), &[&money.with.key], &note, None).await.on_chain(doing)?;
        self.show.that(&Happening::Funded { agent_id: name, amount: self.cup.terms.entry_fee });
        Ok(())
    }

    /// A bot's wallet, made when there is none; the same in all cups here.
    fn wallet_of(&self, name: &AgentId) -> Result<Keypair, HostError> {
        let folder = wallets(self.state.home());
        let path = folder.join(format!("{name}.json"));
        if !path.exists() {
            durable::make_folder(&folder)?;
            durable::write(&path, &write_keypair(&Keypair::new()))?;
        }
        read_keypair(&path).on_chain(|| format!("use the wallet of {name}"))
    }

    /// Who entered, in entry order: bots of the cup by their names, others by their wallets'.
    async fn entrants(&self, money: &OnChain) -> Result<Vec<Entrant>, HostError> {
        let mut named = Vec::new();
        for bot in &self.cup.bots {
            named.push((self.wallet_of(&bot.name)?.pubkey(), bot.name.clone()));
        }
        let entries = money.with.chain.entries(&self.chain_contest(money)).await;
        let entries = entries.on_chain(|| "read the entries".into())?;
        let of = |wallet: Address, entry: Address| Entrant {
            agent_id: named
                .iter()
                .find(|(known, _)| *known == wallet)
                .map_or_else(|| stranger(&wallet), |(_, name)| name.clone()),
            wallet,
            entry,
        };
        Ok(entries.iter().map(|entry| of(entry.agent(), entry.address)).collect())
    }
}

/// The agent that stands for a wallet that nobody here knows.
fn stranger(wallet: &Address) -> AgentId {
    let hex: String = wallet.to_bytes().iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("wallet-{hex}").parse().expect("hexadecimal digits are an agent's id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_has_an_id_of_its_own() {
        let [one, two] = [1, 2].map(|byte| stranger(&Address::new_from_array([byte; 32])));
        assert_ne!(one, two);
        assert!(one.as_str().starts_with("wallet-0101"));
    }
}
