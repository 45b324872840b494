//! `/v1/agents`: registering, tokens, profiles.

use arena_api::{
    List,
    agents::{IssuedToken, Profile, RegisterAgent},
    list::PageQuery,
};
use arena_core::AgentId;
use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};

use super::page;
use crate::{
    answer::{Answer, json},
    app::App,
    error::Failure,
    request::{Call, OpenCall},
    shape,
};

/// What a request without fields may send.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Registers an agent
///
/// For the operator; for anyone, without a token, when the server is open to registration. The token is shown this once.
#[utoipa::path(post, path = "/v1/agents", tag = "agents", request_body = RegisterAgent,
    responses((status = 201, description = "The agent's token.", body = IssuedToken)))]
pub(super) async fn register_agent(State(app): State<App>, call: OpenCall) -> Answer {
    let asked: RegisterAgent = call.json()?;
    let call = call.acting_as(&asked.agent_id);
    let ask = call.ask(&asked);
    let issued = app.manager.register_agent(ask, asked.agent_id, asked.name).await?;
    Ok(json(StatusCode::CREATED, &IssuedToken { agent_id: issued.agent_id, token: issued.token }))
}

/// Lists agents
///
/// By id.
#[utoipa::path(get, path = "/v1/agents", tag = "agents", params(PageQuery),
    responses((status = 200, description = "A page of profiles.", body = List<Profile>)))]
pub(super) async fn list_agents(State(app): State<App>, call: Call<PageQuery>) -> Answer {
    let asked = &call.query;
    let after: Option<AgentId> = page::cursor(asked.cursor.as_deref())?;
    let found = app.manager.agents(after.as_ref(), page::limit(asked.limit)?).await?;
    let items = found.items.into_iter().map(shape::profile).collect();
    Ok(json(StatusCode::OK, &page::list(items, found.more, |profile: &Profile| profile.agent_id.to_string())))
}

/// Reads an agent's profile
#[utoipa::path(get, path = "/v1/agents/{agent}", tag = "agents",
    responses((status = 200, description = "The profile.", body = Profile)))]
pub(super) async fn get_agent(State(app): State<App>, call: Call) -> Answer {
    let profile = app.manager.profile(&call.agent()?).await?;
    let profile = profile.ok_or_else(|| Failure::not_found("agent"))?;
    Ok(json(StatusCode::OK, &shape::profile(profile)))
}

/// Replaces an agent's token
///
/// For the agent itself or the operator. The old token is void at once.
#[utoipa::path(post, path = "/v1/agents/{agent}/token", tag = "agents",
    responses((status = 200, description = "The new token.", body = IssuedToken)))]
pub(super) async fn replace_token(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let issued = app.manager.replace_token(ask, call.agent()?).await?;
    Ok(json(StatusCode::OK, &IssuedToken { agent_id: issued.agent_id, token: issued.token }))
}

/// Removes an agent
///
/// For the operator. Its token is void at once, and its id is never given again.
#[utoipa::path(delete, path = "/v1/agents/{agent}", tag = "agents",
    responses((status = 200, description = "The profile it had.", body = Profile)))]
pub(super) async fn remove_agent(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let removed = app.manager.remove_agent(ask, call.agent()?).await?;
    Ok(json(StatusCode::OK, &shape::profile(removed)))
}
