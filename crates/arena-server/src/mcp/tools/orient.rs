//! `arena_brief` and `arena_join`: finding one's place.

use arena_api::{arenas::Arena as ArenaShape, brief::Brief, participants::AddParticipant};
use arena_core::{
    ArenaId,
    collaboration::{Command, Permission, Role, Status},
};
use arena_runtime::ArenaQuery;
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    brief,
    error::Failure,
    mcp::{
        answer::{self, LINE},
        caller::Caller,
        marked, schema, tokens,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    render,
};

/// What a brief costs at most.
const BRIEF_TOKENS: usize = 1_500;
/// How many arenas are listed at most.
const ARENAS: usize = 12;

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "arena_brief",
        title: "Where you stand",
        about: "Start here. What an arena is for, your role, the steps you hold and may claim, why others are stuck, \
                latest facts and events, and what to do next. Without `arena`, lists your arenas.",
        audience: Audience::With(Permission::Read),
        effect: Effect::Reads,
        arena: Arena::Perhaps,
        input: || schema::input(json!({}), &[]),
        output: brief_schema,
        run: |caller, arguments| -> Answered { Box::pin(brief(caller, arguments)) },
    },
    Tool {
        name: "arena_join",
        title: "Join an open arena",
        about: "Take part in an open arena as worker or observer.",
        audience: Audience::Agents,
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || schema::input(json!({"role": schema::word(&["worker", "observer"])}), &["role"]),
        output: || {
            schema::output(json!({"agent_id": schema::text(), "role": schema::text()}), &["agent_id", "role"])
        },
        run: |caller, arguments| -> Answered { Box::pin(join(caller, arguments)) },
    },
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn brief_schema() -> Value {
    schema::output(
        json!({
            "next": schema::said("what to do now"),
            "arena_id": schema::text(),
            "status": schema::text(),
            "sequence": schema::counted("arena_wait: after"),
            "you": schema::object(),
            "goal": marked::schema(),
            "claims": schema::list(schema::object()),
            "ready": schema::list(answer::step_line_schema()),
            "arenas": schema::list(schema::object()),
        }),
        &["next"],
    )
}

async fn brief(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    let Some(arena_id) = caller.perhaps_arena(&asked) else { return arenas(&caller).await };
    let shared = caller.state(arena_id).await?;
    let shown = |brief: &Brief| shown(brief, |agent_id| marked::author(&shared, agent_id));
    let fits = |brief: &Brief| tokens::of_json(&shown(brief)) <= BRIEF_TOKENS;
    let brief = brief::fitting(caller.manager(), &caller.principal, arena_id, fits).await?;
    Ok(shown(&brief))
}

/// A brief with its texts marked.
fn shown(brief: &Brief, author: impl Fn(&arena_core::AgentId) -> Value) -> Value {
    let claims = brief.claims.iter().map(|held| {
        let fields =
            json!({"step": held.step, "fence": held.fence, "expires_at": held.expires_at, "title": held.title});
        marked::thing(marked::coordinators(), fields)
    });
    let ready = brief.ready.iter().map(|one| answer::step_line(one.step, &one.title));
    // The sentences are the server's, but for the words that are quoted in them.
    let stuck = brief.stuck.iter().map(|line| {
        let from = line.quotes.as_ref().map_or_else(|| json!({"role": "system"}), &author);
        marked::text(from, line.text.as_str())
    });
    let facts = brief
        .facts
        .iter()
        .map(|fact| marked::thing(author(&fact.author), json!({"fact": fact.key, "text": fact.content})));
    let events = brief.events.iter().map(|event| {
        let from = event.actor.parse().map_or_else(|_| json!({"role": "system"}), |actor| author(&actor));
        marked::thing(from, json!({"sequence": event.sequence, "type": event.kind, "text": event.data}))
    });
    let mut shown = json!({
        "next": brief.next,
        "arena_id": brief.arena_id,
        "status": brief.status,
        "sequence": brief.sequence,
        "completed_steps": brief.completed_steps,
        "total_steps": brief.total_steps,
        "you": brief.you,
        "goal": marked::text(marked::coordinators(), brief.goal.as_str()),
        "claims": claims.collect::<Vec<_>>(),
        "ready": ready.collect::<Vec<_>>(),
        "stuck": stuck.collect::<Vec<_>>(),
        "facts": facts.collect::<Vec<_>>(),
        "events": events.collect::<Vec<_>>(),
    });
    if let Some(fields) = shown.as_object_mut() {
        let more = [
            ("ready_more", brief.ready_more),
            ("stuck_more", brief.stuck_more),
            ("facts_more", brief.facts_more),
        ];
        for (name, count) in more.into_iter().filter(|(_, count)| *count > 0) {
            fields.insert(name.to_owned(), json!(count));
        }
        if let Some(left) = brief.budget_left {
            fields.insert("budget_left".to_owned(), json!(left));
        }
    }
    shown
}

