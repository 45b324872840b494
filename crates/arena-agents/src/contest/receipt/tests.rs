//! A receipt is refused after any change, and the first divergence is named, however much of the rest is forged along with it.

use arena_api::receipt::{Receipt, ReceiptEvent};
use arena_core::{Hash, Position, Sequence, amount::Amount};

use super::*;

/// Receipts of three small contests, as servers gave them; once merged they are not edited.
const GOLDEN: [(&str, &[u8]); 3] = [
    ("prisoners-dilemma", include_bytes!("golden/dilemma.json")),
    ("rock-paper-scissors", include_bytes!("golden/throws.json")),
    ("snakes", include_bytes!("golden/snakes.json")),
];

fn receipt(game: &str) -> Receipt {
    let (_, file) = GOLDEN.iter().find(|(name, _)| *name == game).unwrap();
    Receipt::open(file).unwrap()
}

fn checked(file: &[u8]) -> Result<Checked, Divergence> {
    check(file, None)
}

#[test]
fn a_receipt_as_the_server_gave_it_checks_for_ever() {
    for (game, file) in GOLDEN {
        let checked = checked(file).unwrap();
        assert_eq!((checked.game, checked.status), (Some(game), Status::Finished));
        let head = NotedHead { arena_id: checked.arena_id, sequence: checked.sequence, hash: checked.head };
        assert_eq!(check(file, [&head]).as_ref(), Ok(&checked));
        for noted in [
            NotedHead { hash: Hash::ZERO, ..head },
            NotedHead { sequence: head.sequence.next(), ..head },
            NotedHead { arena_id: ArenaId::SYSTEM, ..head },
        ] {
            assert!(check(file, [&noted]).unwrap_err().reason.contains("was noted and is not in it"));
        }
    }
}

#[test]
fn no_single_byte_can_be_changed() {
    let (_, file) = GOLDEN[0];
    for at in 0..file.len() {
        let mut changed = file.to_vec();
        changed[at] ^= 1 << (at % 7);
        assert!(checked(&changed).is_err(), "byte {at}");
    }
    for (_, file) in GOLDEN {
        assert!(checked(&file[..file.len() - 1]).is_err());
        assert!(checked(&[file, b"\n"].concat()).is_err());
    }
}

/// Chains the events anew: what somebody does who forges a receipt with care.
fn rechained(mut receipt: Receipt) -> Receipt {
    let (arena_id, mut hash) = (receipt.arena_id, Hash::ZERO);
    for (sequence, event) in (1..).zip(&mut receipt.events) {
        event.sequence = Sequence::new(sequence);
        event.previous_hash = hash;
        hash = chain::computed_hash(arena_id, event);
        event.hash = hash;
        (receipt.head.sequence, receipt.head.hash) = (event.sequence, hash);
    }
    receipt
}

/// The events of a kind.
fn of_kind<'r>(receipt: &'r mut Receipt, kind: &str) -> Vec<&'r mut ReceiptEvent> {
    receipt.events.iter_mut().filter(|event| event.kind == kind).collect()
}

fn replace(event: &mut ReceiptEvent, from: &str, to: &str) {
    assert!(event.payload.contains(from), "{}", event.payload);
    event.payload = event.payload.replacen(from, to, 1);
}

/// Puts other actions in the place of a round's first, their bytes consistently known, their root only when `with_root`.
fn with_other_action(game: &str, with_root: bool) -> Receipt {
    use crate::contest::{ActionLine, actions};
    let mut forged = receipt(game);
    let round = &mut forged.rounds[0];
    let lines = round.actions.as_mut().unwrap();
    let old_size = actions::bytes(lines).len();
    let line = ActionLine::parse(&lines[0]).unwrap();
    let other = if lines[0].contains("rock") { "paper" } else { "rock" };
    lines[0] = ActionLine { action: Some(other.into()), ..line }.text();
    let (bytes, root) = (actions::bytes(lines), actions::root(lines));
    let mut changes = vec![(
        round.actions_sha256.replace(Hash::of(&bytes)).unwrap().to_string(),
        Hash::of(&bytes).to_string(),
    )];
    if with_root {
        changes.push((round.actions_root.replace(root).unwrap().to_string(), root.to_string()));
    }
    for event in &mut forged.events {
        for (old, new) in &changes {
            event.payload = event.payload.replace(old, new);
        }
    }
    let (old, new) = (format!("\"size\":{old_size}"), format!("\"size\":{}", bytes.len()));
    replace(of_kind(&mut forged, "round_actions_stored")[0], &old, &new);
    rechained(forged)
}

type Forge = fn(&mut Receipt);

