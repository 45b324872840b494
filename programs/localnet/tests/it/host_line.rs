//! Lines from a host to its node and to Arena's server: at a request that a test names the host's process is ended, or waits while
//! somebody else acts.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// A line. One thing at a time is planned on it.
pub(crate) struct Line {
    url: String,
    planned: Arc<Mutex<Option<Planned>>>,
}

/// A request on its way.
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) what: String,
    head: Vec<String>,
    pub(crate) body: String,
}

struct Planned {
    at: Box<dyn FnMut(&Asked) -> bool + Send>,
    then: Then,
}

/// What becomes of the host at the request.
enum Then {
    /// It is ended: before the request arrives, or when it was carried out.
    Ended { arrives: bool, process: Receiver<u32> },
    /// It waits for the answer.
    Waits { reached: Sender<()>, go: Receiver<()> },
}

/// A host that will wait.
pub(crate) struct Waiting {
    reached: Receiver<()>,
    go: Sender<()>,
}

impl Waiting {
    /// Returns when it has come to the request.
    pub(crate) fn reached(&self) {
        self.reached.recv().expect("the host comes to this request");
    }

    /// Lets it go on.
    pub(crate) fn go(self) {
        self.go.send(()).unwrap();
    }
}

impl Asked {
    /// A request of JSON.
    pub(crate) fn new(what: &str, head: &[&str], body: String) -> Self {
        let mut head: Vec<String> = head.iter().map(|line| (*line).to_owned()).collect();
        head.extend(["content-type: application/json".to_owned(), format!("content-length: {}", body.len())]);
        Self { what: what.to_owned(), head, body }
    }

    /// What a server answers to it.
    pub(crate) fn answer(&self, url: &str) -> String {
        String::from_utf8(answer(url.trim_start_matches("http://"), self).unwrap()).unwrap()
    }

    /// Whether it asks a node for this.
    pub(crate) fn is(&self, method: &str) -> bool {
        self.body.contains(&format!("\"method\":\"{method}\""))
    }

    /// Which write to Arena's server it is, if it is one: the same when it is repeated.
    pub(crate) fn write(&self) -> Option<String> {
        let key = self.header("idempotency-key");
        (!key.is_empty()).then(|| format!("{} {key}", self.what))
    }

    /// The value of a header, as it was written.
    fn header(&self, name: &str) -> &str {
        let named = self.head.iter().filter_map(|line| line.split_once(':'));
        let found = named.into_iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }
}

impl Line {
    /// A line to a server of HTTP.
    pub(crate) fn to(url: &str) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let planned = Arc::new(Mutex::new(None));
        let line =
            Self { url: format!("http://{}", listener.local_addr().unwrap()), planned: planned.clone() };
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server, planned) = (client.unwrap(), server.clone(), planned.clone());
                // A client that went away is no concern of the line's.
                thread::spawn(move || carry(client, &server, &planned).ok());
            }
        });
        line
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Plans that a process is ended at the first request of which `at` says so; the process is told to what is returned.
    pub(crate) fn end(&self, arrives: bool, at: impl FnMut(&Asked) -> bool + Send + 'static) -> Sender<u32> {
        let (told, process) = channel();
        self.plan(at, Then::Ended { arrives, process });
        told
    }

    /// Plans that the host waits at the first request of which `at` says so.
    pub(crate) fn wait(&self, at: impl FnMut(&Asked) -> bool + Send + 'static) -> Waiting {
        let (tell, reached) = channel();
        let (go, let_go) = channel();
        self.plan(at, Then::Waits { reached: tell, go: let_go });
        Waiting { reached, go }
    }

    fn plan(&self, at: impl FnMut(&Asked) -> bool + Send + 'static, then: Then) {
        *self.planned.lock().unwrap() = Some(Planned { at: Box::new(at), then });
    }
}

fn carry(mut client: TcpStream, server: &str, planned: &Mutex<Option<Planned>>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    while let Some(asked) = request(&mut reader)? {
        let now = planned.lock().unwrap().take_if(|planned| (planned.at)(&asked));
        match now.map(|planned| planned.then) {
            Some(Then::Ended { arrives, process }) => {
                if arrives {
                    answer(server, &asked)?;
                }
                let process = process.recv().unwrap().to_string();
                Command::new("kill").args(["-9", &process]).status()?;
                return Ok(());
            }
            Some(Then::Waits { reached, go }) => {
                reached.send(()).unwrap();
                go.recv().unwrap();
            }
            None => {}
        }
        client.write_all(&answer(server, &asked)?)?;
    }
    Ok(())
}

/// The next request; none when the client is done.
fn request(reader: &mut impl BufRead) -> io::Result<Option<Asked>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let first = head.remove(0);
    let mut asked = Asked { what: first.replace(" HTTP/1.1", ""), head, body: String::new() };
    let mut body = vec![0; asked.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body)?;
    asked.body = String::from_utf8(body).unwrap();
    Ok(Some(asked))
}

/// The server's whole answer, asked over a connection of its own.
fn answer(server: &str, asked: &Asked) -> io::Result<Vec<u8>> {
    let ours = ["host", "connection"];
    let is_ours =
        |line: &str| ours.iter().any(|name| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
    let head: Vec<&str> = asked.head.iter().map(String::as_str).filter(|line| !is_ours(line)).collect();
    let mut stream = TcpStream::connect(server)?;
    write!(
        stream,
        "{} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n{}\r\n\r\n{}",
        asked.what,
        head.join("\r\n"),
        asked.body
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
