//! The bounds of terms, and their one hash.

use arena_core::{
    contest::{Gates, Rejection, Terms},
    Amount, Contest, Hash,
};

use super::world::{amount, field, terms, START};
use crate::world::id;

fn created(terms: &Terms) -> Result<(), Rejection> {
    Contest::create("a cup", terms, &id("ann"), START).map(drop)
}

/// Each bound, the last value within it and the first beyond.
#[test]
fn every_bound_is_exact() {
    type Change = fn(&mut Terms, u64);
    fn small(value: u64) -> u32 {
        u32::try_from(value).unwrap()
    }
    let cases: [(&str, Change, &[u64], &[u64]); 11] = [
        ("max_agents", |t, v| t.max_agents = small(v), &[2, 10_000], &[0, 1, 10_001]),
        ("min_agents", |t, v| t.min_agents = small(v), &[2, 10], &[0, 1, 11]),
        ("entry_fee", |t, v| t.entry_fee = amount(v), &[0, 900_719_925_474_099], &[900_719_925_474_100]),
        ("bond", |t, v| t.bond = amount(v), &[0, Amount::MAX.get()], &[]),
        ("creator_fee_bps", |t, v| t.creator_fee_bps = u16::try_from(v).unwrap(), &[0, 2_000], &[2_001]),
        ("elimination_interval_s", |t, v| t.elimination_interval_s = small(v), &[10, 86_400], &[9, 86_401]),
        ("duration_s", |t, v| t.duration_s = small(v), &[1, 2_592_000], &[0, 2_592_001]),
        (
            "action_schema",
            |t, v| t.action_schema = Some("x".repeat(usize::try_from(v).unwrap())),
            &[0, 256],
            &[257],
        ),
        (
            "gates.min_age_s",
            |t, v| t.gates.min_age_s = v,
            &[0, Amount::MAX.get()],
            &[Amount::MAX.get() + 1, u64::MAX],
        ),
        (
            "prize_split_bps",
            |t, v| t.prize_split_bps = vec![u16::try_from(v).unwrap(), 4_000],
            &[6_000],
            &[5_999, 6_001],
        ),
        (
            "prize_split_bps",
            |t, v| t.prize_split_bps = vec![1_000; usize::try_from(v).unwrap()],
            &[10],
            &[0, 9, 11],
        ),
    ];
    for (name, change, within, beyond) in cases {
        let with = |value: u64| {
            let mut changed = terms();
            change(&mut changed, value);
            changed
        };
        within.iter().for_each(|value| assert_eq!(created(&with(*value)), Ok(()), "{name} {value}"));
        beyond.iter().for_each(|value| {
            assert_eq!(field(created(&with(*value))), format!("terms.{name}"), "{name} {value}");
        });
    }
}

#[test]
fn a_title_has_1_to_128_bytes() {
    let titled = |title: &str| Contest::create(title, &terms(), &id("ann"), START);
    for good in ["x".to_owned(), "x".repeat(128), "é".repeat(64)] {
        assert!(titled(&good).is_ok());
    }
    for bad in [
        String::new(),
        "  ".into(),
        "x".repeat(129),
        format!("x{}", "é".repeat(64)),
        "a\nb".into(),
        "\0".into(),
    ] {
        assert_eq!(field(titled(&bad)), "title");
    }
}

/// Nothing created can overflow later (I23): the largest pot there can be is an amount, and so is the largest bond.
#[test]
fn the_largest_contest_fits() {
    let largest = Terms {
        entry_fee: amount(Amount::MAX.get() / 10_000),
        bond: Amount::MAX,
        max_agents: 10_000,
        ..terms()
    };
    assert_eq!(created(&largest), Ok(()));
    assert_eq!(field(created(&Terms { entry_fee: Amount::MAX, ..largest })), "terms.entry_fee");
}

