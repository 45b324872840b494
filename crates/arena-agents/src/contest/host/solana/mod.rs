//! Settlement on Solana: the chain holds the money and decides; the embedded contest is its mirror.
//!
//! Each step is taken on the chain first, and what the chain confirmed is then written to the embedded journal under a key that is the
//! transaction's signature (`docs/decisions/0023-the-chain-is-the-truth-of-the-money.md`). A step's transaction is noted before it is sent, so that a
//! host that goes on asks for that one first.

mod ending;
mod mirror;
mod opening;
mod play;
mod wallets;

use std::{fmt, sync::Arc};

use arena_chain::{Action, Address, Asked, Chain, ChainError, HeldContest, Keypair, Note, Sent, Signer};
use arena_core::{AgentId, Hash, contest::status};

use super::{Ending, Host, HostError};

/// How a cup is settled on Solana.
#[derive(Clone)]
pub struct Solana {
    /// The program on its chain.
    pub chain: Chain,
    /// The host's wallet: the contest's creator and oracle; pays.
    pub key: Arc<Keypair>,
    /// What the money is.
    pub mint: Address,
}

impl fmt::Debug for Solana {
    /// Leaves the key out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Solana").field("mint", &self.mint).finish_non_exhaustive()
    }
}

impl Solana {
    /// The host's wallet.
    fn own(&self) -> Address {
        self.key.pubkey()
    }
}

/// An entrant, with its wallet.
#[derive(Clone, Debug)]
pub(super) struct Entrant {
    pub(super) agent_id: AgentId,
    pub(super) wallet: Address,
    pub(super) entry: Address,
    /// Whether its wallet is one of this host's.
    pub(super) is_bot: bool,
}

/// The contest on the chain, as this host knows it.
#[derive(Debug)]
pub(super) struct OnChain {
    pub(super) with: Solana,
    /// In entry order.
    pub(super) entrants: Vec<Entrant>,
    /// Whether its accounts are closed: nothing is left there.
    pub(super) is_closed: bool,
}

/// A contest that ended without being played to its end.
#[derive(Debug)]
pub(super) struct Over {
    /// Cancelled or abandoned.
    pub(super) ending: Ending,
    /// Why, or by whom.
    pub(super) why: String,
}

/// Says what was being done when the chain or its node said no.
pub(super) trait DoingOnChain<T> {
    /// `doing` completes "cannot ...".
    fn on_chain(self, doing: impl FnOnce() -> String) -> Result<T, HostError>;
}

impl<T> DoingOnChain<T> for Result<T, ChainError> {
    fn on_chain(self, doing: impl FnOnce() -> String) -> Result<T, HostError> {
        self.map_err(|source| HostError::Chain { doing: doing(), source })
    }
}

impl Host {
    /// Settles on Solana instead of in the embedded ledger alone.
    #[must_use]
    pub fn settled_on(mut self, with: Solana) -> Self {
        self.money = Some(OnChain { with, entrants: Vec::new(), is_closed: false });
        self
    }

    /// Where the money is, in words that say it of no other place; a cup whose bots have tokens that others know cannot be settled there.
    pub(super) async fn place(&self) -> Result<Option<String>, HostError> {
        let Some(Solana { chain, key, mint }) = self.money.as_ref().map(|money| &money.with) else {
            return Ok(None);
        };
        if let Some(bot) = self.cup.bots.iter().find(|bot| bot.token_file.is_some()) {
            return Err(HostError::TokenFile { bot: bot.name.clone() });
        }
        let genesis = chain.rpc().genesis_hash().await.on_chain(|| "ask which chain it is".into())?;
        let (program, wallet) = (chain.at().program(), key.pubkey());
        Ok(Some(format!("at program {program} of chain {genesis}, mint {mint}, wallet {wallet}")))
    }

    /// The contest on the chain, unless it is settled elsewhere or closed already.
    fn unclosed(&self) -> Option<&OnChain> {
        self.money.as_ref().filter(|money| !money.is_closed)
    }

    /// The id of this run's contest on the chain.
    fn chain_id(&self) -> [u8; 16] {
        let hash = Hash::of(self.state.key("contest").as_bytes());
        hash.as_bytes().first_chunk().copied().expect("a hash has 32 bytes")
    }

    /// Where this run's contest is on the chain.
    fn chain_contest(&self, with: &Solana) -> Address {
        with.chain.at().contest(&with.own(), &self.chain_id())
    }

    /// The contest as it stands on the chain; nothing before it was made and after it was closed, which anyone may do.
    async fn held(&self, with: &Solana) -> Result<Option<HeldContest>, HostError> {
        match with.chain.contest(&self.chain_contest(with)).await {
            Err(ChainError::NotFound { .. }) => Ok(None),
            held => held.map(Some).on_chain(|| "read the contest".into()),
        }
    }

    /// The contest, which has to be there.
    async fn held_now(&self, with: &Solana) -> Result<HeldContest, HostError> {
        let held = with.chain.contest(&self.chain_contest(with)).await;
        held.on_chain(|| "read the contest".into())
    }

    /// The note of a step of this run.
    fn note(&self, step: &str) -> Note {
        Note::ForGood(self.state.path("chain").join(format!("{step}.json")))
    }

    /// Has a step carried out once; the host pays unless another signer comes first.
    async fn step(
        &self,
        with: &Solana,
        name: &str,
        action: &Action,
        signers: &[&Keypair],
        asked: Option<status::Action>,
    ) -> Result<Sent, ChainError> {
        let asked = asked.map(|action| Asked::new(self.chain_contest(with), action));
        with.chain.send(action, signers, &self.note(name), asked.as_ref()).await
    }

    /// Has a step carried out that is anyone's to take: it is done, too, when somebody else was faster.
    async fn step_of_anyone(
        &self,
        with: &Solana,
        name: &str,
        action: &Action,
        asked: Option<status::Action>,
    ) -> Result<(), ChainError> {
        match self.step(with, name, action, &[&with.key], asked).await {
            Err(ChainError::Refused(_) | ChainError::Transaction { .. })
                if action.is_done(with.chain.rpc()).await? =>
            {
                Ok(())
            }
            sent => sent.map(|_| ()),
        }
    }

    /// The key of a write to the mirror: the signature of the transaction that did the same on the chain, where it is known.
    pub(super) fn chain_key(&self, write: &str) -> Option<String> {
        self.money.as_ref()?;
        Some(format!("solana:{}", self.note(write).done_by()?))
    }
}
