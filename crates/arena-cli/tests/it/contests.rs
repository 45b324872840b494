//! Paid contests by the command line alone: from deposits to prizes, and each way out.

use serde_json::json;

use crate::{
    cup::{Cup, PAID},
    folder::text,
};

const DAY_MS: u64 = 86_400_000;

#[test]
fn a_paid_contest_goes_from_deposits_to_prizes_by_the_command_line_alone() {
    let cup = Cup::new(&["alice", "bob", "carol", "dan"]);
    let made = cup.contest("alice", &[&["create", "--title", "Cup"], &PAID[..]].concat());
    let id = text(&made, "/arena_id").to_owned();
    let id = id.as_str();
    assert_eq!((text(&made, "/status"), text(&made, "/exit_action")), ("registration", "cancel"));
    assert_eq!(made["exit_at"], made["created_at"]);
    assert_eq!(cup.balance(&format!("bond:{id}")), 500);
    assert_eq!(made["terms"]["duration_s"], 3_600);

    // Entering, leaving, entering again; a repeated key enters once.
    let entered = cup.contest("bob", &["enter", id, "--key", "once"]);
    assert_eq!((text(&entered, "/agent_id"), text(&entered, "/exit_action")), ("bob", "leave"));
    assert_eq!(entered, cup.contest("bob", &["enter", id, "--key", "once"]));
    cup.refused("bob", &["enter", id], 4, "already_entered");
    assert_eq!(cup.balance("bob"), 9_000);
    cup.contest("bob", &["leave", id, "bob"]);
    assert_eq!(cup.balance("bob"), 10_000);
    cup.refused("alice", &["enter", id], 5, "forbidden");
    cup.refused("alice", &["start", id], 4, "not_enough_entrants");
    for agent in ["bob", "carol", "dan"] {
        cup.contest(agent, &["enter", id]);
    }
    cup.refused("bob", &["leave", id, "carol"], 5, "forbidden");
    assert_eq!(cup.contest("bob", &["entries", id])["items"].as_array().unwrap().len(), 3);

    // Rounds, of which the second comes in two pages and with its actions.
    let started = cup.contest("alice", &["start", id]);
    assert_eq!((text(&started, "/status"), text(&started, "/exit_action")), ("active", "abandon"));
    assert_eq!(started["exit_at"], started["times_out_at"]);
    cup.refused("bob", &["leave", id, "bob"], 4, "wrong_state");
    cup.refused("alice", &["finalize", id], 4, "wrong_round");
    cup.contest("alice", &["submit", id, "1", "--score", "bob=3,carol=5", "--score", "dan=-1"]);
    cup.refused("alice", &["submit", id, "3"], 4, "wrong_round");
    let open = cup.contest("alice", &["submit", id, "2", "--out", "dan", "--more"]);
    assert_eq!(text(&open, "/status"), "eliminating");
    let line = |agent: &str| json!({"arena_id": id, "round": 2, "agent_id": agent, "move": "up"}).to_string();
    let actions = format!("{}\n{}\n", line("bob"), line("carol"));
    let file = cup.folder.write("actions.jsonl", &actions);
    cup.contest("alice", &["submit", id, "2", "--page", "2", "--score", "bob=4", "--actions", &file]);
    assert_eq!(cup.said("bob", &["actions", id, "2"]), actions);
    let rounds = cup.contest("bob", &["rounds", id]);
    assert_eq!((&rounds["items"][1]["pages"], &rounds["items"][1]["eliminated"]), (&2.into(), &1.into()));
    assert!(rounds["items"][1]["actions_sha256"].is_string());

    // The end: standings follow from the rounds, and everything that is owed goes to its owner.
    cup.refused("bob", &["finalize", id], 5, "forbidden");
    cup.refused("bob", &["receipt", id], 4, "wrong_state");
    let finished = cup.contest("alice", &["finalize", id]);
    assert_eq!((text(&finished, "/status"), text(&finished, "/exit_action")), ("finished", "bond"));
    let standings = cup.contest("carol", &["standings", id]);
    let places: Vec<_> =
        standings["items"].as_array().unwrap().iter().map(|one| text(one, "/agent_id")).collect();
    assert_eq!((places, text(&standings, "/exit_action")), (vec!["carol", "bob", "dan"], "prize"));
    let owed = cup.contest("dan", &["obligations", id]);
    assert_eq!(owed["items"].as_array().unwrap().len(), 5);
    assert_eq!(owed.get("exit_at"), None);
    let prize = cup.contest("dan", &["payout", id, "prize", "carol"]);
    assert_eq!((&prize["amount"], text(&prize, "/payee")), (&1_692.into(), "carol"));
    cup.refused("carol", &["payout", id, "prize"], 4, "already_paid");
    cup.refused("dan", &["payout", id, "prize"], 4, "nothing_owed");
    let paid = cup.contest("dan", &["payout", id, "--all"]);
    assert_eq!(paid["items"].as_array().unwrap().len(), 4);
    assert_eq!(cup.contest("dan", &["payout", id, "--all"])["items"], json!([]));
    let balances = ["alice", "bob", "carol", "dan", "treasury"].map(|account| cup.balance(account));
    assert_eq!(balances, [10_150, 10_128, 10_692, 9_000, 30]);
    cup.is_settled(id);

    // What is left to read: the receipt, the journal, the transfers, the profiles.
    let receipt = cup.folder.path("receipt.json");
    let receipt = receipt.to_str().unwrap();
    cup.contest("dan", &["receipt", id, "--out", receipt]);
    assert_eq!(cup.folder.json(&["verify", receipt])["ok"], true);
    assert_eq!(cup.said("dan", &["receipt", id]), std::fs::read_to_string(receipt).unwrap());
    let events = cup.contest("dan", &["events", id, "--type", "obligation_paid"]);
    assert_eq!(events["items"].as_array().unwrap().len(), 5);
    let account = format!("escrow:{id}");
    let transfers = cup.folder.json(&["ledger", "transfers", "--account", &account, "--limit", "1000"]);
    assert_eq!(transfers["items"].as_array().unwrap().len(), 4 + 1 + 4);
    let carol = cup.folder.json(&["agent", "show", "carol"]);
    assert_eq!((&carol["wins"], &carol["earnings"]), (&1.into(), &1_692.into()));
    let listed = cup.contest("dan", &["list", "--status", "finished"]);
    assert_eq!(text(&listed, "/items/0/arena_id"), id);
    assert_eq!(cup.contest("dan", &["list", "--status", "active"])["items"], json!([]));
}

