//! Follows the arena's events by long polling, so that nothing is asked for twice in vain.

use std::time::Duration;

use arena_api::{
    Code,
    events::{Event, EventQuery},
};
use arena_core::Sequence;
use tokio::{sync::mpsc, task::JoinHandle, time};

use super::{
    error::{Doing, RunError},
    site::{PAGE, Site},
};
use std::sync::Arc;

/// How long one question waits for an event.
const WAIT_MS: u32 = 30_000;
/// How long to wait before asking again a server that is away.
const PAUSE: Duration = Duration::from_secs(1);

/// The arena's events from some number on, in pages; it stops asking when it is dropped.
#[derive(Debug)]
pub(super) struct Feed {
    pages: mpsc::Receiver<Result<Vec<Event>, RunError>>,
    asking: JoinHandle<()>,
}

impl Feed {
    /// Follows the events after `after`.
    pub(super) fn start(site: Arc<Site>, after: Sequence) -> Self {
        let (sender, pages) = mpsc::channel(4);
        Self { pages, asking: tokio::spawn(follow(site, after, sender)) }
    }

    /// The next events, at least one; an error when there can be none any more.
    pub(super) async fn next(&mut self) -> Result<Vec<Event>, RunError> {
        match self.pages.recv().await {
            Some(page) => page,
            // It ended with the error that was received before.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

async fn follow(site: Arc<Site>, mut after: Sequence, sender: mpsc::Sender<Result<Vec<Event>, RunError>>) {
    let mut said = false;
    loop {
        let query = EventQuery {
            after: Some(after),
            limit: Some(PAGE),
            wait_ms: Some(WAIT_MS),
            ..EventQuery::default()
        };
        let page = match site.client.events(site.arena_id, &query).await {
            Ok(page) => Ok(page.items),
            Err(error) if is_final(error.code()) => Err(error).doing(|| "follow the arena's events".into()),
            Err(error) => {
                if !said {
                    site.progress
                        .note(&format!("cannot follow the arena's events now, trying again: {error}"));
                }
                said = true;
                time::sleep(PAUSE).await;
                continue;
            }
        };
        said = false;
        if let Ok(Some(last)) = page.as_ref().map(|events| events.last()) {
            after = last.sequence;
        }
        let ends = page.is_err();
        let is_empty = page.as_ref().is_ok_and(Vec::is_empty);
        if !is_empty && (sender.send(page).await.is_err() || ends) {
            return;
        }
    }
}

/// Whether asking again would be answered the same.
fn is_final(code: Option<Code>) -> bool {
    matches!(
        code,
        Some(Code::Unauthenticated | Code::Forbidden | Code::NotFound | Code::Invalid | Code::Malformed)
    )
}
