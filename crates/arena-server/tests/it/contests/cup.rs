//! A contest of three with money in every wallet, over a real socket and a clock that stands still.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::{Answer, World};

/// Who takes part: the creator, the oracle, three entrants, and one who does not.
pub(crate) const CAST: [&str; 6] = ["host", "judge", "ann", "ben", "cat", "zoe"];
/// Those who enter.
pub(crate) const ENTRANTS: [&str; 3] = ["ann", "ben", "cat"];
/// What each wallet holds at first.
pub(crate) const WALLET: u64 = 1_000;
pub(crate) const FEE: u64 = 50;
pub(crate) const BOND: u64 = 300;
/// Twice the interval of the terms.
pub(crate) const TIMEOUT_MS: u64 = 120_000;
pub(crate) const DAY_MS: u64 = 86_400_000;
pub(crate) const REGISTRATION_MS: u64 = 3 * DAY_MS;

/// A server, its agents, and one contest.
pub(crate) struct Cup {
    pub(crate) world: World,
    pub(crate) id: String,
    pub(crate) path: String,
    tokens: BTreeMap<&'static str, String>,
}

/// The terms that tests begin with.
pub(crate) fn terms() -> Value {
    json!({
        "entry_fee": FEE, "bond": BOND, "min_agents": 2, "max_agents": 3, "prize_split": [60, 40], "creator_fee_bps": 500,
        "elimination_interval_s": 60, "duration_s": 600, "oracle": "judge",
    })
}

impl Cup {
    /// A contest in registration.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same with other terms.
    pub(crate) async fn with(change: impl FnOnce(&mut Value)) -> Self {
        Self::in_world(World::with_test_clock().await, change).await
    }

    /// The same on a server that stands already.
    pub(crate) async fn in_world(world: World, change: impl FnOnce(&mut Value)) -> Self {
        let mut tokens = BTreeMap::new();
        for name in CAST {
            tokens.insert(name, world.agent(name).await);
            let deposit =
                json!({"agent_id": name, "amount": WALLET, "reference": format!("first of {name}")});
            world.post("/v1/ledger/deposits", &world.operator, deposit).await.ok(201);
        }
        let mut cup = Self { world, id: String::new(), path: String::new(), tokens };
        let mut asked = terms();
        change(&mut asked);
        cup.remake(asked).await;
        cup
    }

    /// Makes another contest and goes on with it.
    pub(crate) async fn remake(&mut self, terms: Value) {
        let body = json!({"title": "the cup", "terms": terms});
        let made = self.world.post("/v1/contests", self.token("host"), body).await.ok(201);
        self.id = made.text("arena_id");
        self.path = format!("/v1/contests/{}", self.id);
    }

    /// All three have entered.
    pub(crate) async fn full(change: impl FnOnce(&mut Value)) -> Self {
        let cup = Self::with(change).await;
        for name in ENTRANTS {
            cup.enter(name).await.ok(201);
        }
        cup
    }

    /// And it has started.
    pub(crate) async fn started() -> Self {
        let cup = Self::full(|_| ()).await;
        cup.poke("start", "judge").await.ok(200);
        cup
    }

    /// Ann has won before ben, cat was eliminated first.
    pub(crate) async fn finished() -> Self {
        let cup = Self::started().await;
        cup.play().await;
        cup.poke("finalize", "judge").await.ok(200);
        cup
    }

    /// Two rounds: cat is out, then ben is.
    pub(crate) async fn play(&self) {
        for (round, out) in [(1, "cat"), (2, "ben")] {
            let body = json!({"round": round, "eliminated": [out], "scores": {"ann": round * 10}});
            self.post("eliminations", "judge", body).await.ok(200);
        }
    }

    pub(crate) fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.path)
    }

    /// The token of one of the cast, or the operator's.
    pub(crate) fn token(&self, name: &str) -> &str {
        self.tokens.get(name).map_or(&self.world.operator, String::as_str)
    }

    pub(crate) async fn get(&self, rest: &str, who: &str) -> Answer {
        self.world.get(&self.at(rest), self.token(who)).await
    }

    pub(crate) async fn post(&self, rest: &str, who: &str, body: Value) -> Answer {
        self.world.post(&self.at(rest), self.token(who), body).await
    }

    pub(crate) async fn poke(&self, rest: &str, who: &str) -> Answer {
        self.world.poke(&self.at(rest), self.token(who)).await
    }

    pub(crate) async fn enter(&self, who: &str) -> Answer {
        self.poke("entries", who).await
    }

    pub(crate) async fn leave(&self, agent: &str, who: &str) -> Answer {
        self.world.delete(&self.at(&format!("entries/{agent}")), self.token(who)).await
    }

    pub(crate) async fn payout(&self, kind: &str, who: &str) -> Answer {
        self.post("payouts", who, json!({"kind": kind})).await
    }

    pub(crate) async fn payout_to(&self, kind: &str, agent: &str, who: &str) -> Answer {
        self.post("payouts", who, json!({"kind": kind, "agent": agent})).await
    }

    /// The contest as one of the cast sees it.
    pub(crate) async fn contest(&self, who: &str) -> Value {
        self.world.get(&self.path, self.token(who)).await.ok(200).json()
    }

    pub(crate) async fn status(&self) -> String {
        self.contest("zoe").await["status"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn balance(&self, account: &str) -> u64 {
        let path = format!("/v1/ledger/accounts/{account}");
        let answer = self.world.get(&path, &self.world.operator).await.ok(200);
        assert_eq!(answer.text("account"), account);
        answer.field("balance").as_u64().unwrap()
    }

    /// What every account holds, by its first letters, without the accounts that hold nothing.
    pub(crate) async fn books(&self) -> Value {
        let mut books = serde_json::Map::new();
        for name in CAST {
            books.insert(name.to_owned(), self.balance(&format!("wallet:{name}")).await.into());
        }
        for (name, account) in [
            ("escrow", format!("escrow:{}", self.id)),
            ("bond", format!("bond:{}", self.id)),
            ("treasury", "treasury".to_owned()),
        ] {
            let balance = self.balance(&account).await;
            if balance > 0 {
                books.insert(name.to_owned(), balance.into());
            }
        }
        books.into()
    }

    /// The books, the contest's sequence and the number of transfers: what a refusal must leave as it is.
    pub(crate) async fn all(&self) -> Value {
        let transfers = self.world.get("/v1/ledger/transfers?limit=1000", &self.world.operator).await.ok(200);
        json!([self.books().await, self.contest("zoe").await["sequence"], transfers.json()])
    }

    /// Fails unless the ledger adds up.
    pub(crate) async fn audited(&self) {
        let audit = self.world.get("/v1/ledger/audit", &self.world.operator).await.ok(200);
        assert_eq!(audit.field("ok"), true, "{}", audit.json());
        let ready = self.world.get("/readyz", "").await.ok(200);
        assert_eq!(ready.field("safe_mode"), false);
    }
}

/// The books when nobody has paid anything, with some accounts changed.
pub(crate) fn books(changes: Value) -> Value {
    let mut books: serde_json::Map<_, _> =
        CAST.iter().map(|name| ((*name).to_owned(), json!(WALLET))).collect();
    let Value::Object(changes) = changes else { panic!("{changes} names no accounts") };
    books.extend(changes);
    books.into()
}

/// An instant as the wire spells it.
pub(crate) fn instant(ms: u64) -> String {
    arena_core::Timestamp::from_millis(ms).to_string()
}