fn full() -> Terms {
    Terms {
        action_schema: Some("{\"move\":\"rock\"}".into()),
        rules_hash: Some(Hash::of(b"rules")),
        seed_commitment: Some(Hash::of(b"seed")),
        creator_may_enter: true,
        gates: Gates { min_completed: 1, min_wins: 2, min_age_s: 3 },
        ..terms()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whoever recomputes a hash does it by these bytes; they never change.
#[test]
fn terms_have_one_binary_form() {
    let bytes = hex(&Terms { oracle: None, ..terms() }.encode());
    let expected = concat!(
        "6172656e612e636f6e746573742e7465726d732e31", // arena.contest.terms.1
        "0000000000000064",                           // entry_fee
        "0000000000000032",                           // bond
        "00000002",                                   // min_agents
        "0000000a",                                   // max_agents
        "0000000217700fa0",                           // prize_split_bps
        "01f4",                                       // creator_fee_bps
        "00015180",                                   // elimination_interval_s
        "00000001",                                   // duration_s
        "00000000",                                   // no schema, rules, commitment, oracle
        "00",                                         // creator_may_enter
        "00000000000000000000000000000000",           // gates
    );
    assert_eq!(bytes, expected);
    let bytes = hex(&full().encode());
    let tail = concat!(
        "010000000f7b226d6f7665223a22726f636b227d", // action_schema
        "016c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0",
        "0119b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b",
        "01000000036f7261",                 // oracle
        "01",                               // creator_may_enter
        "00000001000000020000000000000003", // gates
    );
    assert_eq!(bytes.get(bytes.len() - tail.len()..), Some(tail));
}

#[test]
fn golden_hashes_of_terms() {
    let golden = [
        (terms(), "d0405d8a2b2798dace18b51b62dd9a653aa37236d54a8109de55d029c29c178f"),
        (
            Terms { oracle: None, ..terms() },
            "5a48a7838122aee58eb044562f1f98d3a6c6ff17fbedc17d7d56b0c9be9d6a70",
        ),
        (full(), "0fe9574c9e2d079bc8e10285c5917b163ad260b15ffc1e8f496bb00921aaea29"),
    ];
    for (terms, expected) in golden {
        assert_eq!(terms.hash().to_string(), expected);
    }
}

/// Terms that differ in anything have another hash.
#[test]
fn the_hash_binds_every_field() {
    let changes: [fn(&mut Terms); 16] = [
        |t| t.entry_fee = amount(101),
        |t| t.bond = amount(51),
        |t| t.min_agents = 3,
        |t| t.max_agents = 11,
        |t| t.prize_split_bps = vec![4_000, 6_000],
        |t| t.creator_fee_bps = 501,
        |t| t.elimination_interval_s = 86_399,
        |t| t.duration_s = 2,
        |t| t.action_schema = None,
        |t| t.rules_hash = None,
        |t| t.seed_commitment = Some(Hash::of(b"rules")),
        |t| t.oracle = Some(id("orb")),
        |t| t.creator_may_enter = false,
        |t| t.gates.min_completed = 2,
        |t| t.gates.min_wins = 1,
        |t| t.gates.min_age_s = 4,
    ];
    let mut hashes = std::collections::BTreeSet::from([full().hash()]);
    for (index, change) in changes.into_iter().enumerate() {
        let mut changed = full();
        change(&mut changed);
        assert!(hashes.insert(changed.hash()), "change {index}");
    }
}

#[test]
fn terms_leave_out_what_is_absent() {
    let text = serde_json::to_string(&Terms { oracle: None, ..terms() }).unwrap();
    let expected = "{\"entry_fee\":100,\"bond\":50,\"min_agents\":2,\"max_agents\":10,\
        \"prize_split_bps\":[6000,4000],\"creator_fee_bps\":500,\"elimination_interval_s\":86400,\
        \"duration_s\":1,\"creator_may_enter\":false}";
    assert_eq!(text, expected);
    let text = serde_json::to_string(&full()).unwrap();
    assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), full());
}
