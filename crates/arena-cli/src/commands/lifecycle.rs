//! `arena activate`, `arena settle`, `arena archive`: an arena's way from created to archived.

use arena_api::{Code, arenas::Arena};
use arena_core::{ArenaId, collaboration::Status};
use clap::Args;

use crate::{failure::Failure, session::Session, text::moment};

/// Begins work.
#[derive(Args, Debug)]
pub(crate) struct Activate {
    /// The arena
    arena: ArenaId,
}

/// Drains, and seals when nothing is open.
#[derive(Args, Debug)]
pub(crate) struct Settle {
    /// The arena
    arena: ArenaId,
    /// Leave it settling even when nothing is open
    #[arg(long)]
    no_archive: bool,
}

/// Seals.
#[derive(Args, Debug)]
pub(crate) struct Archive {
    /// The arena
    arena: ArenaId,
}

impl Activate {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let arena = session.write(session.client.activate(self.arena)).await?;
        session.output.answer(&arena, outcome)
    }
}

impl Settle {
    /// Settles; then archives, unless leases are open.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let settling = session.write(session.client.settle(self.arena)).await?;
        if self.no_archive {
            return session.output.answer(&settling, outcome);
        }
        let mut seal = session.client.archive(self.arena);
        if let Some(key) = &session.key {
            seal = seal.key(key);
        }
        match seal.await {
            Ok(archived) => session.output.answer(&archived, outcome),
            Err(error) if error.code() == Some(Code::LeasesOpen) => session.output.answer(&settling, outcome),
            Err(error) => Err(error.into()),
        }
    }
}

impl Archive {
    /// Does it; `arena settle` or the deadline may have done it before.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let refused = match session.write(session.client.archive(self.arena)).await {
            Ok(arena) => return session.output.answer(&arena, outcome),
            Err(refused) => refused,
        };
        match session.client.arena(self.arena).await {
            Ok(arena) if arena.status == Status::Archived && session.if_match.is_none() => {
                session.output.answer(&arena, outcome)
            }
            Ok(_) | Err(_) => Err(refused),
        }
    }
}

fn outcome(arena: &Arena) -> String {
    let Arena { arena_id, status, .. } = arena;
    match (arena.settle_deadline, arena.report_hash) {
        (_, Some(hash)) => format!("{arena_id} is {status}; its report has the hash\n{hash}\n"),
        (Some(deadline), None) => {
            format!(
                "{arena_id} is {status}: what is claimed may end until {}; then `arena archive`\n",
                moment(deadline)
            )
        }
        (None, None) => format!("{arena_id} is {status}\n"),
    }
}
