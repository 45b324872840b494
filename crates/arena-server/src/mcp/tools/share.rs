//! `fact_put`, `fact_search`, `message_send`: what participants tell each other.

use std::sync::Arc;

use arena_api::{facts::Fact, messages::Message};
use arena_core::{
    AgentId, SharedArena,
    collaboration::{Command, FactKey, Permission},
};
use arena_runtime::FactQuery;
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::work::paged;
use crate::{
    error::Failure,
    mcp::{
        answer,
        caller::{Caller, rendered},
        marked, schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    page, render, shape,
};

/// The bytes of a fact in a list.
const IN_A_LIST: usize = 1_000;

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "fact_put",
        title: "Share a fact",
        about: "Put a version of a fact under its name. With `expected_version` only if it is at that version (0: new).",
        audience: Audience::With(Permission::Share),
        effect: Effect::Adds,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "fact": schema::said("its name, such as api/port"),
                "content": schema::text(),
                "confidence": schema::counted("0 to 1000"),
                "tags": schema::list(schema::text()),
                "expected_version": schema::count(),
            });
            schema::input(fields, &["fact", "content"])
        },
        output: fact_schema,
        run: |caller, arguments| -> Answered { Box::pin(put(caller, arguments)) },
    },
    Tool {
        name: "fact_search",
        title: "Find facts",
        about: "Facts that hold all words of `q`, bear `tag`, or the one named `fact` in full.",
        audience: Audience::With(Permission::Read),
        effect: Effect::Reads,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "q": schema::text(),
                "tag": schema::text(),
                "fact": schema::text(),
                "limit": schema::count(),
                "cursor": schema::text(),
            });
            schema::input(fields, &[])
        },
        output: || schema::page(fact_schema()),
        run: |caller, arguments| -> Answered { Box::pin(search(caller, arguments)) },
    },
    Tool {
        name: "message_send",
        title: "Say something",
        about: "Message all participants, or address those in `to`. Others get it from arena_wait.",
        audience: Audience::With(Permission::Share),
        effect: Effect::Adds,
        arena: Arena::Named,
        input: || {
            schema::input(
                json!({"body": schema::text(), "to": schema::list(schema::said("agent id"))}),
                &["body"],
            )
        },
        output: || {
            schema::output(json!({"sequence": schema::count(), "sent_at": schema::text()}), &["sequence"])
        },
        run: |caller, arguments| -> Answered { Box::pin(send(caller, arguments)) },
    },
];

fn fact_schema() -> Value {
    schema::thing(json!({"fact": schema::text(), "version": schema::count(), "text": schema::text()}))
}

fn shown(shared: &SharedArena, fact: &Fact, most: usize) -> Value {
    let (text, is_cut) = answer::shortened(&fact.content, most);
    let fields = json!({
        "fact": fact.key,
        "version": fact.version,
        "text": text,
        "cut": is_cut.then_some("ask for it by its name"),
        "confidence": fact.confidence,
        "tags": Some(&fact.tags).filter(|tags| !tags.is_empty()),
        "updated_at": fact.updated_at,
    });
    marked::thing(marked::author(shared, &fact.author), fields)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    fact: FactKey,
    content: Arc<str>,
    #[serde(default)]
    confidence: Option<u16>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    expected_version: Option<u64>,
}

async fn put(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let mut asked = caller.read::<Put>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    asked.given.tags.sort_unstable();
    asked.given.tags.dedup();
    let Put { fact, content, confidence, tags, expected_version } = &asked.given;
    let command = Command::PutFact {
        key: fact.clone(),
        content: content.clone(),
        confidence: *confidence,
        tags: tags.clone(),
        expected_version: *expected_version,
    };
    let reply = caller.submit(&asked, arena_id, command, render::put_fact).await?;
    let one = match rendered::<Fact>(&reply)? {
        Some(one) => one,
        None => shape::fact(caller.manager().fact(&caller.principal, arena_id, &asked.given.fact).await?),
    };
    let shared = caller.state(arena_id).await?;
    Ok(shown(&shared, &one, answer::LINE))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    #[serde(default)]
    q: Option<String>,
    #[serde(default)]
    tag: Option<String>,
    #[serde(default)]
    fact: Option<FactKey>,
    #[serde(default)]
    limit: Option<u32>,
    #[serde(default)]
    cursor: Option<String>,
}

async fn search(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Search>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let given = asked.given;
    let shared = caller.state(arena_id).await?;
    if let Some(key) = given.fact {
        let row = caller.manager().fact(&caller.principal, arena_id, &key).await?;
        return Ok(paged(vec![shown(&shared, &shape::fact(row), usize::MAX)], None));
    }
    let query = FactQuery {
        text: given.q,
        tag: given.tag,
        after: page::cursor(given.cursor.as_deref())?,
        limit: page::limit(Some(given.limit.unwrap_or(10)))?,
    };
    let found = caller.manager().facts(&caller.principal, arena_id, query).await?;
    let items: Vec<Fact> = found.items.into_iter().map(shape::fact).collect();
    let page = page::list(items, found.more, |fact: &Fact| fact.key.to_string());
    Ok(paged(page.items.iter().map(|fact| shown(&shared, fact, IN_A_LIST)).collect(), page.next_cursor))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Send {
    body: Arc<str>,
    #[serde(default)]
    to: Vec<AgentId>,
}

async fn send(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Send>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let command = Command::SendMessage { to: asked.given.to.clone(), body: asked.given.body.clone() };
    let reply = caller.submit(&asked, arena_id, command, render::message).await?;
    let said = rendered::<Message>(&reply)?.ok_or_else(|| Failure::not_found("message"))?;
    Ok(json!({"sequence": said.sequence, "sent_at": said.sent_at}))
}
