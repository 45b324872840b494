//! What each route refuses, with the exact status and code.

use serde_json::{Value, json};

use crate::world::{Cast, World};

/// Who asks.
#[derive(Clone, Copy, Debug)]
enum Who {
    Operator,
    Coordinator,
    Worker,
    Observer,
    Stranger,
}

fn token<'a>(world: &'a World, cast: &'a Cast, who: Who) -> &'a str {
    match who {
        Who::Operator => &world.operator,
        Who::Coordinator => &cast.alice,
        Who::Worker => &cast.bob,
        Who::Observer => &cast.olga,
        Who::Stranger => &cast.carol,
    }
}

type Row = (&'static str, &'static str, Who, Value, u16, &'static str);

async fn check(world: &World, cast: &Cast, rows: Vec<Row>) {
    for (method, path, who, body, status, code) in rows {
        let path = if path.starts_with('/') { path.to_owned() } else { cast.at(path) };
        let mut request = world.request(method, &path, token(world, cast, who));
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await;
        let found = (answer.status, answer.field("code").as_str().unwrap_or_default().to_owned());
        assert_eq!(
            found,
            (status, code.to_owned()),
            "{method} {path} by {who:?} with {body}: {:?}",
            answer.json()
        );
    }
}

#[tokio::test]
async fn every_route_of_an_arena_is_not_found_by_strangers_and_for_unknown_ids() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let routes: Vec<(&str, &str, Value)> = vec![
        ("GET", "", Value::Null),
        ("POST", "/activate", Value::Null),
        ("POST", "/settle", Value::Null),
        ("POST", "/archive", Value::Null),
        ("PUT", "/goal", json!({"goal": "x"})),
        ("POST", "/participants", json!({"agent_id": "olga", "role": "worker"})),
        ("PATCH", "/participants/olga", json!({"role": "worker"})),
        ("DELETE", "/participants/olga", Value::Null),
        ("POST", "/steps", json!({"steps": [{"title": "x"}]})),
        ("GET", "/steps", Value::Null),
        ("GET", "/steps/1", Value::Null),
        ("PATCH", "/steps/1", json!({"title": "x"})),
        ("POST", "/steps/claim", Value::Null),
        ("POST", "/steps/1/renew", json!({"fence": 1})),
        ("POST", "/steps/1/release", json!({"fence": 1})),
        ("POST", "/steps/1/fail", json!({"fence": 1})),
        ("POST", "/steps/1/complete", json!({"fence": 1})),
        ("POST", "/steps/1/adopt", json!({"fence": 1})),
        ("POST", "/steps/1/approve", Value::Null),
        ("POST", "/steps/1/reopen", Value::Null),
        ("POST", "/steps/1/cancel", Value::Null),
        ("PUT", "/artifacts/a/b", json!("bytes")),
        ("GET", "/artifacts", Value::Null),
        ("GET", "/artifacts/a/b", Value::Null),
        ("PUT", "/facts/k", json!({"content": "x"})),
        ("GET", "/facts", Value::Null),
        ("GET", "/facts/k", Value::Null),
        ("POST", "/messages", json!({"body": "x"})),
        ("GET", "/messages", Value::Null),
        ("GET", "/events", Value::Null),
        ("GET", "/brief", Value::Null),
        ("GET", "/state", Value::Null),
        ("GET", "/state?at=1", Value::Null),
        ("GET", "/report", Value::Null),
        ("GET", "/verify", Value::Null),
        ("POST", "/handles", json!({"agent_id": "carol"})),
        ("DELETE", "/handles/019a9b3c-5f00-7abc-8def-0123456789ab", Value::Null),
    ];
    let nil = "00000000-0000-0000-0000-000000000000";
    let unknown = ["019a9b3c-5f00-7abc-8def-0123456789ab", nil, "nonsense", "..%2f..", "%00"];
    for (method, rest, body) in routes {
        let of = |id: &str| format!("/v1/arenas/{id}{rest}");
        let ask = |path: String, token: &str| {
            let request = world.request(method, &path, token);
            let request = if body.is_null() { request } else { request.json(&body) };
            async move { (path, request.send().await) }
        };
        let (path, stranger) = ask(of(&cast.id), &cast.carol).await;
        assert_eq!(stranger.status, 404, "{method} {path}: {:?}", stranger.json());
        stranger.refused(404, "not_found");
        for id in unknown {
            let (path, answer) = ask(of(id), &cast.alice).await;
            assert_eq!((answer.status, answer.field("code")), (404, json!("not_found")), "{method} {path}");
        }
        let (path, anonymous) = ask(of(&cast.id), "").await;
        assert_eq!(anonymous.status, 401, "{method} {path}");
        assert_eq!(anonymous.header("www-authenticate"), "Bearer realm=\"arena\"");
    }
}

