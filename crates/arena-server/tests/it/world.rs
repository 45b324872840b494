//! A server on a loopback port over a store in a folder of its own, and the calls that tests make.

use std::time::Duration;

use arena_runtime::{ArenaManager, Options};
use arena_server::Config;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// A running server.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) operator: String,
    pub(crate) manager: ArenaManager,
    http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    dir: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// A field of the body.
    pub(crate) fn field(&self, name: &str) -> Value {
        self.json()[name].clone()
    }

    /// A field of the body that is text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.field(name).as_str().unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }

    /// The same, empty when there is none.
    pub(crate) fn text_or_empty(&self, name: &str) -> String {
        self.field(name).as_str().unwrap_or_default().to_owned()
    }

    /// A header, empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Itself, when it has this status.
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Fails unless it is a problem of this code.
    #[track_caller]
    pub(crate) fn refused_as(self, code: &str) {
        let status = self.status;
        self.refused(status, code);
    }

    /// Itself, when it is this problem.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.field("code").as_str().unwrap_or_default()),
            (status, code),
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for field in ["type", "title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
        }
        self
    }
}

/// A request in the making.
pub(crate) struct Request<'a> {
    world: &'a World,
    builder: reqwest::RequestBuilder,
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let response = self.world.http.execute(self.builder.build().unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| (), |_| ()).await
    }

    /// A server whose rule time stands still.
    pub(crate) async fn with_test_clock() -> Self {
        Self::with(|options| options.test_clock = true, |_| ()).await
    }

    pub(crate) async fn with(options: impl FnOnce(&mut Options), config: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut opened = Options::in_dir(dir.path());
        options(&mut opened);
        let manager = ArenaManager::open(opened).unwrap();
        let mut configured = Config::default();
        config(&mut configured);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let served = manager.clone();
        let serving = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            arena_server::serve(listener, served, configured, shutdown).await.unwrap();
        });
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
        let operator = manager.operator_token().to_owned();
        let (stop, serving) = (Some(stop), Some(serving));
        Self { url, operator, manager, http, stop, serving, dir }
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().expect("it was not stopped before").send(());
    }

    /// Waits until the server has drained.
    pub(crate) async fn drained(&mut self) {
        self.serving.take().expect("it was not waited for before").await.unwrap();
    }

    pub(crate) fn request(&self, method: &str, path: &str, token: &str) -> Request<'_> {
        let method: Method = method.parse().unwrap();
        let mut builder = self.http.request(method, format!("{}{path}", self.url));
        if !token.is_empty() {
            builder = builder.bearer_auth(token);
        }
        Request { world: self, builder }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.request("GET", path, token).send().await
    }

    /// POSTs nothing.
    pub(crate) async fn poke(&self, path: &str, token: &str) -> Answer {
        self.request("POST", path, token).send().await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.request("POST", path, token).json(&body).send().await
    }

    pub(crate) async fn put(&self, path: &str, token: &str, body: Value) -> Answer {
        self.request("PUT", path, token).json(&body).send().await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: Value) -> Answer {
        self.request("PATCH", path, token).json(&body).send().await
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> Answer {
        self.request("DELETE", path, token).send().await
    }

    /// Registers an agent and answers its token.
    pub(crate) async fn agent(&self, agent_id: &str) -> String {
        self.post("/v1/agents", &self.operator, json!({ "agent_id": agent_id })).await.ok(201).text("token")
    }

    /// Writes into the store behind the server's back.
    pub(crate) fn damage(&self, sql: &str) {
        let store = rusqlite::Connection::open(self.dir.path().join("arena.db")).unwrap();
        store.busy_timeout(Duration::from_secs(10)).unwrap();
        assert!(store.execute(sql, []).unwrap() > 0, "{sql} changed nothing");
    }

    /// Moves the test clock on.
    pub(crate) async fn advance(&self, ms: u64) {
        self.post("/v1/clock", &self.operator, json!({ "advance_ms": ms })).await.ok(200);
    }

    /// An active arena of alice (coordinator), bob (worker) and olga (observer); carol is a stranger.
    pub(crate) async fn arena(&self, steps: Value) -> Cast {
        let cast = self.created(steps).await;
        self.poke(&format!("{}/activate", cast.path), &cast.alice).await.ok(200);
        cast
    }

    /// The same, not yet active.
    pub(crate) async fn created(&self, steps: Value) -> Cast {
        let mut tokens = Vec::new();
        for name in ["alice", "bob", "olga", "carol"] {
            tokens.push(self.agent(name).await);
        }
        let [alice, bob, olga, carol] = <[String; 4]>::try_from(tokens).unwrap();
        let body = json!({
            "goal": "ship it",
            "participants": [{"agent_id": "bob", "role": "worker"}, {"agent_id": "olga", "role": "observer"}],
            "steps": steps,
        });
        let id = self.post("/v1/arenas", &alice, body).await.ok(201).text("arena_id");
        Cast { path: format!("/v1/arenas/{id}"), id, alice, bob, olga, carol }
    }
}

/// An arena's path and the tokens of its agents.
pub(crate) struct Cast {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) alice: String,
    pub(crate) bob: String,
    pub(crate) olga: String,
    pub(crate) carol: String,
}

impl Cast {
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.path)
    }
}