#[test]
fn what_is_sealed_anew_over_the_same_events_is_named() {
    let forgeries: [(&str, Forge); 18] = [
        ("title", |receipt| receipt.title.push('!')),
        ("status", |receipt| receipt.status = Status::Cancelled),
        ("terms", |receipt| receipt.terms.entry_fee = Amount::at_most(1)),
        ("terms", |receipt| receipt.terms.prize_split = None),
        ("terms_hash", |receipt| receipt.terms_hash = Hash::ZERO),
        ("creator", |receipt| receipt.creator = "ann".parse().unwrap()),
        ("oracle", |receipt| receipt.oracle = "ann".parse().unwrap()),
        ("pot", |receipt| receipt.pot = Amount::at_most(301)),
        ("entry 2", |receipt| receipt.entries[1].amount = Amount::ZERO),
        ("entry 1", |receipt| receipt.entries.swap(0, 1)),
        ("standing 1", |receipt| receipt.standings.swap(0, 1)),
        ("standing 3", |receipt| drop(receipt.standings.pop())),
        ("obligation 1", |receipt| receipt.obligations[0].amount = Amount::at_most(198)),
        ("seed", |receipt| receipt.seed = Some("silver".into())),
        ("seed_commitment", |receipt| receipt.seed_commitment = None),
        ("round 2", |receipt| drop(receipt.rounds[1].actions.as_mut().unwrap().pop())),
        ("transfer ", |receipt| receipt.transfers[3].amount = Amount::at_most(7)),
        ("transfers", |receipt| drop(receipt.transfers.pop())),
    ];
    for (place, forge) in forgeries {
        let mut forged = receipt("snakes");
        forge(&mut forged);
        let divergence = checked(&forged.seal()).expect_err(place);
        assert!(divergence.place.starts_with(place), "{place}: {divergence}");
    }
}

#[test]
fn events_that_were_changed_cut_or_moved_are_named() {
    let forgeries: [(&str, Forge); 7] = [
        // Every event hashes right, and one does not follow the one before it.
        ("event 5", |receipt| {
            let arena_id = receipt.arena_id;
            receipt.events[4].previous_hash = Hash::ZERO;
            receipt.events[4].hash = chain::computed_hash(arena_id, &receipt.events[4]);
        }),
        ("event 5", |receipt| receipt.events[4].recorded_at_ms += 1),
        ("event 5", |receipt| receipt.events[4].position = Position::new(9_000)),
        ("event 5", |receipt| receipt.events[4].actor = "ann".into()),
        ("event 7", |receipt| drop(receipt.events.remove(5))),
        ("head", |receipt| drop(receipt.events.pop())),
        ("head", |receipt| receipt.head.sequence = receipt.head.sequence.next()),
    ];
    for (place, forge) in forgeries {
        let mut forged = receipt("snakes");
        forge(&mut forged);
        let divergence = checked(&forged.seal()).expect_err(place);
        assert_eq!(divergence.place, place, "{divergence}");
    }
}

#[test]
fn a_chain_forged_anew_is_refused_by_the_rules() {
    let forgeries: [(&str, Forge); 8] = [
        // A prize of another amount, to a loser, or paid twice.
        ("by the rules something else", |receipt| {
            replace(of_kind(receipt, "obligation_paid")[0], "\"amount\":197", "\"amount\":198");
        }),
        ("no prize is owed", |receipt| {
            replace(of_kind(receipt, "obligation_paid")[0], "\"ann\"", "\"operator\"");
        }),
        ("was paid before", |receipt| {
            let again = receipt.events.last().unwrap().clone();
            receipt.events.push(ReceiptEvent { position: again.position.next(), ..again });
        }),
        // A stranger in the oracle's place, and a start before there are enough.
        ("only ", |receipt| of_kind(receipt, "contest_started")[0].actor = "ann".into()),
        ("", |receipt| {
            let entered = |event: &ReceiptEvent| event.kind == "agent_entered";
            receipt.events.retain(|event| !entered(event));
        }),
        // Fees that the pot does not have.
        ("by the rules something else", |receipt| {
            replace(of_kind(receipt, "contest_finalized")[0], "\"creator_fee\":15", "\"creator_fee\":16");
        }),
        ("seed", |receipt| replace(of_kind(receipt, "contest_finalized")[0], "golden", "silver")),
        ("by the rules something else", |receipt| {
            replace(of_kind(receipt, "round_completed")[0], "\"alive\":3", "\"alive\":2");
        }),
    ];
    for (reason, forge) in forgeries {
        let mut forged = receipt("snakes");
        forge(&mut forged);
        let divergence = checked(&rechained(forged).seal()).expect_err(reason);
        assert!(divergence.place.starts_with("event "), "{reason}: {divergence}");
        assert!(divergence.reason.contains(reason), "{reason}: {divergence}");
    }
}

