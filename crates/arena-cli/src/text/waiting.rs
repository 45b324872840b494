//! What steps wait for, in sentences.

use std::collections::{BTreeMap, BTreeSet};

use arena_api::steps::Step;
use arena_core::{StepNumber, collaboration::StepStatus};

use super::{count, listed, time_of_day};

/// How many steps are spoken of one by one.
const SPELLED_OUT: usize = 20;

/// What the steps that are under way or could be are waiting for: their holders, or somebody to claim them.
pub(crate) fn of_all(steps: &[Step]) -> Vec<String> {
    let may_move = |step: &&Step| matches!(step.status, StepStatus::Claimed | StepStatus::Ready);
    let mut moving = steps.iter().filter(may_move);
    let mut sentences: Vec<String> = moving.by_ref().take(SPELLED_OUT).map(sentence).collect();
    let more = moving.count() as u64;
    if more > 0 {
        sentences.push(format!("{} held or ready", count(more, "more step")));
    }
    sentences
}

/// What one step waits for: itself, or every step before it that others wait for in turn.
pub(crate) fn of_step(step: &Step, steps: &[Step]) -> Vec<String> {
    let open: BTreeMap<StepNumber, &Step> =
        steps.iter().filter(|step| !is_over(step)).map(|step| (step.step, step)).collect();
    let mut sentences = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = vec![step];
    while let Some(step) = next.pop() {
        let before: Vec<&Step> =
            step.depends_on.iter().filter_map(|number| open.get(number).copied()).collect();
        if step.status == StepStatus::Waiting {
            let numbers: Vec<StepNumber> = before.iter().map(|step| step.step).collect();
            sentences.push(format!("step {} waits for {}", step.step, listed(&numbers)));
            next.extend(before.into_iter().rev().filter(|step| seen.insert(step.step)));
        } else {
            sentences.push(sentence(step));
        }
    }
    sentences
}

/// Whether nobody waits for it any more.
fn is_over(step: &Step) -> bool {
    matches!(step.status, StepStatus::Completed | StepStatus::Cancelled)
}

/// Where a step stands and who could move it.
fn sentence(step: &Step) -> String {
    let number = step.step;
    match step.status {
        StepStatus::Waiting => format!("step {number} waits for {}", listed(&step.depends_on)),
        StepStatus::Ready => match &step.assignee {
            Some(assignee) => format!("step {number} is ready and waits for {assignee} to claim it"),
            None => format!("step {number} is ready and waits for a worker to claim it"),
        },
        StepStatus::Claimed => {
            let holder = step.holder.as_ref().map(ToString::to_string).unwrap_or_default();
            let until = step.expires_at.map(time_of_day).unwrap_or_default();
            format!(
                "step {number} is held by {holder} until {until}, attempt {} of {}",
                step.attempts, step.max_attempts
            )
        }
        StepStatus::Completed => format!("step {number} is completed"),
        StepStatus::Failed => {
            format!("step {number} failed after {} attempts; reopen it or cancel it", step.attempts)
        }
        StepStatus::Cancelled => format!("step {number} is cancelled"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(number: u32, status: &str, depends_on: &[u32]) -> Step {
        serde_json::from_value(json!({
            "step": number, "title": "t", "status": status, "depends_on": depends_on,
            "lease_ms": 60_000, "attempts": 3, "max_attempts": 3, "cost": 0,
        }))
        .unwrap()
    }

    #[test]
    fn a_waiting_step_names_what_blocks_it_however_far_away() {
        let steps = [
            step(1, "failed", &[]),
            step(2, "completed", &[]),
            step(3, "waiting", &[1, 2]),
            step(4, "waiting", &[3]),
            step(5, "ready", &[]),
        ];
        let why = of_step(&steps[3], &steps);
        assert_eq!(
            why,
            [
                "step 4 waits for 3",
                "step 3 waits for 1",
                "step 1 failed after 3 attempts; reopen it or cancel it",
            ]
        );
    }

    #[test]
    fn a_great_plan_is_not_spelled_out() {
        let steps: Vec<Step> = (1..=100).map(|number| step(number, "ready", &[])).collect();
        let all = of_all(&steps);
        assert_eq!((all.len(), all.last().unwrap().as_str()), (21, "80 more steps held or ready"));
    }

    #[test]
    fn a_blocker_reached_on_two_ways_is_named_once() {
        let steps = [
            step(1, "ready", &[]),
            step(2, "waiting", &[1]),
            step(3, "waiting", &[1]),
            step(4, "waiting", &[2, 3]),
        ];
        let why = of_step(&steps[3], &steps);
        assert_eq!(why.iter().filter(|line| line.starts_with("step 1 ")).count(), 1);
    }
}
