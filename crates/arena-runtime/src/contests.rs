//! Contests through the manager: commands to the committer, reads of published states.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaId, Hash,
    contest::{Command, Rejection, Status, Terms},
};
use bytes::Bytes;

use crate::{
    accounts::refuse_handles,
    actions::Lines,
    ask::{Ask, ContestApplied, ContestRender, Reply},
    batch::{Actions, Done, Job},
    cache::{ContestState, Hot},
    contest_handle::ContestHandle,
    error::{RuntimeError, StorageError},
    manager::ArenaManager,
    query::{EventPage, EventQuery, Page},
    storage::ContestFilter,
    tokens::Principal,
    verify::{Verification, verify_stream},
};

/// A contest to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContest {
    /// What it is called: 1 to 128 bytes.
    pub title: String,
    /// What it is made under, for good.
    pub terms: Terms,
}

/// Which contests to list.
#[derive(Clone, Debug, Default)]
pub struct ContestQuery {
    /// In this status.
    pub status: Option<Status>,
    /// That this agent has entered.
    pub agent: Option<AgentId>,
    /// Those after this one.
    pub after: Option<ArenaId>,
    /// How many at most.
    pub limit: usize,
}

/// Up to so many entries are sorted where they are asked for; more would hold up who else is answered there.
const FEW: u32 = 256;

/// A state of which something was made that is made once.
async fn made(
    state: Arc<ContestState>,
    make: fn(&ContestState) -> usize,
) -> Result<Arc<ContestState>, RuntimeError> {
    if state.contest.entrants() > FEW {
        let of = state.clone();
        let made = tokio::task::spawn_blocking(move || make(&of)).await;
        made.map_err(|_| RuntimeError::Internal("the entries could not be sorted"))?;
    }
    Ok(state)
}

