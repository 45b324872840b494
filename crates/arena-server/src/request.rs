//! What every handler is given: who calls, where, with what.

use std::{
    fmt::{self, Display},
    str::FromStr,
    sync::Arc,
};

use arena_api::Code;
use arena_core::{AgentId, ArenaId, CommandId, Hash, Sequence, StepNumber};
use arena_runtime::{Ask, Principal, RequestKey, RuntimeError};
pub(crate) use axum::http::request::Parts;
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, MatchedPath, RawPathParams, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::OwnedSemaphorePermit;

use crate::{app::App, error::Failure, guard, parse, query};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How far a body that is too large is still read, so that its sender gets to read the answer.
const DISCARDED_BYTES: usize = 64 << 20;

/// What a route without a query may be asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// A request by a known caller; its parts are well formed as far as they can be without the body.
pub(crate) struct Call<Q = NoQuery> {
    pub(crate) principal: Principal,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) query: Q,
    method: Method,
    route: Option<MatchedPath>,
    params: RawPathParams,
    if_match: Option<Sequence>,
    key: Option<CommandId>,
}

/// A request that may come without a token: `caller` is then `None`.
pub(crate) struct OpenCall {
    pub(crate) caller: Option<Principal>,
    call: Call,
}

/// A request whose body is an artifact's bytes, and its place among those that are held in memory.
pub(crate) struct Upload<Q> {
    pub(crate) call: Call<Q>,
    pub(crate) place: OwnedSemaphorePermit,
}

impl<Q: DeserializeOwned> FromRequest<App> for Call<Q> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let principal = authenticate(&parts.headers, app)?;
        Self::read(parts, body, principal, app, app.config.max_json_bytes).await
    }
}

impl<Q: DeserializeOwned> FromRequest<App> for Upload<Q> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let principal = authenticate(&parts.headers, app)?;
        let place = app.uploads.clone().acquire_owned().await.map_err(|_| RuntimeError::Closed)?;
        let call = Call::read(parts, body, principal, app, app.config.max_artifact_bytes).await?;
        Ok(Self { call, place })
    }
}

impl FromRequest<App> for OpenCall {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let is_anonymous = app.config.open_registration && !parts.headers.contains_key(header::AUTHORIZATION);
        let caller = if is_anonymous {
            guard::take_nameless(app, &parts.extensions)?;
            None
        } else {
            Some(authenticate(&parts.headers, app)?)
        };
        // Until the body has said who it will be, an anonymous caller is nobody who can be registered.
        let principal = caller.clone().unwrap_or_else(|| Principal::Agent(arena_runtime::system()));
        let call = Call::read(parts, body, principal, app, app.config.max_json_bytes).await?;
        Ok(Self { caller, call })
    }
}

impl OpenCall {
    /// The request, as made by its caller, or by the agent that it is about when it has none. The latter's key does not
    /// count: whoever guessed it would be given the agent's next token.
    pub(crate) fn acting_as(self, agent_id: &AgentId) -> Call {
        match self.caller {
            Some(principal) => Call { principal, ..self.call },
            None => Call { principal: Principal::Agent(agent_id.clone()), key: None, ..self.call },
        }
    }

    /// Reads the body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        parse::json(&self.call.body)
    }
}

impl<Q: DeserializeOwned> Call<Q> {
    async fn read(
        mut parts: Parts,
        body: Body,
        principal: Principal,
        app: &App,
        limit: usize,
    ) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(&mut parts, app)
            .await
            .map_err(|_| Failure::new(Code::Malformed, "the path is not UTF-8; escape its bytes"))?;
        let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
        let body = if is_read { Bytes::new() } else { read_body(body, &parts.headers, limit).await? };
        let if_match = if is_read { None } else { if_match(&parts.headers)? };
        let key = if is_read { None } else { idempotency_key(&parts.headers)? };
        Ok(Self {
            principal,
            headers: parts.headers,
            body,
            query: query::read(parts.uri.query())?,
            method: parts.method,
            route: parts.extensions.remove(),
            params,
            if_match,
            key,
        })
    }
}

impl<Q> Call<Q> {
    /// Reads the body as JSON, and says how to ask for it.
    pub(crate) fn json<T: DeserializeOwned + Serialize>(&self) -> Result<(T, Ask), Failure> {
        let asked = parse::json(&self.body)?;
        let ask = self.ask(&asked);
        Ok((asked, ask))
    }

    /// The same, for a body that may be left out.
    pub(crate) fn json_or_empty<T: DeserializeOwned + Serialize>(&self) -> Result<(T, Ask), Failure> {
        let asked = parse::json_or_empty(&self.body)?;
        let ask = self.ask(&asked);
        Ok((asked, ask))
    }

    /// Says how to ask for `request`, whose JSON tells it from others under the same key.
    pub(crate) fn ask(&self, request: &impl Serialize) -> Ask {
        let key = self.key.as_ref().map(|id| RequestKey {
            id: id.clone(),
            operation: self.operation(),
            fingerprint: Hash::of(&serde_json::to_vec(request).unwrap_or_default()),
        });
        Ask { principal: self.principal.clone(), if_match: self.if_match, key }
    }

