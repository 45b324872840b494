//! One who reads a live stream, frame by frame, as fast or as slowly as the test says.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;

use crate::world::World;

/// Longer than anything takes, and shorter than a heartbeat, by which time everything is looked at again.
const FOR_EVER: Duration = Duration::from_secs(12);

/// An open stream.
pub(crate) struct Reader {
    response: Response,
    text: Vec<u8>,
}

/// One event as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    pub(super) id: Option<u64>,
    pub(super) event: String,
    pub(super) data: Value,
    pub(super) comment: String,
}

impl Reader {
    /// Opens a stream; `last` is what a browser would send.
    pub(crate) async fn open(world: &World, path: &str, token: &str, last: Option<u64>) -> Self {
        let url = format!("{}{path}", world.url);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = http.get(url).bearer_auth(token).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: Vec::new() }
    }

    /// The next event, heartbeats and the first line left out; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            let frame = self.frame().await?;
            if !frame.event.is_empty() {
                return Some(frame);
            }
        }
    }

    /// The next frame of any kind.
    pub(super) async fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.text.drain(..end + 2).collect();
                return Some(parse(std::str::from_utf8(&frame).unwrap()));
            }
            let chunk = tokio::time::timeout(FOR_EVER, self.response.chunk()).await;
            let chunk = chunk.expect("the stream is silent").unwrap()?;
            self.text.extend_from_slice(&chunk);
        }
    }

    /// The numbers of the next events up to `last`; fails on one that is doubled, missing or out of order after `after`.
    pub(super) async fn up_to(&mut self, after: u64, last: u64) {
        for expected in after + 1..=last {
            let frame = self.next().await.expect("the stream goes on");
            assert_eq!(frame.id, Some(expected), "{frame:?}");
            assert_eq!(frame.data["sequence"], expected);
        }
    }

    /// The problem that the stream ends with.
    pub(super) async fn closed(&mut self) -> Value {
        loop {
            let frame = self.next().await.expect("the stream says why it ends");
            if frame.event == "closed" {
                assert_eq!(frame.id, None);
                assert!(self.next().await.is_none(), "a closed stream ends");
                return frame.data;
            }
        }
    }
}

fn parse(text: &str) -> Frame {
    let mut frame = Frame::default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.split_once(": ").unwrap() {
            ("id", id) => frame.id = Some(id.parse().unwrap()),
            ("event", event) => frame.event = event.to_owned(),
            ("data", data) => frame.data = serde_json::from_str(data).unwrap(),
            ("", comment) => frame.comment = comment.to_owned(),
            ("retry", _) => {}
            other => panic!("{other:?}"),
        }
    }
    frame
}
