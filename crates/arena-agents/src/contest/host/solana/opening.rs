//! From nothing to a started contest on the chain: made, entered by the bots of the cup, mirrored, started.

use std::{fs, path::PathBuf};

use arena_api::Code;
use arena_chain::{ChainError, ChainTerms, HeldContest, Keypair, Note, Signer};
use arena_core::{
    AgentId,
    contest::{Status, Terms, status},
};

use super::{DoingOnChain, Over, Solana, wallets::FUNDING};
use crate::contest::host::{EXPIRED, Ending, Host, HostError, show::Happening};

impl Host {
    /// Sees to it that the contest is started, on the chain and then in the mirror; says how it ended instead, if it did.
    pub(in super::super) async fn opened_on_chain(&mut self) -> Result<Option<Over>, HostError> {
        let Some(with) = self.money.as_ref().map(|money| money.with.clone()) else { return Ok(None) };
        self.caught_up(&with).await?;
        let mut held = self.held(&with).await?;
        if held.is_none() && !self.was_made() {
            self.made_on_chain(&with).await?;
            held = Some(self.held_now(&with).await?);
        }
        let mut why = None;
        if let Some(held) = held {
            if held.status() == Status::Registration {
                why = self.begun(&with, &held).await?;
            }
            self.know_entrants(&with).await?;
        }
        let over = self.ended_on_chain(&with).await?;
        if over.is_none() && self.unclosed().is_some() {
            self.mirror_started().await?;
        }
        Ok(over.map(|over| Over { why: why.unwrap_or(over.why), ..over }))
    }

    /// Whether the contest of this run was made on the chain before: then it is never made again, although it is not there any more.
    fn was_made(&self) -> bool {
        self.note("create").is_there() || self.state.arena_id().is_some()
    }

    /// Has the contest entered, mirrored and started; or cancelled, which gives fees and bond back, and says why.
    async fn begun(&mut self, with: &Solana, held: &HeldContest) -> Result<Option<String>, HostError> {
        let mut why = self.entered_on_chain(with, held).await?;
        if why.is_none() {
            why = self.mirrored_early().await?;
        }
        if why.is_none() {
            why = self.started_on_chain(with, held).await?;
        }
        if why.is_some() {
            let action = with.chain.at().cancel(held);
            let cancelled = self.step_of_anyone(with, "cancel", &action, Some(status::Action::Cancel)).await;
            cancelled.on_chain(|| "cancel the contest".into())?;
        }
        Ok(why)
    }

    async fn know_entrants(&mut self, with: &Solana) -> Result<(), HostError> {
        let entrants = self.entrants_on_chain(with).await?;
        if let Some(money) = &mut self.money {
            money.entrants = entrants;
        }
        Ok(())
    }

    /// How the contest ended, if it did and was not played to its end. Its accounts are closed by anyone, after everyone was paid: then
    /// this host's own steps tell.
    async fn ended_on_chain(&mut self, with: &Solana) -> Result<Option<Over>, HostError> {
        let over = |ending, how: &str| Some(Over { ending, why: format!("it was {how} on the chain") });
        let Some(held) = self.held(with).await? else {
            if let Some(money) = &mut self.money {
                money.is_closed = true;
            }
            return Ok(match (self.note("start").is_there(), self.note("finalize").is_there()) {
                (_, true) => None,
                (true, false) => over(Ending::Abandoned, "abandoned and closed"),
                (false, false) => over(Ending::Cancelled, "cancelled and closed"),
            });
        };
        Ok(match held.status() {
            Status::Cancelled => over(Ending::Cancelled, "cancelled"),
            Status::Abandoned => over(Ending::Abandoned, "abandoned"),
            Status::Registration | Status::Active | Status::Eliminating | Status::Finished => None,
        })
    }

