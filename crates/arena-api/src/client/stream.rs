//! Live streams: events as they happen, resumed where they ended.

use std::{collections::VecDeque, time::Duration};

use arena_core::ArenaId;
use bytes::Bytes;
use reqwest::{
    Response, Url,
    header::{ACCEPT, HeaderName},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{ANSWER_LIMIT, Client, Error};
use crate::{
    events::{CursorAhead, Event, EventQuery, JournalQuery},
    problem::Problem,
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// A server says every 15 s that it lives: after three silent beats the connection is taken for lost.
const LONGEST_SILENCE: Duration = Duration::from_secs(45);

/// What a live stream says.
#[derive(Clone, Debug)]
pub enum Told {
    /// The state after an event: the stream goes on with those after it. Read it with [`Told::state`].
    Snapshot(Box<str>),
    /// An event.
    Event(Box<Event>),
    /// The number to resume after is not there: the store is another one, or an older copy. The stream goes on from its end.
    CursorAhead(CursorAhead),
    /// Why the stream ends: what a page would be refused with, or that the server shuts down.
    Closed(Box<Problem>),
}

impl Told {
    /// The state of a snapshot: [`crate::arenas::State`] of an arena, [`crate::contests::Contest`] of a contest.
    ///
    /// # Errors
    /// When it is another.
    pub fn state<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// A live stream that is open, or was: it remembers what came last, and can be resumed.
#[derive(Debug)]
pub struct LiveStream {
    client: Client,
    url: Url,
    last: Option<u64>,
    response: Option<Response>,
    text: Vec<u8>,
    told: VecDeque<Told>,
}

impl Client {
    /// Follows an arena's events. `limit` and `wait_ms` mean nothing to a stream.
    ///
    /// # Errors
    /// [`Error`], as for a page of the same events.
    pub async fn follow(&self, arena: ArenaId, query: &EventQuery) -> Result<LiveStream, Error> {
        self.open(&["v1", "arenas", &arena.to_string(), "events"], query).await
    }

    /// Follows a contest's events.
    ///
    /// # Errors
    /// [`Error`], as for a page of the same events.
    pub async fn follow_contest(&self, contest: ArenaId, query: &EventQuery) -> Result<LiveStream, Error> {
        self.open(&["v1", "contests", &contest.to_string(), "events"], query).await
    }

    /// Follows everything in the store, for the operator.
    ///
    /// # Errors
    /// [`Error`], as for a page of the same events.
    pub async fn follow_journal(&self, query: &JournalQuery) -> Result<LiveStream, Error> {
        self.open(&["v1", "events"], query).await
    }

    async fn open(&self, path: &[&str], query: &impl Serialize) -> Result<LiveStream, Error> {
        let url = self.get(path, super::call::json::<serde_json::Value>).query(query).address()?;
        let mut stream = LiveStream {
            client: self.clone(),
            url,
            last: None,
            response: None,
            text: Vec::new(),
            told: VecDeque::new(),
        };
        stream.resume().await?;
        Ok(stream)
    }
}

impl LiveStream {
    /// The number of the last event that came: what a resumed stream begins after.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.last
    }

    /// Opens it again, after the last event that came.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn resume(&mut self) -> Result<(), Error> {
        self.response = None;
        self.text.clear();
        let mut request = self.client.http.get(self.url.clone()).header(ACCEPT, "text/event-stream");
        if let Some(token) = &self.client.token {
            request = request.bearer_auth(token);
        }
        if let Some(last) = self.last {
            request = request.header(LAST_EVENT_ID, last);
        }
        let response = tokio::time::timeout(ANSWER_LIMIT, request.send()).await.map_err(|_| silent())?;
        let response = response.map_err(|error| Error::connection(&error))?;
        let status = response.status().as_u16();
        if status != 200 {
            let body = response.bytes().await.map_err(|error| Error::connection(&error))?;
            return Err(match serde_json::from_slice::<Problem>(&body) {
                Ok(problem) => Error::Problem(Box::new(problem)),
                Err(error) => Error::Answer { status, reason: error.to_string() },
            });
        }
        self.response = Some(response);
        Ok(())
    }

    /// What is told next; nothing when the stream has ended. Nothing is lost when it is dropped while it waits.
    ///
    /// # Errors
    /// [`Error::Connection`] when the connection broke or is silent: resume it. [`Error::Answer`] when what came is not
    /// a stream of Arena's.
    pub async fn next(&mut self) -> Result<Option<Told>, Error> {
        loop {
            if let Some(told) = self.told.pop_front() {
                return Ok(Some(told));
            }
            let Some(response) = &mut self.response else { return Ok(None) };
            let chunk = tokio::time::timeout(LONGEST_SILENCE, response.chunk()).await;
            match chunk {
                Ok(Ok(Some(bytes))) => self.take(&bytes)?,
                Ok(Ok(None)) => self.response = None,
                Ok(Err(error)) => {
                    self.response = None;
                    return Err(Error::connection(&error));
                }
                Err(_) => {
                    self.response = None;
                    return Err(silent());
                }
            }
        }
    }

    /// Reads the frames that are whole.
    fn take(&mut self, bytes: &Bytes) -> Result<(), Error> {
        self.text.extend_from_slice(bytes);
        let mut read = 0;
        while let Some(rest) = self.text.get(read..)
            && let Some(length) = rest.windows(2).position(|pair| pair == b"\n\n")
        {
            let frame = rest.get(..length).unwrap_or_default();
            let told = Frame::read(frame).told().map_err(|reason| Error::Answer { status: 200, reason })?;
            read += length + 2;
            if let Some((number, told)) = told {
                self.last = number.or(self.last);
                self.told.push_back(told);
            }
        }
        self.text.drain(..read);
        Ok(())
    }
}

fn silent() -> Error {
    let reason = "nothing was heard of it for too long".to_owned();
    Error::Connection { reason, before_sending: false }
}

/// One event as it is written.
#[derive(Debug, Default, PartialEq, Eq)]
struct Frame {
    id: Option<u64>,
    event: String,
    data: String,
}

impl Frame {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut frame = Self::default();
        for line in text.lines() {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => frame.id = value.parse().ok(),
                "event" => value.clone_into(&mut frame.event),
                "data" => {
                    if !frame.data.is_empty() {
                        frame.data.push('\n');
                    }
                    frame.data.push_str(value);
                }
                _ => {}
            }
        }
        frame
    }

    /// What it says; nothing when it only says that the stream lives.
    fn told(self) -> Result<Option<(Option<u64>, Told)>, String> {
        fn read<T: DeserializeOwned>(data: &str) -> Result<T, String> {
            serde_json::from_str(data).map_err(|error| error.to_string())
        }
        if self.data.is_empty() {
            return Ok(None);
        }
        let told = match self.event.as_str() {
            "snapshot" => Told::Snapshot(self.data.into()),
            "cursor_ahead" => Told::CursorAhead(read(&self.data)?),
            "closed" => Told::Closed(read(&self.data)?),
            _ => Told::Event(read(&self.data)?),
        };
        Ok(Some((self.id, told)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_by_its_fields() {
        let frame = Frame::read(b"id: 7\nevent: fact_put\ndata: {\"a\":\ndata: 1}\n: beat");
        assert_eq!(
            frame,
            Frame { id: Some(7), event: "fact_put".to_owned(), data: "{\"a\":\n1}".to_owned() }
        );
        assert!(Frame::read(b": heartbeat").told().unwrap().is_none());
        assert!(Frame::read(b"retry: 1000").told().unwrap().is_none());
    }
}
