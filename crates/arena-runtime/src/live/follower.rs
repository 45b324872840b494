//! One who follows a stream: every event after a number, once and in order, from the ring while it keeps up, from the
//! journal while it does not.

use std::sync::{Arc, atomic::Ordering};

use arena_core::{AgentId, ArenaId, Position, Sequence};

use super::{
    LiveEvent, Part, Subscription,
    ring::{AT_ONCE, After},
};
use crate::{
    error::RuntimeError, manager::ArenaManager, record::StoredEvent, storage::EventFilter, tokens::Principal,
};

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A shared arena, by sequence.
    Arena(ArenaId),
    /// A contest, by sequence.
    Contest(ArenaId),
    /// Everything in the store, by position; the operator's.
    Journal,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct LiveFilter {
    /// Of these types; of all when empty.
    pub kinds: Vec<String>,
    /// Caused by this actor.
    pub actor: Option<AgentId>,
}

/// Follows one stream for one principal.
pub struct Follower {
    manager: ArenaManager,
    principal: Principal,
    /// What the principal has shown; looked at again whenever it may have ended.
    token: Option<Arc<str>>,
    /// How many tokens had been ended when the token was looked at.
    token_good_at: Option<u64>,
    source: Source,
    filter: LiveFilter,
    after: u64,
    subscription: Subscription,
}

impl ArenaManager {
    /// Follows a stream from behind the event numbered `after`. A follower that has the `token` of its principal ends when
    /// that ends.
    ///
    /// # Errors
    /// [`RuntimeError`], as for a page of the same events.
    pub async fn follow(
        &self,
        principal: Principal,
        token: Option<Arc<str>>,
        source: Source,
        after: u64,
        filter: LiveFilter,
    ) -> Result<Follower, RuntimeError> {
        let topic = match source {
            Source::Arena(arena_id) | Source::Contest(arena_id) => arena_id,
            Source::Journal => ArenaId::SYSTEM,
        };
        readable(self, &principal, source).await?;
        let subscription = self.shared().live.subscribe(topic);
        Ok(Follower {
            manager: self.clone(),
            principal,
            token,
            token_good_at: None,
            source,
            filter,
            after,
            subscription,
        })
    }
}

