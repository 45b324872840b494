//! Many at once: nothing pays twice, nobody enters twice, no place is given twice.

use futures::future::join_all;
use serde_json::json;

use super::cup::{Cup, WALLET, terms};

#[tokio::test]
async fn an_obligation_is_paid_once_whoever_asks_how_often() {
    let cup = Cup::finished().await;
    let askers = ["ann", "ben", "cat", "zoe", "host", "judge", "operator"];
    let asked = (0..70).map(|turn| cup.payout_to("prize", "ann", askers[turn % askers.len()]));
    let answers = join_all(asked).await;
    let paid = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(paid, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.refused(409, "already_paid");
    }
    assert_eq!(cup.balance("wallet:ann").await, WALLET - 50 + 85);
    cup.audited().await;
}

#[tokio::test]
async fn a_wallet_enters_as_many_contests_as_it_can_pay_for() {
    let mut cup = Cup::with(|terms| {
        terms["bond"] = json!(0);
        terms["entry_fee"] = json!(300);
    })
    .await;
    let mut paths = vec![cup.path.clone()];
    for _ in 0..7 {
        let mut asked = terms();
        asked["bond"] = json!(0);
        asked["entry_fee"] = json!(300);
        cup.remake(asked).await;
        paths.push(cup.path.clone());
    }
    let entries: Vec<String> = paths.iter().map(|path| format!("{path}/entries")).collect();
    let answers = join_all(entries.iter().map(|path| cup.world.poke(path, cup.token("ann")))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "insufficient_funds");
    }
    assert_eq!(cup.balance("wallet:ann").await, WALLET - 900);
    cup.audited().await;
}

#[tokio::test]
async fn the_last_place_is_given_once() {
    let cup = Cup::with(|terms| terms["max_agents"] = json!(2)).await;
    let answers = join_all(["ann", "ben", "cat", "zoe"].map(|name| cup.enter(name))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    assert_eq!(cup.contest("zoe").await["entrants"], 2);
    assert_eq!(cup.balance(&format!("escrow:{}", cup.id)).await, 100);
    cup.audited().await;
}

#[tokio::test]
async fn a_deposit_under_one_reference_is_made_once() {
    let cup = Cup::new().await;
    let body = json!({"agent_id": "ann", "amount": 7, "reference": "once"});
    let asked = (0..20).map(|_| cup.world.post("/v1/ledger/deposits", &cup.world.operator, body.clone()));
    let answers = join_all(asked).await;
    let first = answers[0].json();
    for answer in answers {
        assert_eq!(answer.ok(201).json(), first);
    }
    assert_eq!(cup.balance("wallet:ann").await, WALLET + 7);
}

#[tokio::test]
async fn entering_leaving_and_cancelling_at_once_lose_nothing() {
    let cup = Cup::new().await;
    let names = ["ann", "ben", "cat", "zoe"];
    join_all((0..40).map(async |turn| {
        let name = names[turn % names.len()];
        match turn % 5 {
            0..=2 => cup.enter(name).await,
            3 => cup.leave(name, name).await,
            _ if turn == 39 => cup.poke("cancel", "host").await,
            _ => cup.payout("refund", name).await,
        }
    }))
    .await;
    if cup.status().await == "registration" {
        cup.poke("cancel", "host").await.ok(200);
    }
    for name in names {
        cup.payout("refund", name).await;
    }
    cup.payout("bond", "zoe").await.ok(200);
    assert_eq!(cup.books().await, super::cup::books(json!({})));
    cup.audited().await;
}
