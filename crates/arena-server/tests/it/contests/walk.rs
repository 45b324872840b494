//! Random commands by random callers at random times: the books always add up, refusals move nothing, and from wherever the
//! walk ends entrants get everything out without creator and oracle.

use serde_json::{Value, json};

use super::cup::{BOND, CAST, Cup, DAY_MS, WALLET};
use crate::world::Answer;

/// Numbers that are the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }
}

/// What must not change by a refusal, after checking that it adds up.
async fn balanced(cup: &Cup) -> Value {
    let books = cup.books().await;
    let sum: u64 = books.as_object().unwrap().values().map(|balance| balance.as_u64().unwrap()).sum();
    assert_eq!(sum, CAST.len() as u64 * WALLET, "money came or went: {books}");
    let contest = cup.contest("zoe").await;
    let owed = cup.get("obligations", "zoe").await.ok(200).field("items");
    let open = |of_bond: bool| -> u64 {
        let items = owed.as_array().unwrap().iter();
        let wanted = items.filter(|one| one["status"] == "open" && (one["kind"] == "bond") == of_bond);
        wanted.map(|one| one["amount"].as_u64().unwrap()).sum()
    };
    let held = |account: &str| books[account].as_u64().unwrap_or(0);
    let is_over = ["finished", "cancelled", "abandoned"].contains(&contest["status"].as_str().unwrap());
    let (escrow, bond) =
        if is_over { (open(false), open(true)) } else { (contest["pot"].as_u64().unwrap(), BOND) };
    assert_eq!((held("escrow"), held("bond")), (escrow, bond), "{contest} owes {owed}");
    json!([books, contest["sequence"], contest["status"]])
}

/// Some command by someone, sensible or not.
async fn step(cup: &Cup, dice: &mut Dice) -> (String, Answer) {
    let action = dice.roll(14);
    // What is the oracle's the oracle asks for more often than others do, or nothing would ever go on.
    let who = if matches!(action, 4..=8) && dice.roll(4) > 0 { "judge" } else { dice.pick(&CAST) };
    let agent = dice.pick(&CAST);
    let kind = dice.pick(&["prize", "creator_fee", "bond", "protocol_fee", "refund"]);
    let round = cup.contest("zoe").await["round"].as_u64().unwrap() + dice.pick(&[0, 1, 1, 1, 2]);
    let (method, rest, body) = match action {
        0..=2 => ("POST", "entries".to_owned(), json!({})),
        3 => ("DELETE", format!("entries/{who}"), json!({})),
        4 => ("POST", "start".to_owned(), json!({})),
        5 | 6 => {
            let out: Vec<&str> = if dice.roll(3) == 0 { vec![agent] } else { Vec::new() };
            let scores = json!({dice.pick(&CAST): dice.roll(9)});
            let scores = if dice.roll(2) == 0 { scores } else { json!({}) };
            let body = json!({"round": round, "eliminated": out, "scores": scores, "last": dice.roll(3) > 0});
            ("POST", "eliminations".to_owned(), body)
        }
        7 | 8 => ("POST", "finalize".to_owned(), json!({})),
        9 if dice.roll(2) == 0 => ("POST", "abandon".to_owned(), json!({})),
        9 => ("POST", "cancel".to_owned(), json!({})),
        _ if dice.roll(2) == 0 => ("POST", "payouts".to_owned(), json!({"kind": kind})),
        _ => ("POST", "payouts".to_owned(), json!({"kind": kind, "agent": agent})),
    };
    let answer = cup.world.request(method, &cup.at(&rest), cup.token(who)).json(&body).send().await;
    (format!("{method} {rest} {body} by {who}"), answer)
}

async fn walk(seed: u64) -> String {
    let cup = Cup::new().await;
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut before = balanced(&cup).await;
    for _ in 0..70 {
        if dice.roll(6) == 0 {
            cup.world.advance(dice.pick(&[1, 1, 59_000, 61_000, 61_000, DAY_MS])).await;
        }
        let (asked, answer) = step(&cup, &mut dice).await;
        let after = balanced(&cup).await;
        assert!(answer.status < 500, "{asked}: {}", answer.json());
        if answer.status >= 400 {
            assert_eq!(after, before, "{asked} was refused and moved something");
        }
        let was_over = ["finished", "cancelled", "abandoned"].contains(&before[2].as_str().unwrap());
        assert!(!was_over || after[2] == before[2], "{asked} brought an ended contest back");
        before = after;
    }
    let ended_as = cup.status().await;
    // With time the entrants, and strangers for them, get everything out.
    cup.world.advance(40 * DAY_MS).await;
    cup.poke("abandon", "zoe").await;
    for agent in CAST {
        for kind in ["refund", "prize"] {
            cup.payout_to(kind, agent, "zoe").await;
        }
    }
    for kind in ["creator_fee", "protocol_fee", "bond"] {
        cup.payout(kind, "zoe").await;
    }
    let left = balanced(&cup).await;
    assert!(left[0].get("escrow").is_none() && left[0].get("bond").is_none(), "{left}");
    cup.audited().await;
    ended_as
}

#[tokio::test]
async fn whatever_is_asked_the_books_add_up_and_everything_comes_out() {
    let mut met = std::collections::BTreeSet::new();
    for seed in 1..=6 {
        met.insert(walk(seed).await);
    }
    for status in ["finished", "cancelled", "abandoned"] {
        assert!(met.contains(status), "no walk ended {status}: {met:?}");
    }
}
