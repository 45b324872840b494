//! An auditor apart from the rules: keeps its own books from terms, events and postings, in 128 bits, and finds fault.

use std::collections::{BTreeMap, BTreeSet};

use arena_core::{
    contest::{posting, ContestEvent, ObligationStatus, Payee, PayoutKind, Status, Terms},
    ledger::{Account, Reason},
    AgentId, Contest,
};

use super::{money::prizes_by_sorting, world::ARENA};

/// What everybody has at first.
const PURSE: i128 = 1_000_000;

/// An entrant in the auditor's books.
#[derive(Clone, Debug)]
struct Line {
    number: u32,
    paid_in: i128,
    score: i64,
    out: Option<u32>,
}

/// The auditor's books.
#[derive(Clone, Debug)]
pub(crate) struct Auditor {
    terms: Terms,
    creator: AgentId,
    balances: BTreeMap<Account, i128>,
    entrants: BTreeMap<AgentId, Line>,
    refunded: BTreeSet<AgentId>,
    /// What is owed, opened once; and what of it was paid.
    owed: BTreeMap<(PayoutKind, Payee), i128>,
    paid: BTreeMap<(PayoutKind, Payee), i128>,
    bond_fates: u32,
    is_over: bool,
}

impl Auditor {
    /// Opens the books with money for the agents named, which came in from outside.
    pub(crate) fn new(agents: &[AgentId], created: &ContestEvent) -> Self {
        let ContestEvent::ContestCreated { agent_id, terms, terms_hash, .. } = created else { panic!() };
        assert_eq!(*terms_hash, terms.hash(), "I15");
        let mut balances = BTreeMap::new();
        for agent in agents {
            balances.insert(Account::Wallet(agent.clone()), PURSE);
            *balances.entry(Account::External).or_default() -= PURSE;
        }
        let mut auditor = Self {
            terms: terms.as_ref().clone(),
            creator: agent_id.clone(),
            balances,
            entrants: BTreeMap::new(),
            refunded: BTreeSet::new(),
            owed: BTreeMap::new(),
            paid: BTreeMap::new(),
            bond_fates: 0,
            is_over: false,
        };
        auditor.book(created);
        auditor
    }

    /// Reads one event after the one before.
    pub(crate) fn read(&mut self, event: &ContestEvent) {
        self.book(event);
        match event {
            ContestEvent::ContestCreated { .. } => panic!("I16: made twice"),
            ContestEvent::AgentEntered { agent_id, number, amount, terms_hash, .. } => {
                assert!(!self.is_over && *terms_hash == self.terms.hash(), "I15, I16");
                let paid_in = i128::from(amount.get());
                assert_eq!(*amount, self.terms.entry_fee);
                assert!(self.entrants.values().all(|line| line.number < *number), "entry order");
                let line = Line { number: *number, paid_in, score: 0, out: None };
                assert!(self.entrants.insert(agent_id.clone(), line).is_none());
            }
            ContestEvent::EntryWithdrawn { agent_id, amount, .. } => {
                let line = self.entrants.remove(agent_id).unwrap();
                assert_eq!(i128::from(amount.get()), line.paid_in, "I10");
            }
            ContestEvent::ContestStarted { entrants, .. } => {
                assert!(self.refunded.is_empty() && !self.is_over, "I11, I16");
                assert_eq!(usize::try_from(*entrants).unwrap(), self.entrants.len());
            }
            ContestEvent::RoundPageSubmitted { round, eliminated, scores, .. } => {
                assert!(self.refunded.is_empty() && !self.is_over, "I11, I16");
                for agent in eliminated {
                    assert!(self.entrants.get_mut(agent).unwrap().out.replace(*round).is_none());
                }
                for (agent, score) in scores {
                    let line = self.entrants.get_mut(agent).unwrap();
                    assert!(line.out.is_none_or(|out| out == *round), "it was alive when the round began");
                    line.score = score.get();
                }
                assert!(self.entrants.values().any(|line| line.out.is_none()), "somebody is left");
            }
            ContestEvent::RoundCompleted { alive, .. } => {
                assert!(!self.is_over, "I16");
                let left = self.entrants.values().filter(|line| line.out.is_none()).count();
                assert_eq!(usize::try_from(*alive).unwrap(), left);
            }
            ContestEvent::RoundActionsStored { .. } => {}
            ContestEvent::ContestFinalized { pot, protocol_fee, creator_fee, .. } => {
                self.end();
                self.open_prizes([pot, protocol_fee, creator_fee].map(|amount| i128::from(amount.get())));
                self.open_bond();
            }
            ContestEvent::ContestCancelled { .. } => {
                self.end();
                self.open_refunds();
                self.open_bond();
            }
            ContestEvent::ContestAbandoned { amount, .. } => {
                self.end();
                self.bond_fates += 1;
                assert_eq!(*amount, self.terms.bond, "I12");
                self.open_refunds();
            }
            ContestEvent::ObligationPaid { kind, payee, amount, .. } => {
                let key = (*kind, payee.clone());
                let amount = i128::from(amount.get());
                assert_eq!(self.owed.get(&key), Some(&amount), "I9, I10: exactly what is owed to the owner");
                assert!(self.paid.insert(key, amount).is_none(), "I9: once");
                if *kind == PayoutKind::Bond {
                    self.bond_fates += 1;
                }
                if let (PayoutKind::Refund, Payee::Agent(agent)) = (kind, payee) {
                    self.refunded.insert(agent.clone());
                }
            }
        }
    }

