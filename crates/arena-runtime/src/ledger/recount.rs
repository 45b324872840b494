//! The whole ledger derived from the journal anew, and compared with the rows that are stored.

use std::collections::BTreeMap;

use arena_core::{
    AgentId, ArenaId, Position, Sequence,
    contest::{Contest, CounterChange, Counters, ObligationStatus, PayoutKind},
    ledger::Account,
};

use super::{checks::owed, signed};
use crate::{
    error::StorageError,
    record::StoredEvent,
    storage::{ArenaStorage, Breach, LedgerItem, TransferRow},
    verify::Replay,
    views::Folded,
};

/// How many divergences are named at most.
const MOST_NAMED: usize = 1_000;

/// What an audit of the ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Whether every row is what the journal gives, and every contest holds what it owes.
    pub ok: bool,
    /// How many transfers, balances, profiles and contests were looked at.
    pub checked: u64,
    /// The first thing that does not fit.
    pub first_divergence: Option<LedgerDivergence>,
}

/// A place where the ledger is not what the journal gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerDivergence {
    /// The event at which it shows; for a balance or a profile the last one that moved it.
    pub position: Position,
    /// That event's stream.
    pub arena_id: ArenaId,
    /// That event's number in its stream; 0 when there is none.
    pub sequence: Sequence,
    /// What does not fit.
    pub reason: String,
}

/// Where something was moved last.
#[derive(Clone, Copy, Debug)]
struct Place {
    position: Position,
    arena_id: ArenaId,
    sequence: Sequence,
}

const NOWHERE: Place =
    Place { position: Position::ZERO, arena_id: ArenaId::SYSTEM, sequence: Sequence::ZERO };

impl Place {
    const fn of(event: &StoredEvent) -> Self {
        Self { position: event.position, arena_id: event.arena_id, sequence: event.sequence }
    }
}

/// The ledger that the events shown so far give, and what was found not to fit.
#[derive(Debug, Default)]
pub(crate) struct Recount {
    balances: BTreeMap<Account, (i64, Place)>,
    profiles: BTreeMap<AgentId, (Counters, Place)>,
    transfers: u64,
    checked: u64,
    found: Vec<LedgerDivergence>,
}

impl Default for Place {
    fn default() -> Self {
        NOWHERE
    }
}

impl Recount {
    /// Folds in what an event changes, and compares the transfer that is stored at its position.
    pub(crate) fn event(&mut self, stored: &StoredEvent, folded: &Folded, row: Option<&TransferRow>) {
        let place = Place::of(stored);
        if folded.transfer.as_ref() != row {
            self.name(
                place,
                match (&folded.transfer, row) {
                    (Some(_), None) => "its transfer is missing".to_owned(),
                    (None, Some(_)) => "it has a transfer and moves nothing".to_owned(),
                    (Some(_), Some(_)) | (None, None) => "its transfer is not what it says".to_owned(),
                },
            );
        }
        if let Some(transfer) = &folded.transfer {
            self.transfers += 1;
            self.checked += 1;
            self.transfer(transfer, place);
        }
        for (agent_id, change) in &folded.counted {
            self.count(agent_id, *change, place);
        }
    }

    /// Folds in a transfer that an event makes.
    pub(crate) fn transferred(&mut self, stored: &StoredEvent, folded: &Folded) {
        self.event(stored, folded, folded.transfer.as_ref());
    }

    fn transfer(&mut self, transfer: &TransferRow, place: Place) {
        let amount = signed(transfer.amount);
        for (account, by) in [(&transfer.debit, -amount), (&transfer.credit, amount)] {
            let (balance, last) = self.balances.entry(account.clone()).or_default();
            *balance = balance.saturating_add(by);
            *last = place;
        }
    }

    fn count(&mut self, agent_id: &AgentId, change: CounterChange, place: Place) {
        let (counters, last) = self.profiles.entry(agent_id.clone()).or_default();
        *counters = counters.after(change);
        *last = place;
    }

    /// A contest's accounts hold what it owes.
    pub(crate) fn contest(&mut self, contest: &Contest) {
        self.checked += 1;
        for (account, due) in owed_in_full(contest).into_iter().chain(owed(contest)) {
            let (held, place) = self.balances.get(&account).copied().unwrap_or_default();
            if held != due {
                let place = if place.position == Position::ZERO {
                    Place { arena_id: contest.arena_id(), ..NOWHERE }
                } else {
                    place
                };
                self.name(place, format!("{account} holds {held} and owes {due}"));
            }
        }
    }

    /// There are as many transfers as events that make one: none besides.
    pub(crate) fn transfers(&mut self, stored: u64) {
        if stored > self.transfers {
            let stray = stored - self.transfers;
            self.name(NOWHERE, format!("{stray} transfers are stored that no event makes"));
        }
    }

    /// A stored balance; all are shown once.
    pub(crate) fn account(&mut self, account: &Account, stored: i64) {
        self.checked += 1;
        let (given, place) = self.balances.remove(account).unwrap_or_default();
        if given != stored {
            self.name(place, format!("{account} holds {stored}, its transfers give {given}"));
        } else if given < 0 && *account != Account::External {
            self.name(place, format!("{account} is below zero: {given}"));
        }
    }

