//! One call: its options, its sending, and when it is sent again.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use arena_core::Sequence;
use bytes::Bytes;
use reqwest::{
    Method, Url,
    header::{CONTENT_TYPE, HeaderMap, IF_MATCH, RETRY_AFTER},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{ANSWER_LIMIT, Client, Error};
use crate::problem::{Code, Problem};

/// Reads a success: status, headers, body.
pub(super) type Read<T> = fn(u16, &HeaderMap, &Bytes) -> Result<T, Error>;

/// What goes along.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Empty,
    Json(Result<Bytes, String>),
    Bytes { media_type: String, bytes: Bytes },
}

impl Body {
    pub(super) fn json(value: &impl Serialize) -> Self {
        Self::Json(serde_json::to_vec(value).map(Bytes::from).map_err(|error| error.to_string()))
    }
}

/// A call that is made when awaited.
#[must_use = "a call is made when it is awaited"]
pub struct Call<T> {
    client: Client,
    method: Method,
    url: Url,
    body: Body,
    query: Result<(), String>,
    key: Option<String>,
    if_match: Option<Sequence>,
    limit: Duration,
    read: Read<T>,
}

impl<T> std::fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

impl<T> Call<T> {
    pub(super) fn new(client: Client, method: Method, url: Url, body: Body, read: Read<T>) -> Self {
        Self {
            client,
            method,
            url,
            body,
            query: Ok(()),
            key: None,
            if_match: None,
            limit: ANSWER_LIMIT,
            read,
        }
    }

    /// Names the request, so that repeating it does not carry it out twice. With a key a write is sent again after a
    /// lost connection; without one only when nothing can have been carried out.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Has it refused unless the arena is at this sequence.
    pub fn if_match(mut self, sequence: Sequence) -> Self {
        self.if_match = Some(sequence);
        self
    }

    pub(super) fn query(mut self, query: &impl Serialize) -> Self {
        let mut pairs = self.url.query_pairs_mut();
        match serde_json::to_value(query) {
            Ok(serde_json::Value::Object(fields)) => {
                for (name, value) in fields {
                    match value {
                        serde_json::Value::String(text) => pairs.append_pair(&name, &text),
                        other => pairs.append_pair(&name, &other.to_string()),
                    };
                }
            }
            Ok(_) => self.query = Err("a query is a list of names and values".to_owned()),
            Err(error) => self.query = Err(error.to_string()),
        }
        drop(pairs);
        if self.url.query() == Some("") {
            self.url.set_query(None);
        }
        self
    }

    /// Where it goes.
    pub(super) fn address(self) -> Result<Url, Error> {
        self.query.map_err(Error::Request)?;
        Ok(self.url)
    }

    /// Allows the answer this much longer.
    pub(super) fn waiting(mut self, extra: Duration) -> Self {
        self.limit = ANSWER_LIMIT.saturating_add(extra);
        self
    }

    async fn answer(self) -> Result<T, Error> {
        self.query.clone().map_err(Error::Request)?;
        let mut pause = Duration::from_millis(50);
        let mut patience = self.client.patience;
        loop {
            let (error, wanted) = match self.once().await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let wait = wanted.map_or(pause, |wanted| wanted.max(pause));
            if !self.may_repeat(&error) || wait > patience {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            patience = patience.saturating_sub(wait);
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    /// Whether sending it again cannot do it twice.
    fn may_repeat(&self, error: &Error) -> bool {
        let harmless = self.key.is_some() || self.method == Method::GET;
        match error {
            Error::Connection { before_sending, .. } => harmless || *before_sending,
            Error::Problem(problem) => match problem.code {
                Code::Overloaded | Code::RateLimited | Code::StorageUnavailable => true,
                Code::Timeout => harmless,
                _ => false,
            },
            Error::Answer { .. } | Error::Request(_) | Error::Url(_) => false,
        }
    }

    /// Sends it once; a failure comes with the pause that the server asks for.
    async fn once(&self) -> Result<T, (Error, Option<Duration>)> {
        let mut request = self.client.http.request(self.method.clone(), self.url.clone()).timeout(self.limit);
        if let Some(token) = &self.client.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(sequence) = self.if_match {
            request = request.header(IF_MATCH, format!("\"{sequence}\""));
        }
        request = match &self.body {
            Body::Empty => request,
            Body::Json(Ok(bytes)) => request.header(CONTENT_TYPE, "application/json").body(bytes.clone()),
            Body::Json(Err(reason)) => return Err((Error::Request(reason.clone()), None)),
            Body::Bytes { media_type, bytes } => request.header(CONTENT_TYPE, media_type).body(bytes.clone()),
        };
        let connection = |error: reqwest::Error| {
            let written = if error.is_builder() {
                Error::Request(error.to_string())
            } else {
                Error::connection(&error)
            };
            (written, None)
        };
        let response = request.send().await.map_err(connection)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.map_err(connection)?;
        if (200..300).contains(&status) {
            return (self.read)(status, &headers, &bytes).map_err(|error| (error, None));
        }
        let pause = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => Err((Error::Problem(Box::new(problem)), pause)),
            Err(error) => Err((Error::Answer { status, reason: error.to_string() }, pause)),
        }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.answer())
    }
}

/// Reads a JSON body.
pub(super) fn json<T: DeserializeOwned>(status: u16, _: &HeaderMap, body: &Bytes) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Answer { status, reason: error.to_string() })
}

/// Reads a JSON body, or nothing from a 204.
pub(super) fn json_or_nothing<T: DeserializeOwned>(
    status: u16,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Option<T>, Error> {
    if status == 204 { Ok(None) } else { json(status, headers, body).map(Some) }
}
