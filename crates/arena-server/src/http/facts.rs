//! `/v1/arenas/{arena_id}/facts`: shared knowledge.

use arena_api::{
    List, Problem,
    facts::{Fact, FactQuery, PutFact},
};
use arena_core::collaboration::{Command, FactKey};
use axum::{extract::State, http::StatusCode};

use super::page;
use crate::{
    answer::{Answer, json, reply},
    app::App,
    error::Failure,
    render,
    request::Call,
    shape,
};

/// Puts a version of a fact
///
/// With `expected_version` only if it is at that version; 0: only if it does not exist.
#[utoipa::path(put, path = "/v1/arenas/{arena_id}/facts/{*key}", tag = "facts", request_body = PutFact,
    responses((status = 200, description = "The fact.", body = Fact)))]
pub(super) async fn put_fact(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<PutFact>()?;
    let key: FactKey = call.parsed("key").map_err(|reason| Problem::invalid("key", reason))?;
    let mut tags = asked.tags;
    tags.sort_unstable();
    tags.dedup();
    let command = Command::PutFact {
        key: key.clone(),
        content: asked.content,
        confidence: asked.confidence,
        tags,
        expected_version: asked.expected_version,
    };
    let done = app.manager.submit(ask, call.arena_id(), command, render::put_fact).await?;
    if !done.body.is_empty() {
        return Ok(reply(StatusCode::OK, done));
    }
    let row = app.manager.fact(&call.principal, call.arena_id(), &key).await?;
    Ok(json(StatusCode::OK, &shape::fact(row)))
}

/// Lists or searches facts
///
/// By key; `q` takes words that key, content or tags must hold, `tag` a tag that it must bear.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/facts", tag = "facts", params(FactQuery),
    responses((status = 200, description = "A page of facts.", body = List<Fact>)))]
pub(super) async fn list_facts(State(app): State<App>, call: Call<FactQuery>) -> Answer {
    let asked = &call.query;
    let query = arena_runtime::FactQuery {
        text: asked.q.clone(),
        tag: asked.tag.clone(),
        after: page::cursor(asked.cursor.as_deref())?,
        limit: page::limit(asked.limit)?,
    };
    let found = app.manager.facts(&call.principal, call.arena_id(), query).await?;
    let items = found.items.into_iter().map(shape::fact).collect();
    Ok(json(StatusCode::OK, &page::list(items, found.more, |fact: &Fact| fact.key.to_string())))
}

/// Reads a fact
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/facts/{*key}", tag = "facts",
    responses((status = 200, description = "The fact.", body = Fact)))]
pub(super) async fn get_fact(State(app): State<App>, call: Call) -> Answer {
    let key: FactKey = call.parsed("key").map_err(|_| Failure::not_found("fact"))?;
    let row = app.manager.fact(&call.principal, call.arena_id(), &key).await?;
    Ok(json(StatusCode::OK, &shape::fact(row)))
}
