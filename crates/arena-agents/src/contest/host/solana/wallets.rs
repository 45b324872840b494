//! Wallets: those of the cup's bots, which the host keeps for all cups, and who stands for the others.

use std::path::PathBuf;

use arena_chain::{
    Address, HeldContest, Keypair, Note, Signer, TopUp, associated, read_keypair, write_keypair,
};
use arena_core::{AgentId, amount::Amount};

use super::{DoingOnChain, Entrant, Solana};
use crate::contest::host::{
    Host, HostError, durable,
    report::{BotWallet, ChainSide},
    show::Happening,
};

/// What a bot's wallet is given for the rent of profile, entry and token account, and for fees.
const LAMPORTS: u64 = 20_000_000;
/// With less than so much it is given what it lacks.
const FEWEST_LAMPORTS: u64 = 10_000_000;
/// What the names of the notes of payments into wallets begin with.
pub(super) const FUNDING: &str = "fund-";

impl Host {
    /// A bot's wallet, made when there is none; the same in all cups here.
    pub(super) fn wallet_of(&self, name: &AgentId) -> Result<Keypair, HostError> {
        let path = self.key_file(name);
        if !path.exists() {
            durable::make_folder(&self.wallets())?;
            durable::write(&path, &write_keypair(&Keypair::new()))?;
        }
        read_keypair(&path).on_chain(|| format!("use the wallet of {name}"))
    }

    fn wallets(&self) -> PathBuf {
        self.state.home().join("wallets")
    }

    fn key_file(&self, name: &AgentId) -> PathBuf {
        self.wallets().join(format!("{name}.json"))
    }

    /// Where the contest is on the chain and the bots' money with it, for the result.
    pub(in super::super) fn chain_side(&self) -> Result<Option<ChainSide>, HostError> {
        let Some(money) = self.money.as_ref() else { return Ok(None) };
        let mut wallets = Vec::new();
        for bot in &self.cup.bots {
            let key_file = self.key_file(&bot.name);
            if key_file.exists() {
                let address = self.wallet_of(&bot.name)?.pubkey().to_string();
                wallets.push(BotWallet { agent_id: bot.name.clone(), address, key_file });
            }
        }
        Ok(Some(ChainSide { contest: self.chain_contest(&money.with).to_string(), wallets }))
    }

    /// Pays what it takes to enter into a bot's wallet, as far as that is not in it.
    pub(super) async fn topped_up(
        &self,
        with: &Solana,
        held: &HeldContest,
        name: &AgentId,
        wallet: &Address,
    ) -> Result<(), HostError> {
        let (chain, doing) = (&with.chain, || format!("pay into the wallet of {name}"));
        // A payment that may still be under way has to be known first: then the balances show what is missing.
        let note = Note::UntilKnown(self.state.path("chain").join(format!("{FUNDING}{name}.json")));
        chain.caught_up(&note).await.on_chain(doing)?;
        let tokens_at = associated(wallet, &held.token_program(), &held.mint());
        let has = chain.rpc().account(wallet).await.on_chain(doing)?.map_or(0, |account| account.lamports);
        let lamports = if has < FEWEST_LAMPORTS { LAMPORTS.saturating_sub(has) } else { 0 };
        let tokens =
            held.view().entry_fee().saturating_sub(chain.tokens_at(&tokens_at).await.on_chain(doing)?);
        let account = chain.rpc().account(&tokens_at).await.on_chain(doing)?;
        let has_account = account.is_some_and(|account| account.owner == held.token_program());
        if has_account && (lamports, tokens) == (0, 0) {
            return Ok(());
        }
        let top_up = TopUp {
            payer: with.own(),
            wallet: *wallet,
            lamports,
            mint: held.mint(),
            decimals: held.view().decimals(),
            token_program: held.token_program(),
            tokens,
        };
        chain.send(&top_up.action(), &[&with.key], &note, None).await.on_chain(doing)?;
        self.show.that(&Happening::Funded { agent_id: name, amount: Amount::at_most(tokens) });
        Ok(())
    }

    /// Who entered, in entry order: bots of the cup by their names, others by their wallets'.
    pub(super) async fn entrants_on_chain(&self, with: &Solana) -> Result<Vec<Entrant>, HostError> {
        let mut named = Vec::new();
        for bot in &self.cup.bots {
            named.push((self.wallet_of(&bot.name)?.pubkey(), bot.name.clone()));
        }
        let entries = with.chain.entries(&self.chain_contest(with)).await;
        let entries = entries.on_chain(|| "read the entries".into())?;
        let of = |wallet: Address, entry: Address| {
            let bot = named.iter().find(|(known, _)| *known == wallet).map(|(_, name)| name.clone());
            let is_bot = bot.is_some();
            Entrant { agent_id: bot.unwrap_or_else(|| self.stranger(&wallet)), wallet, entry, is_bot }
        };
        Ok(entries.iter().map(|entry| of(entry.agent(), entry.address)).collect())
    }

    /// The agent that stands for a wallet that nobody here knows: by half of its address, and by what nobody else can know, or somebody
    /// could register it before.
    fn stranger(&self, wallet: &Address) -> AgentId {
        let half: String = wallet.to_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let secret = self.state.secret_number(&wallet.to_string()).to_string();
        let id = format!("wallet-{half}-{}", secret.chars().take(16).collect::<String>());
        id.parse().expect("hexadecimal digits are an agent's id")
    }
}