#[tokio::test]
async fn an_active_arena_refuses_by_name() {
    use Who::{Coordinator, Observer, Operator, Stranger, Worker};
    let world = World::start().await;
    let steps = json!([
        {"title": "free"},
        {"title": "after the first", "depends_on": [1]},
        {"title": "alice's", "assignee": "alice"},
        {"title": "needs", "evidence": {"artifacts": ["a"], "approval": true}},
    ]);
    let cast = world.arena(steps).await;
    let fence =
        world.post(&cast.at("steps/claim"), &cast.alice, json!({"step": 4})).await.ok(200).field("fence");
    world.put(&cast.at("facts/k"), &cast.alice, json!({"content": "x"})).await.ok(200);
    world.request("PUT", &cast.at("artifacts/hers"), &cast.alice).body("x").send().await.ok(200);
    let none = Value::Null;
    let rows: Vec<Row> = vec![
        ("POST", "activate", Coordinator, none.clone(), 409, "wrong_state"),
        ("POST", "activate", Worker, none.clone(), 409, "wrong_state"),
        ("POST", "settle", Worker, none.clone(), 403, "forbidden"),
        ("POST", "settle", Observer, none.clone(), 403, "forbidden"),
        ("POST", "archive", Coordinator, none.clone(), 409, "wrong_state"),
        ("PUT", "goal", Worker, json!({"goal": "x"}), 403, "forbidden"),
        ("PUT", "goal", Coordinator, json!({"goal": ""}), 422, "invalid"),
        ("POST", "participants", Worker, json!({"agent_id": "carol", "role": "worker"}), 403, "forbidden"),
        (
            "POST",
            "participants",
            Coordinator,
            json!({"agent_id": "bob", "role": "worker"}),
            409,
            "already_joined",
        ),
        (
            "POST",
            "participants",
            Coordinator,
            json!({"agent_id": "nobody", "role": "worker"}),
            422,
            "invalid",
        ),
        (
            "POST",
            "participants",
            Coordinator,
            json!({"agent_id": "No One", "role": "worker"}),
            422,
            "invalid",
        ),
        ("POST", "participants", Coordinator, json!({"agent_id": "carol", "role": "king"}), 422, "invalid"),
        ("POST", "participants", Stranger, json!({"agent_id": "carol", "role": "worker"}), 404, "not_found"),
        ("PATCH", "participants/bob", Worker, json!({"role": "coordinator"}), 403, "forbidden"),
        ("PATCH", "participants/alice", Coordinator, json!({"role": "worker"}), 409, "last_coordinator"),
        ("PATCH", "participants/carol", Coordinator, json!({"role": "worker"}), 404, "not_found"),
        ("DELETE", "participants/alice", Coordinator, none.clone(), 409, "last_coordinator"),
        ("DELETE", "participants/alice", Worker, none.clone(), 403, "forbidden"),
        ("DELETE", "participants/carol", Coordinator, none.clone(), 404, "not_found"),
        ("DELETE", "participants/NOBODY", Coordinator, none.clone(), 404, "not_found"),
        ("POST", "steps", Worker, json!({"steps": [{"title": "x"}]}), 403, "forbidden"),
        (
            "POST",
            "steps",
            Coordinator,
            json!({"steps": [{"title": "x", "depends_on": [99]}]}),
            422,
            "invalid",
        ),
        ("POST", "steps", Coordinator, json!({"steps": [{"title": "x", "lease_ms": 999}]}), 422, "invalid"),
        ("POST", "steps", Coordinator, json!({"steps": [{"title": "x", "max_attempts": 0}]}), 422, "invalid"),
        ("GET", "steps/99", Worker, none.clone(), 404, "not_found"),
        ("GET", "steps/0", Worker, none.clone(), 404, "not_found"),
        ("GET", "steps/x", Worker, none.clone(), 404, "not_found"),
        ("GET", "steps?status=busy", Worker, none.clone(), 422, "invalid"),
        ("PATCH", "steps/1", Worker, json!({"title": "x"}), 403, "forbidden"),
        ("PATCH", "steps/4", Coordinator, json!({"title": "x"}), 409, "wrong_state"),
        ("PATCH", "steps/99", Coordinator, json!({"title": "x"}), 404, "not_found"),
        ("PATCH", "steps/1", Coordinator, json!({"depends_on": [1]}), 422, "invalid"),
        ("PATCH", "steps/1", Coordinator, json!({"depends_on": [2]}), 422, "invalid"),
        ("POST", "steps/claim", Observer, none.clone(), 403, "forbidden"),
        ("POST", "steps/claim", Worker, json!({"step": 2}), 409, "step_not_ready"),
        ("POST", "steps/claim", Worker, json!({"step": 3}), 403, "forbidden"),
        ("POST", "steps/claim", Worker, json!({"step": 4}), 409, "already_claimed"),
        ("POST", "steps/claim", Worker, json!({"step": 99}), 404, "not_found"),
        ("POST", "steps/claim", Worker, json!({"step": 0}), 422, "invalid"),
        ("POST", "steps/claim", Worker, json!({"lease_ms": 1}), 422, "invalid"),
        ("POST", "steps/4/renew", Worker, json!({"fence": fence}), 403, "forbidden"),
        ("POST", "steps/4/renew", Coordinator, json!({"fence": 999}), 409, "stale_fence"),
        ("POST", "steps/4/release", Worker, json!({"fence": fence}), 403, "forbidden"),
        ("POST", "steps/4/fail", Coordinator, json!({"fence": 999}), 409, "stale_fence"),
        ("POST", "steps/4/complete", Worker, json!({"fence": fence}), 403, "forbidden"),
        ("POST", "steps/4/complete", Coordinator, json!({"fence": fence}), 409, "evidence_missing"),
        ("POST", "steps/1/complete", Worker, json!({"fence": 1}), 409, "stale_fence"),
        ("POST", "steps/1/complete", Observer, json!({"fence": 1}), 403, "forbidden"),
        ("POST", "steps/4/complete", Coordinator, json!({}), 422, "invalid"),
        ("POST", "steps/4/approve", Worker, none.clone(), 403, "forbidden"),
        ("POST", "steps/1/reopen", Coordinator, none.clone(), 409, "wrong_state"),
        ("POST", "steps/1/cancel", Worker, none.clone(), 403, "forbidden"),
        ("POST", "steps/4/adopt", Coordinator, json!({"fence": 999}), 409, "no_orphan"),
        ("POST", "steps/4/adopt", Worker, json!({"fence": 999}), 403, "forbidden"),
        ("PUT", "artifacts/x", Observer, json!("x"), 403, "forbidden"),
        ("PUT", "artifacts/hers", Worker, json!("x"), 403, "forbidden"),
        ("PUT", "artifacts/x?step=1", Worker, json!("x"), 422, "invalid"),
        ("PUT", "artifacts/x?fence=1", Worker, json!("x"), 422, "invalid"),
        ("PUT", "artifacts/x?step=1&fence=99", Worker, json!("x"), 409, "stale_fence"),
        ("PUT", "artifacts/x?kind=tree", Worker, json!("x"), 422, "invalid"),
        ("PUT", "artifacts/x?colour=red", Worker, json!("x"), 422, "invalid"),
        ("PUT", "artifacts/x?expected_version=3", Worker, json!("x"), 412, "version_mismatch"),
        ("PUT", "artifacts/a//b", Worker, json!("x"), 422, "invalid"),
        ("GET", "artifacts/nothing", Worker, none.clone(), 404, "not_found"),
        ("GET", "artifacts/hers?version=9", Worker, none.clone(), 404, "not_found"),
        ("PUT", "facts/k", Observer, json!({"content": "x"}), 403, "forbidden"),
        ("PUT", "facts/k", Worker, json!({"content": "x", "expected_version": 0}), 412, "version_mismatch"),
        ("PUT", "facts/k", Worker, json!({"content": "x", "expected_version": 7}), 412, "version_mismatch"),
        ("PUT", "facts/k", Worker, json!({"content": "x", "confidence": 1001}), 422, "invalid"),
        ("PUT", "facts/%0A", Worker, json!({"content": "x"}), 422, "invalid"),
        ("GET", "facts/nothing", Worker, none.clone(), 404, "not_found"),
        ("POST", "messages", Observer, json!({"body": "x"}), 403, "forbidden"),
        ("POST", "messages", Worker, json!({"body": "x".repeat(65 << 10)}), 413, "too_large"),
        ("GET", "events?limit=0", Worker, none.clone(), 422, "invalid"),
        ("GET", "events?limit=1001", Worker, none.clone(), 422, "invalid"),
        ("GET", "events?wait_ms=60001", Worker, none.clone(), 422, "invalid"),
        ("GET", "events?actor=NOBODY", Worker, none.clone(), 422, "invalid"),
        ("GET", "events?after=x", Worker, none.clone(), 422, "invalid"),
        ("GET", "report", Worker, none.clone(), 409, "wrong_state"),
        ("POST", "handles", Worker, json!({"agent_id": "alice"}), 403, "forbidden"),
        ("POST", "handles", Worker, json!({"agent_id": "bob", "permissions": ["fly"]}), 422, "invalid"),
        ("POST", "handles", Worker, json!({"agent_id": "bob", "ttl_ms": 5}), 422, "invalid"),
        ("DELETE", "handles/nonsense", Worker, none.clone(), 404, "not_found"),
        ("DELETE", "handles/019a9b3c-5f00-7abc-8def-0123456789ab", Worker, none.clone(), 404, "not_found"),
        ("PUT", "goal", Operator, json!({"goal": "x"}), 403, "forbidden"),
        ("POST", "steps/claim", Operator, none.clone(), 403, "forbidden"),
    ];
    check(&world, &cast, rows).await;
}

