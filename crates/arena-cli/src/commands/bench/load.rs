//! A lean load generator: keep-alive connections that send one prepared HTTP/1.1 request after the other.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::{clock::Stopwatch, spread::Spread};

/// What some connections got done.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// How long each answered request took.
    pub(crate) latency: Spread,
    /// Answers that were no success, by their status lines.
    pub(crate) refused: Vec<String>,
}

/// A request as it goes over the wire.
pub(crate) fn post(path: &str, host: SocketAddr, token: &str, body: &str) -> Arc<[u8]> {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    request.into_bytes().into()
}

/// Sends for `length`: connection `n` repeats the request `n` modulo their number.
///
/// # Errors
/// When a connection cannot be opened, or breaks.
pub(crate) async fn run(
    server: SocketAddr,
    connections: usize,
    length: Duration,
    requests: &[Arc<[u8]>],
) -> io::Result<Load> {
    let mut tasks = JoinSet::new();
    for request in requests.iter().cycle().take(connections) {
        let connection = Connection::open(server).await?;
        tasks.spawn(connection.repeat(request.clone(), length));
    }
    let mut load = Load::default();
    while let Some(done) = tasks.join_next().await {
        let done = done.map_err(io::Error::other)??;
        load.latency.merge(done.latency);
        load.refused.extend(done.refused);
    }
    Ok(load)
}

/// One keep-alive connection.
struct Connection {
    stream: TcpStream,
    /// What was read and not yet used.
    received: Vec<u8>,
}

impl Connection {
    async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(8 << 10) })
    }

    async fn repeat(mut self, request: Arc<[u8]>, length: Duration) -> io::Result<Load> {
        let mut load = Load::default();
        let whole = Stopwatch::start();
        while whole.elapsed() < length {
            let one = Stopwatch::start();
            self.stream.write_all(&request).await?;
            let status = self.answer().await?;
            if status.starts_with('2') {
                load.latency.add(one.elapsed());
            } else {
                load.refused.push(status);
            }
        }
        Ok(load)
    }

    /// Reads one answer whole, and gives its status and reason.
    async fn answer(&mut self) -> io::Result<String> {
        let head = loop {
            if let Some(head) = Head::parse(&self.received)? {
                break head;
            }
            self.receive().await?;
        };
        while self.received.len() < head.length {
            self.receive().await?;
        }
        self.received.drain(..head.length);
        Ok(head.status)
    }

    async fn receive(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
        Ok(())
    }
}

/// What the head of an answer says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: String,
    /// Bytes of the head and the body together.
    length: usize,
}

impl Head {
    /// Reads it, once it has arrived whole.
    fn parse(received: &[u8]) -> io::Result<Option<Self>> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = received.windows(END.len()).position(|window| window == END) else { return Ok(None) };
        let head = received.get(..end).unwrap_or_default();
        let head = std::str::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split_once(' ')).map_or("", |(_, status)| status);
        let body = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(Ok(0), |(_, length)| length.trim().parse::<usize>());
        let length = end + END.len() + body.map_err(io::Error::other)?;
        Ok(Some(Self { status: status.to_owned(), length }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 201 Created\r\nX: y\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1";
        let head = Head::parse(answer).unwrap().unwrap();
        assert_eq!(head.status, "201 Created");
        assert_eq!(answer.get(..head.length).unwrap().last(), Some(&b'}'));
        assert_eq!(Head::parse(b"HTTP/1.1 201 Created\r\n").unwrap(), None);
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n").is_err());
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let request = post("/v1/x", ([127, 0, 0, 1], 80).into(), "secret", "{\"a\":1}");
        let text = std::str::from_utf8(&request).unwrap();
        assert!(text.contains("Content-Length: 7\r\n") && text.ends_with("\r\n\r\n{\"a\":1}"), "{text}");
    }
}
