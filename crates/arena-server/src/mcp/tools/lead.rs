//! `arena_create`, `arena_move`, `arena_goal`, `arena_invite`, `arena_remove`, `arena_report`: leading an arena.

use std::sync::Arc;

use arena_api::arenas::{Arena as ArenaShape, CreateArena, UpdateGoal};
use arena_core::{
    AgentId, ArenaConfig,
    collaboration::{Command, Permission, Rejection, Role},
};
use arena_runtime::RuntimeError;
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{orient, plan::step_fields};
use crate::{
    error::Failure,
    mcp::{
        caller::{Asked, Caller, rendered},
        marked, schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    render,
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "arena_create",
        title: "Make an arena",
        about: "Make a shared arena; you are its first coordinator. Activate it with arena_move.",
        audience: Audience::Founders,
        effect: Effect::Adds,
        arena: Arena::None,
        input: || {
            let participant = json!({"agent_id": schema::text(), "role": role_schema()});
            let fields = json!({
                "goal": schema::text(),
                "strategy": schema::word(&["peer", "pipeline"]),
                "open": schema::yes_or_no(),
                "participants": schema::list(schema::input(participant, &["agent_id", "role"])),
                "steps": schema::list(schema::input(step_fields(), &["title"])),
                "settle_grace_ms": schema::count(),
                "budget": json!({
                    "type": "object",
                    "properties": {"attempts": schema::count(), "duration_ms": schema::count(), "cost": schema::count()},
                }),
            });
            schema::input(fields, &["goal"])
        },
        output: orient::arena_schema,
        run: |caller, arguments| -> Answered { Box::pin(create(caller, arguments)) },
    },
    Tool {
        name: "arena_move",
        title: "Activate, settle or archive",
        about: "Move an arena on: `active` begins work, `settling` takes no new claims, `archived` seals it for ever.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({"to": schema::word(&["active", "settling", "archived"])}), &["to"]),
        output: orient::arena_schema,
        run: |caller, arguments| -> Answered { Box::pin(advance(caller, arguments)) },
    },
    Tool {
        name: "arena_goal",
        title: "Replace the goal",
        about: "Replace what the arena is for.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || schema::input(json!({"goal": schema::text()}), &["goal"]),
        output: orient::arena_schema,
        run: |caller, arguments| -> Answered { Box::pin(goal(caller, arguments)) },
    },
    Tool {
        name: "arena_invite",
        title: "Invite, or change a role",
        about: "Have an agent take part, or give a participant another role.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || {
            schema::input(json!({"agent_id": schema::text(), "role": role_schema()}), &["agent_id", "role"])
        },
        output: || {
            schema::output(json!({"agent_id": schema::text(), "role": schema::text()}), &["agent_id", "role"])
        },
        run: |caller, arguments| -> Answered { Box::pin(invite(caller, arguments)) },
    },
    Tool {
        name: "arena_remove",
        title: "Remove a participant",
        about: "End an agent's part; its claims are released first.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({"agent_id": schema::text()}), &["agent_id"]),
        output: orient::arena_schema,
        run: |caller, arguments| -> Answered { Box::pin(remove(caller, arguments)) },
    },
    Tool {
        name: "arena_report",
        title: "Read the sealed report",
        about: "What came out of an archived arena: steps, artifacts, facts, with their hashes.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Reads,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: || schema::thing(json!({"report": schema::object()})),
        run: |caller, arguments| -> Answered { Box::pin(report(caller, arguments)) },
    },
];

fn role_schema() -> Value {
    schema::word(&["coordinator", "worker", "observer"])
}

async fn create(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<CreateArena>(arguments)?;
    let config = ArenaConfig::from(asked.given.clone());
    let made = caller.manager().create_arena(caller.ask(&asked, None), config, render::arena).await?;
    let made = rendered::<ArenaShape>(&made)?.ok_or_else(|| Failure::not_found("arena"))?;
    Ok(orient::arena(&made))
}

/// Gives a command that is answered with the arena.
async fn changed<T: Serialize>(
    caller: &Caller,
    asked: &Asked<T>,
    command: Command,
) -> Result<Value, Failure> {
    let reply = caller.submit(asked, caller.arena(asked)?, command, render::arena).await?;
    let arena = rendered::<ArenaShape>(&reply)?.ok_or_else(|| Failure::not_found("arena"))?;
    Ok(orient::arena(&arena))
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Active,
    Settling,
    Archived,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    to: To,
}

async fn advance(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Advance>(arguments)?;
    let command = match asked.given.to {
        To::Active => Command::Activate,
        To::Settling => Command::Settle,
        To::Archived => Command::Archive,
    };
    changed(&caller, &asked, command).await
}

async fn goal(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<UpdateGoal>(arguments)?;
    let goal: Arc<str> = asked.given.goal.clone();
    changed(&caller, &asked, Command::UpdateGoal { goal }).await
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    agent_id: AgentId,
    role: Role,
}

/// Invites; who takes part already gets the role.
async fn invite(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Invite>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let Invite { agent_id, role } = &asked.given;
    let (agent_id, role) = (agent_id.clone(), *role);
    let join = Command::AddParticipant { agent_id: agent_id.clone(), role };
    let ask = caller.ask(&asked, Some(arena_id));
    let joined = caller.manager().submit(ask.clone(), arena_id, join, render::changed_participant).await;
    match joined {
        Ok(_) => {}
        Err(RuntimeError::Rejected(Rejection::AlreadyJoined { .. })) => {
            let change = Command::ChangeRole { agent_id: agent_id.clone(), role };
            caller.manager().submit(ask, arena_id, change, render::changed_participant).await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(json!({"agent_id": agent_id, "role": marked::role(role)}))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    agent_id: AgentId,
}

async fn remove(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Remove>(arguments)?;
    let agent_id = asked.given.agent_id.clone();
    changed(&caller, &asked, Command::RemoveParticipant { agent_id }).await
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn report(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    let report = caller.manager().report(&caller.principal, caller.arena(&asked)?).await?;
    Ok(marked::thing(json!({"role": "participant"}), json!({"report": report})))
}
