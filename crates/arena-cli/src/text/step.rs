//! Steps: the board of an arena, and one step in full.

use std::collections::BTreeSet;

use arena_api::steps::{Claim, Step};
use arena_core::{StepNumber, collaboration::StepStatus};

use super::{listed, moment, time_of_day};
use crate::{
    paint::{self, first_line, paint, plain, status_style},
    table::{Rows, item, styled},
};

/// Steps, one a line, with what is to be known about each where it stands.
pub(crate) fn board(steps: &[Step]) -> String {
    let open: BTreeSet<StepNumber> =
        steps.iter().filter(|step| is_open(step)).map(|step| step.step).collect();
    let mut rows = Rows::new(&["STEP", "STATUS", "TITLE", "NOTE"]);
    for step in steps {
        rows.add([
            item(step.step),
            styled(status_style(step.status.as_str()), step.status),
            item(first_line(&step.title)),
            styled(paint::QUIET, note(step, &open)),
        ]);
    }
    rows.text()
}

/// Whether others wait for it.
fn is_open(step: &Step) -> bool {
    !matches!(step.status, StepStatus::Completed | StepStatus::Cancelled)
}

fn note(step: &Step, open: &BTreeSet<StepNumber>) -> String {
    let assigned = step.assignee.as_ref().map(|assignee| format!("for {assignee}"));
    match step.status {
        StepStatus::Waiting => {
            let waits: Vec<_> = step.depends_on.iter().filter(|step| open.contains(step)).collect();
            // A board of some steps only does not show which of the others are open.
            if waits.is_empty() {
                format!("after {}", listed(&step.depends_on))
            } else {
                format!("waits for {}", listed(&waits))
            }
        }
        StepStatus::Ready => match (assigned, step.attempts) {
            (Some(assigned), 0) => assigned,
            (Some(assigned), tried) => format!("{assigned}, tried {tried} of {}", step.max_attempts),
            (None, 0) => String::new(),
            (None, tried) => format!("tried {tried} of {}", step.max_attempts),
        },
        StepStatus::Claimed => claimed(step),
        StepStatus::Completed => {
            step.completed_by.as_ref().map(|agent| format!("by {agent}")).unwrap_or_default()
        }
        StepStatus::Failed => {
            format!("tried {} of {}; reopen it or cancel it", step.attempts, step.max_attempts)
        }
        StepStatus::Cancelled => String::new(),
    }
}

fn claimed(step: &Step) -> String {
    let holder = step.holder.as_ref().map(ToString::to_string).unwrap_or_default();
    let fence = step.fence.map(|fence| format!(", fence {fence}")).unwrap_or_default();
    let until = step.expires_at.map(|at| format!(" until {}", time_of_day(at))).unwrap_or_default();
    format!("{holder}{until}{fence}")
}

/// One step in full.
pub(crate) fn full(step: &Step) -> String {
    let status = paint(status_style(step.status.as_str()), step.status);
    let mut text = format!(
        "{}  {status}\n",
        paint(paint::STRONG, format_args!("{}  {}", step.step, plain(&step.title)))
    );
    let mut say = |name: &str, value: String| {
        text.push_str(&format!("{}  {value}\n", paint(paint::QUIET, format_args!("{name:>11}"))));
    };
    if !step.depends_on.is_empty() {
        say("depends on", listed(&step.depends_on));
    }
    if let Some(assignee) = &step.assignee {
        say("for", assignee.to_string());
    }
    if step.status == StepStatus::Claimed {
        say("held by", claimed(step));
    }
    say("attempts", format!("{} of {}", step.attempts, step.max_attempts));
    say("lease", format!("{} s", step.lease_ms.get() / 1_000));
    if let Some(evidence) = &step.evidence {
        let approval = evidence.approval.then(|| "an approval".to_owned());
        let names = evidence.artifacts.iter().map(|name| plain(name.as_str()));
        say("needs", names.chain(approval).collect::<Vec<_>>().join(", "));
    }
    if let Some(agent) = &step.approved_by {
        say("approved by", agent.to_string());
    }
    if let (Some(agent), Some(at)) = (&step.completed_by, step.completed_at) {
        say("completed", format!("{} by {agent}", moment(at)));
    }
    if step.cost > 0 {
        say("cost", step.cost.to_string());
    }
    for orphan in &step.orphans {
        let state = if orphan.adopted { "adopted" } else { "may be adopted" };
        say("late result", format!("of {}, fence {}, {state}", orphan.agent_id, orphan.fence));
    }
    for (title, body) in [("description", step.description.as_deref()), ("result", step.result.as_deref())] {
        if let Some(body) = body {
            text.push_str(&format!("\n{}\n{}\n", paint(paint::STRONG, title), plain(body)));
        }
    }
    text
}

/// A claim that was just made, and what it asks for.
pub(crate) fn claim(claim: &Claim) -> String {
    let mut text = format!(
        "claimed step {} with fence {} until {}\n{}\n",
        claim.step,
        claim.fence,
        time_of_day(claim.expires_at),
        paint(paint::STRONG, plain(&claim.title)),
    );
    if let Some(description) = &claim.description {
        text.push_str(&format!("{}\n", plain(description)));
    }
    text
}
