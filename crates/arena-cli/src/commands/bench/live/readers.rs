//! A crowd of readers on a thread of its own: lean clients that count what comes, and fail on what is missed or doubled.

use std::{io, net::SocketAddr, sync::Arc, thread::JoinHandle, time::Duration};

use arena_core::ArenaId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{clock::Stopwatch, failed, spread::Spread};
use crate::failure::Failure;

/// Every so many readers, one breaks off and resumes again and again.
const RESTLESS: u64 = 10;

/// What readers read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// After which event they begin.
    pub(super) after: u64,
    /// The last they are to see, once it is known.
    pub(super) last: Option<u64>,
}

/// What they saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) received: u64,
    pub(super) resumed: u64,
    pub(super) latency: Spread,
}

/// Readers that are reading.
pub(super) struct Crowd(JoinHandle<io::Result<Seen>>);

impl Crowd {
    /// Opens so many streams, and answers when all stand.
    pub(super) async fn open(
        server: SocketAddr,
        arena_id: ArenaId,
        token: Arc<str>,
        readers: usize,
        expected: watch::Receiver<Expected>,
        clock: Stopwatch,
    ) -> Result<Self, Failure> {
        let (standing, mut stand) = mpsc::channel(64);
        let thread = std::thread::Builder::new().name("readers".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(read_all(server, arena_id, token, readers, (expected, clock), standing))
        });
        let crowd = Self(thread.map_err(failed)?);
        for _ in 0..readers {
            if stand.recv().await.is_none() {
                crowd.finish().await?;
                return Err(failed("the readers did not all connect"));
            }
        }
        Ok(crowd)
    }

    /// Waits until each has seen everything.
    pub(super) async fn finish(self) -> Result<Seen, Failure> {
        let joined = tokio::task::spawn_blocking(move || self.0.join()).await.map_err(failed)?;
        joined.map_err(|_| failed("a reader panicked"))?.map_err(failed)
    }
}

async fn read_all(
    server: SocketAddr,
    arena_id: ArenaId,
    token: Arc<str>,
    readers: usize,
    (expected, clock): (watch::Receiver<Expected>, Stopwatch),
    standing: mpsc::Sender<()>,
) -> io::Result<Seen> {
    let mut tasks = JoinSet::new();
    for number in 0..readers {
        let request = format!(
            "GET /v1/arenas/{arena_id}/events HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {token}\r\n\
             Accept: text/event-stream\r\nLast-Event-ID: "
        );
        let after = expected.borrow().after;
        let reader = Reader { server, request, after, clock, text: Vec::new(), seen: Seen::default() };
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        tasks.spawn(reader.read(number, expected.clone(), standing.clone()));
    }
    drop(standing);
    let mut seen = Seen::default();
    while let Some(done) = tasks.join_next().await {
        let one = done.map_err(io::Error::other)??;
        seen.received += one.received;
        seen.resumed += one.resumed;
        seen.latency.merge(one.latency);
    }
    Ok(seen)
}

/// One reader.
struct Reader {
    server: SocketAddr,
    /// All of it but the number to resume after.
    request: String,
    after: u64,
    clock: Stopwatch,
    /// What was read and not yet used.
    text: Vec<u8>,
    seen: Seen,
}

impl Reader {
    async fn read(
        mut self,
        number: u64,
        mut expected: watch::Receiver<Expected>,
        standing: mpsc::Sender<()>,
    ) -> io::Result<Seen> {
        let mut stream = self.connect().await?;
        // Who waits may have given up.
        let _ = standing.send(()).await;
        drop(standing);
        let mut until_restless = restless(number, 0);
        loop {
            if expected.borrow().last.is_some_and(|last| self.after >= last) {
                return Ok(self.seen);
            }
            if until_restless.is_some_and(|at| self.seen.received >= at) {
                self.seen.resumed += 1;
                stream = self.connect().await?;
                until_restless = restless(number, self.seen.received);
            }
            tokio::select! {
                read = stream.read_buf(&mut self.text) => {
                    if read? == 0 {
                        return Err(io::Error::other("the server ended a stream"));
                    }
                    self.take()?;
                }
                changed = expected.changed() => changed.map_err(io::Error::other)?,
            }
        }
    }

    /// Opens a stream after what was seen; it stands when its head has come.
    async fn connect(&mut self) -> io::Result<TcpStream> {
        self.text.clear();
        let mut stream = TcpStream::connect(self.server).await?;
        stream.set_nodelay(true)?;
        let request = format!("{}{}\r\n\r\n", self.request, self.after);
        stream.write_all(request.as_bytes()).await?;
        while find(&self.text, b"retry: ").is_none() {
            if stream.read_buf(&mut self.text).await? == 0 {
                let text = String::from_utf8_lossy(&self.text).into_owned();
                return Err(io::Error::other(format!("a stream was refused: {text}")));
            }
        }
        self.take()?;
        Ok(stream)
    }

    /// Counts the events that are there whole; what stands between them is of no concern here.
    fn take(&mut self) -> io::Result<()> {
        let now = self.clock.elapsed();
        let mut used = 0;
        while let Some(rest) = self.text.get(used..)
            && let Some(begin) = find(rest, b"\nid: ")
            && let Some(event) = rest.get(begin + 5..)
            && let Some(end) = find(event, b"\n\n")
        {
            let event = event.get(..end).unwrap_or_default();
            let id = number(event);
            if id != Some(self.after + 1) {
                return Err(io::Error::other(format!("{id:?} came after {}", self.after)));
            }
            self.after += 1;
            self.seen.received += 1;
            let sent = find(event, b"\"body\":\"").and_then(|at| number(event.get(at + 8..)?));
            if let Some(sent) = sent {
                self.seen.latency.add(now.saturating_sub(Duration::from_micros(sent)));
            }
            // The line break that ends one event may begin what is before the next.
            used += begin + 5 + end + 1;
        }
        self.text.drain(..used);
        Ok(())
    }
}

/// After how many events a reader breaks off next, if it is one of those who do.
fn restless(number: u64, received: u64) -> Option<u64> {
    let spread = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(received) >> 33;
    number.is_multiple_of(RESTLESS).then_some(received + 3 + spread % 40)
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// The number that a text begins with.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}
