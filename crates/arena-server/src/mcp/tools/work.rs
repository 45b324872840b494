//! `step_read`, `step_claim`, `step_update`, `step_complete`: a worker's way with a step.

use arena_api::steps::{Claim, Step};
use arena_core::{
    ArenaId, Fence, Millis, SharedArena, StepNumber,
    collaboration::{Command, Permission, StepStatus},
};
use arena_runtime::Reply;
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::{
    error::Failure,
    mcp::{
        answer,
        caller::{Asked, Caller, rendered},
        marked, schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    page, render, shape,
};

/// The bytes of an earlier step's result that come along with a claim.
const INPUT: usize = 2_000;
/// How many earlier steps come along.
const INPUTS: usize = 8;

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "step_read",
        title: "Read steps",
        about: "One step in full, with its result, or the board as a list.",
        audience: Audience::With(Permission::Read),
        effect: Effect::Reads,
        arena: Arena::Named,
        input: || {
            let statuses = ["waiting", "ready", "claimed", "completed", "failed", "cancelled"];
            let fields = json!({"step": schema::count(), "status": schema::word(&statuses), "limit": schema::count(), "cursor": schema::text()});
            schema::input(fields, &[])
        },
        output: || schema::page(answer::step_schema()),
        run: |caller, arguments| -> Answered { Box::pin(read(caller, arguments)) },
    },
    Tool {
        name: "step_claim",
        title: "Claim a step",
        about: "Hold a step, or the next ready one, until its lease ends. Every write for it carries `fence`. \
                Answers the task, what it needs, and the results it builds on.",
        audience: Audience::With(Permission::Write),
        effect: Effect::Adds,
        arena: Arena::Named,
        input: || {
            schema::input(
                json!({"step": schema::count(), "lease_ms": schema::counted("1000 to 86400000")}),
                &[],
            )
        },
        output: || {
            let fields = json!({
                "claimed": schema::yes_or_no(),
                "next": schema::text(),
                "fence": schema::count(),
                "expires_at": schema::text(),
                "step": answer::step_schema(),
                "inputs": schema::list(schema::object()),
            });
            schema::output(fields, &["claimed", "next"])
        },
        run: |caller, arguments| -> Answered { Box::pin(claim(caller, arguments)) },
    },
    Tool {
        name: "step_update",
        title: "Renew, release or fail a step",
        about: "For a step you hold: `renew` its lease before it ends (a heartbeat), `release` it for others, or `fail` the attempt.",
        audience: Audience::With(Permission::Write),
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "step": schema::count(),
                "fence": schema::count(),
                "action": schema::word(&["renew", "release", "fail"]),
                "lease_ms": schema::count(),
                "reason": schema::text(),
                "cost": schema::count(),
            });
            schema::input(fields, &["step", "fence", "action"])
        },
        output: answer::step_schema,
        run: |caller, arguments| -> Answered { Box::pin(update(caller, arguments)) },
    },
    Tool {
        name: "step_complete",
        title: "Complete a step",
        about: "Finish a step you hold. Put the artifacts that its `evidence` names first. A result too late is kept for a \
                coordinator and refused with stale_fence.",
        audience: Audience::With(Permission::Write),
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "step": schema::count(),
                "fence": schema::count(),
                "result": schema::said("what came out, for those who build on it"),
                "cost": schema::count(),
            });
            schema::input(fields, &["step", "fence"])
        },
        output: answer::step_schema,
        run: |caller, arguments| -> Answered { Box::pin(complete(caller, arguments)) },
    },
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(default)]
    step: Option<StepNumber>,
    #[serde(default)]
    status: Option<StepStatus>,
    #[serde(default)]
    limit: Option<u32>,
    #[serde(default)]
    cursor: Option<String>,
}

async fn read(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Read>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let shared = caller.state(arena_id).await?;
    let Read { step, status, limit, cursor } = asked.given;
    if let Some(number) = step {
        let one = whole(&caller, &shared, number).await?;
        return Ok(json!({"items": [answer::step(&shared, &one)]}));
    }
    let limit = page::limit(Some(limit.unwrap_or(20)))?;
    let after = page::cursor::<u32>(cursor.as_deref())?.unwrap_or(0);
    let wanted = shared
        .steps()
        .skip(usize::try_from(after).unwrap_or(usize::MAX))
        .filter(|step| status.is_none_or(|status| step.status == status))
        .map(|one| (one.number, answer::step(&shared, &Step { description: None, ..shape::step(one) })));
    let page = page::cut(wanted, limit, |(number, _)| *number);
    Ok(paged(page.items.into_iter().map(|(_, step)| step).collect(), page.next_cursor))
}

/// A page of a list.
pub(super) fn paged(items: Vec<Value>, next_cursor: Option<String>) -> Value {
    let mut page = serde_json::Map::new();
    page.insert("items".to_owned(), Value::Array(items));
    if let Some(next_cursor) = next_cursor {
        page.insert("next_cursor".to_owned(), Value::String(next_cursor));
    }
    Value::Object(page)
}

