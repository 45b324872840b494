//! What only looks: from published states when they are in memory, else from the store, never through the writer.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaId, Sequence, SharedArena, StepNumber,
    collaboration::{ArtifactName, FactKey, Head, Permission, Rejection, Status},
    registry::RegisteredAgent,
};

use crate::{
    cache::{ArenaState, Hot},
    clock::steady_now,
    error::{RuntimeError, StorageError},
    feed::Topic,
    manager::ArenaManager,
    query::{ArenaQuery, EventPage, EventQuery, FactQuery, Page, Profile},
    record::StoredEvent,
    report::SealedReport,
    storage::{ArenaFilter, ArtifactRow, EventFilter, FactFilter, FactRow},
    stream::{START, replay},
    tokens::Principal,
    verify::{Verification, verify_stream},
};

impl ArenaManager {
    /// An arena as of now.
    ///
    /// # Errors
    /// `not_found` also for an arena that the principal may not read.
    pub async fn arena(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Arc<ArenaState>, RuntimeError> {
        if !principal.reaches(arena_id) || arena_id == ArenaId::SYSTEM {
            return Err(RuntimeError::not_found("arena"));
        }
        let state = self.hot(arena_id).await?.and_then(Hot::shared);
        let state = state.ok_or(RuntimeError::not_found("arena"))?;
        if !may_read(principal, &state) {
            return Err(RuntimeError::not_found("arena"));
        }
        let missing = Permission::Read;
        if principal.caller().at_most().allows(missing) {
            Ok(state)
        } else {
            Err(Rejection::Forbidden { missing }.into())
        }
    }

    /// Arenas that the principal may read, oldest first.
    ///
    /// # Errors
    /// [`RuntimeError::Storage`].
    pub async fn arenas(
        &self,
        principal: &Principal,
        query: ArenaQuery,
    ) -> Result<Page<Arc<ArenaState>>, RuntimeError> {
        if let Principal::Handle(grant) = principal {
            let own = self.arena(principal, grant.arena_id).await?;
            let shown = query.after.is_none_or(|after| grant.arena_id > after)
                && query.status.is_none_or(|status| own.shared.status() == status)
                && query.agent.as_ref().is_none_or(|agent| own.shared.participant(agent).is_some());
            return Ok(Page { items: if shown { vec![own] } else { Vec::new() }, more: false });
        }
        let filter = ArenaFilter {
            status: query.status,
            agent: query.agent,
            reader: (!principal.is_operator()).then(|| principal.agent_id()),
            after: query.after,
            limit: Some(query.limit.saturating_add(1)),
        };
        let found = self.reading(move |storage| storage.arenas(&filter)).await?;
        let ids = Page::cut(found, query.limit);
        let mut items = Vec::with_capacity(ids.items.len());
        for arena_id in ids.items {
            match self.arena(principal, arena_id).await {
                Ok(state) => items.push(state),
                // It was left between the two looks.
                Err(RuntimeError::Rejected(Rejection::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Page { items, more: ids.more })
    }

    /// A page of an arena's events; waits for one when there is none and the query says so.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn events(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        query: EventQuery,
    ) -> Result<EventPage, RuntimeError> {
        self.arena(principal, arena_id).await?;
        self.events_of(principal, arena_id, query).await
    }

    /// Where an arena of either kind stands, for who may read it.
    async fn known(&self, principal: &Principal, arena_id: ArenaId) -> Result<Sequence, RuntimeError> {
        match self.hot(arena_id).await? {
            Some(Hot::Contest(_)) => Ok(self.contest(principal, arena_id).await?.head.sequence),
            Some(Hot::Shared(_)) | None => Ok(self.arena(principal, arena_id).await?.head.sequence),
        }
    }

    /// A page of the events of an arena of either kind; waits for one when there is none and the query says so.
    pub(crate) async fn events_of(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        query: EventQuery,
    ) -> Result<EventPage, RuntimeError> {
        let until = query.wait.and_then(|wait| steady_now().checked_add(wait));
        let mut filter = EventFilter {
            after: query.after,
            up_to: None,
            limit: query.limit,
            kinds: query.kinds,
            actor: query.actor,
        };
        let bell = self.shared().feed.bell(Topic::Arena(arena_id));
        loop {
            let rung = bell.rung();
            tokio::pin!(rung);
            rung.as_mut().enable();
            let page = self.published(principal, arena_id, &filter).await?;
            let Some(until) = until.filter(|until| page.items.is_empty() && *until > steady_now()) else {
                return Ok(page);
            };
            // What was looked through is not looked through again.
            filter.after = filter.after.max(page.head);
            // Rung or over, it is looked at again: the right to read may have ended meanwhile.
            let _ = tokio::time::timeout_at(until.into(), rung).await;
        }
    }

    /// Events of an arena of either kind that are published, for one who may read them before and after they are read.
    pub(crate) async fn published(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        filter: &EventFilter,
    ) -> Result<EventPage, RuntimeError> {
        let head = self.known(principal, arena_id).await?;
        let mut items = Vec::new();
        if head > filter.after {
            let asked = EventFilter { up_to: Some(head), ..filter.clone() };
            (items, _) = self.reading(move |storage| storage.events(arena_id, &asked)).await?;
            self.known(principal, arena_id).await?;
        }
        if !self.is_live(principal) {
            return Err(RuntimeError::Unauthenticated);
        }
        Ok(EventPage { items, head })
    }

    /// The messages of an arena, as events, after a sequence.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn messages(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        after: Sequence,
        limit: usize,
    ) -> Result<Page<StoredEvent>, RuntimeError> {
        self.arena(principal, arena_id).await?;
        let kinds = vec!["message_sent".to_owned()];
        let filter = EventFilter { after, limit: limit.saturating_add(1), kinds, ..EventFilter::default() };
        Ok(Page::cut(self.published(principal, arena_id, &filter).await?.items, limit))
    }

    /// A version of an artifact and its bytes; the last when none is named.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn artifact(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        name: &ArtifactName,
        version: Option<u64>,
    ) -> Result<(ArtifactRow, Vec<u8>), RuntimeError> {
        self.arena(principal, arena_id).await?;
        let name = name.clone();
        let found = self.reading(move |storage| storage.artifact(arena_id, &name, version)).await?;
        found.ok_or(RuntimeError::not_found("artifact"))
    }

    /// Facts in order of their keys.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn facts(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        query: FactQuery,
    ) -> Result<Page<FactRow>, RuntimeError> {
        self.arena(principal, arena_id).await?;
        let FactQuery { text, tag, after, limit } = query;
        let filter = FactFilter { key: None, text, tag, after, limit: limit.saturating_add(1) };
        let found = self.reading(move |storage| storage.facts(arena_id, &filter)).await?;
        Ok(Page::cut(found, limit))
    }

