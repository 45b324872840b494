//! How each event changes a contest: total, and without a decision.

use alloc::vec::Vec;

use rpds::{RedBlackTreeMapSync, VectorSync};

use super::{
    aggregate::Contest,
    entries::{Entry, EntryResult, Round, StoredActions},
    events::ContestEvent,
    obligations::{BondFate, Fee, Fees},
    pages::Content,
    payee::Payee,
    payout, standings,
    status::{self, Action},
    types::{CancelReason, PayoutKind, Score, Status},
};
use crate::{
    amount::Amount,
    ids::{AgentId, ArenaId, Sequence},
    time::Timestamp,
};

impl Contest {
    /// Begins a contest with its first event, which is `ContestCreated`; `None` for any other.
    #[must_use]
    pub fn begin(arena_id: ArenaId, first: &ContestEvent) -> Option<Self> {
        let ContestEvent::ContestCreated { agent_id, title, terms, terms_hash, timestamp } = first else {
            return None;
        };
        Some(Self {
            arena_id,
            sequence: Sequence::ZERO.next(),
            status: Status::Registration,
            title: title.clone(),
            terms: terms.clone(),
            terms_hash: *terms_hash,
            creator: agent_id.clone(),
            created_at: *timestamp,
            started_at: None,
            last_submission_at: None,
            ended_at: None,
            seed: None,
            entries: RedBlackTreeMapSync::new_sync(),
            order: RedBlackTreeMapSync::new_sync(),
            last_number: 0,
            alive: 0,
            pot: Amount::ZERO,
            rounds: VectorSync::new_sync(),
            pages: 0,
            bond: BondFate::Held,
            fees: None,
            escrow_due: 0,
        })
    }

    /// Folds one event in; one that names what is not there counts and changes nothing else.
    pub fn evolve(&mut self, event: &ContestEvent) {
        self.sequence = self.sequence.next();
        match event {
            ContestEvent::ContestCreated { .. } => {}
            ContestEvent::AgentEntered { agent_id, number, amount, terms_hash, timestamp } => {
                self.entered(Entry {
                    agent_id: agent_id.clone(),
                    number: *number,
                    amount: *amount,
                    terms_hash: *terms_hash,
                    entered_at: *timestamp,
                    score: Score::ZERO,
                    eliminated_round: None,
                    result: None,
                    scored_round: 0,
                    is_paid: false,
                });
            }
            ContestEvent::EntryWithdrawn { agent_id, .. } => self.withdrawn(agent_id),
            ContestEvent::ContestStarted { timestamp, .. } => {
                self.moved(Action::Start);
                self.started_at = Some(*timestamp);
                self.last_submission_at = Some(*timestamp);
            }
            ContestEvent::RoundPageSubmitted { round, eliminated, scores, actions_root, last, .. } => {
                let content = Content { eliminated, scores, actions_root: *actions_root, last: *last };
                self.page_submitted(*round, &content);
            }
            ContestEvent::RoundCompleted { round, actions_root, timestamp, .. } => {
                self.moved(Action::CompleteRound);
                self.last_submission_at = Some(*timestamp);
                self.change_round(*round, |round| {
                    round.actions_root = *actions_root;
                    round.completed_at = Some(*timestamp);
                });
            }
            ContestEvent::RoundActionsStored { round, sha256, size, .. } => {
                let actions = StoredActions { sha256: *sha256, size: *size };
                self.change_round(*round, |round| round.actions = Some(actions));
            }
            ContestEvent::ContestFinalized { seed, protocol_fee, creator_fee, timestamp, .. } => {
                self.end(Action::Finalize, *timestamp);
                self.seed = seed.clone();
                self.settle(*protocol_fee, *creator_fee);
            }
            ContestEvent::ContestCancelled { reason, timestamp } => {
                let action = match reason {
                    CancelReason::Creator => Action::Cancel,
                    CancelReason::RegistrationExpired => Action::Expire,
                };
                self.end(action, *timestamp);
            }
            ContestEvent::ContestAbandoned { timestamp, .. } => {
                self.end(Action::Abandon, *timestamp);
                self.bond = BondFate::Slashed;
            }
            ContestEvent::ObligationPaid { kind, payee, .. } => self.paid(*kind, payee),
        }
    }

    /// Goes where the table leads; an event that the table does not have leaves the status.
    fn moved(&mut self, action: Action) {
        self.status = status::after(self.status, action).unwrap_or(self.status);
    }

    fn end(&mut self, action: Action, at: Timestamp) {
        self.moved(action);
        self.ended_at = Some(at);
    }

