//! What terms would pay, what moving money takes, and what is refused before anyone is asked.

use serde_json::json;

use crate::{
    cup::{Cup, PAID},
    folder::{Folder, text},
};

const DAY_MS: u64 = 86_400_000;

#[test]
fn whatif_says_what_each_outcome_pays_and_how_long_money_can_be_held() {
    let folder = Folder::new();
    let flags = [&["contest", "whatif", "--standings", "1,1,3", "--duration", "1h"], &PAID[..]].concat();
    let answer = folder.json(&flags);
    let finished = &answer["outcomes"]["finished"];
    assert_eq!((&finished["protocol_fee"], &finished["creator_fee"]), (&30.into(), &150.into()));
    let prizes: Vec<_> =
        finished["prizes"].as_array().unwrap().iter().map(|one| one["prize"].as_u64()).collect();
    assert_eq!(prizes, [Some(1_410), Some(1_410), Some(0)]);
    assert_eq!(
        answer["outcomes"]["abandoned"],
        json!({"refund": 1000, "bond_returned": 0, "bond_slashed": 500})
    );
    assert_eq!(
        answer["outcomes"]["expired"],
        json!({"refund": 1000, "bond_returned": 500, "bond_slashed": 0})
    );
    assert_eq!(answer["times"]["silent_oracle_ms"], 120_000);
    assert_eq!(answer["times"]["longest_ms"], 33 * DAY_MS - 1);
    let said = folder.arena(&flags).ok().stdout;
    assert!(said.contains("33d after entering") && said.contains("abandoned  1000 back"), "{said}");
    let few = folder.json(&["contest", "whatif", "--entrants", "1", "--fee", "5"]);
    assert_eq!((few["outcomes"].get("finished"), &few["outcomes"]["expired"]["refund"]), (None, &5.into()));
    assert!(!folder.data().exists());
}

#[test]
fn what_whatif_says_is_what_is_paid() {
    let cup = Cup::new(&["alice", "bob", "carol", "dan"]);
    let terms = ["--fee", "333", "--split", "50,30,20", "--creator-fee-bps", "333"];
    let said = cup.folder.json(&[&["contest", "whatif", "--standings", "2,2,1"], &terms[..]].concat());
    let id = cup.create("alice", &terms);
    for agent in ["bob", "carol", "dan"] {
        cup.contest(agent, &["enter", &id]);
    }
    cup.contest("alice", &["start", &id]);
    cup.contest("alice", &["submit", &id, "1", "--score", "bob=1,carol=1,dan=2"]);
    cup.contest("alice", &["finalize", &id]);
    let standings = cup.contest("alice", &["standings", &id]);
    let paid = standings["items"].as_array().unwrap().iter().map(|one| (&one["standing"], &one["prize"]));
    let said = said["outcomes"]["finished"]["prizes"].as_array().unwrap();
    let said = said.iter().map(|one| (&one["standing"], &one["prize"]));
    assert_eq!(paid.collect::<Vec<_>>(), said.collect::<Vec<_>>());
}

#[test]
fn money_goes_in_and_out_once_for_each_reference_and_only_for_the_operator() {
    let folder = Folder::new();
    let bob = folder.register("bob");
    let ledger = |args: &[&str]| folder.arena(&[&["ledger"], args, &["--json"]].concat());
    let first = ledger(&["deposit", "bob", "700", "--reference", "wire-1"]).json();
    assert_eq!((text(&first, "/debit"), text(&first, "/credit")), ("external", "wallet:bob"));
    assert_eq!(ledger(&["deposit", "bob", "700", "--reference", "wire-1"]).json(), first);
    ledger(&["deposit", "bob", "701", "--reference", "wire-1"]).refused(4, "idempotency_mismatch");
    ledger(&["withdraw", "bob", "701", "--reference", "wire-2"]).refused(4, "insufficient_funds");
    ledger(&["withdraw", "bob", "200", "--reference", "wire-3"]).json();
    assert_eq!(ledger(&["balance", "wallet:bob"]).json()["balance"], 500);
    ledger(&["deposit", "nobody", "1", "--reference", "wire-4"]).refused(3, "not_found");
    ledger(&["balance", "external"]).refused(3, "not_found");
    let as_bob = |args: &[&str]| folder.arena_as(&bob, &[&["ledger"], args, &["--json"]].concat());
    as_bob(&["deposit", "bob", "1", "--reference", "wire-5"]).refused(5, "forbidden");
    as_bob(&["balance", "operator"]).refused(5, "forbidden");
    assert_eq!(as_bob(&["balance", "bob"]).json()["balance"], 500);
    as_bob(&["audit"]).refused(5, "forbidden");
    let seen = as_bob(&["transfers", "--limit", "1"]).json();
    assert_eq!(
        (seen["items"].as_array().unwrap().len(), text(&seen, "/next_cursor")),
        (1, first["transfer"].to_string().as_str())
    );
    let rest = as_bob(&["transfers", "--after", text(&seen, "/next_cursor")]).json();
    assert_eq!((text(&rest, "/items/0/reason"), rest.get("next_cursor")), ("withdrawal", None));
}

