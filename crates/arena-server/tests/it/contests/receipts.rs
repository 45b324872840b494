//! The receipt holds all that it takes to check a contest without a server.

use arena_api::receipt::{NotAReceipt, Receipt};
use arena_core::{ArenaId, Hash, contest};
use serde_json::json;

use super::cup::Cup;

async fn receipt(cup: &Cup) -> Receipt {
    let file = cup.get("receipt", "zoe").await.ok(200);
    assert_eq!(file.header("content-type"), "application/json");
    Receipt::open(&file.bytes).unwrap()
}

/// A finished contest with a revealed seed and stored actions, and what the actions were.
async fn cup() -> (Cup, Vec<String>) {
    let commitment = Hash::of(b"dice").to_string();
    let cup = Cup::full(|terms| terms["seed_commitment"] = json!(commitment)).await;
    cup.poke("start", "judge").await.ok(200);
    let line =
        |agent: &str| json!({"arena_id": cup.id, "round": 1, "agent_id": agent, "move": "€"}).to_string();
    let actions = vec![line("ann"), line("ben")];
    let root = contest::merkle::root_of(actions.iter().map(|line| line.as_bytes()));
    let first = json!({"round": 1, "page": 1, "eliminated": ["cat"], "scores": {"ann": 3}, "last": false});
    let second = json!({"round": 1, "page": 2, "eliminated": [], "scores": {"ben": -4}, "actions_root": root.to_string()});
    for page in [first, second] {
        cup.post("eliminations", "judge", page).await.ok(200);
    }
    let path = cup.at("rounds/1/actions");
    let put = cup.world.request("PUT", &path, cup.token("judge")).body(actions.join("\n") + "\n");
    put.send().await.ok(200);
    cup.post("eliminations", "judge", json!({"round": 2, "eliminated": [], "scores": {}})).await.ok(200);
    cup.post("finalize", "judge", json!({"seed": "dice"})).await.ok(200);
    (cup, actions)
}

#[tokio::test]
async fn a_receipt_says_what_the_server_says() {
    let (cup, actions) = cup().await;
    cup.payout("prize", "ann").await.ok(200);
    let receipt = receipt(&cup).await;
    let shown = cup.contest("zoe").await;
    let said = serde_json::to_value(&receipt).unwrap();
    for field in ["arena_id", "title", "status", "terms", "terms_hash", "creator", "oracle", "pot", "seed"] {
        assert_eq!(said[field], shown[field], "{field}");
    }
    assert_eq!(said["seed_commitment"], shown["terms"]["seed_commitment"]);
    for (field, rest) in [("entries", "entries"), ("standings", "standings"), ("obligations", "obligations")]
    {
        assert_eq!(said[field], cup.get(rest, "zoe").await.ok(200).field("items"), "{field}");
    }
    let transfers =
        cup.world.get("/v1/ledger/transfers?limit=1000", &cup.world.operator).await.ok(200).field("items");
    let of_contest: Vec<_> = transfers
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["arena_id"] == cup.id.as_str())
        .cloned()
        .collect();
    assert_eq!(said["transfers"], json!(of_contest));
    assert_eq!(of_contest.len(), 5, "the bond, three fees, a prize");
    let events = cup.get("events?limit=1000", "zoe").await.ok(200).json();
    assert_eq!(said["head"]["sequence"], events["head"]);
    assert_eq!(receipt.rounds.len(), 2);
    let first = &receipt.rounds[0];
    assert_eq!((first.pages.len(), first.actions.as_ref()), (2, Some(&actions)));
    assert_eq!(
        json!(first.pages[0]),
        json!({"page": 1, "eliminated": ["cat"], "scores": {"ann": 3}, "last": false})
    );
    assert_eq!(
        json!(first.pages[1]),
        json!({"page": 2, "eliminated": [], "scores": {"ben": -4}, "last": true})
    );
    assert_eq!(receipt.rounds[1].actions, None);
}