    /// One fact.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn fact(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        key: &FactKey,
    ) -> Result<FactRow, RuntimeError> {
        self.arena(principal, arena_id).await?;
        let filter = FactFilter { key: Some(key.clone()), limit: 1, ..FactFilter::default() };
        let found = self.reading(move |storage| storage.facts(arena_id, &filter)).await?;
        found.into_iter().next().ok_or(RuntimeError::not_found("fact"))
    }

    /// The text that a step was completed with, from its event.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn step_result(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        step: StepNumber,
    ) -> Result<Option<String>, RuntimeError> {
        let state = self.arena(principal, arena_id).await?;
        let step = state.shared.step(step).ok_or(RuntimeError::not_found("step"))?;
        let Some(sequence) = step.completed.as_ref().filter(|done| done.has_result).map(|done| done.sequence)
        else {
            return Ok(None);
        };
        let filter = EventFilter {
            after: Sequence::new(sequence.get().saturating_sub(1)),
            up_to: Some(sequence),
            limit: 1,
            ..EventFilter::default()
        };
        let (events, _) = self.reading(move |storage| storage.events(arena_id, &filter)).await?;
        let payload: Option<serde_json::Value> =
            events.first().and_then(|event| serde_json::from_str(&event.payload).ok());
        Ok(payload.and_then(|payload| payload.get("result")?.as_str().map(str::to_owned)))
    }

    /// The arena as it stood after its event `at`.
    ///
    /// # Errors
    /// `not_found` when it never had so many events.
    pub async fn state_at(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
        at: Sequence,
    ) -> Result<ArenaState, RuntimeError> {
        let now = self.arena(principal, arena_id).await?;
        if at == Sequence::ZERO || at > now.head.sequence {
            return Err(RuntimeError::not_found("sequence"));
        }
        let filter = EventFilter { up_to: Some(at), limit: usize::MAX, ..EventFilter::default() };
        let replayed = self.reading(move |storage| {
            let (events, _) = storage.events(arena_id, &filter)?;
            let head = events.last().map_or(START, StoredEvent::head);
            Ok(replay(arena_id, None, &events)?.map(|shared: SharedArena| ArenaState {
                shared: Arc::new(shared),
                head,
                snapshot_at: Sequence::ZERO,
            }))
        });
        replayed.await?.ok_or(RuntimeError::not_found("arena"))
    }

    /// The sealed report of an archived arena.
    ///
    /// # Errors
    /// `wrong_state` before.
    pub async fn report(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<SealedReport, RuntimeError> {
        let state = self.arena(principal, arena_id).await?;
        let Some(report_hash) = state.shared.report_hash() else {
            let current = state.shared.status();
            return Err(Rejection::WrongStatus { current, expected: &[Status::Archived] }.into());
        };
        let before = Sequence::new(state.head.sequence.get().saturating_sub(1));
        let filter = EventFilter { after: before, limit: 1, ..EventFilter::default() };
        let (sealed, _) = self.reading(move |storage| storage.events(arena_id, &filter)).await?;
        let hash = sealed.first().map(|event| event.previous_hash);
        let head =
            Head { sequence: before, hash: hash.ok_or(RuntimeError::Internal("the sealing event is gone"))? };
        Ok(SealedReport { report: state.shared.report(head), report_hash })
    }

    /// Checks an arena's stream from its first event to its head.
    ///
    /// # Errors
    /// [`RuntimeError`] when it cannot be read at all.
    pub async fn verify(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Verification, RuntimeError> {
        match self.arena(principal, arena_id).await {
            Ok(_) => {}
            // Who takes part cannot be told from a damaged stream.
            Err(RuntimeError::Storage(StorageError::Damaged { .. })) if principal.is_operator() => {}
            Err(error) => return Err(error),
        }
        self.reading(move |storage| Ok(verify_stream(storage, arena_id))).await
    }

    /// Registered agents, by id.
    ///
    /// # Errors
    /// [`RuntimeError::Storage`].
    pub async fn agents(&self, after: Option<&AgentId>, limit: usize) -> Result<Page<Profile>, RuntimeError> {
        let registry = self.shared().registry.read().clone();
        let registered = registry.registry.agents_after(after).take(limit.saturating_add(1));
        let registered = registered.map(|(agent_id, agent)| (agent_id.clone(), agent.clone())).collect();
        let Page { items, more } = Page::cut(registered, limit);
        Ok(Page { items: self.profiles(items).await?, more })
    }

    /// A registered agent.
    ///
    /// # Errors
    /// [`RuntimeError::Storage`].
    pub async fn profile(&self, agent_id: &AgentId) -> Result<Option<Profile>, RuntimeError> {
        let registry = self.shared().registry.read().clone();
        let agent = registry.registry.agent(agent_id).filter(|agent| agent.removed_at.is_none());
        let found = agent.map(|agent| (agent_id.clone(), agent.clone()));
        Ok(self.profiles(found.into_iter().collect()).await?.pop())
    }

    /// The profiles of agents, with what they have done in contests.
    pub(crate) async fn profiles(
        &self,
        agents: Vec<(AgentId, RegisteredAgent)>,
    ) -> Result<Vec<Profile>, RuntimeError> {
        let profiles = self.reading(move |storage| {
            let profile = |(agent_id, agent): (AgentId, RegisteredAgent)| {
                let counters = storage.counters(&agent_id)?;
                Ok(Profile { agent_id, name: agent.name, registered_at: agent.registered_at, counters })
            };
            agents.into_iter().map(profile).collect()
        });
        profiles.await
    }
}

/// A participant, the operator, or anyone when the arena is open.
fn may_read(principal: &Principal, state: &ArenaState) -> bool {
    let shared = &state.shared;
    principal.is_operator() || shared.is_open() || shared.participant(&principal.agent_id()).is_some()
}
