//! The end of a run: the arena is settled and archived.

use arena_api::{Code, events::EventQuery};
use arena_core::collaboration::Status;

use super::{
    error::{Doing, RunError},
    site::Site,
};

/// How long one question waits for the arena to be archived.
const WAIT_MS: u32 = 30_000;

/// Settles and archives; when others still hold leases, waits for them, at most until the settle deadline.
pub(super) async fn seal(site: &Site) -> Result<(), RunError> {
    let mut said = false;
    loop {
        let arena = site.client.arena(site.arena_id).await.doing(|| "read the arena".into())?;
        let (sealed, doing) = match arena.status {
            Status::Archived => return Ok(()),
            Status::Created => (site.client.activate(site.arena_id).await, "activate"),
            Status::Active => (site.client.settle(site.arena_id).await, "settle"),
            Status::Settling => (site.client.archive(site.arena_id).await, "archive"),
        };
        match sealed {
            Ok(_) => {}
            // Somebody else did it, or the deadline came: what is so shows when it is read again.
            Err(error) if error.code() == Some(Code::WrongState) => {}
            Err(error) if error.code() == Some(Code::LeasesOpen) => {
                if !said {
                    site.progress.note(&format!("waiting to archive: {error}"));
                }
                said = true;
                let after = Some(arena.sequence);
                let query =
                    EventQuery { after, limit: Some(1), wait_ms: Some(WAIT_MS), ..EventQuery::default() };
                site.client
                    .events(site.arena_id, &query)
                    .await
                    .doing(|| "wait for the leases to end".into())?;
            }
            Err(error) => return Err(error).doing(|| format!("{doing} the arena")),
        }
    }
}
