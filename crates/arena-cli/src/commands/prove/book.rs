//! The auditor of the model: keeps its own book of a contest from the events alone, and notes each law that one breaks.

use arena_core::{
    Contest, ContestEvent,
    contest::{PayoutKind, Status},
};

use super::{
    cast::{Cast, Owner, Who},
    laws::{Law, Laws},
    shares,
};

const DAY_MS: u64 = 86_400_000;

/// An entrant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) who: Who,
    pub(super) paid_in: u64,
    pub(super) out: Option<u32>,
    pub(super) score: i64,
    /// Whether the open round has a score for it.
    pub(super) is_scored: bool,
    refunded: bool,
}

/// What is owed, and how often it was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) kind: PayoutKind,
    pub(super) owner: Owner,
    pub(super) amount: u64,
    pub(super) is_paid: bool,
}

/// The book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Book {
    pub(super) status: Status,
    /// In entry order.
    pub(super) lines: Vec<Line>,
    pub(super) owed: Vec<Owed>,
    pub(super) bond_fates: u8,
    /// Completed rounds, and pages of the open one.
    pub(super) rounds: u32,
    pub(super) pages: u32,
    created_ms: u64,
    started_ms: u64,
    last_ms: u64,
}

impl Book {
    pub(super) fn new(created_ms: u64) -> Self {
        Self {
            status: Status::Registration,
            lines: Vec::new(),
            owed: Vec::new(),
            bond_fates: 0,
            rounds: 0,
            pages: 0,
            created_ms,
            started_ms: 0,
            last_ms: 0,
        }
    }

    /// When registration is over, or the oracle timed out: 3 days; two intervals, and 30 days or the duration and two
    /// intervals at the longest. Nothing is limited after the end.
    pub(super) fn limit_ms(&self, cast: &Cast) -> Option<u64> {
        let silence = 2_000 * u64::from(cast.terms.elimination_interval_s);
        match self.status {
            Status::Registration => Some(self.created_ms + 3 * DAY_MS),
            Status::Active | Status::Eliminating => {
                Some((self.last_ms + silence).min(self.hard_stop_ms(cast)))
            }
            Status::Finished | Status::Cancelled | Status::Abandoned => None,
        }
    }

    fn hard_stop_ms(&self, cast: &Cast) -> u64 {
        let planned = 1_000 * u64::from(cast.terms.duration_s + 2 * cast.terms.elimination_interval_s);
        self.started_ms + planned.max(30 * DAY_MS)
    }

    /// Whether it is the hard stop that comes next.
    pub(super) fn is_at_hard_stop(&self, cast: &Cast) -> bool {
        self.is_in_play() && self.limit_ms(cast) == Some(self.hard_stop_ms(cast))
    }

    pub(super) const fn is_in_play(&self) -> bool {
        matches!(self.status, Status::Active | Status::Eliminating)
    }

    fn paid_in(&self) -> u64 {
        self.lines.iter().map(|line| line.paid_in).sum()
    }

    fn open(&self, of_bond: bool) -> u64 {
        let is_open = |owed: &&Owed| !owed.is_paid && (owed.kind == PayoutKind::Bond) == of_bond;
        self.owed.iter().filter(is_open).map(|owed| owed.amount).sum()
    }

    /// What the escrow has to hold.
    pub(super) fn escrow_due(&self) -> u64 {
        if self.status.is_terminal() { self.open(false) } else { self.paid_in() }
    }

    /// What the bond account has to hold.
    pub(super) fn bond_due(&self, cast: &Cast) -> u64 {
        if self.status.is_terminal() { self.open(true) } else { cast.terms.bond.get() }
    }

