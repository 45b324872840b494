//! What a worker asks while the server lives, and which money a success moved.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use arena_api::{
    Code,
    client::{Client, Error},
    contests::{CreateContest, Finalize},
    ledger::{MoveMoney, Transfer},
    payouts::{Payout, RequestPayout},
    rounds::SubmitRound,
    terms::NewTerms,
};
use arena_core::{
    AgentId, ArenaId, Position,
    amount::Amount,
    contest::{Payee, PayoutKind},
    ledger::{Account, Reason},
};
use serde::Serialize;
use serde_json::Value;

use super::Told;
use crate::randomness::Randomness;

const FEE: u64 = 100;
const BOND: u64 = 7;
const DEPOSIT: u64 = 250;
const WITHDRAWAL: u64 = 30;

/// The contests of a round that anyone knows of, and who made them.
pub(super) type Contests = Arc<Mutex<Vec<(ArenaId, AgentId)>>>;

/// The clients of one worker.
#[derive(Clone)]
pub(super) struct Callers {
    pub(super) agent: AgentId,
    pub(super) own: Client,
    pub(super) operator: Client,
}

/// One request under a key of its own.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    key: String,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Create,
    Enter(ArenaId),
    Leave(ArenaId),
    Start(ArenaId),
    Submit(ArenaId, u32),
    Finalize(ArenaId),
    Cancel(ArenaId),
    Payout(ArenaId, PayoutKind, Payee),
    Deposit,
    Withdraw,
}

/// Money that a success moved, or a transfer; neither says when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moved {
    contest: Option<ArenaId>,
    reason: Reason,
    wallet: Account,
    amount: u64,
    /// Deposits and withdrawals are told apart.
    reference: Option<String>,
}

/// What a worker knows when the server is gone.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) answered: Vec<(Ask, Value)>,
    pub(super) unanswered: Option<Ask>,
    pub(super) balances: Vec<Told>,
}

/// A worker: the creator and oracle of one contest at a time, and an entrant of the others'.
pub(super) struct Load {
    callers: Callers,
    contests: Contests,
    everyone: Vec<AgentId>,
    name: String,
    randomness: Randomness,
    /// Its own contest and what it does there next.
    own: Option<(ArenaId, Stage)>,
    /// What its ended contests owe, perhaps.
    owed: VecDeque<What>,
    after: Position,
}

#[derive(Clone, Copy)]
enum Stage {
    Registration,
    Rounds(u32),
}

impl Load {
    pub(super) fn new(
        callers: Callers,
        contests: Contests,
        everyone: Vec<AgentId>,
        name: String,
        randomness: Randomness,
    ) -> Self {
        let (own, owed, after) = (None, VecDeque::new(), Position::ZERO);
        Self { callers, contests, everyone, name, randomness, own, owed, after }
    }

    pub(super) async fn until_cut_off(mut self) -> Outcome {
        let mut outcome = Outcome::default();
        for number in 0.. {
            let ask = Ask { key: format!("{}-{number}", self.name), what: self.next() };
            // Now and then twice at once, which must come to the same.
            let answer = if self.randomness.below(4) == 0 {
                let (first, second) = tokio::join!(ask.send(&self.callers), ask.send(&self.callers));
                either(first, second, &ask)
            } else {
                ask.send(&self.callers).await
            };
            match answer {
                Ok(answer) => {
                    self.learn(&ask.what, &answer);
                    outcome.answered.push((ask, answer));
                }
                Err(Refused::Gone) => {
                    outcome.unanswered = Some(ask);
                    break;
                }
                Err(Refused::Problem(code)) => self.refused(&ask.what, code),
            }
            if self.randomness.below(4) == 0 {
                let account = Account::Wallet(self.callers.agent.clone());
                let Ok(found) = self.callers.own.account(&account).await else { break };
                outcome.balances.push(Told { account, balance: found.balance.get(), after: self.after });
            }
        }
        outcome
    }

    fn next(&mut self) -> What {
        if self.randomness.below(4) > 0
            && let Some(owed) = self.owed.pop_front()
        {
            return owed;
        }
        let any = self.any_contest();
        match (self.randomness.below(12), any) {
            (0, _) => What::Deposit,
            (1, _) => What::Withdraw,
            (2..=5, Some((contest, _))) => What::Enter(contest),
            (6, Some((contest, _))) => What::Leave(contest),
            (7, Some((contest, creator))) => {
                let owed = self.all_owed(contest, &creator);
                owed[self.index(owed.len())].clone()
            }
            _ => self.own_next(),
        }
    }