#[tokio::test]
async fn an_arena_refuses_what_its_status_does_not_allow() {
    use Who::{Coordinator, Worker};
    let world = World::start().await;
    let cast = world.created(json!([{"title": "one"}, {"title": "two"}])).await;
    let none = Value::Null;
    let created: Vec<Row> = vec![
        ("POST", "steps/claim", Worker, none.clone(), 409, "wrong_state"),
        ("PUT", "facts/k", Worker, json!({"content": "x"}), 409, "wrong_state"),
        ("PUT", "artifacts/x", Worker, json!("x"), 409, "wrong_state"),
        ("POST", "settle", Coordinator, none.clone(), 409, "wrong_state"),
        ("POST", "archive", Coordinator, none.clone(), 409, "wrong_state"),
    ];
    check(&world, &cast, created).await;
    world.poke(&cast.at("activate"), &cast.alice).await.ok(200);
    let fence = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200).field("fence");
    world.poke(&cast.at("settle"), &cast.alice).await.ok(200);
    let settling: Vec<Row> = vec![
        ("POST", "steps/claim", Worker, none.clone(), 409, "wrong_state"),
        ("POST", "archive", Coordinator, none.clone(), 409, "leases_open"),
        ("POST", "archive", Worker, none.clone(), 403, "forbidden"),
        ("POST", "steps", Coordinator, json!({"steps": [{"title": "x"}]}), 409, "wrong_state"),
        ("PUT", "goal", Coordinator, json!({"goal": "x"}), 409, "wrong_state"),
    ];
    check(&world, &cast, settling).await;
    world.post(&cast.at("steps/1/complete"), &cast.bob, json!({"fence": fence})).await.ok(200);
    world.poke(&cast.at("archive"), &cast.alice).await.ok(200);
    let archived: Vec<Row> = vec![
        ("POST", "messages", Worker, json!({"body": "x"}), 409, "wrong_state"),
        ("POST", "steps/1/complete", Worker, json!({"fence": fence}), 409, "wrong_state"),
        ("DELETE", "participants/bob", Worker, none.clone(), 409, "wrong_state"),
        ("POST", "archive", Coordinator, none.clone(), 409, "wrong_state"),
    ];
    check(&world, &cast, archived).await;
}