impl ArenaManager {
    /// Makes a contest, and takes the bond from its creator's wallet.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn create_contest(
        &self,
        ask: Ask,
        new: NewContest,
        render: ContestRender,
    ) -> Result<Reply, RuntimeError> {
        let NewContest { title, terms } = new;
        terms.check()?;
        let job = Job::CreateContest { title, terms: Box::new(terms), render };
        self.contest_answered(ask, job, render).await
    }

    /// Gives a command to a contest. Actions come with their bytes, through [`ArenaManager::put_actions`].
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn submit_contest(
        &self,
        ask: Ask,
        arena_id: ArenaId,
        command: Command,
        render: ContestRender,
    ) -> Result<Reply, RuntimeError> {
        command.check()?;
        if let Command::StoreActions { .. } = command {
            let reason = "actions come with their bytes".to_owned();
            return Err(Rejection::Invalid { field: "body".to_owned(), reason }.into());
        }
        refuse_handles(&ask.principal)?;
        self.warm(arena_id).await?;
        let job = Job::Contest { arena_id, command, actions: None, render };
        self.contest_answered(ask, job, render).await
    }

    /// Keeps the actions of a completed round: JSON lines whose root is the one recorded with the round.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn put_actions(
        &self,
        ask: Ask,
        arena_id: ArenaId,
        round: u32,
        bytes: Bytes,
        render: ContestRender,
    ) -> Result<Reply, RuntimeError> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let looked_at = Command::StoreActions { round, root: Hash::ZERO, sha256: Hash::ZERO, size };
        looked_at.check()?;
        // This also has the contest in memory before its command is queued.
        let state = self.contest(&ask.principal, arena_id).await?;
        let lines = tokio::task::spawn_blocking(move || Lines::of(&state.contest, round, bytes));
        let Lines { bytes, root, sha256, checked } =
            lines.await.map_err(|_| RuntimeError::Internal("the actions could not be looked through"))?;
        let command = Command::StoreActions { round, root, sha256, size };
        let actions = Some(Actions { bytes, checked });
        let job = Job::Contest { arena_id, command, actions, render };
        self.contest_answered(ask, job, render).await
    }

    async fn contest_answered(
        &self,
        ask: Ask,
        job: Job,
        render: ContestRender,
    ) -> Result<Reply, RuntimeError> {
        refuse_handles(&ask.principal)?;
        let caller = ask.principal.agent_id();
        match self.send(ask, job)?.wait().await? {
            Done::Contest { applied, body } => {
                let body = body.unwrap_or_else(|| render(&applied, &caller));
                let ContestApplied { head, events, .. } = *applied;
                Ok(Reply { body, sequence: Some(head.sequence), recorded: events.len(), replayed: false })
            }
            Done::Replayed(body) => Ok(Reply { body, sequence: None, recorded: 0, replayed: true }),
            Done::Applied { .. } | Done::Transferred(_) | Done::Registered => {
                Err(RuntimeError::Internal("something else answered for a contest"))
            }
        }
    }

    /// A contest as of now; any registered agent may read any.
    ///
    /// # Errors
    /// `not_found` also for an arena of the other kind.
    pub async fn contest(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Arc<ContestState>, RuntimeError> {
        self.require_reader(principal)?;
        let hot = if arena_id == ArenaId::SYSTEM { None } else { self.hot(arena_id).await? };
        hot.and_then(Hot::contest).ok_or_else(|| Rejection::NotFound { what: "contest" }.into())
    }

    /// A contest whose standings are at hand.
    ///
    /// # Errors
    /// As for [`ArenaManager::contest`].
    pub async fn contest_standings(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Arc<ContestState>, RuntimeError> {
        let state = self.contest(principal, arena_id).await?;
        made(state, |state| state.standings().len()).await
    }

    /// A contest whose obligations are at hand.
    ///
    /// # Errors
    /// As for [`ArenaManager::contest`].
    pub async fn contest_obligations(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Arc<ContestState>, RuntimeError> {
        let state = self.contest(principal, arena_id).await?;
        made(state, |state| state.obligations().len()).await
    }

    /// Contests, oldest first.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn contests(
        &self,
        principal: &Principal,
        query: ContestQuery,
    ) -> Result<Page<Arc<ContestState>>, RuntimeError> {
        self.require_reader(principal)?;
        let ContestQuery { status, agent, after, limit } = query;
        let filter = ContestFilter { status, agent, after, limit: Some(limit.saturating_add(1)) };
        let found = self.reading(move |storage| storage.contests(&filter)).await?;
        let ids = Page::cut(found, limit);
        let mut items = Vec::with_capacity(ids.items.len());
        for arena_id in ids.items {
            items.push(self.contest(principal, arena_id).await?);
        }
        Ok(Page { items, more: ids.more })
    }

    /// A page of a contest's events; waits for one when there is none and the query says so.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn contest_events(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        query: EventQuery,
    ) -> Result<EventPage, RuntimeError> {
        self.contest(principal, arena_id).await?;
        self.events_of(principal, arena_id, query).await
    }

    /// The actions of a round, as they were given.
    ///
    /// # Errors
    /// `not_found` when there is no such round, or its actions were not stored.
    pub async fn round_actions(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        round: u32,
    ) -> Result<Bytes, RuntimeError> {
        let state = self.contest(principal, arena_id).await?;
        let absent = |what| RuntimeError::from(Rejection::NotFound { what });
        let round = state.contest.round_at(round).ok_or_else(|| absent("round"))?;
        let sha256 = round.actions.ok_or_else(|| absent("actions of the round"))?.sha256;
        let bytes = self.reading(move |storage| storage.blob(&sha256)).await?;
        let bytes = bytes.filter(|bytes| Hash::of(bytes) == sha256);
        bytes.map(Bytes::from).ok_or_else(|| {
            let (sequence, reason) =
                (state.head.sequence, format!("the bytes {sha256} are missing or others"));
            StorageError::Damaged { arena_id, sequence, reason }.into()
        })
    }

    /// Checks a contest's stream from its first event to its head.
    ///
    /// # Errors
    /// [`RuntimeError`] when it cannot be read at all.
    pub async fn verify_contest(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Verification, RuntimeError> {
        match self.contest(principal, arena_id).await {
            Ok(_) | Err(RuntimeError::Storage(StorageError::Damaged { .. })) => {}
            Err(error) => return Err(error),
        }
        self.reading(move |storage| Ok(verify_stream(storage, arena_id))).await
    }

    /// An agent's view of one contest.
    #[must_use]
    pub fn contest_handle(&self, arena_id: ArenaId, principal: Principal) -> ContestHandle {
        ContestHandle::new(self.clone(), principal, arena_id)
    }
}