    /// Method and path, in one spelling.
    fn operation(&self) -> String {
        let route = self.route.as_ref().map_or("", MatchedPath::as_str);
        let mut operation = format!("{} {route}", self.method);
        for (_, value) in &self.params {
            operation.push(' ');
            operation.push_str(value);
        }
        operation
    }

    /// A part of the path, unescaped.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value)
    }

    /// A part of the path as what it should be.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, String> {
        self.param(name).parse().map_err(|error: T::Err| error.to_string())
    }

    /// The arena in the path. What is no arena's id becomes the id of no arena, so that the runtime says so in its order.
    pub(crate) fn arena_id(&self) -> ArenaId {
        self.parsed("arena_id").unwrap_or(ArenaId::SYSTEM)
    }

    /// The step in the path. What is no number becomes one that no arena reaches, so that the runtime says so in its order.
    pub(crate) fn step(&self) -> StepNumber {
        let number = self.param("step").parse().ok().and_then(StepNumber::new);
        number.unwrap_or_else(|| StepNumber::new(u32::MAX).expect("it is not zero"))
    }

    /// The agent in the path.
    pub(crate) fn agent(&self) -> Result<AgentId, Failure> {
        self.parsed("agent").map_err(|_| Failure::not_found("agent"))
    }
}

/// Who the bearer token stands for.
pub(crate) fn authenticate(headers: &HeaderMap, app: &App) -> Result<Principal, Failure> {
    let principal = app.manager.authenticate(bearer(headers)?)?;
    guard::take(app, guard::Caller::Agent(principal.agent_id()))?;
    Ok(principal)
}

/// A token that was good when it was shown, for one who waits to look at it again. It prints as nothing.
#[derive(Clone)]
pub(crate) struct Token(Arc<str>);

impl Token {
    /// What was shown.
    pub(crate) fn shown(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// The same, and nobody further in gets to see the token in a header.
pub(crate) fn take_token(headers: &mut HeaderMap, app: &App) -> Result<(Principal, Token), Failure> {
    let principal = authenticate(headers, app)?;
    let token = Token(bearer(headers)?.into());
    headers.remove(header::AUTHORIZATION);
    Ok((principal, token))
}

/// Whether the body is said to be JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("application/json"))
}

/// The bearer token.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Failure> {
    let token = once(headers, &header::AUTHORIZATION)?
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(RuntimeError::Unauthenticated)?;
    Ok(token)
}

async fn read_body(body: Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, Failure> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let announced: usize = announced.unwrap_or_default();
    if announced > limit {
        if !headers.contains_key(header::EXPECT) && announced <= limit.saturating_add(DISCARDED_BYTES) {
            discard(body).await;
        }
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => Err(Failure::new(Code::Malformed, "the body ended before its time; send it again")),
    }
}

async fn discard(body: Body) {
    let mut body = Limited::new(body, DISCARDED_BYTES.saturating_mul(2));
    while let Some(Ok(_)) = body.frame().await {}
}

fn too_large(limit: usize) -> Failure {
    let problem = arena_api::Problem::new(Code::TooLarge, format!("the body is larger than {limit} bytes"));
    arena_api::Problem { limit: u64::try_from(limit).ok(), ..problem }.into()
}

/// A header that says one thing: sent twice it would say two.
pub(crate) fn once<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a HeaderValue>, Failure> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(Failure::new(
            Code::Malformed,
            format!("the header {name} stands there twice; send it once"),
        ));
    }
    Ok(value)
}

fn if_match(headers: &HeaderMap) -> Result<Option<Sequence>, Failure> {
    let Some(value) = once(headers, &header::IF_MATCH)? else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let number = number.parse().map_err(|_| {
        Failure::new(Code::Malformed, "If-Match is not a sequence; send the arena's ETag, such as \"12\"")
    })?;
    Ok(Some(Sequence::new(number)))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<CommandId>, Failure> {
    let Some(value) = once(headers, &IDEMPOTENCY_KEY)? else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().parse();
    key.map(Some).map_err(|error| Failure::new(Code::Malformed, format!("Idempotency-Key: {error}")))
}

#[cfg(test)]
mod tests {
    use arena_runtime::{ArenaManager, Options};
    use tokio::sync::watch;

    use super::*;
    use crate::config::Config;

    #[tokio::test]
    async fn a_token_that_was_taken_is_nowhere_to_be_read() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let shown = manager.operator_token().to_owned();
        let app = App::new(manager, Config::default(), Bytes::new(), watch::channel(false).1);
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {shown}").parse().unwrap());
        let (principal, token) = take_token(&mut headers, &app).unwrap();
        assert!(principal.is_operator() && token.shown() == shown);
        assert!(headers.is_empty() && format!("{token:?}") == "Token");
    }
}