impl Follower {
    /// The number of the stream's last event, when the follower begins behind it: it waits for what is not there. From then
    /// on it follows from there.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn rewind(&mut self) -> Result<Option<u64>, RuntimeError> {
        let head = readable(&self.manager, &self.principal, self.source).await?;
        if self.after <= head {
            return Ok(None);
        }
        // What is durable can be read a moment before it is published.
        let head = self.durable_head().await?.max(head);
        if self.after <= head {
            return Ok(None);
        }
        self.after = head;
        Ok(Some(head))
    }

    /// The next events, in order: at least one, at most a page of them. Waits until there are any. Nothing is lost when it is
    /// dropped while it waits.
    ///
    /// # Errors
    /// [`RuntimeError`] when the principal may no longer read, or the store fails: the end.
    pub async fn next(&mut self) -> Result<Arc<Part>, RuntimeError> {
        let topic = self.subscription.topic.clone();
        loop {
            // Who was woken finds something, and asks to be woken again only when it has all.
            if let Some(part) = self.found().await? {
                return Ok(part);
            }
            let grown = topic.grown.notified();
            tokio::pin!(grown);
            grown.as_mut().enable();
            // What came before it could be woken woke nobody.
            if let Some(part) = self.found().await? {
                return Ok(part);
            }
            grown.await;
        }
    }

    /// What is wanted of that which is there.
    async fn found(&mut self) -> Result<Option<Arc<Part>>, RuntimeError> {
        loop {
            let taken = match self.subscription.after(self.after) {
                After::Nothing => None,
                After::Some(part) => Some((part, self.after)),
                After::Unknown => self.out_of_journal().await?,
            };
            // What was taken is given to one who may read it still.
            self.check_token()?;
            let Some((part, looked)) = taken else { return Ok(None) };
            readable(&self.manager, &self.principal, self.source).await?;
            // From here on nothing is waited for: who is dropped before has not moved on.
            self.after = self.after.max(looked);
            let part = self.wanted(part);
            if !part.events().is_empty() {
                return Ok(Some(part));
            }
        }
    }

    /// Moves on behind a part and keeps what is wanted of it.
    fn wanted(&mut self, part: Arc<Part>) -> Arc<Part> {
        if let Some(last) = part.events().last() {
            self.after = self.after.max(last.number);
        }
        if part.events().iter().all(|event| self.filter.wants(&event.stored)) {
            return part;
        }
        let events = part.events().iter().filter(|event| self.filter.wants(&event.stored));
        Arc::new(Part::of(events.cloned().collect()))
    }

    /// A page of the journal, and up to where was looked for it; `None` when there is nothing that is published.
    async fn out_of_journal(&self) -> Result<Option<(Arc<Part>, u64)>, RuntimeError> {
        let head = readable(&self.manager, &self.principal, self.source).await?;
        if head <= self.after {
            return Ok(None);
        }
        let shared = self.manager.shared().clone();
        let _place = shared.live.catching_up.acquire().await.map_err(|_| RuntimeError::Closed)?;
        let mut looked = self.after;
        let events = match self.source {
            Source::Arena(arena_id) | Source::Contest(arena_id) => {
                let filter = EventFilter {
                    after: Sequence::new(self.after),
                    up_to: None,
                    limit: AT_ONCE,
                    kinds: self.filter.kinds.clone(),
                    actor: self.filter.actor.clone(),
                };
                let page = self.manager.published(&self.principal, arena_id, &filter).await?;
                // What was looked through is not looked through again.
                if page.items.len() < AT_ONCE {
                    looked = page.head.get();
                }
                page.items
            }
            Source::Journal => {
                let after = Position::new(self.after);
                self.manager.reading(move |storage| storage.journal(after, AT_ONCE)).await?
            }
        };
        let source = self.source;
        let events = events.into_iter().map(|event| {
            let number = number_of(source, &event);
            Arc::new(LiveEvent::new(Arc::new(event), number))
        });
        Ok(Some((Arc::new(Part::of(events.collect())), looked)))
    }

    /// The number of the last event that is stored, published or not.
    async fn durable_head(&self) -> Result<u64, RuntimeError> {
        let before = self.after.saturating_sub(1);
        let source = self.source;
        let found = self.manager.reading(move |storage| match source {
            Source::Arena(arena_id) | Source::Contest(arena_id) => {
                let filter = EventFilter { limit: 1, after: Sequence::new(before), ..EventFilter::default() };
                Ok(storage.events(arena_id, &filter)?.1.sequence.get())
            }
            Source::Journal => {
                let found = storage.journal(Position::new(before), 1)?;
                Ok(found.first().map_or(0, |event| event.position.get()))
            }
        });
        found.await
    }

    /// Fails when the token has ended since it was looked at last.
    fn check_token(&mut self) -> Result<(), RuntimeError> {
        let Some(token) = &self.token else { return Ok(()) };
        let revocations = self.manager.shared().registry.read().registry.revocations();
        let expires = matches!(self.principal, Principal::Handle(_));
        if !expires && self.token_good_at == Some(revocations) {
            return Ok(());
        }
        if self.manager.authenticate(token)? != self.principal {
            return Err(RuntimeError::Unauthenticated);
        }
        self.token_good_at = Some(revocations);
        Ok(())
    }
}

impl LiveFilter {
    /// Whether an event is one of those.
    pub(super) fn wants(&self, event: &StoredEvent) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&event.kind))
            && self.actor.as_ref().is_none_or(|actor| *actor == event.actor)
    }
}

fn number_of(source: Source, event: &StoredEvent) -> u64 {
    match source {
        Source::Arena(_) | Source::Contest(_) => event.sequence.get(),
        Source::Journal => event.position.get(),
    }
}

/// The journal's last position.
fn position(manager: &ArenaManager) -> u64 {
    manager.shared().counters.position.load(Ordering::Relaxed)
}

/// Where a stream stands, for who may read it.
async fn readable(
    manager: &ArenaManager,
    principal: &Principal,
    source: Source,
) -> Result<u64, RuntimeError> {
    match source {
        Source::Arena(arena_id) => Ok(manager.arena(principal, arena_id).await?.head.sequence.get()),
        Source::Contest(arena_id) => Ok(manager.contest(principal, arena_id).await?.head.sequence.get()),
        Source::Journal if principal.is_operator() => Ok(position(manager)),
        Source::Journal => Err(RuntimeError::OperatorOnly),
    }
}