#[tokio::test]
async fn agents_and_the_server_refuse_by_name() {
    use Who::{Operator, Worker};
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let none = Value::Null;
    let rows: Vec<Row> = vec![
        ("POST", "/v1/agents", Worker, json!({"agent_id": "dave"}), 403, "forbidden"),
        ("POST", "/v1/agents", Operator, json!({"agent_id": "bob"}), 409, "name_taken"),
        ("POST", "/v1/agents", Operator, json!({"agent_id": "BOB"}), 422, "invalid"),
        ("POST", "/v1/agents", Operator, json!({"agent_id": "system"}), 422, "invalid"),
        ("POST", "/v1/agents", Operator, json!({"agent_id": "operator"}), 422, "invalid"),
        ("POST", "/v1/agents", Operator, json!({"agent_id": "dave", "name": "x".repeat(33)}), 422, "invalid"),
        ("POST", "/v1/agents", Operator, json!({}), 422, "invalid"),
        ("GET", "/v1/agents/nobody", Worker, none.clone(), 404, "not_found"),
        ("GET", "/v1/agents/NOBODY", Worker, none.clone(), 404, "not_found"),
        ("GET", "/v1/agents?limit=0", Worker, none.clone(), 422, "invalid"),
        ("GET", "/v1/agents?cursor=NOBODY", Worker, none.clone(), 422, "invalid"),
        ("POST", "/v1/agents/alice/token", Worker, none.clone(), 403, "forbidden"),
        ("POST", "/v1/agents/nobody/token", Operator, none.clone(), 404, "not_found"),
        ("DELETE", "/v1/agents/alice", Worker, none.clone(), 403, "forbidden"),
        ("DELETE", "/v1/agents/nobody", Operator, none.clone(), 404, "not_found"),
        ("GET", "/v1/arenas?status=busy", Worker, none.clone(), 422, "invalid"),
        ("GET", "/v1/arenas?cursor=x", Worker, none.clone(), 422, "invalid"),
        ("POST", "/v1/arenas", Worker, json!({"goal": "x", "strategy": "war"}), 422, "invalid"),
        ("POST", "/v1/arenas", Worker, json!({"goal": "x".repeat(17 << 10)}), 413, "too_large"),
        ("POST", "/v1/clock", Operator, json!({"advance_ms": 1}), 404, "not_found"),
        ("GET", "/metrics", Worker, none.clone(), 403, "forbidden"),
        ("GET", "/v2/arenas", Worker, none.clone(), 404, "not_found"),
        ("DELETE", "/v1/arenas", Worker, none.clone(), 405, "method_not_allowed"),
        ("POST", "/healthz", Worker, none.clone(), 405, "method_not_allowed"),
    ];
    check(&world, &cast, rows).await;
}