#[tokio::test]
async fn the_events_of_a_receipt_prove_themselves() {
    let (cup, _) = cup().await;
    let receipt = receipt(&cup).await;
    let id: ArenaId = cup.id.parse().unwrap();
    let mut previous = Hash::ZERO;
    for (event, sequence) in receipt.events.iter().zip(1_u64..) {
        assert_eq!((event.sequence.get(), event.previous_hash), (sequence, previous));
        let (sequence, position) = (event.sequence.get().to_be_bytes(), event.position.get().to_be_bytes());
        let recorded_at = event.recorded_at_ms.to_be_bytes();
        let key = event.command_id.as_ref().map_or("", |key| key.as_str());
        let fields: [&[u8]; 10] = [
            b"arena/event/v1",
            previous.as_bytes(),
            id.as_bytes(),
            &sequence,
            &position,
            &recorded_at,
            event.actor.as_bytes(),
            key.as_bytes(),
            event.kind.as_bytes(),
            event.payload.as_bytes(),
        ];
        let mut bytes = Vec::new();
        for field in fields {
            bytes.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(field);
        }
        previous = Hash::of(&bytes);
        assert_eq!(event.hash, previous, "{event:?}");
    }
    assert_eq!(receipt.head.hash, previous);
    assert_eq!(contest::Terms::from(&receipt.terms).hash(), receipt.terms_hash);
    assert!(
        contest::opened_seed(receipt.seed.as_ref().unwrap(), &receipt.seed_commitment.unwrap()).is_some()
    );
}

#[tokio::test]
async fn a_receipt_grows_with_payouts_and_is_else_the_same() {
    let (cup, _) = cup().await;
    let first = cup.get("receipt", "zoe").await.ok(200).bytes;
    assert_eq!(cup.get("receipt", "operator").await.ok(200).bytes, first);
    cup.payout("bond", "zoe").await.ok(200);
    let after = receipt(&cup).await;
    assert_eq!(after.transfers.len(), Receipt::open(&first).unwrap().transfers.len() + 1);
}

#[tokio::test]
async fn a_byte_of_a_receipt_cannot_be_changed() {
    let (cup, _) = cup().await;
    let file = cup.get("receipt", "zoe").await.ok(200).bytes;
    for at in (0..file.len()).step_by(97) {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert_ne!(Receipt::open(&changed).map(|_| ()), Ok(()), "byte {at}");
    }
    let longer = [file.as_slice(), b"\n"].concat();
    assert_eq!(Receipt::open(&longer), Err(NotAReceipt::NotCanonical { offset: file.len() }));
}

#[tokio::test]
async fn a_receipt_that_memory_cannot_hold_is_not_begun() {
    // Its eight events come to some 6 KiB: enough alone, or with the actions.
    for (limit, pad, status) in [(3_000, 0, 413), (50_000, 50_000, 413), (50_000, 1_000, 200)] {
        let line = |cup: &Cup| {
            let pad = "x".repeat(pad);
            json!({"arena_id": cup.id, "round": 1, "agent_id": "ann", "pad": pad}).to_string()
        };
        let world = crate::world::World::with(
            |options| options.test_clock = true,
            |config| config.max_receipt_bytes = limit,
        );
        let cup = Cup::in_world(world.await, |_| ()).await;
        for name in ["ann", "ben"] {
            cup.enter(name).await.ok(201);
        }
        cup.poke("start", "judge").await.ok(200);
        let line = line(&cup);
        let root = contest::merkle::root_of([line.as_bytes()]).to_string();
        cup.post("eliminations", "judge", json!({"round": 1, "actions_root": root})).await.ok(200);
        let put = cup.world.request("PUT", &cup.at("rounds/1/actions"), cup.token("judge")).body(line);
        put.send().await.ok(200);
        cup.get("receipt", "zoe").await.refused(409, "wrong_state");
        cup.poke("finalize", "judge").await.ok(200);
        let answer = cup.get("receipt", "zoe").await;
        assert_eq!(answer.status, status, "{:?}", answer.json());
        if status == 413 {
            assert_eq!(answer.refused(413, "too_large").field("limit"), limit);
        }
    }
}

#[tokio::test]
async fn cancelled_and_abandoned_contests_have_receipts_too() {
    let cup = Cup::full(|_| ()).await;
    cup.get("receipt", "zoe").await.refused(409, "wrong_state");
    cup.poke("cancel", "host").await.ok(200);
    let receipt = receipt(&cup).await;
    assert!(receipt.standings.is_empty() && receipt.rounds.is_empty());
    assert_eq!((receipt.entries.len(), receipt.obligations.len()), (3, 4));
}
