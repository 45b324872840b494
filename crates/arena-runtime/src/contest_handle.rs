//! One agent's view of one contest, for programs that embed Arena.

use std::{collections::BTreeMap, sync::Arc};

use arena_core::{
    AgentId, ArenaId, CommandId, Hash, Sequence,
    contest::{Command, Obligation, Payee, PayoutKind, RoundPage, Score, Standing},
};
use bytes::Bytes;

use crate::{
    ask::{Ask, ContestApplied, RequestKey},
    cache::ContestState,
    contests::NewContest,
    error::RuntimeError,
    manager::ArenaManager,
    tokens::Principal,
};

/// One agent's view of one contest. What it may do is what the rules let that agent do.
///
/// ```
/// use std::collections::BTreeMap;
/// use arena_runtime::{Amount, ArenaManager, Ask, NewContest, Options, Principal, contest::{Gates, PayoutKind, Terms}};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = ArenaManager::open(Options::in_memory())?;
/// let operator = || Ask::by(Principal::Operator);
/// for (name, reference) in [("alice", "bank 1"), ("bob", "bank 2")] {
///     manager.register_agent(operator(), name.parse().unwrap(), None).await?;
///     let amount = Amount::new(1_000).unwrap();
///     manager.deposit(operator(), name.parse().unwrap(), amount, reference.to_owned()).await?;
/// }
///
/// let terms = Terms {
///     entry_fee: Amount::new(1_000).unwrap(),
///     bond: Amount::ZERO,
///     min_agents: 2,
///     max_agents: 10,
///     prize_split_bps: vec![10_000],
///     creator_fee_bps: 0,
///     elimination_interval_s: 60,
///     duration_s: 3_600,
///     action_schema: None,
///     rules_hash: None,
///     seed_commitment: None,
///     oracle: None,
///     creator_may_enter: false,
///     gates: Gates::default(),
/// };
/// let cup = manager.open_contest(Principal::Operator, NewContest { title: "cup".to_owned(), terms }).await?;
/// let alice = manager.contest_handle(cup.arena_id, Principal::Agent("alice".parse().unwrap()));
/// let bob = manager.contest_handle(cup.arena_id, Principal::Agent("bob".parse().unwrap()));
/// alice.enter().await?;
/// bob.enter().await?;
///
/// cup.start().await?;
/// cup.submit_round(1, vec![bob.agent_id()], BTreeMap::new()).await?;
/// cup.finalize(None).await?;
/// assert_eq!(cup.standings().await?[0].entry.agent_id, alice.agent_id());
/// alice.payout(PayoutKind::Prize, None).await?;
/// # manager.shutdown().await;
/// # Ok::<(), arena_runtime::RuntimeError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct ContestHandle {
    manager: ArenaManager,
    principal: Principal,
    /// The contest.
    pub arena_id: ArenaId,
    command_id: Option<CommandId>,
}

impl ArenaManager {
    /// Makes a contest, and answers its creator's view of it.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn open_contest(
        &self,
        principal: Principal,
        new: NewContest,
    ) -> Result<ContestHandle, RuntimeError> {
        let id_of = |applied: &ContestApplied, _: &AgentId| applied.state.arena_id().as_bytes().to_vec();
        let reply = self.create_contest(Ask::by(principal.clone()), new, id_of).await?;
        let id = reply.body.try_into().map_err(|_| RuntimeError::Internal("an id has 16 bytes"))?;
        Ok(self.contest_handle(ArenaId::from_bytes(id), principal))
    }
}

impl ContestHandle {
    pub(crate) const fn new(manager: ArenaManager, principal: Principal, arena_id: ArenaId) -> Self {
        Self { manager, principal, arena_id, command_id: None }
    }

    /// The same view for one command that carries a key: repeated, it answers as it did first and does nothing.
    /// Another command through it is refused as `idempotency_mismatch`.
    #[must_use]
    pub fn with_command_id(&self, command_id: CommandId) -> Self {
        Self { command_id: Some(command_id), ..self.clone() }
    }

    /// The agent that acts.
    #[must_use]
    pub fn agent_id(&self) -> AgentId {
        self.principal.agent_id()
    }

    /// Gives any command; answers the contest's sequence after it (`None` for a repetition).
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn submit(&self, command: Command) -> Result<Option<Sequence>, RuntimeError> {
        let ask = self.ask(&format!("{command:?}"));
        Ok(self.manager.submit_contest(ask, self.arena_id, command, |_, _| Vec::new()).await?.sequence)
    }

    fn ask(&self, asked: &str) -> Ask {
        let key = self.command_id.clone().map(|id| RequestKey {
            id,
            operation: format!("rust contest {}", self.arena_id),
            fingerprint: Hash::of(asked.as_bytes()),
        });
        Ask { principal: self.principal.clone(), if_match: None, key }
    }

    /// Enters, and pays the fee.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn enter(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Enter).await.map(|_| ())
    }

    /// Takes the entry back, and the fee with it.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn leave(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Leave { agent_id: self.agent_id() }).await.map(|_| ())
    }

    /// Ends registration, begins play.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn start(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Start).await.map(|_| ())
    }

    /// Submits a page of a round.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn submit_page(&self, page: RoundPage) -> Result<(), RuntimeError> {
        self.submit(Command::SubmitPage(page)).await.map(|_| ())
    }

    /// Submits a round of one page.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn submit_round(
        &self,
        round: u32,
        eliminated: Vec<AgentId>,
        scores: BTreeMap<AgentId, Score>,
    ) -> Result<(), RuntimeError> {
        let page = RoundPage { round, page: None, eliminated, scores, actions_root: None, last: true };
        self.submit_page(page).await
    }

    /// Keeps the actions of a completed round.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn put_actions(&self, round: u32, lines: Bytes) -> Result<(), RuntimeError> {
        let ask = self.ask(&format!("actions {round} {}", Hash::of(&lines)));
        self.manager.put_actions(ask, self.arena_id, round, lines, |_, _| Vec::new()).await.map(|_| ())
    }

    /// Settles by the recorded rounds, and reveals the seed that was committed to.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn finalize(&self, seed: Option<&str>) -> Result<(), RuntimeError> {
        self.submit(Command::Finalize { seed: seed.map(str::to_owned) }).await.map(|_| ())
    }

    /// Pays an open obligation to its payee: when none is named, to this agent for a prize or a refund, else to whom it
    /// is owed.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn payout(&self, kind: PayoutKind, payee: Option<Payee>) -> Result<(), RuntimeError> {
        self.submit(Command::Payout { kind, payee }).await.map(|_| ())
    }

    /// Ends it before it started.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn cancel(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Cancel).await.map(|_| ())
    }

    /// Ends it after the oracle timed out.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn abandon(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Abandon).await.map(|_| ())
    }

    /// The contest as of now.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn state(&self) -> Result<Arc<ContestState>, RuntimeError> {
        self.manager.contest(&self.principal, self.arena_id).await
    }

    /// Where each entry stands by the rounds recorded so far, the best first.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn standings(&self) -> Result<Vec<Standing>, RuntimeError> {
        Ok(self.manager.contest_standings(&self.principal, self.arena_id).await?.standings().to_vec())
    }

    /// All that is or was owed.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn obligations(&self) -> Result<Vec<Obligation>, RuntimeError> {
        Ok(self.manager.contest_obligations(&self.principal, self.arena_id).await?.obligations().to_vec())
    }
}