/// A step with its result and its late results.
async fn whole(caller: &Caller, shared: &SharedArena, number: StepNumber) -> Result<Step, Failure> {
    let step = shared.step(number).ok_or_else(|| Failure::not_found("step"))?;
    let result = caller.manager().step_result(&caller.principal, shared.arena_id(), number).await?;
    Ok(Step { result, orphans: shape::orphans(shared, number), ..shape::step(step) })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimOne {
    #[serde(default)]
    step: Option<StepNumber>,
    #[serde(default)]
    lease_ms: Option<Millis>,
}

async fn claim(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<ClaimOne>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let command = Command::ClaimStep { step: asked.given.step, lease: asked.given.lease_ms };
    let reply = caller.submit(&asked, arena_id, command, render::claim).await?;
    let shared = caller.state(arena_id).await?;
    let Some(claim) = rendered::<Claim>(&reply)? else {
        let next = format!(
            "nothing is ready for you: call arena_wait with after {}, then claim again",
            shared.sequence()
        );
        return Ok(json!({"claimed": false, "next": next}));
    };
    let step = shared.step(claim.step).ok_or_else(|| Failure::not_found("step"))?;
    let task = json!({
        "step": claim.step,
        "title": claim.title,
        "description": claim.description,
        "lease_ms": claim.lease_ms,
        "evidence": Some(step.evidence.as_ref()).filter(|evidence| !evidence.is_empty()),
        "attempts": step.attempts,
        "max_attempts": step.max_attempts,
    });
    let next = format!(
        "do the step; renew it with step_update before {}, then step_complete with fence {}",
        claim.expires_at, claim.fence
    );
    Ok(json!({
        "claimed": true,
        "next": next,
        "fence": claim.fence,
        "expires_at": claim.expires_at,
        "step": marked::thing(marked::coordinators(), task),
        "inputs": inputs(&caller, &shared, claim.step).await?,
    }))
}

/// What came out of the steps that a step builds on.
async fn inputs(caller: &Caller, shared: &SharedArena, step: StepNumber) -> Result<Vec<Value>, Failure> {
    let Some(step) = shared.step(step) else { return Ok(Vec::new()) };
    let mut inputs = Vec::new();
    for number in step.depends_on.iter().take(INPUTS) {
        let Some(earlier) = shared.step(*number) else { continue };
        let Some(done) = &earlier.completed else { continue };
        let result = caller.manager().step_result(&caller.principal, shared.arena_id(), *number).await?;
        let result = result.unwrap_or_default();
        let (text, is_cut) = answer::shortened(&result, INPUT);
        let fields = json!({
            "step": number,
            "text": text,
            "cut": is_cut.then_some("step_read has the rest"),
            "artifacts": answer::artifacts_of(shared, earlier),
        });
        inputs.push(marked::thing(marked::author(shared, &done.agent_id), fields));
    }
    Ok(inputs)
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Renew,
    Release,
    Fail,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    step: StepNumber,
    fence: Fence,
    action: Action,
    #[serde(default)]
    lease_ms: Option<Millis>,
    #[serde(default)]
    reason: Option<Arc<str>>,
    #[serde(default)]
    cost: Option<u64>,
}

async fn update(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Update>(arguments)?;
    let Update { step, fence, action, lease_ms: lease, .. } = asked.given;
    let (reason, cost) = (asked.given.reason.clone(), asked.given.cost);
    let command = match action {
        Action::Renew => Command::RenewLease { step, fence, lease },
        Action::Release => Command::ReleaseStep { step, fence, reason },
        Action::Fail => Command::FailStep { step, fence, reason, cost },
    };
    change(&caller, &asked, step, command).await
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    step: StepNumber,
    fence: Fence,
    #[serde(default)]
    result: Option<Arc<str>>,
    #[serde(default)]
    cost: Option<u64>,
}

async fn complete(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Complete>(arguments)?;
    let Complete { step, fence, cost, .. } = asked.given;
    let command = Command::CompleteStep { step, fence, result: asked.given.result.clone(), cost };
    change(&caller, &asked, step, command).await
}

/// Gives a command that is answered with a step.
pub(super) async fn change<T: Serialize>(
    caller: &Caller,
    asked: &Asked<T>,
    step: StepNumber,
    command: Command,
) -> Result<Value, Failure> {
    let arena_id = caller.arena(asked)?;
    let reply = caller.submit(asked, arena_id, command, render::changed_step).await?;
    changed(caller, arena_id, step, &reply).await
}

async fn changed(
    caller: &Caller,
    arena_id: ArenaId,
    step: StepNumber,
    reply: &Reply,
) -> Result<Value, Failure> {
    let shared = caller.state(arena_id).await?;
    let one = match rendered::<Step>(reply)? {
        Some(one) => one,
        // Nothing changed, so that what is read now is the answer.
        None => whole(caller, &shared, step).await?,
    };
    // The caller knows the task, and what it has just said.
    Ok(answer::step(&shared, &Step { description: None, result: None, ..one }))
}