#[test]
fn every_answer_says_in_words_when_the_callers_money_moves() {
    let cup = Cup::new(&["alice", "bob", "carol"]);
    let made = cup.said("alice", &[&["create", "--title", "Cup"], &PAID[..]].concat());
    let id = made.split_whitespace().nth(1).unwrap().to_owned();
    let id = id.as_str();
    assert!(made.contains("is in registration with 0 entrants"), "{made}");
    assert!(made.contains("your bond is owed to you once you cancel"), "{made}");
    let said = |agent: &str, args: &[&str], part: &str| {
        let said = cup.said(agent, args);
        assert!(said.contains(part), "{args:?}: {said}");
    };
    said("bob", &["enter", id], "your fee is back when you leave");
    said("bob", &["leave", id, "bob"], "once you enter, your fee is back when you leave");
    said("bob", &["enter", id], "bob entered and paid 1000");
    said("carol", &["enter", id], "your fee is back when you leave");
    said("bob", &["show", id], "your fee is back when you leave");
    said("alice", &["start", id], "anyone may abandon it from");
    said("alice", &["submit", id, "1", "--score", "bob=1", "--more"], "more of round 1 is due from alice");
    said("alice", &["submit", id, "1", "--score", "carol=1"], "anyone may abandon it from");
    said("alice", &["finalize", id], "your bond is open since");
    said("bob", &["standings", id], "your prize is open since");
    said("bob", &["payout", id, "bond"], "your prize is open since");
    said("bob", &["obligations", id], "creator_fee");
    said("alice", &["list"], "creator fee");
    said("bob", &["payout", id, "--all"], "paid 940 to carol: prize");
    said("bob", &["payout", id, "--all"], "nothing is owed");
    said("bob", &["show", id], "nothing in it is yours");
    let wallet = cup.folder.arena_as(cup.token("bob"), &["ledger", "balance", "bob"]).ok().stdout;
    assert_eq!(wallet, "wallet:bob holds 9940\n");
    assert!(cup.folder.arena(&["ledger", "audit"]).ok().stdout.contains("fit together"));
    assert!(cup.folder.arena(&["ledger", "transfers"]).ok().stdout.contains("entry_fee"));
    assert!(cup.folder.arena(&["agent", "show", "bob"]).ok().stdout.contains("EARNINGS"));
}

