//! From a line to the server and back, whatever happens to the server meanwhile.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arena_api::client::{self, Client};
use serde_json::Value;
use tokio::sync::{Mutex as AsyncMutex, oneshot};

use super::message::{Message, Request, error};
use crate::{args::Global, connection::Connection, failure::Failure};

/// How long to wait before a server that is gone is looked for again.
const AGAIN: Duration = Duration::from_millis(250);
/// How often at most: a minute of restarting.
const ATTEMPTS: u32 = 240;

/// An answer in the making; `None` when there is none to give.
pub(super) type Call = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// What the lines of one client have in common.
#[derive(Clone)]
pub(super) struct Bridge(Arc<Shared>);

struct Shared {
    global: Global,
    connection: AsyncMutex<Option<Connection>>,
    /// The revision that the handshake agreed on.
    agreed: Mutex<Option<String>>,
    /// How to call off what is being answered, by the id of the request.
    pending: Mutex<HashMap<String, oneshot::Sender<()>>>,
}

impl Bridge {
    /// Finds the server, or starts one in this process that others find as well.
    pub(super) async fn open(global: &Global) -> Result<Self, Failure> {
        let connection = AsyncMutex::new(Some(connect(global).await?));
        let (agreed, pending) = (Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Shared { global: global.clone(), connection, agreed, pending })))
    }

    /// Shuts a server in this process down in order.
    pub(super) async fn close(self) {
        if let Some(connection) = self.0.connection.lock().await.take() {
            connection.close().await;
        }
    }

    /// Takes a line up; `None` when nothing comes of it. A handshake is done when it returns.
    pub(super) async fn take(&self, line: String) -> Option<Call> {
        match Message::read(&line) {
            Message::Passed => None,
            Message::Cancelled(id) => {
                // A request that was answered already has nothing to call off.
                drop(self.pending().remove(&id.to_string()));
                None
            }
            Message::Wrong(answer) => Some(Box::pin(std::future::ready(Some(answer)))),
            Message::Request(request) if request.is_handshake() => {
                let answer = self.answer(request).await;
                Some(Box::pin(std::future::ready(Some(answer))))
            }
            Message::Request(request) => {
                let (cancel, cancelled) = oneshot::channel();
                let id = request.id.to_string();
                self.pending().insert(id.clone(), cancel);
                let bridge = self.clone();
                Some(Box::pin(async move {
                    let answer = tokio::select! {
                        answer = bridge.answer(request) => Some(answer),
                        _ = cancelled => None,
                    };
                    bridge.pending().remove(&id);
                    answer
                }))
            }
        }
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn agreed(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.agreed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a request answered; a server that goes away is looked for again.
    async fn answer(&self, mut request: Request) -> String {
        match fresh_key() {
            Ok(key) => request.make_repeatable(&key),
            Err(failure) => return error(&request.id, -32603, &failure, None),
        }
        let (id, is_handshake) = (request.id.clone(), request.is_handshake());
        let headers = request.headers(self.agreed().as_deref());
        let text = request.text();
        let mut attempts = ATTEMPTS;
        loop {
            let client = self.client().await;
            let sent = match &client {
                Ok(client) => client.mcp(text.clone(), &headers).await,
                Err(failure) => return error(&id, -32603, failure, None),
            };
            match sent {
                Ok(Some(answer)) => {
                    if is_handshake {
                        *self.agreed() = revision(&answer);
                    }
                    return answer;
                }
                Ok(None) => return error(&id, -32603, "the server has no answer", None),
                Err(client::Error::Connection { .. }) if attempts > 0 => {
                    attempts -= 1;
                    tokio::time::sleep(AGAIN).await;
                    self.find_again(client.ok()).await;
                }
                Err(failure) => {
                    let data = failure.problem().and_then(|problem| serde_json::to_value(problem).ok());
                    return error(&id, -32603, &failure.to_string(), data);
                }
            }
        }
    }

    async fn client(&self) -> Result<Client, String> {
        let connection = self.0.connection.lock().await;
        let client = connection.as_ref().map(Connection::client);
        client.ok_or_else(|| "this process is about to end".to_owned())
    }

    /// Looks for the server anew, unless somebody has done so since `lost` was asked.
    async fn find_again(&self, lost: Option<Client>) {
        let mut connection = self.0.connection.lock().await;
        let Some(current) = connection.as_ref() else { return };
        if lost.is_some_and(|lost| lost.url() != current.client().url()) {
            return;
        }
        // Where nothing is found the old one is asked again: it may come back.
        if let Ok(found) = connect(&self.0.global).await
            && let Some(old) = connection.replace(found)
        {
            old.close().await;
        }
    }
}

async fn connect(global: &Global) -> Result<Connection, Failure> {
    let mut connection = Connection::open(global, false).await?;
    connection.announce(&global.data)?;
    Ok(connection)
}

/// The revision that a handshake's answer names.
fn revision(answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    Some(answer.get("result")?.get("protocolVersion")?.as_str()?.to_owned())
}

/// A key that nobody has used.
fn fresh_key() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("the machine gives no randomness: {error}"))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("mcp-{digits}"))
}
