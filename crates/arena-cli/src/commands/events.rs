//! `arena events`, `arena contest events`: the journal of an arena, as it stands or as it grows.

use arena_api::{
    client::{Call, Client},
    events::{Event, EventPage, EventQuery},
};
use arena_core::{ArenaId, Millis, Sequence};
use clap::Args;

use crate::{exit::Exit, failure::Failure, paging::Limit, session::Session, text, values};

/// How long one question waits for an event while following.
const FOLLOW_MS: u32 = 30_000;

/// Which events.
#[derive(Args, Debug)]
pub(crate) struct Events {
    /// Which one
    arena: ArenaId,
    /// Only those after this sequence
    #[arg(long, value_name = "SEQUENCE", value_parser = values::sequence, default_value = "0")]
    after: Sequence,
    #[command(flatten)]
    limit: Limit,
    /// When there is none yet, wait for one this long (at most 60s)
    #[arg(long, value_name = "LENGTH", value_parser = values::length)]
    wait: Option<Millis>,
    /// Go on printing events as they come; with --json an event a line
    #[arg(long, conflicts_with = "wait")]
    follow: bool,
    /// Only events of this type, such as step_claimed
    #[arg(long = "type", value_name = "TYPE")]
    kinds: Vec<String>,
    /// Only what this agent (or `system`) caused
    #[arg(long, value_name = "AGENT")]
    actor: Option<String>,
}

/// How a page of events is asked for.
type Ask = fn(&Client, ArenaId, &EventQuery) -> Call<EventPage>;

impl Events {
    /// Prints a page, or page after page.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        self.print(session, Client::events).await
    }

    /// The same of a contest, which never ends: its payouts may come at any time.
    pub(crate) async fn of_contest(self, session: &Session) -> Result<(), Failure> {
        self.print(session, Client::contest_events).await
    }

    async fn print(self, session: &Session, ask: Ask) -> Result<(), Failure> {
        let wait = self.wait.map(|wait| u32::try_from(wait.get()).unwrap_or(u32::MAX));
        if self.follow {
            return self.follow(session, ask).await;
        }
        let page = self.page(session, ask, self.after, wait).await?;
        session.output.answer(&page, |page| page.items.iter().map(text::event::event).collect())?;
        if let Some(last) =
            page.items.last().filter(|last| last.sequence < page.head && self.kinds.is_empty())
        {
            session.more(Some(&last.sequence.to_string()), "--after");
        }
        Ok(())
    }

    async fn page(
        &self,
        session: &Session,
        ask: Ask,
        after: Sequence,
        wait_ms: Option<u32>,
    ) -> Result<EventPage, Failure> {
        let kind = (!self.kinds.is_empty()).then(|| self.kinds.join(","));
        let query = EventQuery {
            after: Some(after),
            limit: self.limit.number(),
            wait_ms,
            kind,
            actor: self.actor.clone(),
        };
        session.read(ask(&session.client, self.arena, &query)).await
    }

    async fn follow(&self, session: &Session, ask: Ask) -> Result<(), Failure> {
        let mut after = self.after;
        loop {
            let page = self.page(session, ask, after, Some(FOLLOW_MS)).await?;
            for event in &page.items {
                session.output.text(&line(event, session.output.is_json())?)?;
                after = event.sequence;
            }
            if page.items.iter().any(|event| event.kind == "arena_archived") {
                return Ok(());
            }
        }
    }
}

fn line(event: &Event, json: bool) -> Result<String, Failure> {
    if !json {
        return Ok(text::event::event(event));
    }
    let line = serde_json::to_string(event);
    line.map(|line| line + "\n").map_err(|error| Failure::new(Exit::Refused, "internal", error.to_string()))
}
