//! `/v1/arenas/{arena_id}/messages`: what participants say.

use arena_api::{
    List,
    messages::{Message, MessageQuery, SendMessage},
};
use arena_core::collaboration::Command;
use axum::{extract::State, http::StatusCode};

use super::page;
use crate::{
    answer::{Answer, json, reply},
    app::App,
    render,
    request::Call,
    shape,
};

/// Says something
///
/// `to` addresses, it does not hide: every participant reads it.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/messages", tag = "messages", request_body = SendMessage,
    responses((status = 201, description = "The message.", body = Message)))]
pub(super) async fn send_message(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<SendMessage>()?;
    let command = Command::SendMessage { to: asked.to, body: asked.body };
    let done = app.manager.submit(ask, call.arena_id(), command, render::message).await?;
    Ok(reply(StatusCode::CREATED, done))
}

/// Lists messages
///
/// In the order in which they were said; `next_cursor` goes on as `after`.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/messages", tag = "messages", params(MessageQuery),
    responses((status = 200, description = "A page of messages.", body = List<Message>)))]
pub(super) async fn list_messages(State(app): State<App>, call: Call<MessageQuery>) -> Answer {
    let asked = &call.query;
    let limit = page::limit(asked.limit)?;
    let after = asked.after.unwrap_or_default();
    let found = app.manager.messages(&call.principal, call.arena_id(), after, limit).await?;
    let items = found.items.iter().filter_map(shape::message).collect();
    Ok(json(StatusCode::OK, &page::list(items, found.more, |message: &Message| message.sequence.to_string())))
}
