//! The brief: what an agent needs to know to go on, kept short whatever the arena holds.

use arena_api::brief::{Brief, BudgetLeft, EventLine, FactLine, HeldStep, StepLine, StuckLine, You};
use arena_core::{
    ArenaId, HandlePermissions, Sequence, SharedArena, StepNumber, Timestamp,
    collaboration::{FactKey, Failure, Role, Status, StepStatus, WhyStuck},
};
use arena_runtime::{ArenaManager, EventQuery, Principal, RuntimeError};

/// What a brief may take as JSON: 1,500 tokens at a little over three bytes each.
const LONGEST: usize = 4_800;
/// How many lines each list has at most, before the whole is cut to its size.
const CLAIMS: usize = 8;
const READY: usize = 10;
const STUCK: usize = 8;
const FACTS: usize = 6;
const EVENTS: usize = 8;
/// Bytes of a shortened text.
const GOAL: usize = 800;
const LINE: usize = 160;

/// The brief of an arena for one who may read it.
pub(crate) async fn of(
    manager: &ArenaManager,
    principal: &Principal,
    arena_id: ArenaId,
) -> Result<Brief, RuntimeError> {
    let fits = |brief: &Brief| serde_json::to_vec(brief).is_ok_and(|json| json.len() <= LONGEST);
    fitting(manager, principal, arena_id, fits).await
}

/// The same, cut until it fits.
pub(crate) async fn fitting(
    manager: &ArenaManager,
    principal: &Principal,
    arena_id: ArenaId,
    fits: impl Fn(&Brief) -> bool,
) -> Result<Brief, RuntimeError> {
    let state = manager.arena(principal, arena_id).await?;
    let shared = &state.shared;
    let Place { you, claims, ready, ready_more, next, reasons } = place(principal, shared, manager.now());
    let (stuck, stuck_more) = stuck(reasons);
    let (facts, facts_more) = facts(manager, principal, shared).await?;
    let brief = Brief {
        arena_id,
        status: shared.status(),
        goal: shortened(shared.goal(), GOAL),
        sequence: shared.sequence(),
        completed_steps: shared.completed_steps(),
        total_steps: shared.total_steps(),
        next,
        claims,
        ready,
        ready_more,
        stuck,
        stuck_more,
        budget_left: budget_left(shared),
        facts,
        facts_more,
        events: events(manager, principal, shared).await?,
        you,
    };
    Ok(fitted(brief, fits))
}

/// Where the caller stands in an arena.
pub(crate) struct Place {
    pub(crate) you: You,
    /// What it holds.
    pub(crate) claims: Vec<HeldStep>,
    /// What it may claim now, and how many more there are.
    pub(crate) ready: Vec<StepLine>,
    pub(crate) ready_more: u32,
    /// What it had best do.
    pub(crate) next: String,
    /// Why the arena or its steps do not go on.
    pub(crate) reasons: Vec<WhyStuck>,
}

/// Where `principal` stands in an arena at `now`.
pub(crate) fn place(principal: &Principal, shared: &SharedArena, now: Timestamp) -> Place {
    let you = you(principal, shared);
    let only_step = only_step(principal);
    let reasons = shared.stuck(now);
    let spent = reasons.iter().find_map(|reason| match reason {
        WhyStuck::BudgetSpent { budget, .. } => Some(budget.to_string()),
        _ => None,
    });
    let (ready, ready_more) = if spent.is_none() { ready(shared, &you, only_step) } else { (Vec::new(), 0) };
    let claims = claims(shared, &you);
    let next = next(shared, &you, &claims, &ready, spent.as_deref());
    Place { you, claims, ready, ready_more, next, reasons }
}

fn you(principal: &Principal, shared: &SharedArena) -> You {
    let agent_id = principal.agent_id();
    let role = shared.participant(&agent_id).map(|one| one.role);
    // A reader who takes no part may look, like an observer.
    let of_role = HandlePermissions::of_role(role.unwrap_or(Role::Observer));
    let permissions = match principal {
        Principal::Handle(grant) => of_role.intersection(grant.permissions),
        Principal::Operator | Principal::Agent(_) => of_role,
    };
    You { agent_id, role, permissions }
}

fn only_step(principal: &Principal) -> Option<StepNumber> {
    match principal {
        Principal::Handle(grant) => grant.step,
        Principal::Operator | Principal::Agent(_) => None,
    }
}

fn claims(shared: &SharedArena, you: &You) -> Vec<HeldStep> {
    let held = shared.held_by(&you.agent_id).filter_map(|number| shared.step(number));
    let claims = held.filter_map(|step| {
        let claim = step.claim.as_ref()?;
        let (fence, expires_at) = (claim.fence, claim.expires_at);
        Some(HeldStep { step: step.number, title: shortened(&step.title, LINE).into(), fence, expires_at })
    });
    claims.take(CLAIMS).collect()
}

