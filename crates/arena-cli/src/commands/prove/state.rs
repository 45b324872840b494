//! A state of the model: the real contest, the time, the ledger, the auditor's book, and the laws broken so far.

use std::hash::{Hash, Hasher};

use arena_core::{
    Contest, Timestamp,
    contest::{ObligationStatus, PayoutKind, Status},
};

use super::{
    book::Book,
    cast::{Cast, Owner, Who},
    laws::Laws,
    ledger::{Ledger, units},
};

/// A state; two are the same when they differ by names and by what nothing depends on.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) contest: Contest,
    pub(super) now_ms: u64,
    pub(super) ledger: Ledger,
    pub(super) book: Book,
    /// Rounds that the heartbeat completed.
    pub(super) empty_rounds: u32,
    pub(super) broken: Laws,
    /// What tells it from others.
    key: Vec<i64>,
}

/// Where the time is in relation to the next limit; nothing else of it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Early,
    JustBefore,
    Over,
    Ended,
}

impl State {
    pub(super) fn new(contest: Contest, now_ms: u64, ledger: Ledger, book: Book) -> Self {
        Self { contest, now_ms, ledger, book, empty_rounds: 0, broken: Laws::none(), key: Vec::new() }
    }

    /// The same at another time.
    pub(super) fn at(self, now_ms: u64) -> Self {
        Self { now_ms, ..self }
    }

    pub(super) const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms)
    }

    /// Completed rounds without the heartbeat's.
    pub(super) const fn told_rounds(&self) -> u32 {
        self.book.rounds.saturating_sub(self.empty_rounds)
    }

    pub(super) fn phase(&self, cast: &Cast) -> Phase {
        match self.book.limit_ms(cast) {
            None => Phase::Ended,
            Some(limit) if self.now_ms >= limit => Phase::Over,
            Some(limit) if self.now_ms + 1 == limit => Phase::JustBefore,
            Some(_) => Phase::Early,
        }
    }

    /// Works the key out anew; with `names`, entrants are told apart by name too.
    pub(super) fn keyed(mut self, cast: &Cast, names: bool) -> Self {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        self.write_whole(cast, &mut key);
        self.write_entries(cast, names, &mut key);
        self.write_rest(cast, names, &mut key);
        self.key = key;
        self
    }

    fn write_whole(&self, cast: &Cast, key: &mut Vec<i64>) {
        key.extend([
            i64::from(self.broken.bits()),
            self.contest.status() as i64,
            self.book.status as i64,
            self.phase(cast) as i64,
            units(self.contest.escrow_due()),
            units(self.contest.bond_due()),
            self.ledger.escrow,
            self.ledger.bond,
            self.ledger.treasury,
            self.ledger.external(),
            i64::from(self.book.bond_fates),
        ]);
        if self.book.is_in_play() {
            key.extend([
                i64::from(self.book.is_at_hard_stop(cast)),
                i64::from(self.told_rounds()),
                i64::from(self.book.pages),
                i64::from(self.book.rounds == 0),
            ]);
        }
    }

    /// The entrants in entry order, which is what the rules tell them apart by. Once all is settled only what is owed matters.
    fn write_entries(&self, cast: &Cast, names: bool, key: &mut Vec<i64>) {
        let round = |out: Option<u32>| out.map_or(0, |out| i64::from(out.saturating_sub(self.empty_rounds)));
        for (line, entry) in self.book.lines.iter().zip(self.contest.entries()) {
            if names || line.who == Who::Creator {
                key.push(code(line.who));
            }
            if entry.agent_id != *cast.id(line.who) {
                key.push(-1);
            }
            key.extend([units(line.paid_in), self.ledger.wallet(cast, line.who)]);
            if self.book.is_in_play() {
                let seen = [round(entry.eliminated_round), entry.score.get()];
                key.extend([round(line.out), line.score, i64::from(line.is_scored)].into_iter().chain(seen));
            }
            for kind in [PayoutKind::Prize, PayoutKind::Refund] {
                self.write_owed(cast, kind, Owner::Of(line.who), key);
            }
        }
        let spare = self.contest.entries().count().abs_diff(self.book.lines.len());
        key.push(units(u64::try_from(spare).unwrap_or(u64::MAX)));
    }

    fn write_rest(&self, cast: &Cast, names: bool, key: &mut Vec<i64>) {
        let has_entered = |who: &Who| self.book.lines.iter().any(|line| line.who == *who);
        let outside = cast.entrants().filter(|who| !has_entered(who));
        let mut wallets: Vec<i64> = outside.map(|who| self.ledger.wallet(cast, who)).collect();
        if !names {
            wallets.sort_unstable();
        }
        key.extend(wallets);
        key.extend([Who::Creator, Who::Oracle, Who::Stranger].map(|who| self.ledger.wallet(cast, who)));
        if self.book.status.is_terminal() {
            self.write_owed(cast, PayoutKind::CreatorFee, Owner::Of(Who::Creator), key);
            self.write_owed(cast, PayoutKind::Bond, Owner::Of(Who::Creator), key);
            self.write_owed(cast, PayoutKind::ProtocolFee, Owner::Treasury, key);
        }
    }

    /// What the rules and what the book say is owed.
    fn write_owed(&self, cast: &Cast, kind: PayoutKind, owner: Owner, key: &mut Vec<i64>) {
        if !self.book.status.is_terminal() && !self.contest.status().is_terminal() {
            return;
        }
        let said = self.contest.obligation(kind, &cast.payee(owner));
        let is_paid = |status| i64::from(status == ObligationStatus::Paid);
        key.extend(said.map_or([-1, -1], |said| [units(said.amount.get()), is_paid(said.status)]));
        let own = self.book.owed.iter().find(|owed| owed.kind == kind && owed.owner == owner);
        key.extend(own.map_or([-1, -1], |own| [units(own.amount), i64::from(own.is_paid)]));
    }

    /// Whether an entrant has been paid a prize.
    pub(super) fn prize_was_claimed(&self) -> bool {
        self.book.owed.iter().any(|owed| owed.kind == PayoutKind::Prize && owed.is_paid)
    }

    /// Whether every entrant of an ended contest has its fee back.
    pub(super) fn all_are_refunded(&self, status: Status) -> bool {
        let mut refunds = self.book.owed.iter().filter(|owed| owed.kind == PayoutKind::Refund);
        self.book.status == status && self.book.lines.len() > 1 && refunds.all(|owed| owed.is_paid)
    }

    /// Whether two entrants share a standing and its prizes.
    pub(super) fn tie_was_split(&self) -> bool {
        let winners: Vec<_> = self.contest.entries().filter_map(|entry| entry.result).collect();
        let shared = |index: usize, standing: u32| {
            winners.iter().skip(index + 1).any(|other| other.standing == standing && !other.prize.is_zero())
        };
        winners.iter().enumerate().any(|(index, one)| !one.prize.is_zero() && shared(index, one.standing))
    }
}

const fn code(who: Who) -> i64 {
    match who {
        Who::Entrant(index) => 1 + index as i64,
        Who::Creator => -2,
        Who::Oracle => -3,
        Who::Stranger => -4,
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for State {}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}