    /// What the oracle does next.
    fn own_next(&mut self) -> What {
        match self.own {
            None => What::Create,
            Some((contest, Stage::Registration)) if self.randomness.below(16) == 0 => What::Cancel(contest),
            Some((contest, Stage::Registration)) => What::Start(contest),
            Some((contest, Stage::Rounds(2))) => What::Finalize(contest),
            Some((contest, Stage::Rounds(done))) => What::Submit(contest, done + 1),
        }
    }

    fn any_contest(&mut self) -> Option<(ArenaId, AgentId)> {
        let contests = self.contests.lock().unwrap().clone();
        (!contests.is_empty()).then(|| contests[self.index(contests.len())].clone())
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.randomness.below(length as u64)).unwrap()
    }

    /// All that a contest of this creator can owe to anybody.
    fn all_owed(&self, contest: ArenaId, creator: &AgentId) -> Vec<What> {
        use PayoutKind::{Bond, CreatorFee, Prize, ProtocolFee, Refund};
        let creator = Payee::Agent(creator.clone());
        let fees = [(ProtocolFee, Payee::Treasury), (CreatorFee, creator.clone()), (Bond, creator)];
        let agents = self.everyone.iter().cloned().map(Payee::Agent);
        let each = agents.flat_map(|payee| [Prize, Refund].map(|kind| (kind, payee.clone())));
        fees.into_iter().chain(each).map(|(kind, payee)| What::Payout(contest, kind, payee)).collect()
    }

    fn learn(&mut self, what: &What, answer: &Value) {
        match what {
            What::Create => {
                let contest = answer["arena_id"].as_str().unwrap().parse().unwrap();
                self.contests.lock().unwrap().push((contest, self.callers.agent.clone()));
                self.own = Some((contest, Stage::Registration));
            }
            What::Start(contest) => self.own = Some((*contest, Stage::Rounds(0))),
            What::Submit(contest, round) => self.own = Some((*contest, Stage::Rounds(*round))),
            What::Finalize(contest) | What::Cancel(contest) => {
                self.own = None;
                self.owed.extend(self.all_owed(*contest, &self.callers.agent));
            }
            What::Deposit | What::Withdraw => self.saw(answer),
            What::Payout(_, _, Payee::Agent(agent)) if *agent == self.callers.agent => self.saw(answer),
            What::Enter(_) | What::Leave(_) | What::Payout(..) => {}
        }
    }

    fn saw(&mut self, answer: &Value) {
        self.after = self.after.max(Position::new(answer["transfer"].as_u64().unwrap()));
    }

    /// A refusal is what the rules say about contests that others change at the same time; anything else is a fault.
    fn refused(&self, what: &What, code: Code) {
        let expected = match what {
            What::Create | What::Withdraw => code == Code::InsufficientFunds,
            What::Enter(_) => matches!(
                code,
                Code::WrongState | Code::AlreadyEntered | Code::InsufficientFunds | Code::Forbidden
            ),
            What::Leave(_) => matches!(code, Code::WrongState | Code::NotFound),
            What::Start(_) => code == Code::NotEnoughEntrants,
            What::Payout(..) => matches!(code, Code::WrongState | Code::NothingOwed | Code::AlreadyPaid),
            What::Submit(..) | What::Finalize(_) | What::Cancel(_) | What::Deposit => false,
        };
        assert!(expected, "{what:?} of {}: {code:?}", self.name);
    }
}

/// The one answer of a request that was sent twice at once.
fn either(
    first: Result<Value, Refused>,
    second: Result<Value, Refused>,
    ask: &Ask,
) -> Result<Value, Refused> {
    match (first, second) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first, second, "{ask:?} at once with itself");
            Ok(first)
        }
        (Ok(answer), Err(Refused::Gone)) | (Err(Refused::Gone), Ok(answer)) => Ok(answer),
        (Err(Refused::Gone), _) | (_, Err(Refused::Gone)) => Err(Refused::Gone),
        // Refusals are not kept: between the two, somebody else may have made it possible.
        (Ok(answer), Err(Refused::Problem(_))) | (Err(Refused::Problem(_)), Ok(answer)) => Ok(answer),
        (Err(first), Err(_)) => Err(first),
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Gone,
    Problem(Code),
}