    /// Finds out what became of transactions that an earlier host of this run may have sent: the accounts show a step as done, and only its
    /// note by which transaction.
    async fn caught_up(&self, with: &Solana) -> Result<(), HostError> {
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
            let caught_up = with.chain.caught_up(&Note::ForGood(path)).await;
            caught_up.on_chain(|| "find out what became of an earlier transaction".into())?;
        }
        Ok(())
    }

    /// Makes the contest, with the terms of the cup and the commitment to the seed.
    async fn made_on_chain(&mut self, with: &Solana) -> Result<(), HostError> {
        self.registered_on_chain(with, "register", "host", &with.key).await?;
        let mut terms = self.cup.terms.clone();
        terms.seed_commitment = Some(self.state.seed()?.commitment());
        let terms = Terms::try_from(terms).map_err(|unclear| HostError::Chain {
            doing: "make the contest".into(),
            source: ChainError::Invalid { field: "terms", reason: unclear.to_string() },
        })?;
        let doing = || "make the contest".to_owned();
        let (chain, mint) = (&with.chain, with.mint);
        let token_program = chain.token_program_of(&mint).await.on_chain(doing)?;
        let terms = ChainTerms { terms, oracle: None, mint, token_program };
        terms.check().on_chain(doing)?;
        let made = chain.at().create_contest(&with.own(), self.chain_id(), &self.cup.title, &terms);
        let action = made.on_chain(doing)?;
        self.state.set_asked(true)?;
        let made = self.step(with, "create", &action, &[&with.key], None).await;
        if matches!(made, Err(ChainError::Refused(_) | ChainError::Transaction { .. })) {
            // Nothing was made, and the cup may be put right.
            self.state.set_asked(false)?;
        }
        made.map(|_| ()).on_chain(doing)
    }

    /// Sees to it that a wallet is an agent.
    async fn registered_on_chain(
        &self,
        with: &Solana,
        step: &str,
        name: &str,
        key: &Keypair,
    ) -> Result<(), HostError> {
        let doing = || format!("register the wallet of {name}");
        match with.chain.profile(&key.pubkey()).await {
            Err(ChainError::NotFound { .. }) => {}
            found => return found.map(|_| ()).on_chain(doing),
        }
        // The name is 1 to 32 bytes there, and an agent's id is ASCII.
        let shown: String = name.chars().take(32).collect();
        let action = with.chain.at().register_profile(&key.pubkey(), &shown).on_chain(doing)?;
        self.step(with, step, &action, &[key], None).await.map(|_| ()).on_chain(doing)
    }

    /// Has every bot of the cup enter from its own wallet, unless strangers took its place; says why the contest can never be played, if
    /// so.
    async fn entered_on_chain(
        &mut self,
        with: &Solana,
        held: &HeldContest,
    ) -> Result<Option<String>, HostError> {
        for bot in &self.cup.bots {
            match self.bot_entered(with, held, &bot.name).await? {
                Entered::Before => {}
                Entered::Now => self.show.that(&Happening::Entered { agent_id: &bot.name }),
                Entered::NoPlace => self.show.that(&Happening::LeftOut { agent_id: &bot.name }),
                Entered::Never(why) => return Ok(Some(why)),
            }
        }
        self.know_entrants(with).await?;
        let players: Vec<AgentId> = self.names().cloned().collect();
        Ok(self.unplayable(&players))
    }

    async fn bot_entered(
        &self,
        with: &Solana,
        held: &HeldContest,
        name: &AgentId,
    ) -> Result<Entered, HostError> {
        let (chain, key) = (&with.chain, self.wallet_of(name)?);
        match chain.entry(&held.address, &key.pubkey()).await {
            Ok(_) => return Ok(Entered::Before),
            Err(ChainError::NotFound { .. }) => {}
            Err(error) => return Err(error).on_chain(|| format!("look for the entry of {name}")),
        }
        if self.cup.fund {
            self.topped_up(with, held, name, &key.pubkey()).await?;
        }
        self.registered_on_chain(with, &format!("register-{name}"), name.as_str(), &key).await?;
        let action = chain.at().enter(held, &key.pubkey());
        let step = format!("enter-{name}");
        let entered = self.step(with, &step, &action, &[&key], Some(status::Action::Enter)).await;
        match entered.as_ref().err().map(ChainError::code) {
            Some(Code::ContestFull) => Ok(Entered::NoPlace),
            Some(Code::RegistrationExpired) => Ok(Entered::Never(EXPIRED.to_owned())),
            Some(Code::GateNotMet) => {
                let why = entered.err().map(|error| format!("{name} cannot enter: {error}"));
                Ok(Entered::Never(why.unwrap_or_default()))
            }
            Some(_) | None => entered.map(|_| Entered::Now).on_chain(|| format!("enter {name}")),
        }
    }

    async fn started_on_chain(&self, with: &Solana, held: &HeldContest) -> Result<Option<String>, HostError> {
        let action = with.chain.at().start(held, &with.own());
        let started = self.step(with, "start", &action, &[&with.key], Some(status::Action::Start)).await;
        match started.as_ref().err().map(ChainError::code) {
            Some(Code::RegistrationExpired) => Ok(Some(EXPIRED.to_owned())),
            Some(Code::NotEnoughEntrants) => Ok(started.err().map(|error| error.to_string())),
            Some(_) | None => started.map(|_| None).on_chain(|| "start the contest".into()),
        }
    }
}

/// What came of a bot's entry.
enum Entered {
    Before,
    Now,
    /// Strangers were faster.
    NoPlace,
    /// For this reason no bot can any more, or this one never can.
    Never(String),
}