/// The arenas that the caller takes part in, and those that it may join.
async fn arenas(caller: &Caller) -> Result<Value, Failure> {
    let agent_id = caller.principal.agent_id();
    let (mut own, mut open) = (Vec::new(), Vec::new());
    for status in [Status::Active, Status::Created, Status::Settling] {
        for (agent, list) in [(Some(agent_id.clone()), &mut own), (None, &mut open)] {
            let query = ArenaQuery { status: Some(status), agent, limit: ARENAS, ..ArenaQuery::default() };
            list.extend(caller.manager().arenas(&caller.principal, query).await?.items);
        }
    }
    open.retain(|state| state.shared.is_open() && state.shared.participant(&agent_id).is_none());
    let line = |state: &std::sync::Arc<arena_runtime::ArenaState>| {
        let shared = &state.shared;
        let (goal, _) = answer::shortened(shared.goal(), LINE);
        let fields = json!({
            "arena_id": shared.arena_id(),
            "status": shared.status(),
            "role": shared.participant(&agent_id).map(|one| marked::role(one.role)),
            "completed_steps": shared.completed_steps(),
            "total_steps": shared.total_steps(),
            "text": goal,
        });
        marked::thing(marked::coordinators(), fields)
    };
    let next = match (own.len(), open.len()) {
        (0, 0) => "you take part in no arena: ask a coordinator to invite you".to_owned(),
        (0, _) => "join an open arena with arena_join".to_owned(),
        (1, _) => format!("call arena_brief with arena {}", first(&own).unwrap_or(ArenaId::SYSTEM)),
        _ => "call arena_brief with the arena that you are to work in".to_owned(),
    };
    let lines = |arenas: &[_]| arenas.iter().take(ARENAS).map(line).collect::<Vec<Value>>();
    Ok(json!({"next": next, "arenas": lines(&own), "open_arenas": lines(&open)}))
}

fn first(arenas: &[std::sync::Arc<arena_runtime::ArenaState>]) -> Option<ArenaId> {
    arenas.first().map(|state| state.shared.arena_id())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    role: Role,
}

async fn join(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Join>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let one = AddParticipant { agent_id: caller.principal.agent_id(), role: asked.given.role };
    let command = Command::AddParticipant { agent_id: one.agent_id.clone(), role: one.role };
    caller.submit(&asked, arena_id, command, render::changed_participant).await?;
    Ok(json!(one))
}

/// An arena in a few words: what its coordinators are answered.
pub(super) fn arena(arena: &ArenaShape) -> Value {
    let fields = json!({
        "arena_id": arena.arena_id,
        "status": arena.status,
        "sequence": arena.sequence,
        "completed_steps": arena.completed_steps,
        "total_steps": arena.total_steps,
        "settle_deadline": arena.settle_deadline,
        "report_hash": arena.report_hash,
        "text": answer::shortened(&arena.goal, LINE).0,
    });
    marked::thing(marked::coordinators(), fields)
}

/// The schema of that.
pub(super) fn arena_schema() -> Value {
    schema::thing(json!({"arena_id": schema::text(), "status": schema::text(), "sequence": schema::count()}))
}