    /// Reads the next event; `after` is the contest that the rules made of it.
    pub(super) fn read(&mut self, cast: &Cast, event: &ContestEvent, after: &Contest) -> Laws {
        let mut broken = Laws::none();
        let pays = matches!(event, ContestEvent::ObligationPaid { .. });
        broken.demand(pays || !self.status.is_terminal(), Law::Terminal);
        match event {
            ContestEvent::ContestCreated { .. } => broken.demand(false, Law::Terminal),
            ContestEvent::AgentEntered { agent_id, amount, terms_hash, .. } => {
                broken.demand(*terms_hash == cast.terms.hash(), Law::FrozenTerms);
                broken.demand(self.line(cast, agent_id).is_none(), Law::Authority);
                if let Some(who) = cast.who(agent_id) {
                    let paid_in = amount.get();
                    let line = Line { who, paid_in, out: None, score: 0, is_scored: false, refunded: false };
                    self.lines.push(line);
                }
            }
            ContestEvent::EntryWithdrawn { agent_id, amount, .. } => {
                let paid_in = self.line(cast, agent_id).map(|line| line.paid_in);
                broken.demand(paid_in == Some(amount.get()), Law::RefundedExactly);
                self.lines.retain(|line| cast.id(line.who) != agent_id);
            }
            ContestEvent::ContestStarted { timestamp, .. } => {
                broken.demand(self.nobody_refunded(), Law::RefundedIsOut);
                self.status = Status::Active;
                self.started_ms = timestamp.as_millis();
                self.last_ms = self.started_ms;
            }
            ContestEvent::RoundPageSubmitted { round, eliminated, scores, .. } => {
                broken.demand(self.nobody_refunded(), Law::RefundedIsOut);
                broken.demand(*round == self.rounds + 1, Law::Standings);
                self.status = Status::Eliminating;
                self.pages += 1;
                for line in &mut self.lines {
                    let agent_id = cast.id(line.who);
                    let was_out = line.out.is_some_and(|out| out < *round);
                    if eliminated.contains(agent_id) {
                        broken.demand(line.out.is_none(), Law::Standings);
                        line.out = Some(*round);
                    }
                    if let Some(score) = scores.get(agent_id) {
                        broken.demand(!was_out && !line.is_scored, Law::Standings);
                        line.score = score.get();
                        line.is_scored = true;
                    }
                }
                broken.demand(self.lines.iter().any(|line| line.out.is_none()), Law::Standings);
            }
            ContestEvent::RoundCompleted { timestamp, .. } => {
                self.status = Status::Active;
                self.rounds += 1;
                self.pages = 0;
                self.last_ms = timestamp.as_millis();
                self.lines.iter_mut().for_each(|line| line.is_scored = false);
            }
            ContestEvent::RoundActionsStored { .. } => {}
            ContestEvent::ContestFinalized { protocol_fee, creator_fee, .. } => {
                broken.demand(self.nobody_refunded(), Law::RefundedIsOut);
                self.status = Status::Finished;
                broken = broken.and(self.settle(cast, [protocol_fee.get(), creator_fee.get()], after));
                self.owe_bond(cast);
            }
            ContestEvent::ContestCancelled { .. } => {
                self.status = Status::Cancelled;
                self.owe_refunds();
                self.owe_bond(cast);
            }
            ContestEvent::ContestAbandoned { amount, .. } => {
                self.status = Status::Abandoned;
                broken.demand(*amount == cast.terms.bond, Law::OneBond);
                self.bond_fates += 1;
                self.owe_refunds();
            }
            ContestEvent::ObligationPaid { kind, payee, amount, .. } => {
                broken = broken.and(self.pay(*kind, cast.owner(payee), amount.get()));
            }
        }
        broken.demand(self.bond_fates <= 1, Law::OneBond);
        broken
    }

    fn line(&self, cast: &Cast, agent_id: &arena_core::AgentId) -> Option<&Line> {
        self.lines.iter().find(|line| cast.id(line.who) == agent_id)
    }

    fn nobody_refunded(&self) -> bool {
        self.lines.iter().all(|line| !line.refunded)
    }

    fn owe(&mut self, kind: PayoutKind, owner: Owner, amount: u64) {
        if amount > 0 {
            self.owed.push(Owed { kind, owner, amount, is_paid: false });
        }
    }

    fn owe_bond(&mut self, cast: &Cast) {
        self.owe(PayoutKind::Bond, Owner::Of(Who::Creator), cast.terms.bond.get());
    }

    fn owe_refunds(&mut self) {
        for line in self.lines.clone() {
            self.owe(PayoutKind::Refund, Owner::Of(line.who), line.paid_in);
        }
    }

    /// Owes what the rules gave to each, and compares it with what the book gives.
    fn settle(&mut self, cast: &Cast, [protocol, creator]: [u64; 2], after: &Contest) -> Laws {
        let mut broken = Laws::none();
        let pot = self.paid_in();
        let terms = &cast.terms;
        let shown = |line: &Line| after.entry(cast.id(line.who)).and_then(|entry| entry.result);
        let given: Vec<_> = self.lines.iter().filter_map(shown).collect();
        let standings: Vec<u32> = given.iter().map(|result| result.standing).collect();
        let prizes: Vec<u64> = given.iter().map(|result| result.prize.get()).collect();
        let reached: Vec<_> = self.lines.iter().map(|line| (line.out, line.score)).collect();
        broken.demand(standings == shares::standings(&reached), Law::Standings);
        let fees = [pot / 100, pot * u64::from(terms.creator_fee_bps) / 10_000];
        broken.demand([protocol, creator] == fees, Law::AllPaidOut);
        broken.demand(prizes.iter().sum::<u64>() + protocol + creator == pot, Law::AllPaidOut);
        let pool = pot.saturating_sub(fees.iter().sum());
        let own = shares::prizes(pool, &terms.prize_split_bps, &standings);
        broken.demand(prizes == own, Law::RemainderRule);
        let winners: Vec<Who> = self.lines.iter().map(|line| line.who).collect();
        for (who, prize) in winners.into_iter().zip(prizes) {
            self.owe(PayoutKind::Prize, Owner::Of(who), prize);
        }
        self.owe(PayoutKind::CreatorFee, Owner::Of(Who::Creator), creator);
        self.owe(PayoutKind::ProtocolFee, Owner::Treasury, protocol);
        broken
    }

    /// Something owed was paid, and nothing else ever may be.
    fn pay(&mut self, kind: PayoutKind, owner: Option<Owner>, amount: u64) -> Laws {
        let mut broken = Laws::none();
        self.bond_fates += u8::from(kind == PayoutKind::Bond);
        if kind == PayoutKind::Refund {
            for line in self.lines.iter_mut().filter(|line| owner == Some(Owner::Of(line.who))) {
                broken.demand(line.paid_in == amount, Law::RefundedExactly);
                line.refunded = true;
            }
        }
        let owed = self.owed.iter_mut().find(|owed| owed.kind == kind && Some(owed.owner) == owner);
        let fits = owed.as_ref().is_some_and(|owed| !owed.is_paid && owed.amount == amount);
        broken.demand(fits, Law::PaidOnce);
        if let Some(owed) = owed {
            owed.is_paid = true;
        }
        broken
    }
}
