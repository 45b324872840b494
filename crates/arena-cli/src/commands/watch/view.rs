//! What `arena watch` shows: lifecycle and progress, the board, the last events, as many lines as there is room for.

use std::collections::VecDeque;

use arena_api::{arenas::State, events::Event, steps::Step};
use arena_core::{Timestamp, collaboration::StepStatus};

use crate::{
    paint::{self, first_line, paint, status_style},
    text,
};

/// How many events are remembered for the view.
const EVENTS: usize = 100;

/// An arena and what happened in it last.
#[derive(Debug)]
pub(super) struct View {
    pub(super) state: State,
    /// Whether something happened since the state was read.
    pub(super) is_stale: bool,
    events: VecDeque<String>,
    /// When the last event was recorded: the server's clock is not behind it.
    recorded_at: Timestamp,
}

impl View {
    /// Nothing has happened yet.
    pub(super) fn of(state: State) -> Self {
        Self { state, is_stale: false, events: VecDeque::new(), recorded_at: Timestamp::from_millis(0) }
    }

    /// Something happened.
    pub(super) fn add(&mut self, event: &Event) {
        self.is_stale = true;
        self.recorded_at = event.recorded_at;
        self.remember(text::event::event(event).trim_end().to_owned());
    }

    /// Something is to be told.
    pub(super) fn say(&mut self, line: String) {
        self.remember(paint(paint::WRONG, line));
    }

    fn remember(&mut self, line: String) {
        if self.events.len() == EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(line);
    }

    /// The view on so many columns and rows.
    pub(super) fn text(&self, columns: usize, rows: usize, now: Timestamp) -> String {
        let arena = &self.state.arena;
        let mut lines = vec![
            paint(paint::STRONG, first_line(&arena.goal)),
            format!(
                "{}  sequence {}",
                paint(paint::QUIET, arena.arena_id),
                paint(paint::STRONG, arena.sequence)
            ),
            text::arena::lifecycle(arena.status),
            text::arena::progress(arena),
            String::new(),
        ];
        let room = rows.saturating_sub(lines.len() + 2);
        let events = (room / 3).clamp(1, 12).min(room);
        lines.extend(self.board(room.saturating_sub(events), now.max(self.recorded_at)));
        lines.push(String::new());
        lines.push(paint(paint::QUIET, "last events; Ctrl-C ends"));
        lines.extend(self.events.iter().skip(self.events.len().saturating_sub(events)).cloned());
        lines.truncate(rows);
        lines.iter().map(|line| cut(line, columns)).collect::<Vec<_>>().join("\n")
    }

    /// The steps in so many lines, those first that are under way.
    fn board(&self, lines: usize, now: Timestamp) -> Vec<String> {
        let mut steps: Vec<&Step> = self.state.steps.iter().collect();
        steps.sort_by_key(|step| (urgency(step.status), step.step));
        let shown = if steps.len() > lines { lines.saturating_sub(1) } else { lines };
        let mut board: Vec<String> = steps.iter().take(shown).map(|step| row(step, now)).collect();
        if steps.len() > shown && lines > 0 {
            board.push(paint(paint::QUIET, format_args!("... and {} more", steps.len() - shown)));
        }
        board
    }
}

/// What is shown first.
fn urgency(status: StepStatus) -> u8 {
    match status {
        StepStatus::Claimed => 0,
        StepStatus::Failed => 1,
        StepStatus::Ready => 2,
        StepStatus::Waiting => 3,
        StepStatus::Completed => 4,
        StepStatus::Cancelled => 5,
    }
}

/// `   3  claimed    parse the input  alice, 42 s left`.
fn row(step: &Step, now: Timestamp) -> String {
    let status = paint(status_style(step.status.as_str()), format_args!("{:<10}", step.status.as_str()));
    let holder = step.holder.as_ref().or(step.completed_by.as_ref());
    let mut who = holder.map(ToString::to_string).unwrap_or_default();
    if let Some(expires_at) = step.expires_at {
        who.push_str(&format!(", {}", left(expires_at, now)));
    }
    format!("{:>5}  {status} {}  {}", step.step, first_line(&step.title), paint(paint::QUIET, who))
}

/// What is left of a lease.
fn left(expires_at: Timestamp, now: Timestamp) -> String {
    if now >= expires_at {
        return "lease over".to_owned();
    }
    let seconds = expires_at.since(now).get().div_ceil(1_000);
    match seconds {
        0..120 => format!("{seconds} s left"),
        120..7_200 => format!("{} min left", seconds / 60),
        _ => format!("{} h left", seconds / 3_600),
    }
}

/// The first characters of a line; what only colours takes no room.
fn cut(line: &str, columns: usize) -> String {
    let (mut kept, mut room, mut in_escape) = (String::new(), columns, false);
    for c in line.chars() {
        in_escape |= c == '\u{1b}';
        if in_escape {
            kept.push(c);
            in_escape = c != 'm';
        } else if room > 0 {
            kept.push(if c == '\t' { ' ' } else { c });
            room -= 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn view(steps: u32) -> View {
        let step = |n: u32| {
            let mut step = json!({
                "step": n, "title": format!("step {n}"), "status": "ready", "depends_on": [], "attempts": 0, "max_attempts": 3,
                "lease_ms": 60_000, "cost": 0,
            });
            if n == steps {
                step["status"] = json!("claimed");
                step["holder"] = json!("alice");
                step["fence"] = json!(1);
                step["expires_at"] = json!("1970-01-01T00:01:00.000Z");
            }
            step
        };
        let state = json!({
            "arena_id": "00000000-0000-7000-8000-000000000001", "kind": "shared", "status": "active", "goal": "go\nfar",
            "strategy": "peer", "open": false, "sequence": 9, "completed_steps": 0, "total_steps": steps, "participants": [],
            "created_by": "alice", "created_at": "1970-01-01T00:00:00.000Z", "settle_grace_ms": 0, "spent": {"attempts": 0, "cost": 0},
            "steps": (1..=steps).map(step).collect::<Vec<_>>(),
        });
        View::of(serde_json::from_value(state).unwrap())
    }

    #[test]
    fn a_view_fits_the_screen_and_shows_first_what_is_under_way() {
        let mut view = view(50);
        (0..200).for_each(|n| view.say(format!("event {n}")));
        assert_eq!(view.events.len(), EVENTS);
        for (columns, rows) in [(80, 24), (20, 10), (200, 60), (5, 3)] {
            let text = view.text(columns, rows, Timestamp::from_millis(18_000));
            let plain = anstream::adapter::strip_str(&text).to_string();
            assert!(plain.lines().count() <= rows, "{rows} rows: {plain}");
            assert!(plain.lines().all(|line| line.chars().count() <= columns), "{columns} columns: {plain}");
        }
        let text = view.text(80, 24, Timestamp::from_millis(18_000));
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert!(plain.lines().nth(5).unwrap().contains("alice, 42 s left"), "{plain}");
        assert!(plain.contains("more") && plain.ends_with("event 199"), "{plain}");
    }

    #[test]
    fn what_is_left_of_a_lease_is_never_less_than_nothing() {
        let at = Timestamp::from_millis;
        assert_eq!(left(at(1_000), at(1_000)), "lease over");
        assert_eq!(left(at(1_001), at(1_000)), "1 s left");
        assert_eq!(left(at(600_000), at(0)), "10 min left");
    }
}
