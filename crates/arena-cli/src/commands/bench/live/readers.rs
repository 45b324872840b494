//! A crowd of readers in a process of its own: lean clients that count what comes, and fail on what is missed or doubled.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use memchr::memmem;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    super::{clock::wall_micros, failed},
    crowd::{Asked, Seen, Told},
};
use crate::{failure::Failure, files, output::Output};

/// Every so many readers, one breaks off and resumes again and again, once a second or so.
const RESTLESS: u32 = 10;
/// How many connect at once.
const CONNECTING: usize = 64;

/// Reads as it is told on standard input, and says on standard output when all stand, and what they saw.
pub(in super::super) async fn run(output: Output) -> Result<(), Failure> {
    files::raise_limit();
    // All of it happens on this one thread, which gives way.
    let read = tokio::task::spawn_blocking(move || {
        arena_runtime::give_way();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(read_all(output))
    });
    read.await.map_err(failed)?.map_err(failed)
}

async fn read_all(output: Output) -> io::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut line = async || lines.next_line().await?.ok_or_else(|| io::Error::other("nobody asks any more"));
    let asked: Asked = serde_json::from_str(&line().await?)?;
    let (standing, mut stand) = mpsc::channel(CONNECTING);
    let (last, expected) = watch::channel(None);
    let places = Arc::new(tokio::sync::Semaphore::new(CONNECTING));
    let mut tasks = JoinSet::new();
    for number in 0..asked.readers {
        let request = format!(
            "GET /v1/arenas/{}/events HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Accept: text/event-stream\r\nLast-Event-ID: ",
            asked.arena_id, asked.server, asked.token
        );
        let reader = Reader {
            server: asked.server,
            request,
            number,
            events_per_s: asked.events_per_s,
            first: asked.after,
            text: Vec::new(),
            read_at: Vec::new(),
            resumed: 0,
        };
        let (expected, standing, places) = (expected.clone(), standing.clone(), places.clone());
        tasks.spawn(async move {
            let place = places.acquire_owned().await;
            let stream = reader.connect().await?;
            drop(place);
            // Who waits may have given up.
            let _ = standing.send(()).await;
            drop(standing);
            reader.read(stream, expected).await
        });
    }
    drop(standing);
    for _ in 0..asked.readers {
        if stand.recv().await.is_none() {
            break;
        }
    }
    say(output, "standing")?;
    let told: Told = serde_json::from_str(&line().await?)?;
    last.send_replace(Some(told.at.len()));
    let mut seen = Seen::default();
    while let Some(done) = tasks.join_next().await {
        let reader = done.map_err(io::Error::other)??;
        seen.received += u64::try_from(reader.read_at.len()).unwrap_or(u64::MAX);
        seen.resumed += reader.resumed;
        for (read, told) in reader.read_at.iter().zip(&told.at) {
            seen.latency.add(Duration::from_micros(read.saturating_sub(*told)));
        }
    }
    say(output, &serde_json::to_string(&seen)?)
}

fn say(output: Output, line: &str) -> io::Result<()> {
    output.text(&format!("{line}\n")).map_err(|_| io::Error::other("nobody listens any more"))
}

/// One reader.
struct Reader {
    server: SocketAddr,
    /// All of it but the number to resume after.
    request: String,
    number: u32,
    events_per_s: u32,
    /// After which event it began.
    first: u64,
    /// What was read and not yet used.
    text: Vec<u8>,
    /// When each event was read, in microseconds of the machine's clock.
    read_at: Vec<u64>,
    resumed: u64,
}

impl Reader {
    async fn read(
        mut self,
        mut stream: TcpStream,
        mut expected: watch::Receiver<Option<usize>>,
    ) -> io::Result<Self> {
        let mut until_restless = self.restless();
        loop {
            if expected.borrow().is_some_and(|all| self.read_at.len() >= all) {
                return Ok(self);
            }
            if until_restless.is_some_and(|at| self.read_at.len() >= at) {
                self.resumed += 1;
                self.text.clear();
                stream = self.connect().await?;
                until_restless = self.restless();
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

    /// The last event that was read.
    fn after(&self) -> u64 {
        self.first + u64::try_from(self.read_at.len()).unwrap_or(u64::MAX)
    }

    /// Opens a stream after what was seen; it stands when the first line of its head has come.
    async fn connect(&self) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.server).await?;
        stream.set_nodelay(true)?;
        let request = format!("{}{}\r\n\r\n", self.request, self.after());
        stream.write_all(request.as_bytes()).await?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).await?;
        if &status != b"HTTP/1.1 200" {
            let text = String::from_utf8_lossy(&status).into_owned();
            return Err(io::Error::other(format!("a stream was refused: {text}")));
        }
        Ok(stream)
    }

    /// Counts the events that are there whole; what stands between them is of no concern here.
    fn take(&mut self) -> io::Result<()> {
        let now = wall_micros();
        let mut used = 0;
        while let Some(rest) = self.text.get(used..)
            && let Some(begin) = memmem::find(rest, b"\nid: ")
            && let Some(event) = rest.get(begin + 5..)
            && let Some(end) = memmem::find(event, b"\n\n")
        {
            let id = number(event);
            if id != Some(self.after() + 1) {
                return Err(io::Error::other(format!("{id:?} came after {}", self.after())));
            }
            self.read_at.push(now);
            // The line break that ends one event may begin what is before the next.
            used += begin + 5 + end + 1;
        }
        self.text.drain(..used);
        Ok(())
    }

    /// After how many events it breaks off next, if it is one of those who do.
    fn restless(&self) -> Option<usize> {
        let received = u64::try_from(self.read_at.len()).unwrap_or(0);
        let dice =
            u64::from(self.number).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(received) >> 33;
        let rate = u64::from(self.events_per_s.max(1));
        let more = usize::try_from(1 + rate / 2 + dice % rate).unwrap_or(1);
        self.number.is_multiple_of(RESTLESS).then_some(self.read_at.len() + more)
    }
}

/// The number that a text begins with.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}
