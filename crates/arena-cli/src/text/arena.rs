//! An arena: its lifecycle, progress and participants; and arenas in a list.

use arena_api::{arenas::Arena, participants::Participant};
use arena_core::collaboration::{Budget, Status};

use super::{count, moment};
use crate::{
    paint::{self, first_line, paint, status_style},
    table::{Rows, item, styled},
};

/// How many characters the progress bar has.
const BAR: u32 = 24;

/// Arenas, one a line.
pub(crate) fn list(arenas: &[Arena]) -> String {
    let mut rows = Rows::new(&["ARENA", "STATUS", "STEPS", "CREATED", "GOAL"]);
    for arena in arenas {
        rows.add([
            item(arena.arena_id),
            styled(status_style(arena.status.as_str()), arena.status),
            item(format_args!("{}/{}", arena.completed_steps, arena.total_steps)),
            item(moment(arena.created_at)),
            item(first_line(&arena.goal)),
        ]);
    }
    rows.text()
}

/// Everything about one arena but its steps.
pub(crate) fn head(arena: &Arena) -> String {
    let mut text = format!(
        "{}\n{}\n\n",
        paint(paint::STRONG, paint::plain(&arena.goal)),
        paint(paint::QUIET, arena.arena_id)
    );
    text.push_str(&format!("{}\n", lifecycle(arena.status)));
    text.push_str(&format!("{}\n\n", progress(arena)));
    for (name, value) in facts(arena) {
        text.push_str(&format!("{}  {value}\n", paint(paint::QUIET, format_args!("{name:>9}"))));
    }
    text
}

/// The participants of an arena, one a line.
pub(crate) fn participants(participants: &[Participant]) -> String {
    let mut rows = Rows::new(&["PARTICIPANT", "ROLE", "COMPLETED", "JOINED"]);
    for one in participants {
        rows.add([
            item(&one.agent_id),
            item(one.role),
            item(one.completed_steps),
            item(moment(one.joined_at)),
        ]);
    }
    rows.text()
}

/// `created > [active] > settling > archived`.
pub(crate) fn lifecycle(current: Status) -> String {
    let stage = |status: Status| {
        if status == current {
            paint(status_style(status.as_str()).bold(), format_args!("[{status}]"))
        } else {
            paint(paint::QUIET, status)
        }
    };
    [Status::Created, Status::Active, Status::Settling, Status::Archived].map(stage).join(" > ")
}

/// A bar and the numbers behind it.
pub(crate) fn progress(arena: &Arena) -> String {
    let (done, total) = (arena.completed_steps, arena.total_steps);
    let filled = (done * BAR).checked_div(total).unwrap_or_default();
    let bar: String = (0..BAR).map(|place| if place < filled { '#' } else { '.' }).collect();
    format!("{} {done} of {} completed", paint(paint::DONE, bar), count(total.into(), "step"))
}

/// What else is to be said, by name.
fn facts(arena: &Arena) -> Vec<(&'static str, String)> {
    let open = if arena.open { "open to join" } else { "by invitation" };
    let mut facts = vec![
        ("strategy", format!("{}, {open}", arena.strategy)),
        ("created", format!("{} by {}", moment(arena.created_at), arena.created_by)),
    ];
    if let Some(at) = arena.activated_at {
        facts.push(("activated", moment(at)));
    }
    if let (Status::Settling, Some(at)) = (arena.status, arena.settle_deadline) {
        facts.push(("settles", format!("by {} at the latest", moment(at))));
    }
    facts.push(("spent", spent(arena)));
    facts.push(("sequence", arena.sequence.to_string()));
    if let Some(hash) = arena.report_hash {
        facts.push(("report", hash.to_string()));
    }
    facts
}

fn spent(arena: &Arena) -> String {
    let Budget { attempts, duration_ms, cost } = arena.budget.unwrap_or_default();
    let of = |limit: Option<u64>| limit.map(|limit| format!(" of {limit}")).unwrap_or_default();
    let mut text =
        format!("{}{} attempts, cost {}{}", arena.spent.attempts, of(attempts), arena.spent.cost, of(cost));
    if let Some(duration) = duration_ms {
        text.push_str(&format!(", at most {} s of time", duration.get() / 1_000));
    }
    text
}
