//! Random commands by random agents in contests with money, with time running: the ledger fits after each stretch, also
//! reopened, and no refusal moved anything.

use std::collections::BTreeMap;

use arena_runtime::{
    Account, ArenaManager, Ask, NewContest, Principal, RuntimeError,
    contest::{Command, Payee, PayoutKind, RoundPage, Score},
    offline,
};

use crate::{
    cup::{Cup, audited, balance, coins, terms},
    fixture::{Dice, advance, agent, close, id, in_dir, register, seed},
};

const NAMES: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];

fn any<T: Copy>(dice: &mut Dice, of: &[T]) -> T {
    of[usize::try_from(dice.below(of.len().try_into().unwrap())).unwrap()]
}

fn command(dice: &mut Dice, rounds: u32) -> Command {
    let who = id(any(dice, &NAMES));
    let payee = match dice.below(4) {
        0 => None,
        1 => Some(Payee::Treasury),
        _ => Some(Payee::Agent(who.clone())),
    };
    match dice.below(12) {
        0..=2 => Command::Enter,
        3 => Command::Leave { agent_id: who },
        4 => Command::Start,
        5 | 6 => Command::SubmitPage(RoundPage {
            round: rounds + 1,
            page: None,
            eliminated: if dice.below(2) == 0 { vec![who] } else { Vec::new() },
            scores: BTreeMap::from([(
                id(any(dice, &NAMES)),
                Score::new(dice.below(9).try_into().unwrap()).unwrap(),
            )]),
            actions_root: None,
            last: dice.below(3) > 0,
        }),
        7 => Command::Finalize { seed: None },
        8 if dice.below(8) == 0 => Command::Cancel,
        9 if dice.below(2) == 0 => Command::Abandon,
        _ => {
            let kinds = [
                PayoutKind::Prize,
                PayoutKind::CreatorFee,
                PayoutKind::Bond,
                PayoutKind::ProtocolFee,
                PayoutKind::Refund,
            ];
            Command::Payout { kind: any(dice, &kinds), payee }
        }
    }
}

/// One command; answers its code when it was refused.
async fn stride(
    manager: &ArenaManager,
    dice: &mut Dice,
    cups: &mut Vec<Cup>,
    step: u64,
) -> Option<&'static str> {
    let who = any(dice, &NAMES);
    let answer = match dice.below(20) {
        0 => {
            let ask = Ask::by(Principal::Operator);
            manager.deposit(ask, id(who), coins(1 + dice.below(400)), format!("in {step}")).await.map(|_| ())
        }
        1 => {
            let ask = Ask::by(Principal::Operator);
            manager
                .withdraw(ask, id(who), coins(1 + dice.below(400)), format!("out {step}"))
                .await
                .map(|_| ())
        }
        2 if dice.below(4) == 0 => {
            let terms = terms(dice.below(3) * 100, dice.below(3) * 50);
            let terms = arena_runtime::contest::Terms { creator_may_enter: dice.below(2) == 0, ..terms };
            let new = NewContest { title: "cup".to_owned(), terms };
            let opened = manager.open_contest(agent(who), new).await;
            opened.map(|handle| cups.push(Cup::of_id(manager, handle.arena_id).by(who)))
        }
        3 if dice.below(4) == 0 => {
            advance(manager, any(dice, &[1_000, 60_000, 120_000, 3 * 86_400_000])).await;
            Ok(())
        }
        _ if cups.is_empty() => Ok(()),
        _ => {
            // Mostly in the last contests, and mostly by who may.
            let cup =
                cups[cups.len() - 1 - usize::try_from(dice.below(cups.len().min(3) as u64)).unwrap()].clone();
            let round = cup.oracle().state().await.unwrap().contest.round();
            let command = command(dice, round);
            let handle = if dice.below(3) == 0 { cup.of(who) } else { cup.oracle() };
            let handle =
                if matches!(command, Command::Enter | Command::Leave { .. }) { cup.of(who) } else { handle };
            handle.submit(command).await.map(|_| ())
        }
    };
    match answer {
        Ok(()) => None,
        Err(RuntimeError::Contest(_) | RuntimeError::InsufficientFunds { .. }) => {
            answer.err().map(|e| e.code())
        }
        Err(other) => panic!("step {step}: {other}"),
    }
}

#[tokio::test]
async fn the_ledger_fits_after_every_stretch_of_a_random_walk() {
    let dir = tempfile::tempdir().unwrap();
    let mut manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    register(&manager, &NAMES).await;
    for name in NAMES {
        let ask = Ask::by(Principal::Operator);
        manager.deposit(ask, id(name), coins(700), format!("first {name}")).await.unwrap();
    }
    let mut dice = Dice::new(seed());
    let mut cups: Vec<Cup> = Vec::new();
    let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
    for step in 0..2_500 {
        let before = manager.health().position;
        if let Some(code) = stride(&manager, &mut dice, &mut cups, step).await {
            *codes.entry(code).or_default() += 1;
            assert_eq!(manager.health().position, before, "step {step}: {code} moved something");
        }
        assert_eq!(manager.health().safe_mode, None, "step {step}");
        if step % 125 == 124 {
            audited(&manager).await;
            close(manager).await;
            manager = ArenaManager::open(in_dir(dir.path())).unwrap();
            cups = cups.iter().map(|cup| cup.at(&manager)).collect();
            audited(&manager).await;
        }
    }
    let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
    for cup in &cups {
        *ends.entry(cup.oracle().state().await.unwrap().contest.status().as_str()).or_default() += 1;
    }
    let treasury = balance(&manager, Account::Treasury).await;
    close(manager).await;
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
    // The walk went everywhere.
    for status in ["registration", "finished", "cancelled", "abandoned"] {
        assert!(ends.contains_key(status), "no contest was {status}: {ends:?}");
    }
    for code in
        ["insufficient_funds", "wrong_state", "already_paid", "nothing_owed", "not_timed_out", "forbidden"]
    {
        assert!(codes.contains_key(code), "nothing was refused as {code}: {codes:?}");
    }
    assert!(treasury > 0, "{ends:?} {codes:?}");
}
