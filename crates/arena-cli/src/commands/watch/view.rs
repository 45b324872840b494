//! What `arena watch` shows: lifecycle and progress, the board, the last events, as many lines as there is room for.

use std::collections::VecDeque;

use arena_api::{arenas::State, events::Event, steps::Step};
use arena_core::{Timestamp, collaboration::StepStatus};

use super::line::{columns_of, cut, left, padded, rule};
use crate::{
    paint::{self, first_line, paint, status_style},
    text,
};

/// How many events are remembered for the view.
const EVENTS: usize = 100;
/// The narrowest column for the titles of steps, and the widest.
const TITLE: (usize, usize) = (12, 60);
/// What stands beside the title of a step: its number, status, holder and lease.
const BESIDE: usize = 46;
/// From how many rows on some are left empty.
const ROOMY: usize = 12;
/// How long before its end a lease stands out, in milliseconds.
const ENDS_SOON: u64 = 15_000;

/// An arena and what happened in it last.
#[derive(Debug)]
pub(super) struct View {
    pub(super) state: State,
    /// Whether something happened since the state was read.
    pub(super) is_stale: bool,
    /// Why nothing is heard, while that is so.
    lost: Option<String>,
    events: VecDeque<String>,
}

impl View {
    /// Nothing has happened yet but `events`.
    pub(super) fn of(state: State, events: &[Event]) -> Self {
        let mut view = Self { state, is_stale: false, lost: None, events: VecDeque::new() };
        events.iter().for_each(|event| view.add(event));
        view.is_stale = false;
        view
    }

    /// Something happened.
    pub(super) fn add(&mut self, event: &Event) {
        self.is_stale = true;
        if self.events.len() == EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(text::event::event(event).trim_end().to_owned());
    }

    /// Nothing is heard for now.
    pub(super) fn lose(&mut self, why: String) {
        self.lost = Some(why);
    }

    /// It is heard again.
    pub(super) fn regain(&mut self) {
        self.lost = None;
        self.is_stale = true;
    }

    /// The view on so many columns and rows, at a time of the server's.
    pub(super) fn text(&self, columns: usize, rows: usize, now: Timestamp) -> String {
        let arena = &self.state.arena;
        let mut lines = vec![self.title(columns), self.link(columns)];
        lines.push(format!(" {}   {}", text::arena::lifecycle(arena.status), text::arena::progress(arena)));
        if rows >= ROOMY {
            lines.insert(2, String::new());
            lines.push(String::new());
        }
        // The rules over board and events, and the last line.
        let room = rows.saturating_sub(lines.len() + 3);
        let events = self.events.len().min(room / 3);
        let board = self.board(columns, room.saturating_sub(events), now);
        lines.push(rule("steps", columns));
        let filled = board.len();
        lines.extend(board);
        lines.push(rule("last events", columns));
        let events = self.events.len().min(room.saturating_sub(filled));
        lines.extend(self.events.iter().skip(self.events.len() - events).cloned());
        lines.truncate(rows.saturating_sub(1));
        lines.resize(rows.saturating_sub(1), String::new());
        lines.push(paint(paint::QUIET, " q quits"));
        lines.iter().map(|line| cut(line, columns)).collect::<Vec<_>>().join("\n")
    }

    /// The goal, and at the right end whether this is live.
    fn title(&self, columns: usize) -> String {
        let (style, link) = match self.lost {
            Some(_) => (paint::WRONG, "reconnecting "),
            None => (paint::DONE, "live "),
        };
        let goal = format!(" {}", first_line(&self.state.arena.goal));
        let room = columns.saturating_sub(link.len() + 1);
        format!("{} {}", paint(paint::STRONG, padded(&goal, room)), paint(style, link))
    }

    /// Which arena, and how far; or why nothing is heard.
    fn link(&self, columns: usize) -> String {
        let arena = &self.state.arena;
        match &self.lost {
            Some(why) => paint(paint::WRONG, padded(&format!(" {why}"), columns)),
            None => {
                let line = format!(" {}  sequence {}", arena.arena_id, arena.sequence);
                paint(paint::QUIET, line)
            }
        }
    }