    /// A stored profile; all are shown once.
    pub(crate) fn profile(&mut self, agent_id: &AgentId, stored: Counters) {
        self.checked += 1;
        let (given, place) = self.profiles.remove(agent_id).unwrap_or_default();
        if given != stored {
            self.name(place, format!("the counters of {agent_id} are not what the contests give"));
        }
    }

    /// A row that cannot be read.
    pub(crate) fn unreadable(&mut self, position: Position, reason: String) {
        self.name(Place { position, ..NOWHERE }, reason);
    }

    /// Everything that does not fit, first things first, when all rows were shown; and how much was looked at.
    pub(crate) fn finish(mut self) -> (Vec<LedgerDivergence>, u64) {
        for (account, (given, place)) in std::mem::take(&mut self.balances) {
            if given != 0 {
                self.name(place, format!("{account} is missing, its transfers give {given}"));
            }
        }
        for (agent_id, (given, place)) in std::mem::take(&mut self.profiles) {
            if given != Counters::default() {
                self.name(place, format!("the counters of {agent_id} are missing"));
            }
        }
        self.found.sort_by(|a, b| (a.position, &a.reason).cmp(&(b.position, &b.reason)));
        (self.found, self.checked)
    }

    /// The rows that the events give: for a store that has none yet.
    pub(crate) fn balances(&self) -> impl Iterator<Item = (&Account, i64)> {
        self.balances.iter().map(|(account, (balance, _))| (account, *balance))
    }

    /// The same for profiles.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = (&AgentId, Counters)> {
        self.profiles.iter().map(|(agent_id, (counters, _))| (agent_id, *counters))
    }

    fn name(&mut self, place: Place, reason: impl Into<String>) {
        if self.found.len() < MOST_NAMED {
            let Place { position, arena_id, sequence } = place;
            self.found.push(LedgerDivergence { position, arena_id, sequence, reason: reason.into() });
        }
    }

    /// Audits a store that may be in use.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read at all.
    pub(crate) fn audit(storage: &dyn ArenaStorage) -> Result<Audit, StorageError> {
        let mut auditor = Auditor::default();
        storage.walk(&mut |item| auditor.see(item))?;
        auditor.end_stream();
        let (found, checked) = auditor.recount.finish();
        let first_divergence = found.into_iter().next();
        Ok(Audit { ok: first_divergence.is_none(), checked, first_divergence })
    }
}

impl Audit {
    /// The breach that a failed audit is.
    pub(crate) fn breach(self) -> Option<Breach> {
        self.first_divergence.map(|first| Breach { position: first.position, reason: first.reason })
    }
}

/// What a contest's accounts must hold, added up from each single obligation; before the end, from what was paid in.
fn owed_in_full(contest: &Contest) -> [(Account, i64); 2] {
    let (mut escrow, mut bond) = (0i64, 0i64);
    if contest.status().is_terminal() {
        for obligation in contest.obligations() {
            let open = match obligation.status {
                ObligationStatus::Open => signed(obligation.amount),
                ObligationStatus::Paid => 0,
            };
            match obligation.kind {
                PayoutKind::Bond => bond = bond.saturating_add(open),
                PayoutKind::Prize | PayoutKind::CreatorFee | PayoutKind::ProtocolFee | PayoutKind::Refund => {
                    escrow = escrow.saturating_add(open);
                }
            }
        }
    } else {
        escrow = contest.entries().map(|entry| signed(entry.amount)).fold(0, i64::saturating_add);
        bond = signed(contest.terms().bond);
    }
    let arena_id = contest.arena_id();
    [(Account::Escrow(arena_id), escrow), (Account::Bond(arena_id), bond)]
}

/// Shows a store to a recount, stream by stream.
#[derive(Default)]
struct Auditor {
    recount: Recount,
    stream: Option<Replay>,
}

impl Auditor {
    fn see(&mut self, item: LedgerItem) {
        match item {
            LedgerItem::Event(stored, row) => self.event(&stored, row.as_ref()),
            LedgerItem::Transfers(count) => {
                self.end_stream();
                self.recount.transfers(count);
            }
            LedgerItem::Account(account, balance) => self.recount.account(&account, balance),
            LedgerItem::Profile(agent_id, counters) => self.recount.profile(&agent_id, counters),
            LedgerItem::Unreadable(position, reason) => self.recount.unreadable(position, reason),
        }
    }

    fn event(&mut self, stored: &StoredEvent, row: Option<&TransferRow>) {
        if self.stream.as_ref().is_none_or(|stream| stream.arena_id != stored.arena_id) {
            self.end_stream();
            self.stream = Some(Replay::new(stored.arena_id));
        }
        let Some(stream) = &mut self.stream else { return };
        // Nothing in a shared arena moves money; that it hangs together is for `verify` to say.
        let folded = if stream.is_shared(stored) { Ok(Folded::default()) } else { stream.check(stored) };
        match folded {
            Ok(folded) => self.recount.event(stored, &folded, row),
            Err(error) => self.recount.unreadable(stored.position, error.to_string()),
        }
    }

    fn end_stream(&mut self) {
        if let Some(contest) = self.stream.take().as_ref().and_then(Replay::contest) {
            self.recount.contest(contest);
        }
    }
}
