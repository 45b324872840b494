//! Live streams of events (server-sent events): what is sent, when it is silent, how it ends.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use arena_api::{Code, Problem, events::CursorAhead};
use arena_core::{AgentId, HandleId};
use arena_runtime::{Follower, LiveEvent, LiveFilter, Part, Principal, RuntimeError, Source, steady_now};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use serde::Serialize;
use tokio::time::{Sleep, sleep};

use crate::{
    answer::Answer,
    app::App,
    error::Failure,
    guard::Place,
    lane::Live,
    request::{bearer, once},
    shape,
};

const MEDIA_TYPE: &str = "text/event-stream";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How long a browser waits before it comes again, in milliseconds; also the first line, which says that the stream stands.
const RETRY: &str = "retry: 1000\n\n";
/// What is said when there is nothing to say.
const HEARTBEAT: Bytes = Bytes::from_static(b": heartbeat\n\n");

/// Whether the caller asks for a live stream.
pub(crate) fn is_accepted(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types = accepted.flat_map(|value| value.split(','));
    types.any(|one| one.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

/// What a live stream is to be.
pub(crate) struct Wanted {
    after: u64,
    /// Whether it begins with the state as it stands.
    pub(crate) snapshot: bool,
    filter: LiveFilter,
    token: Arc<str>,
}

impl Wanted {
    /// As the query says, unless the headers say that a stream is resumed: then it goes on where that ended.
    pub(crate) fn of(
        headers: &HeaderMap,
        after: u64,
        snapshot: bool,
        filter: LiveFilter,
    ) -> Result<Self, Failure> {
        let token = bearer(headers)?.into();
        match last_event_id(headers)? {
            Some(after) => Ok(Self { after, snapshot: false, filter, token }),
            None => Ok(Self { after, snapshot, filter, token }),
        }
    }
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = once(headers, &LAST_EVENT_ID)?.filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Some).ok_or_else(|| {
        Failure::new(Code::Malformed, "Last-Event-ID is not the id of an event; send the last one that came")
    })
}

/// A state, and the number of the event it stands after.
pub(crate) struct Snapshot {
    number: u64,
    frame: String,
}

/// The first event of a stream that begins with the state after the event `number`.
pub(crate) fn snapshot(number: u64, state: &impl Serialize) -> Snapshot {
    Snapshot { number, frame: frame(Some(number), "snapshot", &json(state)) }
}

/// Answers with a stream.
pub(crate) async fn answer(
    app: App,
    principal: &Principal,
    source: Source,
    wanted: Wanted,
    snapshot: Option<Snapshot>,
) -> Answer {
    let Wanted { after, filter, token, .. } = wanted;
    let after = snapshot.as_ref().map_or(after, |snapshot| snapshot.number);
    let followed = app.manager.follow(principal.clone(), Some(token), source, after, filter);
    let mut follower = followed.await?;
    let place = place(&app, principal)?;
    let mut first = RETRY.to_owned();
    first.push_str(snapshot.as_ref().map_or("", |snapshot| &snapshot.frame));
    if let Some(head) = follower.rewind().await? {
        first.push_str(&frame(Some(head), "cursor_ahead", &json(&CursorAhead { after, head })));
    }
    let heartbeat = app.config.heartbeat;
    let drained: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move { app.drained().await });
    let (spoke_at, beat) = (steady_now(), Box::pin(sleep(heartbeat)));
    let stream = Stream {
        place,
        first: Some(first.into()),
        follower: Some(follower),
        heartbeat,
        spoke_at,
        beat,
        drained,
    };
    let body = Body::from_stream(stream::unfold(stream, Stream::next));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // A stream takes its connection along to the streams' threads: nothing else is to come on it.
        (header::CONNECTION, HeaderValue::from_static("close")),
        // A proxy that collects answers would hold events back.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    let mut response: Response = (headers, body).into_response();
    response.extensions_mut().insert(Live);
    Ok(response)
}

/// Whose streams are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    /// An agent with its own token.
    Agent(AgentId),
    /// Whoever has a handle, or what was narrowed from it: others may have made it, so that it takes no place of its agent's.
    Handle(HandleId),
}

