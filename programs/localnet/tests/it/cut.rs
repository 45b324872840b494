//! A line to the chain that can be cut: requests that never arrive, and answers that are lost after the request was carried out.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It arrives, and its answer is lost.
    AnswerLost,
    /// It never arrives.
    NeverArrived,
}

/// The line.
#[derive(Clone)]
pub(crate) struct Line {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What happens to the next requests of these methods, each once.
    planned: VecDeque<(&'static str, Fault)>,
    /// From the first request of this method on nothing comes through any more; that one still arrives.
    cut_after: Option<&'static str>,
    is_cut: bool,
    /// What is answered instead to the next requests of these methods, each once.
    lies: VecDeque<(&'static str, Value)>,
    /// What was asked, in order.
    asked: Vec<String>,
}

impl Line {
    /// A line to the node at `url`.
    pub(crate) fn to(url: &str) -> Self {
        let node = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let line = Self { url: format!("http://{}", listener.local_addr().unwrap()), state: state.clone() };
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, node, state) = (client.unwrap(), node.clone(), state.clone());
                // A client that went away is no concern of the line's.
                thread::spawn(move || carry(client, &node, &state).ok());
            }
        });
        line
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Plans what happens to the next request of a method.
    pub(crate) fn plan(&self, method: &'static str, fault: Fault) {
        self.state.lock().unwrap().planned.push_back((method, fault));
    }

    /// Answers the next request of a method with this, as another node would; it does not arrive.
    pub(crate) fn lie(&self, method: &'static str, result: Value) {
        self.state.lock().unwrap().lies.push_back((method, result));
    }

    /// Has the next transaction arrive, and nobody learn of it: what is said of it then cannot be read.
    pub(crate) fn lose_confirmation(&self) {
        let unknown = json!({ "context": { "slot": 0 }, "value": [null] });
        self.lie("getSignatureStatuses", unknown);
        self.lie("getSignatureStatuses", Value::Null);
    }

    /// Cuts the line behind the next request of a method.
    pub(crate) fn cut_after(&self, method: &'static str) {
        self.state.lock().unwrap().cut_after = Some(method);
    }

    /// Cuts the line now.
    pub(crate) fn cut(&self) {
        self.state.lock().unwrap().is_cut = true;
    }

    /// The requests of a method, in order.
    pub(crate) fn asked(&self, method: &str) -> Vec<String> {
        let named = format!("\"method\":\"{method}\"");
        self.state.lock().unwrap().asked.iter().filter(|body| body.contains(&named)).cloned().collect()
    }
}

/// Carries one request at a time, until something is lost.
fn carry(client: TcpStream, node: &str, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut client = client;
    while let Some(body) = request(&mut reader)? {
        let fault = state.lock().unwrap().take(&body);
        if fault == Some(Fault::NeverArrived) {
            return Ok(());
        }
        if let Some(answer) = state.lock().unwrap().lie(&body) {
            client.write_all(&answer)?;
            continue;
        }
        let answer = answer(node, &body)?;
        if fault == Some(Fault::AnswerLost) {
            return Ok(());
        }
        client.write_all(&answer)?;
    }
    Ok(())
}

impl State {
    fn take(&mut self, body: &str) -> Option<Fault> {
        self.asked.push(body.to_owned());
        if self.is_cut {
            return Some(Fault::NeverArrived);
        }
        let is_of = |method: &str| body.contains(&format!("\"method\":\"{method}\""));
        if self.cut_after.is_some_and(is_of) {
            self.is_cut = true;
            return Some(Fault::AnswerLost);
        }
        let at = self.planned.iter().position(|(method, _)| is_of(method))?;
        self.planned.remove(at).map(|(_, fault)| fault)
    }

    /// The answer to a request that another node would have given.
    fn lie(&mut self, body: &str) -> Option<Vec<u8>> {
        let of = |method: &str| body.contains(&format!("\"method\":\"{method}\""));
        let at = self.lies.iter().position(|(method, _)| of(method))?;
        let (_, result) = self.lies.remove(at)?;
        let asked: Value = serde_json::from_str(body).unwrap();
        let body = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result }).to_string();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
        Some(format!("{head} {}\r\n\r\n{body}", body.len()).into_bytes())
    }
}

/// The body of the next request; none when the client is done.
fn request(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(String::from_utf8(body).unwrap()))
}

/// The node's whole answer, asked over a connection of its own.
fn answer(node: &str, body: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(node)?;
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: {node}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