    /// Moves the money of an event.
    fn book(&mut self, event: &ContestEvent) {
        let Some(posting) = posting(ARENA, event) else { return };
        let amount = i128::from(posting.amount.get());
        assert!(amount > 0 && posting.debit != posting.credit);
        *self.balances.entry(posting.debit.clone()).or_default() -= amount;
        *self.balances.entry(posting.credit.clone()).or_default() += amount;
        let fits = match posting.reason {
            Reason::EntryFee => posting.credit == Account::Escrow(ARENA),
            Reason::Bond => posting.credit == Account::Bond(ARENA),
            Reason::Refund | Reason::Prize | Reason::CreatorFee => posting.debit == Account::Escrow(ARENA),
            Reason::ProtocolFee => {
                (posting.debit, posting.credit) == (Account::Escrow(ARENA), Account::Treasury)
            }
            Reason::BondReturn => {
                (posting.debit, posting.credit)
                    == (Account::Bond(ARENA), Account::Wallet(self.creator.clone()))
            }
            Reason::BondSlash => (posting.debit, posting.credit) == (Account::Bond(ARENA), Account::Treasury),
            Reason::Deposit | Reason::Withdrawal => false,
        };
        assert!(fits, "money of {event:?} goes a wrong way");
    }

    fn end(&mut self) {
        assert!(!self.is_over, "I16");
        self.is_over = true;
    }

    fn open(&mut self, kind: PayoutKind, payee: Payee, amount: i128) {
        if amount > 0 {
            assert!(self.owed.insert((kind, payee), amount).is_none());
        }
    }

    fn open_bond(&mut self) {
        self.open(PayoutKind::Bond, Payee::Agent(self.creator.clone()), i128::from(self.terms.bond.get()));
    }

    fn open_refunds(&mut self) {
        for (agent, line) in self.entrants.clone() {
            self.open(PayoutKind::Refund, Payee::Agent(agent), line.paid_in);
        }
    }

    /// Its own standings and shares, group by group.
    fn open_prizes(&mut self, [pot, protocol_fee, creator_fee]: [i128; 3]) {
        let paid_in: i128 = self.entrants.values().map(|line| line.paid_in).sum();
        assert_eq!((pot, protocol_fee), (paid_in, pot / 100));
        assert_eq!(creator_fee, pot * i128::from(self.terms.creator_fee_bps) / 10_000);
        let pool = pot - protocol_fee - creator_fee;
        let entrants = u32::try_from(self.entrants.len()).unwrap();
        let places = prizes_by_sorting(u64::try_from(pool).unwrap(), &self.terms.prize_split_bps, entrants);
        let mut groups: BTreeMap<(u32, i64), Vec<(u32, AgentId)>> = BTreeMap::new();
        for (agent, line) in &self.entrants {
            let reached = (line.out.unwrap_or(u32::MAX), line.score);
            groups.entry(reached).or_default().push((line.number, agent.clone()));
        }
        let mut first = 0;
        let mut total = protocol_fee + creator_fee;
        for (_, mut group) in groups.into_iter().rev() {
            group.sort();
            let sum: u64 = places.iter().skip(first).take(group.len()).sum();
            let tied = u64::try_from(group.len()).unwrap();
            for (before, (_, agent)) in (0..).zip(group) {
                let share = i128::from(sum / tied + u64::from(before < sum % tied));
                total += share;
                self.open(PayoutKind::Prize, Payee::Agent(agent), share);
                first += 1;
            }
        }
        assert_eq!(total, pot, "I13");
        self.open(PayoutKind::CreatorFee, Payee::Agent(self.creator.clone()), creator_fee);
        self.open(PayoutKind::ProtocolFee, Payee::Treasury, protocol_fee);
    }

