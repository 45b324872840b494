//! Finalizing and what follows: seed, standings, obligations, payouts.

use arena_core::{
    contest::{
        opened_seed, posting, CancelReason, Command, ContestEvent, Obligation, ObligationStatus, Payee,
        PayoutKind, Rejection, Status, Terms,
    },
    ledger::{Account, Posting, Reason},
    Hash,
};

use super::world::{amount, code, field, finalize, pay, pay_to, round, terms, Play, ARENA, DAY_S};
use crate::world::id;

/// Bob before cat before dot, whom the first round put out.
fn finished() -> Play {
    let mut play = Play::active();
    play.ora(round(1, &["dot"], &[("bob", 2), ("cat", 1), ("dot", 9)])).unwrap();
    play.ora(finalize()).unwrap();
    play
}

fn obligation(kind: PayoutKind, payee: &str, units: u64, status: ObligationStatus) -> Obligation {
    Obligation { kind, payee: payee.parse().unwrap(), amount: amount(units), status }
}

#[test]
fn finalizing_opens_what_the_rounds_show() {
    let play = finished();
    let (protocol_fee, creator_fee, timestamp) = (amount(3), amount(15), play.now);
    let last =
        ContestEvent::ContestFinalized { seed: None, pot: amount(300), protocol_fee, creator_fee, timestamp };
    assert_eq!(play.history.last(), Some(&last));
    let shown: Vec<_> =
        play.contest.standings().into_iter().map(|s| (s.standing, s.entry.agent_id, s.prize)).collect();
    let prize = |units| Some(amount(units));
    assert_eq!(shown, [(1, id("bob"), prize(169)), (2, id("cat"), prize(113)), (3, id("dot"), prize(0))]);
    let open = |kind, payee, units| obligation(kind, payee, units, ObligationStatus::Open);
    assert_eq!(
        play.contest.obligations(),
        [
            open(PayoutKind::Prize, "bob", 169),
            open(PayoutKind::Prize, "cat", 113),
            open(PayoutKind::CreatorFee, "ann", 15),
            open(PayoutKind::Bond, "ann", 50),
            open(PayoutKind::ProtocolFee, "treasury", 3),
        ]
    );
    assert_eq!((play.contest.escrow_due(), play.contest.bond_due()), (300, 50));
    assert_eq!(play.contest.ended_at(), Some(play.now));
}

#[test]
fn standings_are_shown_before_the_end_without_prizes() {
    let mut play = Play::active();
    let shown = |play: &Play| -> Vec<(u32, String)> {
        assert!(play.contest.standings().iter().all(|standing| standing.prize.is_none()));
        play.contest.standings().into_iter().map(|s| (s.standing, s.entry.agent_id.to_string())).collect()
    };
    assert_eq!(shown(&play), [(1, "bob".into()), (1, "cat".into()), (1, "dot".into())]);
    play.ora(round(1, &["bob"], &[("dot", 1)])).unwrap();
    assert_eq!(shown(&play), [(1, "dot".into()), (2, "cat".into()), (3, "bob".into())]);
    assert_eq!(play.contest.obligations(), Vec::new());
}

#[test]
fn a_payout_goes_to_its_payee_whoever_asks_and_once() {
    let mut play = finished();
    let told = play.by("zed", pay_to(PayoutKind::Prize, "bob")).unwrap();
    let paid = ContestEvent::ObligationPaid {
        kind: PayoutKind::Prize,
        payee: Payee::Agent(id("bob")),
        amount: amount(169),
        timestamp: play.now,
    };
    assert_eq!(told, std::slice::from_ref(&paid));
    let (debit, credit) = (Account::Escrow(ARENA), Account::Wallet(id("bob")));
    let expected = Posting { debit, credit, amount: amount(169), reason: Reason::Prize };
    assert_eq!(posting(ARENA, &paid), Some(expected));
    let (kind, payee) = (PayoutKind::Prize, Payee::Agent(id("bob")));
    assert_eq!(play.by("bob", pay(PayoutKind::Prize)), Err(Rejection::AlreadyPaid { kind, payee }));
    let status = ObligationStatus::Paid;
    assert_eq!(play.contest.obligations()[0], obligation(PayoutKind::Prize, "bob", 169, status));
    assert_eq!(play.contest.escrow_due(), 131);
}