    /// The steps in so many lines, those first that are under way.
    fn board(&self, columns: usize, lines: usize, now: Timestamp) -> Vec<String> {
        let mut steps: Vec<&Step> = self.state.steps.iter().collect();
        steps.sort_by_key(|step| (urgency(step.status), step.step));
        let shown = if steps.len() > lines { lines.saturating_sub(1) } else { lines };
        let longest = steps.iter().map(|step| columns_of(&first_line(&step.title))).max().unwrap_or(0);
        let title = longest.min(columns.saturating_sub(BESIDE)).clamp(TITLE.0, TITLE.1);
        let mut board: Vec<String> = steps.iter().take(shown).map(|step| row(step, title, now)).collect();
        if steps.len() > shown && lines > 0 {
            board.push(paint(paint::QUIET, format_args!("       and {} more", steps.len() - shown)));
        }
        if steps.is_empty() && lines > 0 {
            board.push(paint(paint::QUIET, "       there are no steps yet"));
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

/// `   3  claimed    parse the input   alice         42 s left`.
fn row(step: &Step, title: usize, now: Timestamp) -> String {
    let status = paint(status_style(step.status.as_str()), format_args!("{:<10}", step.status.as_str()));
    let who = step.holder.as_ref().or(step.completed_by.as_ref());
    let who = who.map(ToString::to_string).unwrap_or_default();
    let lease = step.expires_at.map(|at| {
        let ends_soon = at.as_millis() <= now.as_millis() + ENDS_SOON;
        paint(if ends_soon { paint::WRONG } else { paint::BUSY }, left(at, now))
    });
    format!(
        "{:>5}  {status} {}  {} {}",
        step.step,
        padded(&first_line(&step.title), title),
        paint(if step.holder.is_some() { paint::STRONG } else { paint::QUIET }, padded(&who, 14)),
        lease.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(n: usize) -> Event {
        let event = json!({
            "arena_id": "00000000-0000-7000-8000-000000000001", "sequence": n, "position": n, "type": "message_sent",
            "actor": "alice", "recorded_at": "1970-01-01T00:00:00.000Z", "data": {"to": [], "body": format!("event {n}")},
            "previous_hash": "0".repeat(64), "hash": "0".repeat(64),
        });
        serde_json::from_value(event).unwrap()
    }

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
        View::of(serde_json::from_value(state).unwrap(), &[])
    }

    #[test]
    fn a_view_fits_the_screen_and_shows_first_what_is_under_way() {
        let mut view = view(50);
        (1..200).for_each(|n| view.add(&event(n)));
        assert_eq!(view.events.len(), EVENTS);
        let plain = |view: &View, columns, rows| {
            anstream::adapter::strip_str(&view.text(columns, rows, Timestamp::from_millis(18_000)))
                .to_string()
        };
        for (columns, rows) in [(80, 24), (20, 10), (200, 60), (5, 3), (1, 1)] {
            for lost in [false, true] {
                view.lost = lost.then(|| "the stream is lost".to_owned());
                let text = plain(&view, columns, rows);
                assert_eq!(text.split('\n').count(), rows, "{rows} rows: {text}");
                assert!(
                    text.lines().all(|line| line.chars().count() <= columns),
                    "{columns} columns: {text}"
                );
            }
        }
        view.regain();
        let text = plain(&view, 80, 24);
        let board = text.lines().nth(6).unwrap();
        assert!(
            board.contains("claimed") && board.contains("alice") && board.contains("42 s left"),
            "{text}"
        );
        assert!(text.contains("more") && text.contains("event 199") && text.ends_with(" q quits"), "{text}");
    }

    #[test]
    fn what_is_lost_is_told_where_it_is_seen_and_no_longer_than_it_is_so() {
        let mut view = view(1);
        let first_lines = |view: &View| {
            let text = view.text(80, 24, Timestamp::from_millis(0));
            anstream::adapter::strip_str(&text).to_string().lines().take(2).collect::<Vec<_>>().join("|")
        };
        assert!(first_lines(&view).contains("go") && first_lines(&view).contains("live"));
        view.lose("the stream is lost: gone".to_owned());
        assert!(first_lines(&view).contains("reconnecting") && first_lines(&view).contains("lost: gone"));
        view.regain();
        assert!(first_lines(&view).contains("live") && view.is_stale);
    }
}