/// Steps that the caller may claim now, and how many more there are.
fn ready(shared: &SharedArena, you: &You, only_step: Option<StepNumber>) -> (Vec<StepLine>, u32) {
    let may_claim = you.permissions.allows(arena_core::collaboration::Permission::Write);
    let Some(role) = you.role.filter(|_| may_claim && shared.status() == Status::Active) else {
        return (Vec::new(), 0);
    };
    let mut open = shared.steps().filter(|step| {
        step.status == StepStatus::Ready
            && only_step.is_none_or(|only| step.number == only)
            && step.assignee.as_ref().is_none_or(|assignee| assignee.admits(&you.agent_id, role))
    });
    let lines = open
        .by_ref()
        .take(READY)
        .map(|step| StepLine { step: step.number, title: shortened(&step.title, LINE) });
    let lines = lines.collect();
    (lines, count(open.count()))
}

/// Why steps do not go on, those first that will not by themselves.
fn stuck(mut reasons: Vec<WhyStuck>) -> (Vec<StuckLine>, u32) {
    reasons.sort_by_key(|reason| match reason {
        WhyStuck::NotActive { .. } | WhyStuck::BudgetSpent { .. } => 0,
        WhyStuck::Failed { .. } => 1,
        WhyStuck::NobodyMayClaim { .. } => 2,
        WhyStuck::NeedsEvidence { .. } => 3,
        WhyStuck::WaitsFor { .. } => 4,
    });
    let more = reasons.len().saturating_sub(STUCK);
    let line = |reason: &WhyStuck| StuckLine {
        text: shortened(&sentence(reason), LINE),
        quotes: quoted(reason).map(|failure| failure.agent_id.clone()),
    };
    (reasons.iter().take(STUCK).map(line).collect(), count(more))
}

/// The words of an agent that the sentence about a reason repeats.
fn quoted(reason: &WhyStuck) -> Option<&Failure> {
    match reason {
        WhyStuck::Failed { last_failure, .. } => last_failure.as_ref(),
        WhyStuck::NotActive { .. }
        | WhyStuck::BudgetSpent { .. }
        | WhyStuck::WaitsFor { .. }
        | WhyStuck::NobodyMayClaim { .. }
        | WhyStuck::NeedsEvidence { .. } => None,
    }
}

fn sentence(reason: &WhyStuck) -> String {
    match reason {
        WhyStuck::NotActive { status } => format!("the arena is {status}: nothing can be claimed"),
        WhyStuck::BudgetSpent { budget, limit, spent } => {
            format!("the budget {budget} is spent ({spent} of {limit}): nothing can be claimed")
        }
        WhyStuck::Failed { step, attempts, last_failure: _, blocks } => {
            let blocked = if blocks.is_empty() {
                String::new()
            } else {
                format!("; steps {} wait for it", listed(blocks))
            };
            let why = quoted(reason).map(|failure| format!(" ({})", failure.reason)).unwrap_or_default();
            format!(
                "step {step} failed after {attempts} attempts{blocked}{why}; a coordinator may reopen or cancel it"
            )
        }
        WhyStuck::WaitsFor { step, waiting_for } => {
            format!("step {step} waits for steps {}", listed(waiting_for))
        }
        WhyStuck::NobodyMayClaim { step, assignee } => match assignee {
            Some(assignee) => format!("step {step} is for {assignee}, who may not claim here"),
            None => format!("step {step} is ready and there is no worker"),
        },
        WhyStuck::NeedsEvidence { step, missing } => {
            format!("step {step} cannot be completed without {}", missing.join(", "))
        }
    }
}