#[test]
fn nothing_goes_to_whom_nothing_is_owed() {
    let mut play = finished();
    for (kind, payee) in [
        (PayoutKind::Prize, "dot"),
        (PayoutKind::Prize, "ann"),
        (PayoutKind::Prize, "zed"),
        (PayoutKind::Prize, "treasury"),
        (PayoutKind::CreatorFee, "bob"),
        (PayoutKind::CreatorFee, "treasury"),
        (PayoutKind::Bond, "ora"),
        (PayoutKind::Bond, "treasury"),
        (PayoutKind::ProtocolFee, "ann"),
        (PayoutKind::ProtocolFee, "operator"),
    ] {
        assert_eq!(code(&play.by("ann", pay_to(kind, payee))), "nothing_owed", "{kind} {payee}");
    }
    assert_eq!(play.contest.escrow_due(), 300);
}

/// Where all of it went by the events: the account, and how much.
fn received(play: &Play) -> Vec<(String, u64)> {
    let mut balances = std::collections::BTreeMap::<String, i64>::new();
    for posting in play.history.iter().filter_map(|event| posting(ARENA, event)) {
        let units = i64::try_from(posting.amount.get()).unwrap();
        *balances.entry(posting.debit.to_string()).or_default() -= units;
        *balances.entry(posting.credit.to_string()).or_default() += units;
    }
    let paid_in = |name: &str| match name {
        "wallet:ann" => 50,
        "wallet:bob" | "wallet:cat" | "wallet:dot" => 100,
        _ => 0,
    };
    let named = balances.into_iter().map(|(name, units)| (units + paid_in(&name), name));
    named
        .filter(|(units, _)| *units != 0)
        .map(|(units, name)| (name, u64::try_from(units).unwrap()))
        .collect()
}

/// The rows of "Where the money goes" (section 6 of the design), each cent of them.
#[test]
fn where_the_money_goes() {
    let refunds = |play: &mut Play| {
        ["bob", "cat", "dot"]
            .iter()
            .for_each(|name| drop(play.by("zed", pay_to(PayoutKind::Refund, name)).unwrap()));
    };
    let back = |others: &[(&str, u64)]| -> Vec<(String, u64)> {
        let all = [&[("wallet:bob", 100), ("wallet:cat", 100), ("wallet:dot", 100)], others].concat();
        let mut all: Vec<_> = all.into_iter().map(|(name, units)| (name.to_owned(), units)).collect();
        all.sort();
        all
    };

    let mut play = finished();
    ["bob", "cat"].iter().for_each(|name| drop(play.by("zed", pay_to(PayoutKind::Prize, name)).unwrap()));
    for kind in [PayoutKind::CreatorFee, PayoutKind::Bond, PayoutKind::ProtocolFee] {
        play.by("zed", pay(kind)).unwrap();
    }
    let expected = [("treasury", 3), ("wallet:ann", 65), ("wallet:bob", 169), ("wallet:cat", 113)];
    assert_eq!(received(&play), expected.map(|(name, units)| (name.to_owned(), units)));

    let mut play = Play::registered();
    play.by("ann", Command::Cancel).unwrap();
    refunds(&mut play);
    play.by("zed", pay(PayoutKind::Bond)).unwrap();
    assert_eq!(received(&play), back(&[("wallet:ann", 50)]));

    let mut play = Play::active();
    play.pass(2 * DAY_S);
    play.by("zed", Command::Abandon).unwrap();
    refunds(&mut play);
    assert_eq!(received(&play), back(&[("treasury", 50)]));
    assert_eq!(code(&play.by("ann", pay(PayoutKind::Bond))), "wrong_state");

    let mut play = Play::registered();
    play.pass(3 * DAY_S);
    refunds(&mut play);
    play.by("zed", pay(PayoutKind::Bond)).unwrap();
    assert_eq!(received(&play), back(&[("wallet:ann", 50)]));
}

#[test]
fn the_first_refund_after_registration_cancels() {
    let mut play = Play::registered();
    play.pass(3 * DAY_S);
    assert_eq!(code(&play.by("zed", pay(PayoutKind::Refund))), "nothing_owed");
    assert_eq!(code(&play.by("zed", pay(PayoutKind::Bond))), "wrong_state", "a bond does not cancel");
    assert_eq!(play.contest.status(), Status::Registration);
    let told = play.by("zed", pay_to(PayoutKind::Refund, "cat")).unwrap();
    let (timestamp, reason) = (play.now, CancelReason::RegistrationExpired);
    assert_eq!(told[0], ContestEvent::ContestCancelled { reason, timestamp });
    assert!(matches!(told[1..], [ContestEvent::ObligationPaid { kind: PayoutKind::Refund, .. }]));
    let told = play.by("bob", pay(PayoutKind::Refund)).unwrap();
    assert!(matches!(told[..], [ContestEvent::ObligationPaid { .. }]), "only the first one cancels");
    assert_eq!(code(&play.by("cat", pay(PayoutKind::Refund))), "already_paid");
}

