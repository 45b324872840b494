//! `arena contest list`, `entries`, `standings`, `rounds`, `obligations`, `receipt`.

use std::path::PathBuf;

use arena_api::{contests::ContestQuery, list::List as Page};
use arena_core::{AgentId, ArenaId, contest::Status};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::way_out::Beside;
use crate::{failure::Failure, paging::Paging, session::Session, text, values};

/// Which contests.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only those that are in registration, active, eliminating, finished, cancelled or abandoned
    #[arg(long, value_parser = values::contest_status)]
    status: Option<Status>,
    /// Only those that this agent has entered
    #[arg(long)]
    agent: Option<AgentId>,
    #[command(flatten)]
    paging: Paging,
}

impl List {
    /// Prints a page.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Paging { limit, cursor } = self.paging;
        let query = ContestQuery { status: self.status, agent: self.agent, limit: limit.number(), cursor };
        let page = session.read(session.client.contests(&query)).await?;
        session.output.answer(&page, |page| text::contest::list(&page.items))?;
        session.more(page.next_cursor.as_deref(), "--cursor");
        Ok(())
    }
}

/// A page of what a contest holds.
#[derive(Args, Debug)]
pub(crate) struct Listing {
    /// The contest
    contest: ArenaId,
    #[command(flatten)]
    paging: Paging,
}

impl Listing {
    /// Prints entries in the order of entering.
    pub(super) async fn entries(self, session: &Session) -> Result<(), Failure> {
        let page = session.read(session.client.entries(self.contest, &self.paging.query())).await?;
        self.print(session, &page, text::contest::entries).await
    }

    /// Prints entries in the order of their places.
    pub(super) async fn standings(self, session: &Session) -> Result<(), Failure> {
        let page = session.read(session.client.standings(self.contest, &self.paging.query())).await?;
        self.print(session, &page, text::contest::standings).await
    }

    /// Prints rounds.
    pub(super) async fn rounds(self, session: &Session) -> Result<(), Failure> {
        let page = session.read(session.client.rounds(self.contest, &self.paging.query())).await?;
        self.print(session, &page, text::contest::rounds).await
    }

    /// Prints obligations.
    pub(super) async fn obligations(self, session: &Session) -> Result<(), Failure> {
        let page = session.read(session.client.obligations(self.contest, &self.paging.query())).await?;
        self.print(session, &page, text::contest::obligations).await
    }

    async fn print<T: Serialize>(
        &self,
        session: &Session,
        page: &Page<T>,
        text: impl FnOnce(&[T]) -> String,
    ) -> Result<(), Failure> {
        let way_out = session.way_out(self.contest).await;
        session.output.answer(&Beside { answer: page, way_out }, |_| text(&page.items) + &way_out.line())?;
        session.more(page.next_cursor.as_deref(), "--cursor");
        Ok(())
    }
}

/// The receipt of a contest.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena contest receipt CONTEST --out receipt.json && arena verify receipt.json"
)]
pub(crate) struct Receipt {
    /// The contest
    contest: ArenaId,
    /// Write it here; to standard output unless said
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Receipt {
    /// Writes the bytes as the server gave them, since each of them counts.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let bytes = session.read(session.client.receipt(self.contest)).await?;
        let Some(path) = self.out else { return session.output.bytes(&bytes) };
        std::fs::write(&path, &bytes).map_err(|error| Failure::file("write", &path, &error))?;
        let answer = json!({ "arena_id": self.contest, "file": path, "bytes": bytes.len() });
        session.output.answer(&answer, |_| {
            format!("wrote {0}; `arena verify {0}` checks it without a server\n", path.display())
        })
    }
}