    pub(crate) fn balance(&self, account: &Account) -> i128 {
        self.balances.get(account).copied().unwrap_or_default()
    }

    /// Compares the books with each other and with what the contest says of itself.
    pub(crate) fn check(&self, contest: &Contest) {
        assert_eq!(self.balances.values().sum::<i128>(), 0, "I1");
        let purses = self.balances.keys().filter(|account| matches!(account, Account::Wallet(_))).count();
        assert_eq!(-self.balance(&Account::External), PURSE * i128::try_from(purses).unwrap(), "I2");
        for (account, balance) in self.balances.iter().filter(|(account, _)| **account != Account::External) {
            assert!(*balance >= 0, "I3: {account} has {balance}");
        }
        let open = |of_escrow: bool| -> i128 {
            let is_open = |key: &(PayoutKind, Payee)| !self.paid.contains_key(key);
            let fits = |key: &(PayoutKind, Payee)| (key.0 != PayoutKind::Bond) == of_escrow && is_open(key);
            self.owed.iter().filter(|(key, _)| fits(key)).map(|(_, amount)| amount).sum()
        };
        let (escrow, bond) = if self.is_over {
            (open(true), open(false))
        } else {
            (self.entrants.values().map(|line| line.paid_in).sum(), i128::from(self.terms.bond.get()))
        };
        assert_eq!(self.balance(&Account::Escrow(ARENA)), escrow, "I8");
        assert_eq!(i128::from(contest.escrow_due()), escrow, "I8");
        assert_eq!(self.balance(&Account::Bond(ARENA)), bond, "I8, I12");
        assert_eq!(i128::from(contest.bond_due()), bond, "I8, I12");
        assert!(self.bond_fates <= 1, "I12");
        assert_eq!(contest.status().is_terminal(), self.is_over, "I16");
        assert_eq!(contest.terms().as_ref(), &self.terms, "I15");
        self.compare_entries(contest);
        self.compare_obligations(contest);
    }

    fn compare_entries(&self, contest: &Contest) {
        let real: Vec<_> = contest.entries().map(|entry| (entry.number, entry.agent_id.clone())).collect();
        let mut own: Vec<_> =
            self.entrants.iter().map(|(agent, line)| (line.number, agent.clone())).collect();
        own.sort();
        assert_eq!(real, own);
        for entry in contest.entries() {
            let line = &self.entrants[&entry.agent_id];
            assert_eq!((entry.score.get(), entry.eliminated_round), (line.score, line.out));
            assert_eq!(entry.terms_hash, self.terms.hash(), "I15");
        }
        if !self.is_over {
            let paid_in: i128 = self.entrants.values().map(|line| line.paid_in).sum();
            assert_eq!(i128::from(contest.pot().get()), paid_in);
        }
    }

    fn compare_obligations(&self, contest: &Contest) {
        let mut said = BTreeMap::new();
        for obligation in contest.obligations() {
            let key = (obligation.kind, obligation.payee.clone());
            assert_eq!(contest.obligation(obligation.kind, &obligation.payee).as_ref(), Some(&obligation));
            assert_eq!(self.paid.contains_key(&key), obligation.status == ObligationStatus::Paid, "I9");
            assert!(said.insert(key, i128::from(obligation.amount.get())).is_none());
        }
        assert_eq!(said, self.owed);
    }

    /// Whether nothing is left to pay.
    pub(crate) fn is_settled(&self, contest: &Contest) -> bool {
        contest.status() != Status::Registration && self.owed.len() == self.paid.len()
    }
}