#[test]
fn what_cannot_be_understood_is_wrong_usage_and_asks_nobody() {
    let folder = Folder::new();
    let id = "0192f0c1-2345-7abc-8def-0123456789ab";
    let unknown = folder.write("unknown.toml", "[terms]\ncolour = 1\n");
    let wrong: &[&[&str]] = &[
        &["contest"],
        &["contest", "create", "--title", "x", "--fee", "-1"],
        &["contest", "create", "--title", "x", "--fee", "9007199254740992"],
        &["contest", "create", "--title", "x", "--split", "60,x"],
        &["contest", "create", "--title", "x", "--split", "60,40", "--split-bps", "10000"],
        &["contest", "create", "--title", "x", "--interval", "1500ms"],
        &["contest", "create", "--title", "x", "--interval", "60"],
        &["contest", "create", "--title", "x", "--seed-commitment", "abc"],
        &["contest", "show", "not-an-id"],
        &["contest", "payout", id],
        &["contest", "payout", id, "gift"],
        &["contest", "payout", id, "prize", "--all"],
        &["contest", "submit", id],
        &["contest", "submit", id, "1", "--score", "bob"],
        &["contest", "submit", id, "1", "--score", "bob=1.5"],
        &["contest", "list", "--status", "open"],
        &["ledger", "deposit", "bob", "5"],
        &["ledger", "deposit", "bob", "0x5", "--reference", "r"],
        &["ledger", "balance", "escrow:1"],
        &["contest", "whatif", "--max", "1"],
        &["contest", "whatif", "--split", "60,50"],
        &["contest", "whatif", "--max", "4", "--entrants", "5"],
        &["contest", "whatif", "--standings", "1,1,2"],
        &["contest", "whatif", &unknown],
    ];
    for args in wrong {
        let ran = folder.arena(args);
        assert_eq!(ran.code, 2, "{args:?}: {}{}", ran.stdout, ran.stderr);
    }
    assert!(!folder.data().exists());
    folder.register("bob");
    folder.arena(&["contest", "create", "--json"]).refused(2, "usage");
    folder.arena(&["contest", "create", &unknown, "--title", "x", "--json"]).refused(2, "terms");
    folder.arena(&["contest", "payout", id, "--all", "--key", "k", "--json"]).refused(2, "usage");
    folder.arena(&["contest", "submit", id, "1", "--score", "bob=1,bob=2", "--json"]).refused(2, "usage");
    folder.arena(&["contest", "show", id, "--json"]).refused(3, "not_found");
    let invalid =
        folder.arena(&["contest", "create", "--title", "x", "--max", "1", "--json"]).refused(1, "invalid");
    assert_eq!(invalid["field"], "terms.max_agents");
    let poor = folder.arena(&["contest", "create", "--title", "x", "--bond", "1", "--json"]);
    poor.refused(4, "insufficient_funds");
}

#[test]
fn completions_know_the_verbs_of_contests_and_of_the_ledger() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Folder::new().arena(&["completions", shell]).ok().stdout;
        for word in ["whatif", "obligations", "seed-commitment", "withdraw"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
