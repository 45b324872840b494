//! The ledger's routes: who may move and read what.

use serde_json::{Value, json};

use super::cup::{BOND, Cup, FEE, WALLET};

const LARGEST: u64 = (1 << 53) - 1;

#[tokio::test]
async fn only_the_operator_moves_money_in_and_out() {
    let cup = Cup::new().await;
    let before = cup.all().await;
    let body = json!({"agent_id": "ann", "amount": 5, "reference": "mine"});
    for route in ["deposits", "withdrawals"] {
        let path = format!("/v1/ledger/{route}");
        cup.world.post(&path, cup.token("ann"), body.clone()).await.refused(403, "forbidden");
        cup.world.post(&path, "", body.clone()).await.refused(401, "unauthenticated");
    }
    assert_eq!(cup.all().await, before);
    let out =
        cup.world.post("/v1/ledger/withdrawals", &cup.world.operator, body.clone()).await.ok(201).json();
    let number = &out["transfer"];
    let expected = json!({"transfer": number, "position": number, "debit": "wallet:ann", "credit": "external", "amount": 5,
        "reason": "withdrawal", "reference": "mine"});
    assert_eq!(out, expected);
    assert_eq!(cup.balance("wallet:ann").await, WALLET - 5);
    cup.audited().await;
}

#[tokio::test]
async fn deposits_have_bounds_and_name_an_agent() {
    let cup = Cup::new().await;
    let before = cup.all().await;
    let post = |body: Value| {
        let world = &cup.world;
        async move { world.post("/v1/ledger/deposits", &world.operator, body).await }
    };
    for (body, field) in [
        (json!({"agent_id": "ann", "amount": 0, "reference": "r"}), "amount"),
        (json!({"agent_id": "ann", "amount": -1, "reference": "r"}), "amount"),
        (json!({"agent_id": "ann", "amount": 1.0, "reference": "r"}), "amount"),
        (json!({"agent_id": "ann", "amount": "1", "reference": "r"}), "amount"),
        (json!({"agent_id": "ann", "amount": LARGEST + 1, "reference": "r"}), "amount"),
        (json!({"agent_id": "ann", "amount": 1, "reference": ""}), "reference"),
        (json!({"agent_id": "ann", "amount": 1, "reference": "r".repeat(1_000)}), "reference"),
        (json!({"agent_id": "ann", "amount": 1}), "reference"),
        (json!({"agent_id": "Ann", "amount": 1, "reference": "r"}), "agent_id"),
        (json!({"agent_id": "ann", "amount": 1, "reference": "r", "memo": "x"}), "memo"),
    ] {
        let refused = post(body.clone()).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{body}");
    }
    // What is inside is 2^53 - 1 at most, all accounts together.
    let inside = 6 * WALLET;
    let over = json!({"agent_id": "ann", "amount": LARGEST - inside + 1, "reference": "r"});
    assert_eq!(post(over).await.refused(422, "invalid").text("field"), "amount");
    assert_eq!(cup.all().await, before);
    post(json!({"agent_id": "nobody", "amount": 1, "reference": "r"})).await.refused(404, "not_found");
    post(json!({"agent_id": "ann", "amount": LARGEST - inside, "reference": "r"})).await.ok(201);
    cup.audited().await;
}

#[tokio::test]
async fn an_agent_reads_its_own_wallet_and_the_accounts_of_contests() {
    let cup = Cup::full(|_| ()).await;
    let read = |who: &'static str, account: String| {
        let cup = &cup;
        async move { cup.world.get(&format!("/v1/ledger/accounts/{account}"), cup.token(who)).await }
    };
    assert_eq!(
        read("ann", "wallet:ann".into()).await.ok(200).json(),
        json!({"account": "wallet:ann", "balance": WALLET - FEE})
    );
    assert_eq!(read("ann", "wallet%3Aann".into()).await.ok(200).field("balance"), WALLET - FEE);
    read("ann", "wallet:ben".into()).await.refused(403, "forbidden");
    assert_eq!(read("operator", "wallet:ben".into()).await.ok(200).field("balance"), WALLET - FEE);
    assert_eq!(read("zoe", format!("escrow:{}", cup.id)).await.ok(200).field("balance"), 3 * FEE);
    assert_eq!(read("zoe", format!("bond%3A{}", cup.id)).await.ok(200).field("balance"), BOND);
    assert_eq!(read("operator", "treasury".into()).await.ok(200).field("balance"), 0);
    for nothing in ["external", "wallet:nobody", "wallet:", "purse:ann", "nonsense", "escrow:1", "%00"] {
        read("operator", nothing.to_owned()).await.refused(404, "not_found");
    }
    read("operator", "escrow:019a9b3c-5f00-7abc-8def-0123456789ab".into()).await.refused(404, "not_found");
}

#[tokio::test]
async fn transfers_are_listed_by_account_and_in_pages() {
    let cup = Cup::full(|_| ()).await;
    let list = |who: &'static str, query: &'static str| {
        let cup = &cup;
        async move { cup.world.get(&format!("/v1/ledger/transfers{query}"), cup.token(who)).await }
    };
    let all = list("operator", "").await.ok(200).json();
    let items = all["items"].as_array().unwrap();
    // Six deposits, the bond, three fees.
    assert_eq!(items.len(), 10);
    assert!(items.windows(2).all(|pair| pair[0]["transfer"].as_u64() < pair[1]["transfer"].as_u64()));
    assert_eq!(items[0]["debit"], "external");
    let own = list("ann", "").await.ok(200).json();
    let reasons: Vec<&Value> = own["items"].as_array().unwrap().iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons, ["deposit", "entry_fee"]);
    assert_eq!(list("ann", "?account=wallet:ann").await.ok(200).json(), own);
    list("ann", "?account=wallet:ben").await.refused(403, "forbidden");
    list("ann", "?account=external").await.refused(404, "not_found");
    assert_eq!(list("ann", "?account=nonsense").await.refused(422, "invalid").text("field"), "account");
    let escrow = format!("/v1/ledger/transfers?account=escrow:{}", cup.id);
    let fees = cup.world.get(&escrow, cup.token("zoe")).await.ok(200).field("items");
    assert_eq!(fees.as_array().unwrap().len(), 3);
    // A walk of pages meets each once.
    let mut met = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/ledger/transfers?limit=3{after}");
        let page = cup.world.get(&path, &cup.world.operator).await.ok(200).json();
        met.extend(page["items"].as_array().unwrap().iter().cloned());
        match page.get("next_cursor") {
            Some(next) => after = format!("&after={}", next.as_str().unwrap()),
            None => break,
        }
    }
    assert_eq!(&met, items);
}

#[tokio::test]
async fn metrics_count_transfers_and_show_safe_mode() {
    let cup = Cup::full(|_| ()).await;
    let text = cup.world.get("/metrics", &cup.world.operator).await.ok(200).bytes;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("\narena_transfers_total 10\n"), "six deposits, a bond, three fees: {text}");
    assert!(text.contains("\narena_safe_mode 0\n"), "{text}");
}

#[tokio::test]
async fn the_audit_counts_what_it_checked() {
    let cup = Cup::finished().await;
    let audit = cup.world.get("/v1/ledger/audit", &cup.world.operator).await.ok(200).json();
    assert_eq!(audit["ok"], true);
    assert!(audit["checked"].as_u64().unwrap() >= 10, "{audit}");
    assert!(audit.get("first_divergence").is_none());
}
