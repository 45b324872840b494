//! When time next decides something in an arena. Remembered lazily: a deadline that moves later is not written again,
//! the timer finds nothing due and looks up the next one.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use arena_core::{ArenaId, Timestamp};
use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

/// How long the timer sleeps at most, so that a clock that was set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Each arena's remembered deadline, at or before its real one.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    table: Mutex<Table>,
    changed: Condvar,
    quiet: Notify,
}

#[derive(Debug, Default)]
struct Table {
    remembered: HashMap<ArenaId, Timestamp>,
    /// What the timer has not taken yet.
    queue: BTreeSet<(Timestamp, ArenaId)>,
    /// What the timer has taken and not yet carried out.
    taken: usize,
    closed: bool,
}

/// What the timer is to do next.
pub(crate) enum Due {
    /// Let time pass in these arenas, and say so to [`Deadlines::carried_out`].
    Arenas(Vec<ArenaId>),
    /// Look at the clock again.
    LookAgain,
    /// The runtime is shutting down.
    Closed,
}

impl Deadlines {
    /// Begins with what the store remembers.
    pub(crate) fn new(remembered: Vec<(ArenaId, Timestamp)>) -> Self {
        let queue = remembered.iter().map(|(arena_id, due)| (*due, *arena_id)).collect();
        let table = Table { remembered: remembered.into_iter().collect(), queue, ..Table::default() };
        Self { table: Mutex::new(table), ..Self::default() }
    }

    /// Has the timer look at an arena at `at`, whatever is remembered: the store may hold another deadline.
    pub(crate) fn look_again(&self, arena_id: ArenaId, at: Timestamp) {
        self.table.lock().queue.insert((at, arena_id));
        self.changed.notify_all();
    }

    /// Whether what is remembered must change, now that an arena's next deadline is `next`; and to what.
    ///
    /// `exact`: the timer asks, which has just let time pass; otherwise only an earlier deadline matters.
    pub(crate) fn change(
        &self,
        arena_id: ArenaId,
        next: Option<Timestamp>,
        exact: bool,
    ) -> Option<Option<Timestamp>> {
        let remembered = self.table.lock().remembered.get(&arena_id).copied();
        let earlier = match (remembered, next) {
            (Some(remembered), Some(next)) => next < remembered,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        (earlier || exact && remembered != next).then_some(next)
    }

    /// Remembers what is now durable.
    pub(crate) fn remember(&self, changes: &[(ArenaId, Option<Timestamp>)]) {
        if changes.is_empty() {
            return;
        }
        let mut table = self.table.lock();
        for (arena_id, due) in changes {
            if let Some(before) = table.remembered.remove(arena_id) {
                table.queue.remove(&(before, *arena_id));
            }
            if let Some(due) = due {
                table.remembered.insert(*arena_id, *due);
                table.queue.insert((*due, *arena_id));
            }
        }
        self.changed.notify_all();
    }

    /// Takes all that is due at `now`, waiting for it for a while. The timer's alone.
    pub(crate) fn take_due(&self, now: impl Fn() -> Timestamp) -> Due {
        let mut table = self.table.lock();
        if table.closed {
            return Due::Closed;
        }
        let at = now();
        let mut due = Vec::new();
        while let Some(first) = table.queue.first().copied().filter(|(time, _)| *time <= at) {
            table.queue.remove(&first);
            due.push(first.1);
        }
        if !due.is_empty() {
            table.taken += due.len();
            return Due::Arenas(due);
        }
        self.quiet.notify_waiters();
        let next = table.queue.first().map(|(time, _)| Duration::from_millis(time.since(at).get()));
        self.changed.wait_for(&mut table, next.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
        Due::LookAgain
    }

    /// Says that so many of those taken are carried out.
    pub(crate) fn carried_out(&self, done: usize) {
        let mut table = self.table.lock();
        table.taken = table.taken.saturating_sub(done);
    }

    /// Wakes the timer and waits until nothing is due at `now` and nothing is being carried out.
    pub(crate) async fn passed(&self, now: Timestamp) {
        loop {
            let quiet = self.quiet.notified();
            tokio::pin!(quiet);
            quiet.as_mut().enable();
            {
                let table = self.table.lock();
                let due = table.queue.first().is_some_and(|(time, _)| *time <= now);
                if table.closed || !due && table.taken == 0 {
                    return;
                }
                self.changed.notify_all();
            }
            quiet.await;
        }
    }

    /// Stops the timer.
    pub(crate) fn close(&self) {
        self.table.lock().closed = true;
        self.changed.notify_all();
        self.quiet.notify_waiters();
    }
}