#[test]
fn a_silent_oracle_loses_its_bond_at_the_first_millisecond_and_everyone_is_refunded() {
    let cup = Cup::new(&["alice", "bob", "carol"]);
    let id = cup.create("alice", &PAID);
    for agent in ["bob", "carol"] {
        cup.contest(agent, &["enter", &id]);
    }
    cup.contest("alice", &["start", &id]);
    cup.advance(119_999);
    let refused = cup.refused("bob", &["abandon", &id], 4, "not_timed_out");
    assert!(text(&refused, "/detail").contains("abandon the contest then"), "{refused}");
    assert_eq!(cup.contest("bob", &["payout", &id, "--all"])["items"], json!([]));
    cup.advance(1);
    cup.refused("alice", &["submit", &id, "1"], 4, "oracle_timed_out");
    let abandoned = cup.contest("bob", &["abandon", &id]);
    assert_eq!((text(&abandoned, "/status"), text(&abandoned, "/exit_action")), ("abandoned", "refund"));
    assert_eq!(cup.contest("carol", &["payout", &id, "refund"])["amount"], 1_000);
    assert_eq!(cup.contest("carol", &["payout", &id, "--all"])["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        ["alice", "bob", "carol", "treasury"].map(|one| cup.balance(one)),
        [9_500, 10_000, 10_000, 500]
    );
    cup.is_settled(&id);
}

#[test]
fn a_contest_that_nobody_starts_refunds_everyone_once_registration_is_over() {
    let cup = Cup::new(&["alice", "bob", "carol"]);
    let id = cup.create("alice", &PAID);
    for agent in ["bob", "carol"] {
        cup.contest(agent, &["enter", &id]);
    }
    cup.advance(3 * DAY_MS - 1);
    cup.refused("bob", &["payout", &id, "--all"], 4, "wrong_state");
    let hinted = cup.folder.arena(&["contest", "payout", &id, "--all"]).stderr;
    assert!(hinted.contains("hint: refunds begin when registration is over"), "{hinted}");
    cup.advance(1);
    cup.refused("alice", &["start", &id], 4, "registration_expired");
    let paid = cup.contest("bob", &["payout", &id, "--all"]);
    assert_eq!(paid["items"].as_array().unwrap().len(), 3, "{paid}");
    assert_eq!(
        ["alice", "bob", "carol", "treasury"].map(|one| cup.balance(one)),
        [10_000, 10_000, 10_000, 0]
    );
    cup.is_settled(&id);
}

#[test]
fn a_cancelled_contest_gives_everything_back() {
    let cup = Cup::new(&["alice", "bob"]);
    let terms = cup.folder.write(
        "terms.toml",
        "title = 'Cup'\n[terms]\nentry_fee = 400\nbond = 300\nprize_split_bps = [6050, 3950]\n",
    );
    let made = cup.contest("alice", &["create", &terms, "--bond", "350"]);
    let id = text(&made, "/arena_id");
    assert_eq!(
        (&made["terms"]["bond"], &made["terms"]["prize_split_bps"]),
        (&350.into(), &json!([6050, 3950]))
    );
    cup.contest("bob", &["enter", id]);
    cup.refused("bob", &["cancel", id], 5, "forbidden");
    assert_eq!(text(&cup.contest("alice", &["cancel", id]), "/exit_action"), "bond");
    assert_eq!(cup.contest("bob", &["payout", id, "--all"])["items"].as_array().unwrap().len(), 2);
    assert_eq!(["alice", "bob"].map(|one| cup.balance(one)), [10_000, 10_000]);
    cup.is_settled(id);
}

#[test]
fn a_seed_that_was_committed_to_is_revealed_at_the_end() {
    let cup = Cup::new(&["alice", "bob", "carol"]);
    let commitment = arena_core::Hash::of(b"open sesame").to_string();
    let id = cup.create(
        "alice",
        &["--fee", "10", "--seed-commitment", &commitment, "--oracle", "carol", "--creator-may-enter"],
    );
    for agent in ["alice", "bob"] {
        cup.contest(agent, &["enter", &id]);
    }
    cup.refused("alice", &["start", &id], 5, "forbidden");
    cup.contest("carol", &["start", &id]);
    let round =
        cup.folder.write("round.json", r#"{"round": 1, "eliminated": ["bob"], "scores": {"alice": 2}}"#);
    cup.contest("carol", &["submit", &id, "--file", &round]);
    assert_eq!(cup.refused("carol", &["finalize", &id], 1, "invalid")["field"], "seed");
    cup.refused("carol", &["finalize", &id, "--seed", "open barley"], 1, "invalid");
    let finished = cup.contest("carol", &["finalize", &id, "--seed", "open sesame"]);
    assert_eq!(text(&finished, "/seed"), "open sesame");
}
