//! A server killed at random moments while money moves: no answered transfer or balance is lost, nothing is paid twice, and
//! after each kill the ledger is exactly what the answers say.

mod load;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use arena_api::{
    client::Client,
    ledger::{Transfer, TransferQuery},
};
use arena_core::{AgentId, Position, ledger::Account};

use self::load::{Callers, Contests, Load, Moved, Outcome};
use crate::{
    folder::{Folder, Serving},
    randomness::Randomness,
};

const KILLS: u64 = 50;
const WORKERS: usize = 6;
/// How many of a round's answered requests are sent again with their keys, by each worker.
const REPEATED: u64 = 6;

#[test]
fn a_server_killed_while_money_moves_loses_no_answered_transfer_and_pays_nothing_twice() {
    let seed =
        std::env::var("ARENA_CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_121);
    println!("seed {seed}; ARENA_CRASH_SEED sets another");
    let mut randomness = Randomness::new(seed);
    let folder = Folder::new();
    let agents: Vec<AgentId> =
        (0..WORKERS).map(|worker| format!("worker-{worker}").parse().unwrap()).collect();
    let tokens: Vec<String> = agents.iter().map(|agent| folder.register(agent.as_str())).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut books = Books::default();
    let (mut answered, mut cut_off) = (0, 0);
    let mut former: Option<Vec<Outcome>> = None;
    for round in 0..=KILLS {
        let serving = folder.serve(&[]);
        runtime.block_on(async {
            let operator = client(&serving, &folder.operator());
            let callers: Vec<Callers> = (agents.iter().zip(&tokens))
                .map(|(agent, token)| Callers {
                    agent: agent.clone(),
                    own: client(&serving, token),
                    operator: operator.clone(),
                })
                .collect();
            if let Some(outcomes) = former.take() {
                let moved = settled(outcomes, &callers, &mut randomness, &mut books).await;
                books.hold(&operator, moved).await;
            }
            if round < KILLS {
                let outcomes = under_load(serving, &callers, round, &mut randomness).await;
                answered += outcomes.iter().map(|outcome| outcome.answered.len()).sum::<usize>();
                cut_off += outcomes.iter().filter(|outcome| outcome.unanswered.is_some()).count();
                former = Some(outcomes);
            }
        });
        assert_eq!(folder.json(&["verify"])["ok"], true, "after kill {round} with seed {seed}");
    }
    println!("{KILLS} kills: {answered} requests answered, {cut_off} cut off; {:?}", books.reasons());
    assert!(answered > usize::try_from(KILLS).unwrap() * 10, "hardly any load: {answered}");
    assert!(cut_off > usize::try_from(KILLS).unwrap(), "hardly any kill cut a request off: {cut_off}");
    let reasons = books.reasons();
    for reason in
        "deposit withdrawal entry_fee bond refund prize creator_fee protocol_fee bond_return".split(' ')
    {
        assert!(reasons.contains_key(reason), "no {reason} was under load: {reasons:?}");
    }
}

fn client(serving: &Serving, token: &str) -> Client {
    Client::new(&serving.url, token).unwrap().with_patience(Duration::ZERO)
}

/// Lets every worker ask until the server is killed, which happens at a random moment.
async fn under_load(
    serving: Serving,
    callers: &[Callers],
    round: u64,
    randomness: &mut Randomness,
) -> Vec<Outcome> {
    let contests: Contests = Arc::new(Mutex::new(Vec::new()));
    let everyone: Vec<AgentId> = callers.iter().map(|caller| caller.agent.clone()).collect();
    let workers: Vec<_> = (callers.iter().enumerate())
        .map(|(worker, callers)| {
            let load = Load::new(
                callers.clone(),
                contests.clone(),
                everyone.clone(),
                format!("{round}-{worker}"),
                Randomness::new(randomness.next()),
            );
            tokio::spawn(load.until_cut_off())
        })
        .collect();
    tokio::time::sleep(Duration::from_micros(20_000 + randomness.below(180_000))).await;
    serving.kill();
    let mut outcomes = Vec::new();
    for worker in workers {
        outcomes.push(worker.await.unwrap());
    }
    outcomes
}

/// Sends again what was cut off and some of what was answered; gives the money that every success of the round moved.
async fn settled(
    outcomes: Vec<Outcome>,
    callers: &[Callers],
    randomness: &mut Randomness,
    books: &mut Books,
) -> Vec<Moved> {
    let mut moved = Vec::new();
    for (outcome, callers) in outcomes.into_iter().zip(callers) {
        for _ in 0..REPEATED.min(outcome.answered.len() as u64) {
            let index = usize::try_from(randomness.below(outcome.answered.len() as u64)).unwrap();
            let (ask, first) = &outcome.answered[index];
            assert_eq!(ask.send(callers).await.as_ref(), Ok(first), "{ask:?}: another answer");
        }
        if let Some(ask) = outcome.unanswered
            && let Ok(answer) = ask.send(callers).await
        {
            moved.extend(ask.moved(&callers.agent, &answer));
        }
        let answered = outcome.answered.iter();
        moved.extend(answered.filter_map(|(ask, answer)| ask.moved(&callers.agent, answer)));
        books.told.extend(outcome.balances);
    }
    moved
}

/// A balance that was answered, when the one who asked knew of the transfers up to `after`.
#[derive(Debug)]
struct Told {
    account: Account,
    balance: u64,
    after: Position,
}

/// What the ledger was after the kill before, and what was told since.
#[derive(Default)]
struct Books {
    transfers: Vec<Transfer>,
    told: Vec<Told>,
}

impl Books {
    /// The ledger is what it was, and after that exactly what the answers of the last round say.
    async fn hold(&mut self, operator: &Client, moved: Vec<Moved>) {
        let all = all_transfers(operator).await;
        let (old, new) = all.split_at(self.transfers.len());
        assert_eq!(old, self.transfers, "what was there changed");
        assert_eq!(counted(new.iter().map(Moved::from)), counted(moved), "not what the answers say");
        self.transfers = all;
        let balances = self.balances();
        for (account, balance) in &balances {
            if *account != Account::External {
                let held = operator.account(account).await.unwrap().balance.get();
                assert_eq!(i128::from(held), *balance, "{account}");
            }
        }
        assert_eq!(balances.values().sum::<i128>(), 0);
        for told in std::mem::take(&mut self.told) {
            assert!(self.had(&told), "{told:?} was answered and never was");
        }
        let audit = operator.audit().await.unwrap();
        assert!(audit.ok, "{audit:?}");
    }

    /// Whether the account ever held this, once the transfers that the asker knew of were made.
    fn had(&self, told: &Told) -> bool {
        let mut balance: i128 = 0;
        let mut held = told.after == Position::ZERO && told.balance == 0;
        for one in &self.transfers {
            balance += change(one, &told.account);
            held |= one.transfer >= told.after && balance == i128::from(told.balance);
        }
        held
    }

    fn balances(&self) -> BTreeMap<Account, i128> {
        let mut balances = BTreeMap::new();
        for one in &self.transfers {
            for account in [&one.debit, &one.credit] {
                *balances.entry(account.clone()).or_default() += change(one, account);
            }
        }
        balances
    }

    fn reasons(&self) -> BTreeMap<String, usize> {
        let mut reasons = BTreeMap::new();
        for one in &self.transfers {
            *reasons.entry(one.reason.to_string()).or_default() += 1;
        }
        reasons
    }
}

fn change(transfer: &Transfer, account: &Account) -> i128 {
    let amount = i128::from(transfer.amount.get());
    let into = if transfer.credit == *account { amount } else { 0 };
    let out = if transfer.debit == *account { amount } else { 0 };
    into - out
}

fn counted(moved: impl IntoIterator<Item = Moved>) -> BTreeMap<Moved, usize> {
    let mut counts = BTreeMap::new();
    for one in moved {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

async fn all_transfers(operator: &Client) -> Vec<Transfer> {
    let mut all: Vec<Transfer> = Vec::new();
    loop {
        let after = all.last().map(|last| last.transfer);
        let query = TransferQuery { after, limit: Some(1_000), ..TransferQuery::default() };
        let page = operator.transfers(&query).await.unwrap();
        all.extend(page.items);
        if page.next_cursor.is_none() {
            return all;
        }
    }
}
