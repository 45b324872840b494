//! Every stream replayed: snapshots, reports and derived rows are what the events give.

use arena_core::{ArenaId, Hash, Sequence, collaboration::Head};

use super::{
    super::{ledger, rows},
    Inspector,
    derived::Derived,
};
use crate::{
    ledger::Recount,
    storage::LedgerItem,
    stream::FORM,
    verify::{Divergence, Replay},
};

/// A snapshot, but for its state.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeptSnapshot {
    form: u32,
    head: Head,
    state_hash: Hash,
}

impl Inspector<'_> {
    /// Replays every stream.
    pub(super) fn states(&mut self) {
        let mut current: Option<(Replay, Derived)> = None;
        let mut recount = Recount::default();
        let query = ledger::events_with_transfers("INDEXED BY events_by_arena");
        self.rows(&query, "the index of the journal", |inspector, row| {
            let Ok(event) = rows::event(row) else { return Ok(()) };
            let transfer = match ledger::transfer_beside(row) {
                Ok(transfer) => transfer,
                Err(error) => {
                    let reason = format!("its transfer has an odd value: {error}");
                    inspector.name(event.arena_id, event.sequence, reason);
                    None
                }
            };
            if current.as_ref().is_none_or(|(replay, _)| replay.arena_id != event.arena_id)
                && let Some((replay, derived)) =
                    current.replace((Replay::new(event.arena_id), Derived::default()))
            {
                inspector.compare(&replay, &derived, &mut recount);
            }
            let Some((replay, derived)) = current.as_mut() else { return Ok(()) };
            // Of a stream that does not hang together, only that is said.
            if replay.head.sequence.next() == event.sequence {
                match replay.fold(&event) {
                    Ok(folded) => {
                        recount.event(&event, &folded, transfer.as_ref());
                        derived.apply(folded.listed);
                    }
                    Err(error) => {
                        inspector.push(Divergence::of(&error, event.arena_id, event.sequence));
                    }
                }
                inspector.snapshot(replay);
            }
            Ok(())
        });
        if let Some((replay, derived)) = current {
            self.compare(&replay, &derived, &mut recount);
        }
        self.stray_snapshots();
        self.ledger(recount);
    }

    /// A stream that was replayed to its end has the rows which its events give.
    fn compare(&mut self, replay: &Replay, derived: &Derived, recount: &mut Recount) {
        if let Some(contest) = replay.contest() {
            recount.contest(contest);
        }
        let is_arena = replay.shared().is_some() || replay.contest().is_some();
        if self.ends.get(&replay.arena_id) == Some(&replay.head) && is_arena {
            self.derived(replay, derived);
        }
    }

    /// The rows of the ledger are those that all events together give.
    fn ledger(&mut self, mut recount: Recount) {
        let mut see = |item| match item {
            LedgerItem::Transfers(count) => recount.transfers(count),
            LedgerItem::Account(account, balance) => recount.account(&account, balance),
            LedgerItem::Profile(agent_id, counters) => recount.profile(&agent_id, counters),
            LedgerItem::Unreadable(position, reason) => recount.unreadable(position, reason),
            LedgerItem::Event(..) => {}
        };
        if let Err(error) = ledger::walk_rows(self.connection, &mut see) {
            self.name(ArenaId::SYSTEM, Sequence::ZERO, format!("the ledger cannot be read: {error}"));
        }
        for found in recount.finish().0 {
            self.name(found.arena_id, found.sequence, found.reason);
        }
    }

    /// Compares the stream's snapshot when the replay stands where it was taken.
    fn snapshot(&mut self, replay: &Replay) {
        let Some(kept) = self.snapshots.get(&replay.arena_id).copied() else { return };
        if kept.head.sequence != replay.head.sequence {
            return;
        }
        self.snapshots.remove(&replay.arena_id);
        if kept.form == FORM
            && let Err(divergence) = replay.check_snapshot(kept.head, kept.state_hash)
        {
            self.push(divergence);
        }
    }

    /// Looks at every snapshot before the streams are replayed.
    pub(super) fn snapshots(&mut self) {
        let query = "SELECT arena_id, form, sequence, hash, state_hash, state FROM snapshots";
        self.rows(query, "the snapshots", |inspector, row| {
            let arena_id = rows::arena_id(row)?;
            let head = Head { sequence: Sequence::new(row.get(2)?), hash: rows::hash(row, 3)? };
            let kept = KeptSnapshot { form: row.get(1)?, head, state_hash: rows::hash(row, 4)? };
            let state = row.get_ref(5)?.as_blob()?;
            if Hash::of(state) != kept.state_hash {
                inspector.name(arena_id, head.sequence, "the snapshot does not have its hash");
            } else {
                inspector.snapshots.insert(arena_id, kept);
            }
            Ok(())
        });
    }

    /// Names snapshots that no replay passed.
    fn stray_snapshots(&mut self) {
        for (arena_id, kept) in std::mem::take(&mut self.snapshots) {
            self.name(arena_id, kept.head.sequence, "the snapshot stands after no event of its stream");
        }
    }
}
