//! `arena events`, `arena contest events`: the journal of an arena, as it stands or as it grows.

use arena_api::{
    client::{Call, Client, LiveStream, Told},
    events::{Event, EventPage, EventQuery},
};
use arena_core::{ArenaId, Millis, Sequence};
use clap::Args;

use crate::{
    exit::Exit,
    failure::Failure,
    live::{Heard, Live},
    paging::Limit,
    session::Session,
    text, values,
};

/// The last event of a shared arena.
const LAST: &str = "arena_archived";

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
    /// Go on printing events as they come, also after the connection was lost; with --json an event a line
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
    /// Prints a page, or what happens.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        if self.follow {
            let query = self.live_query(Some(LAST));
            let stream = session.client.follow(self.arena, &query).await?;
            return self.follow(session, stream).await;
        }
        self.print(session, Client::events).await
    }

    /// The same of a contest, which never ends: its payouts may come at any time.
    pub(crate) async fn of_contest(self, session: &Session) -> Result<(), Failure> {
        if self.follow {
            let stream = session.client.follow_contest(self.arena, &self.live_query(None)).await?;
            return self.follow(session, stream).await;
        }
        self.print(session, Client::contest_events).await
    }

    async fn print(self, session: &Session, ask: Ask) -> Result<(), Failure> {
        let wait = self.wait.map(|wait| u32::try_from(wait.get()).unwrap_or(u32::MAX));
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
            snapshot: None,
        };
        session.read(ask(&session.client, self.arena, &query)).await
    }

    /// The events that are asked for, and the one by which the end is known, if there is an end.
    fn live_query(&self, last: Option<&str>) -> EventQuery {
        let kinds = self.kinds.iter().map(String::as_str).chain(last);
        let kind = (!self.kinds.is_empty()).then(|| kinds.collect::<Vec<_>>().join(","));
        EventQuery { after: Some(self.after), kind, actor: self.actor.clone(), ..EventQuery::default() }
    }

    async fn follow(&self, session: &Session, stream: LiveStream) -> Result<(), Failure> {
        let mut live = Live::new(stream);
        loop {
            let event = match live.next().await? {
                Heard::Told(Told::Event(event)) => event,
                Heard::Told(Told::CursorAhead(ahead)) => {
                    session.output.complain(&format!(
                        "there is no event {}: the journal ends at {}, and is followed from there",
                        ahead.after, ahead.head
                    ));
                    continue;
                }
                Heard::Lost(why) => {
                    session.output.complain(&why);
                    continue;
                }
                Heard::Back | Heard::Told(Told::Snapshot(_) | Told::Closed(_)) => continue,
            };
            let is_wanted = self.kinds.is_empty() || self.kinds.contains(&event.kind);
            if is_wanted {
                session.output.text(&line(&event, session.output.is_json())?)?;
            }
            if event.kind == LAST {
                return Ok(());
            }
        }
    }
}

/// An event as it is printed while it is followed.
pub(super) fn line(event: &Event, json: bool) -> Result<String, Failure> {
    if !json {
        return Ok(text::event::event(event));
    }
    let line = serde_json::to_string(event);
    line.map(|line| line + "\n").map_err(|error| Failure::new(Exit::Refused, "internal", error.to_string()))
}
