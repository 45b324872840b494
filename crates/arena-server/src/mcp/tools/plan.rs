//! `step_plan`, `step_edit`, `step_decide`: what coordinators do with the plan.

use std::sync::Arc;

use arena_api::{
    Problem,
    steps::{AddSteps, AddedSteps, EditStep},
};
use arena_core::{
    Fence, Millis, StepNumber,
    collaboration::{self, Assignee, Command, Evidence, Permission},
};
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::work::change;
use crate::{
    error::Failure,
    mcp::{
        answer,
        caller::{Caller, rendered},
        schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    render,
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "step_plan",
        title: "Add steps",
        about: "Add steps to the plan, numbered on from the last; `depends_on` may name numbers of this call.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Adds,
        arena: Arena::Named,
        input: || {
            schema::input(
                json!({"steps": schema::list(schema::input(step_fields(), &["title"]))}),
                &["steps"],
            )
        },
        output: || schema::output(json!({"steps": schema::list(answer::step_line_schema())}), &["steps"]),
        run: |caller, arguments| -> Answered { Box::pin(plan(caller, arguments)) },
    },
    Tool {
        name: "step_edit",
        title: "Change a step",
        about: "Change a step that is neither held nor over; what is left out stays.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || {
            let mut fields = step_fields();
            if let Some(fields) = fields.as_object_mut() {
                fields.insert("step".to_owned(), schema::count());
            }
            schema::input(fields, &["step"])
        },
        output: answer::step_schema,
        run: |caller, arguments| -> Answered { Box::pin(edit(caller, arguments)) },
    },
    Tool {
        name: "step_decide",
        title: "Approve, reopen, cancel or adopt",
        about: "Decide about a step: `approve` it, `reopen` a failed or completed one, `cancel` it (its claim ends), or `adopt` \
                a late result by its `fence`.",
        audience: Audience::With(Permission::Coordinate),
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || {
            let actions = schema::word(&["approve", "reopen", "cancel", "adopt"]);
            let fields = json!({"step": schema::count(), "action": actions, "fence": schema::count()});
            schema::input(fields, &["step", "action"])
        },
        output: answer::step_schema,
        run: |caller, arguments| -> Answered { Box::pin(decide(caller, arguments)) },
    },
];

/// The schema of what a step is asked for with.
pub(super) fn step_fields() -> Value {
    json!({
        "title": schema::text(),
        "description": schema::text(),
        "depends_on": schema::list(schema::count()),
        "assignee": schema::said("agent id, role:worker or role:coordinator"),
        "lease_ms": schema::count(),
        "max_attempts": schema::count(),
        "evidence": json!({
            "type": "object",
            "properties": {"artifacts": schema::list(schema::text()), "approval": schema::yes_or_no()},
        }),
    })
}

async fn plan(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<AddSteps>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let steps = asked.given.steps.iter().cloned().map(collaboration::NewStep::from).collect();
    let reply = caller.submit(&asked, arena_id, Command::AddSteps { steps }, render::added_steps).await?;
    let added = rendered::<AddedSteps>(&reply)?.map(|added| added.steps).unwrap_or_default();
    let lines: Vec<Value> = added.iter().map(|step| answer::step_line(step.step, &step.title)).collect();
    Ok(json!({"steps": lines}))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    step: StepNumber,
    #[serde(default)]
    title: Option<Arc<str>>,
    #[serde(default)]
    description: Option<Arc<str>>,
    #[serde(default)]
    depends_on: Option<Vec<StepNumber>>,
    #[serde(default)]
    assignee: Option<Assignee>,
    #[serde(default)]
    lease_ms: Option<Millis>,
    #[serde(default)]
    max_attempts: Option<u32>,
    #[serde(default)]
    evidence: Option<Evidence>,
}

async fn edit(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Edit>(arguments)?;
    let given = &asked.given;
    let edit = EditStep {
        title: given.title.clone(),
        description: given.description.clone(),
        depends_on: given.depends_on.clone(),
        assignee: given.assignee.clone(),
        lease_ms: given.lease_ms,
        max_attempts: given.max_attempts,
        evidence: given.evidence.clone(),
    };
    let step = given.step;
    change(&caller, &asked, step, Command::EditStep { step, edit: edit.into() }).await
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Approve,
    Reopen,
    Cancel,
    Adopt,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decide {
    step: StepNumber,
    action: Action,
    #[serde(default)]
    fence: Option<Fence>,
}

async fn decide(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Decide>(arguments)?;
    let Decide { step, action, fence } = asked.given;
    let command = match (action, fence) {
        (Action::Approve, _) => Command::ApproveStep { step },
        (Action::Reopen, _) => Command::ReopenStep { step },
        (Action::Cancel, _) => Command::CancelStep { step },
        (Action::Adopt, Some(fence)) => Command::AdoptResult { step, fence },
        (Action::Adopt, None) => {
            return Err(
                Problem::invalid("fence", "name the late result by its fence; step_read has it").into()
            );
        }
    };
    change(&caller, &asked, step, command).await
}