/// A place among the streams of an agent or a handle; the operator needs none.
fn place(app: &App, principal: &Principal) -> Result<Option<Place<Reader>>, Failure> {
    let reader = match principal {
        Principal::Operator => return Ok(None),
        Principal::Agent(agent_id) => Reader::Agent(agent_id.clone()),
        Principal::Handle(grant) => Reader::Handle(grant.handle),
    };
    let most = app.streams.most();
    let whose = if matches!(reader, Reader::Agent(_)) { "agent" } else { "handle" };
    let full =
        || Failure::full(format!("{most} live streams of this {whose} are open already; close one"), most);
    app.streams.take(reader).map(Some).ok_or_else(full)
}

/// A stream that is being sent: what it holds in memory is what its follower holds, a part of the events it is behind.
struct Stream {
    /// Given back before anything tells that it is over.
    place: Option<Place<Reader>>,
    first: Option<Bytes>,
    /// Gone when the stream has said why it ends.
    follower: Option<Follower>,
    heartbeat: Duration,
    /// When it said something last.
    spoke_at: Instant,
    /// Over at the earliest when it has been silent for a heartbeat: set anew then, not at each event.
    beat: Pin<Box<Sleep>>,
    drained: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Why a stream goes on.
enum Turn {
    /// The server shuts down.
    Drains,
    /// There is something, or no more.
    Part(Result<Arc<Part>, RuntimeError>),
    /// Nothing was said for a while.
    Silent,
}

impl Stream {
    /// The next bytes; asked for when the connection has room for them.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(first) = self.first.take() {
            return Some((Ok(first), self));
        }
        let bytes = match self.turn().await? {
            Turn::Drains => self.closed(&drains()),
            Turn::Part(Ok(part)) => part.joined(rendered),
            Turn::Part(Err(error)) => self.closed(&Failure::from(error).into_problem()),
            Turn::Silent => HEARTBEAT,
        };
        self.spoke_at = steady_now();
        Some((Ok(bytes), self))
    }

    /// Waits for what comes first; nothing comes when the stream has said why it ends.
    async fn turn(&mut self) -> Option<Turn> {
        let next = self.follower.as_mut()?.next();
        tokio::pin!(next);
        loop {
            tokio::select! {
                biased;
                () = &mut self.drained => return Some(Turn::Drains),
                part = &mut next => return Some(Turn::Part(part)),
                () = &mut self.beat => {
                    let due = self.spoke_at + self.heartbeat;
                    let is_silent = due <= steady_now();
                    let next_due = if is_silent { steady_now() + self.heartbeat } else { due };
                    self.beat.as_mut().reset(next_due.into());
                    if is_silent {
                        return Some(Turn::Silent);
                    }
                }
            }
        }
    }

    /// Says why, and ends.
    fn closed(&mut self, why: &Problem) -> Bytes {
        self.follower = None;
        self.place = None;
        frame(None, "closed", &json(why)).into()
    }
}

fn drains() -> Problem {
    Problem::new(Code::Overloaded, "the server is shutting down; resume after the last id when it is back")
}

fn rendered(event: &LiveEvent) -> Bytes {
    let shape = shape::event(arena_runtime::StoredEvent::clone(&event.stored));
    frame(Some(event.number), &event.stored.kind, &json(&shape)).into()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// One event on the wire. JSON that was stored with line breaks is sent in as many lines.
fn frame(id: Option<u64>, event: &str, data: &str) -> String {
    let mut frame = String::with_capacity(data.len() + event.len() + 48);
    if let Some(id) = id {
        frame.push_str(&format!("id: {id}\n"));
    }
    frame.push_str(&format!("event: {event}\n"));
    for line in data.split(['\n', '\r']) {
        frame.push_str("data: ");
        frame.push_str(line);
        frame.push('\n');
    }
    frame.push('\n');
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_what_was_asked_for_by_name() {
        let accepts = |value: &'static str| {
            is_accepted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]))
        };
        assert!(accepts("text/event-stream"));
        assert!(accepts("application/json;q=0.5, Text/Event-Stream;q=0.9"));
        assert!(!accepts("*/*") && !accepts("application/json") && !accepts("text/*"));
        assert!(!is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn line_breaks_cannot_end_a_frame() {
        let frame = frame(Some(7), "fact_put", "{\"a\":\r\n\n1}");
        assert_eq!(frame, "id: 7\nevent: fact_put\ndata: {\"a\":\ndata: \ndata: \ndata: 1}\n\n");
    }
}