#[tokio::test]
async fn a_refusal_bears_the_facts_that_decided_it() {
    let world = World::start().await;
    let cast =
        world.arena(json!([{"title": "one", "evidence": {"artifacts": ["a"], "approval": true}}])).await;
    let claim = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    let held = world.post(&cast.at("steps/claim"), &cast.alice, json!({"step": 1})).await;
    let held = held.refused(409, "already_claimed");
    assert_eq!((held.text("holder"), held.field("step")), ("bob".into(), json!(1)));
    assert_eq!(held.text("expires_at"), claim.text("expires_at"));
    let missing =
        world.post(&cast.at("steps/1/complete"), &cast.bob, json!({"fence": claim.field("fence")})).await;
    assert_eq!(missing.refused(409, "evidence_missing").field("missing"), json!(["a", "approval"]));
    let forbidden = world.poke(&cast.at("settle"), &cast.bob).await.refused(403, "forbidden");
    assert_eq!(forbidden.field("missing"), "coordinate");
    let state = world.poke(&cast.at("activate"), &cast.alice).await.refused(409, "wrong_state");
    assert_eq!((state.field("current"), state.field("expected")), (json!("active"), json!(["created"])));
    let steps = json!({"steps": [{"title": "x"}, {"title": "y", "depends_on": [9]}]});
    let path = world.post(&cast.at("steps"), &cast.alice, steps).await.refused(422, "invalid");
    assert!(path.text("field").starts_with("steps[1].depends_on"));
}