#[test]
fn without_a_round_there_is_nothing_to_finalize() {
    let mut play = Play::active();
    assert_eq!(play.ora(finalize()), Err(Rejection::WrongRound { current: 0, expected: 1 }));
    play.ora(round(1, &[], &[])).unwrap();
    assert_eq!(code(&play.ora(finalize())), "ok");
}

#[test]
fn a_committed_seed_is_revealed_and_no_other() {
    let bytes = "00fF10";
    for (commitment, wrong, right) in [
        (Some(Hash::of(b"seed")), vec![None, Some("Seed"), Some("seed ")], Some("seed")),
        (
            Some(Hash::of(&[0, 255, 16])),
            vec![None, Some("00ff1"), Some("00ff11"), Some("0x00ff10")],
            Some(bytes),
        ),
        (Some(Hash::of(bytes.as_bytes())), vec![Some("00ff10")], Some(bytes)),
        (None, vec![Some("seed")], None),
    ] {
        let mut play =
            Play::of(Terms { seed_commitment: commitment, ..terms() }).entered(&["bob", "cat"]).started();
        let seeded = |seed: Option<&str>| Command::Finalize { seed: seed.map(Into::into) };
        assert_eq!(code(&play.ora(seeded(right))), "wrong_round", "the round is asked for first");
        play.ora(round(1, &[], &[])).unwrap();
        for seed in wrong {
            assert_eq!(field(play.ora(seeded(seed))), "seed", "{seed:?}");
        }
        assert_eq!(code(&play.ora(seeded(right))), "ok");
        assert_eq!(play.contest.seed(), right);
    }
}

#[test]
fn a_seed_has_1_to_128_bytes() {
    let long = "x".repeat(128);
    assert!(opened_seed(&long, &Hash::of(long.as_bytes())).is_some());
    let play = Play::active();
    for seed in [String::new(), "x".repeat(129)] {
        assert_eq!(field(play.ask("bob", &Command::Finalize { seed: Some(seed) })), "seed");
    }
    assert_eq!(opened_seed("", &Hash::of(b"x")), None);
    assert_eq!(opened_seed("00ff1", &Hash::of(&[0, 255])), None, "an odd digit spells no byte");
    assert_eq!(opened_seed("éé", &Hash::of(b"x")), None);
}

#[test]
fn a_commitment_has_one_seed_however_it_is_spelled() {
    let spelled = ["abff", "ABFF", "aBfF"].map(|seed| opened_seed(seed, &Hash::of(&[0xab, 0xff])));
    assert_eq!(spelled, [Some(vec![0xab, 0xff]), Some(vec![0xab, 0xff]), Some(vec![0xab, 0xff])]);
    let text = Hash::of(b"abff");
    assert_eq!(opened_seed("abff", &text), Some(b"abff".to_vec()));
    assert_eq!(opened_seed("61626666", &text), Some(b"abff".to_vec()), "the same bytes, spelled");
    assert_eq!(opened_seed("ABFF", &text), None);
}

/// Equal ones share in entry order, which leaving and entering again changes.
#[test]
fn a_tie_shares_in_entry_order() {
    let odd = Terms { creator_fee_bps: 0, entry_fee: amount(5), prize_split_bps: vec![10_000], ..terms() };
    let mut play = Play::of(odd).entered(&["bob", "cat", "dot"]);
    play.by("bob", super::world::leave("bob")).unwrap();
    play = play.entered(&["bob"]).started();
    play.ora(round(1, &["dot"], &[])).unwrap();
    play.ora(finalize()).unwrap();
    play.by("zed", pay_to(PayoutKind::Prize, "bob")).unwrap();
    play.by("zed", pay_to(PayoutKind::Prize, "cat")).unwrap();
    assert_eq!(
        [play.paid(PayoutKind::Prize, "bob"), play.paid(PayoutKind::Prize, "cat")],
        [Some(7), Some(8)]
    );
}

#[test]
fn a_contest_without_bond_owes_none() {
    let mut play = Play::of(Terms { bond: amount(0), ..terms() });
    play.by("ann", Command::Cancel).unwrap();
    assert_eq!(code(&play.by("ann", pay(PayoutKind::Bond))), "nothing_owed");
    assert_eq!(posting(ARENA, &play.history[0]), None);
}