    fn entered(&mut self, entry: Entry) {
        self.withdrawn(&entry.agent_id);
        self.last_number = self.last_number.max(entry.number);
        self.alive = self.alive.saturating_add(1);
        self.pot = Amount::at_most(self.pot.get().saturating_add(entry.amount.get()));
        self.escrow_due = self.escrow_due.saturating_add(entry.amount.get());
        self.order.insert_mut(entry.number, entry.agent_id.clone());
        self.entries.insert_mut(entry.agent_id.clone(), entry);
    }

    fn withdrawn(&mut self, agent_id: &AgentId) {
        let Some(entry) = self.entries.get(agent_id) else { return };
        let (number, amount) = (entry.number, entry.amount);
        self.entries.remove_mut(agent_id);
        self.order.remove_mut(&number);
        self.alive = self.alive.saturating_sub(1);
        self.pot = self.pot.saturating_sub(amount);
        self.escrow_due = self.escrow_due.saturating_sub(amount.get());
    }

    fn page_submitted(&mut self, round: u32, content: &Content<'_>) {
        self.moved(Action::SubmitPage);
        if self.open_round().is_none() {
            self.rounds.push_back_mut(Round { round, ..Round::default() });
        }
        let mut out: u32 = 0;
        for agent_id in content.eliminated {
            if let Some(entry) = self.entries.get_mut(agent_id).filter(|entry| entry.is_alive()) {
                entry.eliminated_round = Some(round);
                out = out.saturating_add(1);
            }
        }
        for (agent_id, score) in content.scores {
            if let Some(entry) = self.entries.get_mut(agent_id) {
                entry.score = *score;
                entry.scored_round = round;
            }
        }
        self.alive = self.alive.saturating_sub(out);
        self.pages = self.pages.saturating_add(1);
        self.change_round(round, |round| {
            round.eliminated = round.eliminated.saturating_add(out);
            round.pages.push_back_mut(content.hash());
        });
    }

    fn change_round(&mut self, round: u32, change: impl FnOnce(&mut Round)) {
        let index = round.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        if let Some(round) = index.and_then(|index| self.rounds.get_mut(index)) {
            change(round);
        }
    }

    /// Gives each entry its place and prize, so that no payout needs to look at all of them again.
    fn settle(&mut self, protocol_fee: Amount, creator_fee: Amount) {
        let pool = self.pot.saturating_sub(protocol_fee).saturating_sub(creator_fee);
        let prizes = payout::prizes(pool.get(), &self.terms.prize_split_bps, self.entrants());
        self.escrow_due = protocol_fee.get().saturating_add(creator_fee.get());
        let keyed: Vec<_> = self
            .entries()
            .map(|entry| (standings::key(entry.eliminated_round, entry.score), entry.agent_id.clone()))
            .collect();
        for ranked in standings::ranked(keyed) {
            let share = payout::tied_share(&prizes, ranked.standing, ranked.tied, ranked.before);
            if let Some(entry) = self.entries.get_mut(&ranked.of) {
                entry.result = Some(EntryResult { standing: ranked.standing, prize: Amount::at_most(share) });
                self.escrow_due = self.escrow_due.saturating_add(share);
            }
        }
        self.fees = Some(Fees { protocol: Fee::open(protocol_fee), creator: Fee::open(creator_fee) });
    }

    /// Closes an obligation; what is due falls by what was owed, once.
    fn paid(&mut self, kind: PayoutKind, payee: &Payee) {
        let due = match kind {
            PayoutKind::Bond => {
                self.bond = BondFate::Returned;
                Amount::ZERO
            }
            PayoutKind::CreatorFee => {
                self.fees.as_mut().map_or(Amount::ZERO, |fees| close(&mut fees.creator))
            }
            PayoutKind::ProtocolFee => {
                self.fees.as_mut().map_or(Amount::ZERO, |fees| close(&mut fees.protocol))
            }
            PayoutKind::Prize | PayoutKind::Refund => match payee {
                Payee::Agent(agent_id) => self.close_entry(agent_id),
                Payee::Treasury => Amount::ZERO,
            },
        };
        self.escrow_due = self.escrow_due.saturating_sub(due.get());
    }

    fn close_entry(&mut self, agent_id: &AgentId) -> Amount {
        let Some(entry) = self.entries.get_mut(agent_id).filter(|entry| !entry.is_paid) else {
            return Amount::ZERO;
        };
        entry.is_paid = true;
        entry.result.map_or(entry.amount, |result| result.prize)
    }
}

fn close(fee: &mut Fee) -> Amount {
    if fee.is_paid {
        return Amount::ZERO;
    }
    fee.is_paid = true;
    fee.amount
}
