//! Begins a run: makes its arena, or finds everything in the arena of a run that was cut off.

use arena_api::{
    Code,
    agents::RegisterAgent,
    arenas::CreateArena,
    artifacts::{GetArtifactQuery, PutArtifactQuery},
    client::Client,
    participants::AddParticipant,
    steps::NewStep,
};
use arena_core::{
    ArenaId, StepNumber,
    collaboration::{ArtifactKind, ArtifactName, Strategy},
};

use super::error::{Doing, RunError};
use crate::plan::{Plan, PlanAgent, PlanSource, PlanStep};

/// The artifact that holds the plan, and all that is needed to read it again.
const PLAN_ARTIFACT: &str = "run/plan.json";

fn plan_artifact() -> ArtifactName {
    PLAN_ARTIFACT.parse().expect("the name above is one")
}

/// Makes the arena of `plan` and opens it for work; the plan is stored in it before any step can have been claimed.
pub(super) async fn make_arena(client: &Client, plan: &Plan) -> Result<ArenaId, RunError> {
    for agent in &plan.agents {
        register(client, agent).await?;
    }
    let asked = CreateArena {
        strategy: Some(plan.strategy),
        participants: plan
            .agents
            .iter()
            .map(|agent| AddParticipant { agent_id: agent.name.clone(), role: agent.role })
            .collect(),
        steps: plan.steps.iter().map(new_step).collect(),
        settle_grace_ms: plan.settle_grace,
        budget: Some(plan.budget),
        ..CreateArena::new(&plan.goal)
    };
    debug_assert!(plan.strategy == Strategy::Peer || plan.steps.iter().all(|step| step.assignee.is_some()));
    let arena_id = client.create_arena(&asked).await.doing(|| "make the arena".into())?.arena_id;
    client.activate(arena_id).await.doing(|| "activate the arena".into())?;
    let source = serde_json::to_vec(&plan.source)
        .map_err(|error| RunError::UnreadablePlan { arena_id, reason: error.to_string() })?;
    let query = PutArtifactQuery { kind: Some(ArtifactKind::Data), ..PutArtifactQuery::default() };
    let put = client.put_artifact(arena_id, &plan_artifact(), &query, "application/json", source);
    put.await.doing(|| "store the plan".into())?;
    Ok(arena_id)
}

/// Reads the plan of an arena that was made by [`make_arena`].
pub(super) async fn stored_plan(client: &Client, arena_id: ArenaId) -> Result<Plan, RunError> {
    client.arena(arena_id).await.doing(|| format!("resume arena {arena_id}"))?;
    let stored = match client.artifact(arena_id, &plan_artifact(), &GetArtifactQuery::default()).await {
        Err(error) if error.code() == Some(Code::NotFound) => return Err(RunError::NoPlan { arena_id }),
        read => read.doing(|| "read the stored plan".into())?,
    };
    let source: PlanSource = serde_json::from_slice(&stored.bytes)
        .map_err(|error| RunError::UnreadablePlan { arena_id, reason: error.to_string() })?;
    Ok(Plan::from_source(source)?)
}

/// Registers an agent that is not yet known.
async fn register(client: &Client, agent: &PlanAgent) -> Result<(), RunError> {
    match client.agent(&agent.name).await {
        Ok(_) => return Ok(()),
        Err(error) if error.code() == Some(Code::NotFound) => {}
        Err(error) => return Err(error).doing(|| format!("look up agent {}", agent.name)),
    }
    match client.register_agent(&RegisterAgent { agent_id: agent.name.clone(), name: None }).await {
        Err(error) if error.code() != Some(Code::NameTaken) => Err(error).doing(|| {
            format!("register agent {} (use the operator's token, or register it first)", agent.name)
        }),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The step as the arena is asked for it.
fn new_step(step: &PlanStep) -> NewStep {
    let number = |index: &usize| u32::try_from(index + 1).ok().and_then(StepNumber::new);
    NewStep {
        description: step.prompt.as_deref().map(Into::into),
        depends_on: step.depends_on.iter().filter_map(number).collect(),
        assignee: step.assignee.clone(),
        lease_ms: step.lease,
        max_attempts: step.attempts,
        evidence: Some(step.evidence.clone()).filter(|evidence| !evidence.is_empty()),
        ..NewStep::new(&step.title)
    }
}