/// Submits another score than was played, consistently in events, rounds and roots.
fn with_score(game: &str, round: usize, from: &str, to: i64) -> Receipt {
    let mut forged = receipt(game);
    replace(of_kind(&mut forged, "round_page_submitted")[round], from, &format!("\"ann\":{to}"));
    let score = arena_core::contest::Score::new(to).unwrap();
    forged.rounds[round].pages[0].scores.insert("ann".parse().unwrap(), score);
    rechained(forged)
}

#[test]
fn a_round_that_the_game_does_not_give_is_named() {
    // The score of a round that is overwritten by the next: standings and money are the same.
    let divergence = checked(&with_score("snakes", 2, "\"ann\":3", 99).seal()).unwrap_err();
    assert_eq!(divergence.place, "round 3");
    assert!(divergence.reason.contains("played again, ann scores 3"), "{divergence}");
}

#[test]
fn actions_that_are_not_those_of_their_root_are_named() {
    let divergence = checked(&with_other_action("rock-paper-scissors", false).seal()).unwrap_err();
    assert_eq!(divergence.place, "round 1");
    assert!(divergence.reason.contains("which was not recorded"), "{divergence}");
}

#[test]
fn actions_forged_with_their_root_do_not_come_out_the_same() {
    let divergence = checked(&with_other_action("rock-paper-scissors", true).seal()).unwrap_err();
    assert_eq!(divergence.place, "round 1");
    assert!(divergence.reason.contains("played again"), "{divergence}");
}

#[test]
fn a_payload_says_nothing_that_is_not_checked() {
    let payloads: [Forge; 3] = [
        |receipt| replace(of_kind(receipt, "agent_entered")[0], "{", "{\"lie\":\"I paid\","),
        |receipt| replace(of_kind(receipt, "round_page_submitted")[0], "\"ann\":", "\"ann\":99,\"ann\":"),
        |receipt| replace(of_kind(receipt, "agent_entered")[0], ":", ": "),
    ];
    for (number, forge) in payloads.into_iter().enumerate() {
        let mut forged = receipt("snakes");
        forge(&mut forged);
        let divergence = checked(&rechained(forged).seal()).expect_err(&number.to_string());
        assert!(divergence.place.starts_with("event "), "{number}: {divergence}");
        assert!(divergence.reason.contains("its payload is not"), "{number}: {divergence}");
    }
}

type Rewrite = fn(&str) -> String;

#[test]
fn a_line_of_actions_is_bound_to_its_contest_round_and_an_entrant_whatever_the_game() {
    let lines: [(&str, Rewrite); 5] = [
        ("is of round 99", |line| line.replace("\"round\":1", "\"round\":99")),
        ("is of round 1 of 0", |line| {
            line.replace(&receipt("snakes").arena_id.to_string(), "00000000-0000-7000-8000-000000000001")
        }),
        ("nobody has no entry", |line| line.replace("\"agent_id\":\"ann\"", "\"agent_id\":\"nobody\"")),
        ("missing field", |line| line.replace("\"agent_id\"", "\"agent\"")),
        ("not one JSON object", |line| line.replacen('{', "{\n", 1)),
    ];
    for (reason, forge) in lines {
        let mut forged = receipt("snakes");
        let line = &mut forged.rounds[0].actions.as_mut().unwrap()[0];
        let other = forge(line);
        assert_ne!(*line, other, "{reason}");
        *line = other;
        let divergence = outcome::check_lines(&forged, &forged.rounds[0]).expect_err(reason);
        assert!(divergence.to_string().starts_with("round 1: line 1 of its actions: "), "{divergence}");
        assert!(divergence.reason.contains(reason), "{reason}: {divergence}");
    }
    let honest = receipt("snakes");
    honest.rounds.iter().try_for_each(|round| outcome::check_lines(&honest, round)).unwrap();
}

#[test]
fn no_title_writes_a_line_of_the_verdict() {
    let mut checked = checked(GOLDEN[0].1).unwrap();
    let lines = checked.to_string().lines().count();
    checked.title = "a cup\nok: forged \u{202e}".into();
    let said = checked.to_string();
    assert_eq!(said.lines().count(), lines, "{said}");
    assert!(said.starts_with("a cup\\u{a}ok: forged \\u{202e} (contest"), "{said}");
    let divergence = Divergence::at("event 1", "its payload is not that of x\nok: forged");
    assert_eq!(divergence.to_string().lines().count(), 1);
}