fn listed(steps: &[StepNumber]) -> String {
    steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn budget_left(shared: &SharedArena) -> Option<BudgetLeft> {
    let (budget, spent) = (shared.budget(), shared.spent());
    let left = BudgetLeft {
        attempts: budget.attempts.map(|limit| limit.saturating_sub(spent.attempts)),
        cost: budget.cost.map(|limit| limit.saturating_sub(spent.cost)),
        until: budget.duration_ms.zip(shared.activated_at()).map(|(length, since)| since.plus(length)),
    };
    (left != BudgetLeft::default()).then_some(left)
}

/// The latest facts, and how many more there are.
async fn facts(
    manager: &ArenaManager,
    principal: &Principal,
    shared: &SharedArena,
) -> Result<(Vec<FactLine>, u32), RuntimeError> {
    let mut latest: Vec<(Sequence, &FactKey)> = Vec::with_capacity(FACTS + 1);
    let mut all = 0_usize;
    for (key, fact) in shared.facts() {
        all += 1;
        let place = latest.partition_point(|(sequence, _)| *sequence > fact.sequence);
        if place < FACTS {
            latest.insert(place, (fact.sequence, key));
            latest.truncate(FACTS);
        }
    }
    let mut lines = Vec::with_capacity(latest.len());
    for (_, key) in &latest {
        let row = manager.fact(principal, shared.arena_id(), key).await?;
        lines.push(FactLine { key: row.key, content: shortened(&row.content, LINE), author: row.author });
    }
    Ok((lines, count(all.saturating_sub(latest.len()))))
}

async fn events(
    manager: &ArenaManager,
    principal: &Principal,
    shared: &SharedArena,
) -> Result<Vec<EventLine>, RuntimeError> {
    let lines = u64::try_from(EVENTS).unwrap_or(u64::MAX);
    let after = Sequence::new(shared.sequence().get().saturating_sub(lines));
    let query = EventQuery { after, limit: EVENTS, ..EventQuery::default() };
    let page = manager.events(principal, shared.arena_id(), query).await?;
    let line = |event: arena_runtime::StoredEvent| EventLine {
        sequence: event.sequence,
        data: shortened(&event.payload, LINE),
        kind: event.kind,
        actor: event.actor.to_string(),
    };
    Ok(page.items.into_iter().map(line).collect())
}

/// What the caller had best do.
fn next(
    shared: &SharedArena,
    you: &You,
    claims: &[HeldStep],
    ready: &[StepLine],
    spent: Option<&str>,
) -> String {
    let coordinates = you.permissions.allows(arena_core::collaboration::Permission::Coordinate);
    let all_done = shared.completed_steps() == shared.total_steps();
    match (shared.status(), claims.first()) {
        (Status::Archived, _) => "nothing: the arena is archived; its report is final".to_owned(),
        (_, Some(claim)) => {
            let fence = claim.fence;
            format!(
                "go on with step {}: write under fence {fence}, renew before {}, then complete",
                claim.step, claim.expires_at
            )
        }
        (Status::Created, None) if coordinates => "plan the steps, then activate the arena".to_owned(),
        (Status::Created, None) => "wait until a coordinator activates the arena".to_owned(),
        (Status::Settling, None) if coordinates => "archive the arena when no step is held".to_owned(),
        (Status::Settling, None) => "wait: the arena is being settled".to_owned(),
        (Status::Active, None) if let Some(budget) = spent => match coordinates {
            true => format!("settle the arena: its budget {budget} is spent and nothing can be claimed"),
            false => format!("wait: the budget {budget} is spent; a coordinator may settle the arena"),
        },
        (Status::Active, None) if !ready.is_empty() => "claim the next ready step".to_owned(),
        (Status::Active, None) if all_done && coordinates => {
            "every step is done: settle the arena, or add steps".to_owned()
        }
        (Status::Active, None) => {
            format!("nothing is ready for you: wait for events after {}", shared.sequence())
        }
    }
}

/// Cuts lists, the least telling first, until the brief has its size.
fn fitted(mut brief: Brief, fits: impl Fn(&Brief) -> bool) -> Brief {
    while !fits(&brief) {
        if brief.events.len() > 2 {
            brief.events.remove(0);
        } else if brief.facts.len() > 2 {
            brief.facts.pop();
            brief.facts_more += 1;
        } else if brief.stuck.len() > 2 {
            brief.stuck.pop();
            brief.stuck_more += 1;
        } else if brief.ready.len() > 3 {
            brief.ready.pop();
            brief.ready_more += 1;
        } else if brief.events.pop().is_none() && brief.facts.pop().is_none() && brief.claims.len() > 1 {
            brief.claims.pop();
        } else if brief.events.is_empty() && brief.facts.is_empty() && brief.claims.len() <= 1 {
            // What is left is bounded by itself: escapes may have made it this long.
            brief.goal = shortened(&brief.goal, brief.goal.len() / 2);
            brief.stuck.clear();
            if brief.goal.len() < LINE {
                break;
            }
        }
    }
    brief
}

/// At most `bytes` of a text, cut between characters, with a mark where something is missing.
fn shortened(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes.saturating_sub('…'.len_utf8()));
    let kept = text.get(..end).unwrap_or_default();
    format!("{kept}…")
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shortened("short", 5), "short");
        assert_eq!(shortened("ääää", 7), "ää…");
        assert_eq!(shortened("abcdefgh", 6), "abc…");
    }
}