impl Ask {
    /// Sends it under its key.
    pub(super) async fn send(&self, callers: &Callers) -> Result<Value, Refused> {
        let key = self.key.as_str();
        let Callers { agent, own, operator } = callers;
        match &self.what {
            What::Create => {
                let asked = CreateContest { title: key.to_owned(), terms: terms() };
                answer(own.create_contest(&asked).key(key).await)
            }
            What::Enter(contest) => answer(own.enter(*contest).key(key).await),
            What::Leave(contest) => answer(own.leave_contest(*contest, agent).key(key).await),
            What::Start(contest) => answer(own.start_contest(*contest).key(key).await),
            What::Submit(contest, round) => {
                answer(own.submit_round(*contest, &SubmitRound::new(*round)).key(key).await)
            }
            What::Finalize(contest) => {
                answer(own.finalize_contest(*contest, &Finalize::default()).key(key).await)
            }
            What::Cancel(contest) => answer(own.cancel_contest(*contest).key(key).await),
            What::Payout(contest, kind, payee) => {
                let asked = RequestPayout { kind: *kind, agent: Some(payee.clone()) };
                answer(own.payout(*contest, &asked).key(key).await)
            }
            What::Deposit => answer(operator.deposit(&money(agent, DEPOSIT, key)).key(key).await),
            What::Withdraw => answer(operator.withdraw(&money(agent, WITHDRAWAL, key)).key(key).await),
        }
    }

    /// The money that it moved, now that it was answered.
    pub(super) fn moved(&self, agent: &AgentId, answer: &Value) -> Option<Moved> {
        let moved = |contest, reason, wallet, amount, reference| {
            Some(Moved { contest, reason, wallet, amount, reference })
        };
        let own = Account::Wallet(agent.clone());
        match &self.what {
            What::Create => {
                let contest = answer["arena_id"].as_str().unwrap().parse().unwrap();
                moved(Some(contest), Reason::Bond, own, BOND, None)
            }
            What::Enter(contest) => moved(Some(*contest), Reason::EntryFee, own, FEE, None),
            What::Leave(contest) => moved(Some(*contest), Reason::Refund, own, FEE, None),
            What::Payout(contest, kind, payee) => {
                let paid: Payout = serde_json::from_value(answer.clone()).unwrap();
                assert_eq!((paid.kind, &paid.payee), (*kind, payee));
                let to = match &paid.payee {
                    Payee::Agent(agent) => Account::Wallet(agent.clone()),
                    Payee::Treasury => Account::Treasury,
                };
                moved(Some(*contest), reason(*kind), to, paid.amount.get(), None)
            }
            What::Deposit => moved(None, Reason::Deposit, own, DEPOSIT, Some(self.key.clone())),
            What::Withdraw => moved(None, Reason::Withdrawal, own, WITHDRAWAL, Some(self.key.clone())),
            What::Start(_) | What::Submit(..) | What::Finalize(_) | What::Cancel(_) => None,
        }
    }
}

impl From<&Transfer> for Moved {
    fn from(transfer: &Transfer) -> Self {
        let is_outward = matches!(transfer.reason, Reason::EntryFee | Reason::Bond | Reason::Withdrawal);
        let wallet = if is_outward { &transfer.debit } else { &transfer.credit };
        Self {
            contest: transfer.arena_id,
            reason: transfer.reason,
            wallet: wallet.clone(),
            amount: transfer.amount.get(),
            reference: transfer.reference.clone(),
        }
    }
}

const fn reason(kind: PayoutKind) -> Reason {
    match kind {
        PayoutKind::Prize => Reason::Prize,
        PayoutKind::CreatorFee => Reason::CreatorFee,
        PayoutKind::Bond => Reason::BondReturn,
        PayoutKind::ProtocolFee => Reason::ProtocolFee,
        PayoutKind::Refund => Reason::Refund,
    }
}

fn terms() -> NewTerms {
    NewTerms {
        entry_fee: Amount::new(FEE).unwrap(),
        bond: Amount::new(BOND).unwrap(),
        min_agents: 2,
        max_agents: 10,
        prize_split: Some(vec![60, 40]),
        prize_split_bps: None,
        creator_fee_bps: 500,
        elimination_interval_s: 3_600,
        duration_s: 60,
        action_schema: None,
        rules_hash: None,
        seed_commitment: None,
        oracle: None,
        creator_may_enter: None,
        gates: None,
    }
}

fn money(agent: &AgentId, amount: u64, reference: &str) -> MoveMoney {
    let amount = Amount::new(amount).unwrap();
    MoveMoney { agent_id: agent.clone(), amount, reference: reference.to_owned() }
}

fn answer<T: Serialize>(answered: Result<T, Error>) -> Result<Value, Refused> {
    match answered {
        Ok(answer) => Ok(serde_json::to_value(answer).unwrap()),
        Err(Error::Problem(problem)) => Err(Refused::Problem(problem.code)),
        Err(_) => Err(Refused::Gone),
    }
}
