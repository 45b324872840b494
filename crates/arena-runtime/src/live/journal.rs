//! The whole journal in pages, by position: the operator's.

use std::time::Duration;

use arena_core::{AgentId, Position};

use super::{LiveFilter, Source};
use crate::{error::RuntimeError, manager::ArenaManager, record::StoredEvent, tokens::Principal};

/// How many events are looked through at once.
const LOOKED_THROUGH: usize = 1_000;

/// Which events of the whole journal to read.
#[derive(Clone, Debug, Default)]
pub struct JournalQuery {
    /// Those after this position.
    pub after: Position,
    /// How many at most.
    pub limit: usize,
    /// How long to wait for one.
    pub wait: Option<Duration>,
    /// Of these types; of all when empty.
    pub kinds: Vec<String>,
    /// Caused by this actor.
    pub actor: Option<AgentId>,
}

/// A page of the whole journal.
#[derive(Clone, Debug)]
pub struct JournalPage {
    /// The events.
    pub items: Vec<StoredEvent>,
    /// The journal's last position at that moment.
    pub head: Position,
}

impl ArenaManager {
    /// A page of everything in the store; waits for an event when there is none and the query says so.
    ///
    /// # Errors
    /// [`RuntimeError::OperatorOnly`], [`RuntimeError::Storage`].
    pub async fn journal(
        &self,
        principal: &Principal,
        query: JournalQuery,
    ) -> Result<JournalPage, RuntimeError> {
        if !principal.is_operator() {
            return Err(RuntimeError::OperatorOnly);
        }
        let page = self.journal_now(&query).await?;
        let Some(wait) = query.wait.filter(|_| page.items.is_empty()) else { return Ok(page) };
        let filter = LiveFilter { kinds: query.kinds.clone(), actor: query.actor.clone() };
        let after = page.head.max(query.after).get();
        let mut follower = self.follow(principal.clone(), None, Source::Journal, after, filter).await?;
        // When the time is over, so is the wait.
        let _ = tokio::time::timeout(wait, follower.next()).await;
        self.journal_now(&JournalQuery { after: page.head.max(query.after), ..query }).await
    }

    async fn journal_now(&self, query: &JournalQuery) -> Result<JournalPage, RuntimeError> {
        let JournalQuery { after, limit, kinds, actor, .. } = query.clone();
        let filter = LiveFilter { kinds, actor };
        let page = self.reading(move |storage| {
            let (mut items, mut head) = (Vec::new(), after);
            loop {
                let part = storage.journal(head, LOOKED_THROUGH)?;
                let is_last = part.len() < LOOKED_THROUGH;
                for event in part {
                    head = event.position;
                    if filter.wants(&event) && items.len() < limit {
                        items.push(event);
                    }
                }
                if is_last || items.len() == limit {
                    return Ok((items, head));
                }
            }
        });
        let (items, looked_through) = page.await?;
        let position = self.health().position;
        // A position ahead of the journal is not its end.
        let head = if items.is_empty() && looked_through.get() > position {
            Position::new(position)
        } else {
            looked_through.max(Position::new(position))
        };
        Ok(JournalPage { items, head })
    }
}
