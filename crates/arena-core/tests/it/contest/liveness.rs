//! I18: from every reachable state the entrants, with time, get everything out without creator or oracle.

use arena_core::{
    contest::{Command, ContestEvent, ExitAction, PayoutKind, Rejection, RoundPage, Status},
    Amount, Millis,
};
use proptest::{prelude::proptest, test_runner::Config};

use super::{
    auditor::Auditor,
    plays::{happenings, played},
    world::{amount, code, finalize, leave, page, pay, pay_to, round, terms, Play, DAY_S},
};
use crate::world::id;

/// What an entrant does by itself to get its money out.
fn exit_command(action: ExitAction, name: &str) -> Command {
    match action {
        ExitAction::Leave => leave(name),
        ExitAction::Abandon => Command::Abandon,
        ExitAction::Refund => pay_to(PayoutKind::Refund, name),
        ExitAction::Prize => pay_to(PayoutKind::Prize, name),
        ExitAction::Bond => pay(PayoutKind::Bond),
        ExitAction::CreatorFee => pay(PayoutKind::CreatorFee),
        ExitAction::Cancel => panic!("an entrant cannot cancel"),
    }
}

fn told(play: &mut Play, auditor: &mut Auditor, name: &str, command: Command) -> Vec<ContestEvent> {
    let events = play.by(name, command).unwrap();
    events.iter().for_each(|event| auditor.read(event));
    auditor.check(&play.contest);
    events
}

/// An entrant follows what it is told of its exits, each to the millisecond, until nothing more is its own.
fn gets_out(play: &mut Play, auditor: &mut Auditor, name: &str) {
    for _ in 0..5 {
        if play.contest.entry(&id(name)).is_none() {
            return;
        }
        let Some(exit) = play.contest.exit_for(&id(name)) else { return };
        let command = exit_command(exit.action, name);
        if exit.at > play.now {
            play.until_just_before(exit.at);
            let early = play.by(name, command.clone());
            assert!(matches!(code(&early), "not_timed_out" | "wrong_state"), "{early:?} before {exit:?}");
        }
        play.now = play.now.max(exit.at);
        told(play, auditor, name, command);
    }
    panic!("{name} still has an exit");
}

/// What anybody can do for the others once the contest is over.
fn pays_the_rest(play: &mut Play, auditor: &mut Auditor) {
    for kind in [PayoutKind::Bond, PayoutKind::CreatorFee, PayoutKind::ProtocolFee] {
        match play.by("bob", pay(kind)) {
            Ok(events) => events.iter().for_each(|event| auditor.read(event)),
            Err(
                Rejection::NothingOwed { .. } | Rejection::AlreadyPaid { .. } | Rejection::WrongStatus { .. },
            ) => {}
            Err(other) => panic!("{other:?}"),
        }
        auditor.check(&play.contest);
    }
}

proptest! {
    #![proptest_config(Config { cases: 300, ..Config::default() })]

    #[test]
    fn entrants_alone_get_everything_out((terms, happenings) in happenings(40)) {
        let (mut play, mut auditor, _) = played(&terms, &happenings);
        let entrants: Vec<String> = play.contest.entries().map(|entry| entry.agent_id.to_string()).collect();
        // Those who stay see registration end, those who leave do not need it to.
        for (index, name) in entrants.iter().enumerate() {
            if index == 0 && play.contest.status() == Status::Registration && !terms.entry_fee.is_zero() {
                play.now = play.now.max(play.contest.registration_ends_at());
                told(&mut play, &mut auditor, name, pay(PayoutKind::Refund));
            }
            gets_out(&mut play, &mut auditor, name);
        }
        if play.contest.status() == Status::Registration {
            // Nobody's money is left in it but the creator's.
            play.now = play.now.max(play.contest.registration_ends_at());
        }
        pays_the_rest(&mut play, &mut auditor);
        assert_eq!((play.contest.escrow_due(), play.contest.bond_due()), (0, 0));
        if !terms.bond.is_zero() {
            assert!(auditor.is_settled(&play.contest));
        }
    }

    /// I17, I19: whoever comes ten years later gets the same, whoever else came before.
    #[test]
    fn claims_never_expire((terms, happenings) in happenings(40)) {
        let (mut play, mut auditor, _) = played(&terms, &happenings);
        play.now = play.now.plus(Millis::from_secs(3_650 * DAY_S));
        let owed = play.contest.obligations();
        for obligation in owed.iter().rev() {
            let command = pay_to(obligation.kind, &obligation.payee.to_string());
            match play.by("eve", command.clone()) {
                Ok(events) => events.iter().for_each(|event| auditor.read(event)),
                Err(rejection) => assert_eq!(rejection.code(), "already_paid"),
            }
            assert_eq!(code(&play.by("eve", command)), "already_paid");
            auditor.check(&play.contest);
        }
    }
}

/// An oracle that completes a round whenever it can, for ever, holds the money until the hard stop and no longer.
#[test]
fn a_heartbeat_cannot_hold_funds() {
    let mut play = Play::active();
    let started = play.now;
    let mut rounds = 0;
    loop {
        play.pass_ms(2 * DAY_S * 1_000 - 1);
        match play.ora(round(rounds + 1, &[], &[])) {
            Ok(_) => rounds += 1,
            Err(Rejection::OracleTimedOut { timed_out_at }) => {
                assert_eq!(timed_out_at.since(started), Millis::from_secs(30 * DAY_S));
                break;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(rounds, 15);
    play.now = started.plus(Millis::new(30 * DAY_S * 1_000 - 1));
    assert_eq!(code(&play.ask("bob", &Command::Abandon)), "not_timed_out");
    assert_eq!(code(&play.ask("ora", &finalize())), "ok");
    play.pass_ms(1);
    assert_eq!(code(&play.ask("ora", &finalize())), "oracle_timed_out");
    assert_eq!(code(&play.by("bob", Command::Abandon)), "ok");
    for name in ["bob", "cat", "dot"] {
        play.by("bob", pay_to(PayoutKind::Refund, name)).unwrap();
    }
    assert_eq!((play.contest.escrow_due(), play.contest.bond_due()), (0, 0));
}

/// Open pages are no heartbeat: they do not move the timeout.
#[test]
fn pages_without_end_do_not_move_the_timeout() {
    let mut play = Play::active();
    let timeout = play.contest.timeout_at();
    for number in 1..40 {
        play.pass_ms(DAY_S * 50);
        let open = RoundPage { page: Some(number), last: false, ..page(1, &[], &[]) };
        play.ora(Command::SubmitPage(open)).unwrap();
        assert_eq!(play.contest.timeout_at(), timeout);
    }
    play.now = timeout.unwrap();
    assert_eq!(code(&play.ora(round(1, &[], &[]))), "oracle_timed_out");
}

#[test]
fn a_contest_without_fees_ends_as_any_other() {
    let free = arena_core::contest::Terms { entry_fee: Amount::ZERO, bond: amount(7), ..terms() };
    let mut play = Play::of(free).entered(&["bob", "cat"]).started();
    play.pass(2 * DAY_S);
    play.by("bob", Command::Abandon).unwrap();
    assert_eq!(code(&play.by("bob", pay(PayoutKind::Refund))), "nothing_owed");
    assert_eq!((play.contest.obligations(), play.contest.bond_due()), (Vec::new(), 0));
}
