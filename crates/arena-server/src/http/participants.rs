//! `/v1/arenas/{arena_id}/participants`: joining, inviting, roles, leaving.

use arena_api::{
    arenas::Arena,
    participants::{AddParticipant, ChangeRole, Participant},
};
use arena_core::{AgentId, collaboration::Command};
use arena_runtime::Ask;
use axum::{extract::State, http::StatusCode};

use super::{agents::Nothing, arenas};
use crate::{
    answer::{Answer, json, reply},
    app::App,
    error::Failure,
    render,
    request::Call,
    shape,
};

/// Joins or invites
///
/// An agent that names itself joins an open arena as worker or observer; anyone else is invited by a coordinator.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/participants", tag = "participants", request_body = AddParticipant,
    responses((status = 201, description = "The participant.", body = Participant)))]
pub(super) async fn add_participant(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<AddParticipant>()?;
    let command = Command::AddParticipant { agent_id: asked.agent_id.clone(), role: asked.role };
    changed(&app, &call, ask, command, &asked.agent_id, StatusCode::CREATED).await
}

/// Gives a participant another role
#[utoipa::path(patch, path = "/v1/arenas/{arena_id}/participants/{agent}", tag = "participants",
    request_body = ChangeRole,
    responses((status = 200, description = "The participant.", body = Participant)))]
pub(super) async fn change_role(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<ChangeRole>()?;
    let agent_id = call.agent()?;
    let command = Command::ChangeRole { agent_id: agent_id.clone(), role: asked.role };
    changed(&app, &call, ask, command, &agent_id, StatusCode::OK).await
}

/// Leaves or removes
///
/// The agent itself, a coordinator or the operator. Its claims are released first.
#[utoipa::path(delete, path = "/v1/arenas/{arena_id}/participants/{agent}", tag = "participants",
    responses((status = 200, description = "The arena without the participant.", body = Arena)))]
pub(super) async fn remove_participant(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let command = Command::RemoveParticipant { agent_id: call.agent()? };
    arenas::changed(&app, &call, ask, command).await
}

/// Gives a command that is answered with a participant.
async fn changed(
    app: &App,
    call: &Call,
    ask: Ask,
    command: Command,
    agent_id: &AgentId,
    status: StatusCode,
) -> Answer {
    let done = app.manager.submit(ask, call.arena_id(), command, render::changed_participant).await?;
    if !done.body.is_empty() {
        return Ok(reply(status, done));
    }
    let state = app.manager.arena(&call.principal, call.arena_id()).await?;
    let one = state.shared.participant(agent_id).ok_or_else(|| Failure::not_found("participant"))?;
    Ok(json(status, &shape::participant(agent_id, one)))
}