#[tokio::test]
async fn a_query_that_a_route_does_not_know_is_named() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    for (method, path, field) in [
        ("GET", "?colour=red", "colour"),
        ("GET", "/brief?short=1", "short"),
        ("GET", "/report?at=1", "at"),
        ("GET", "/steps/1?status=ready", "status"),
        ("GET", "/steps?colour=red", "colour"),
        ("POST", "/steps/claim?step=1", "step"),
        ("PUT", "/artifacts/a?colour=red", "colour"),
        ("GET", "/events?type=nope", "type"),
        ("GET", "/events?type=step_claimed,nope", "type"),
    ] {
        let answer = world.request(method, &format!("{}{path}", cast.path), &cast.alice).send().await;
        let answer = answer.refused(422, "invalid");
        assert_eq!(answer.text("field"), field, "{method} {path}");
    }
    world.get(&format!("{}?", cast.path), &cast.alice).await.ok(200);
    world.get(&cast.at("events?type=step_claimed,fact_put,"), &cast.alice).await.ok(200);
    world.get(&format!("{}?colour=red", cast.path), "").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_header_that_is_sent_twice_is_malformed() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let bearer = format!("Bearer {}", cast.bob);
    for (name, value) in [("authorization", bearer.as_str()), ("if-match", "\"1\""), ("idempotency-key", "k")]
    {
        let request = world.request("POST", &cast.at("messages"), "").json(&json!({"body": "x"}));
        let request =
            if name == "authorization" { request } else { request.header("authorization", &bearer) };
        let answer = request.header(name, value).header(name, value).send().await.refused(400, "malformed");
        assert!(answer.text("detail").contains(name), "{}", answer.text("detail"));
    }
}

#[tokio::test]
async fn only_who_does_not_find_the_arena_is_told_to_join() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let stranger = world.get(&cast.path, &cast.carol).await.refused(404, "not_found");
    assert!(stranger.text("detail").contains("join first"), "{}", stranger.text("detail"));
    for path in ["steps/7", "facts/k", "artifacts/a", "state?at=9999"] {
        let missing = world.get(&cast.at(path), &cast.alice).await.refused(404, "not_found");
        assert!(!missing.text("detail").contains("join"), "{path}: {}", missing.text("detail"));
    }
}
