//! The OpenAPI document says what the server does: the same routes, every answer described, no reference into nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::World;

async fn document(world: &World) -> Value {
    world.get("/openapi.json", "").await.ok(200).json()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let verbs = |path: &String, item: &Value| -> Vec<(String, String, Value)> {
        let item = item.as_object().unwrap();
        item.iter().map(|(verb, operation)| (path.clone(), verb.to_uppercase(), operation.clone())).collect()
    };
    paths.iter().flat_map(|(path, item)| verbs(path, item)).collect()
}

/// Every route that stands.
const ROUTES: &[(&str, &str)] = &[
    ("DELETE", "/v1/agents/{agent}"),
    ("DELETE", "/v1/arenas/{arena_id}/handles/{handle}"),
    ("DELETE", "/v1/arenas/{arena_id}/participants/{agent}"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/readyz"),
    ("GET", "/v1/agents"),
    ("GET", "/v1/agents/{agent}"),
    ("GET", "/v1/arenas"),
    ("GET", "/v1/arenas/{arena_id}"),
    ("GET", "/v1/arenas/{arena_id}/artifacts"),
    ("GET", "/v1/arenas/{arena_id}/artifacts/{name}"),
    ("GET", "/v1/arenas/{arena_id}/brief"),
    ("GET", "/v1/arenas/{arena_id}/events"),
    ("GET", "/v1/arenas/{arena_id}/facts"),
    ("GET", "/v1/arenas/{arena_id}/facts/{key}"),
    ("GET", "/v1/arenas/{arena_id}/messages"),
    ("GET", "/v1/arenas/{arena_id}/report"),
    ("GET", "/v1/arenas/{arena_id}/state"),
    ("GET", "/v1/arenas/{arena_id}/steps"),
    ("GET", "/v1/arenas/{arena_id}/steps/{step}"),
    ("GET", "/v1/arenas/{arena_id}/verify"),
    ("GET", "/v1/events"),
    ("PATCH", "/v1/arenas/{arena_id}/participants/{agent}"),
    ("PATCH", "/v1/arenas/{arena_id}/steps/{step}"),
    ("POST", "/v1/agents"),
    ("POST", "/v1/agents/{agent}/token"),
    ("POST", "/v1/arenas"),
    ("POST", "/v1/arenas/{arena_id}/activate"),
    ("POST", "/v1/arenas/{arena_id}/archive"),
    ("POST", "/v1/arenas/{arena_id}/handles"),
    ("POST", "/v1/arenas/{arena_id}/messages"),
    ("POST", "/v1/arenas/{arena_id}/participants"),
    ("POST", "/v1/arenas/{arena_id}/settle"),
    ("POST", "/v1/arenas/{arena_id}/steps"),
    ("POST", "/v1/arenas/{arena_id}/steps/claim"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/adopt"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/approve"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/cancel"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/complete"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/fail"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/release"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/renew"),
    ("POST", "/v1/arenas/{arena_id}/steps/{step}/reopen"),
    ("PUT", "/v1/arenas/{arena_id}/artifacts/{name}"),
    ("PUT", "/v1/arenas/{arena_id}/facts/{key}"),
    ("PUT", "/v1/arenas/{arena_id}/goal"),
    ("DELETE", "/v1/contests/{arena_id}/entries/{agent}"),
    ("GET", "/v1/contests"),
    ("GET", "/v1/contests/{arena_id}"),
    ("GET", "/v1/contests/{arena_id}/entries"),
    ("GET", "/v1/contests/{arena_id}/events"),
    ("GET", "/v1/contests/{arena_id}/obligations"),
    ("GET", "/v1/contests/{arena_id}/receipt"),
    ("GET", "/v1/contests/{arena_id}/rounds"),
    ("GET", "/v1/contests/{arena_id}/rounds/{round}/actions"),
    ("GET", "/v1/contests/{arena_id}/standings"),
    ("GET", "/v1/ledger/accounts/{account}"),
    ("GET", "/v1/ledger/audit"),
    ("GET", "/v1/ledger/transfers"),
    ("POST", "/v1/contests"),
    ("POST", "/v1/contests/{arena_id}/abandon"),
    ("POST", "/v1/contests/{arena_id}/cancel"),
    ("POST", "/v1/contests/{arena_id}/eliminations"),
    ("POST", "/v1/contests/{arena_id}/entries"),
    ("POST", "/v1/contests/{arena_id}/finalize"),
    ("POST", "/v1/contests/{arena_id}/payouts"),
    ("POST", "/v1/contests/{arena_id}/start"),
    ("POST", "/v1/ledger/deposits"),
    ("POST", "/v1/ledger/withdrawals"),
    ("PUT", "/v1/contests/{arena_id}/rounds/{round}/actions"),
];

#[tokio::test]
async fn the_document_lists_exactly_the_routes() {
    let world = World::start().await;
    let documented: BTreeSet<(String, String)> =
        operations(&document(&world).await).into_iter().map(|(path, verb, _)| (verb, path)).collect();
    let expected: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(verb, path)| ((*verb).to_owned(), (*path).to_owned())).collect();
    assert_eq!(documented, expected);
    // Each is really there: what is not knows neither path nor method.
    for (verb, path) in ROUTES {
        let path = path.replace("{step}", "1").replace("{agent}", "x").replace(['{', '}'], "");
        let answer = world.request(verb, &path, &world.operator).send().await;
        let is_unrouted = answer.text_or_empty("detail").starts_with("there is nothing at");
        assert!(answer.status != 405 && !is_unrouted, "{verb} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn the_test_clock_is_documented_where_it_is() {
    let world = World::with_test_clock().await;
    assert!(document(&world).await["paths"]["/v1/clock"]["post"].is_object());
    let now = world.post("/v1/clock", &world.operator, json!({"advance_ms": 5})).await.ok(200).text("now");
    assert!(now.ends_with('Z'));
    let alice = world.agent("alice").await;
    world.post("/v1/clock", &alice, json!({"advance_ms": 5})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn the_document_is_whole() {
    let world = World::start().await;
    let document = document(&world).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["info"]["title"], "Arena");
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    assert_eq!(document["security"], json!([{"token": []}]));
    let mut ids = BTreeSet::new();
    for (path, verb, operation) in operations(&document) {
        let place = format!("{verb} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no operationId"));
        assert!(ids.insert(id.to_owned()), "{id} is there twice");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{place} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{place}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place} has no success");
        for (status, response) in responses {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{place} {status} has no description");
        }
        let in_path: BTreeSet<&str> =
            path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none);
        let declared: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(declared, in_path, "{place}");
        for parameter in parameters {
            assert!(
                parameter["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{place}: {parameter}"
            );
        }
        let is_public = ["/healthz", "/readyz", "/openapi.json"].contains(&path.as_str());
        assert_eq!(operation.get("security") == Some(&json!([])), is_public, "{place}");
    }
}

#[tokio::test]
async fn every_reference_leads_to_a_schema() {
    let world = World::start().await;
    let document = document(&world).await;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas.contains_key(name), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn answers_hold_only_fields_that_the_document_names() {
    let world = World::start().await;
    let cast = world
        .arena(json!([{"title": "one", "assignee": "role:worker", "evidence": {"approval": true}}]))
        .await;
    let document = document(&world).await;
    for (path, template) in [
        ("", "/v1/arenas/{arena_id}"),
        ("/steps/1", "/v1/arenas/{arena_id}/steps/{step}"),
        ("/brief", "/v1/arenas/{arena_id}/brief"),
        ("/events", "/v1/arenas/{arena_id}/events"),
    ] {
        let answer = world.get(&format!("{}{path}", cast.path), &cast.bob).await.ok(200).json();
        let content = &document["paths"][template]["get"]["responses"]["200"]["content"]["application/json"];
        known(&answer, &content["schema"], &document, template);
    }
}

/// Fails on a value of another type than its schema says, or out of its bounds.
fn check_value(value: &Value, schema: &Value, place: &str) {
    let is_of = |kind: &str| match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{place}: the type {other}"),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
        _ => Vec::new(),
    };
    assert!(kinds.is_empty() || kinds.iter().any(|kind| is_of(kind)), "{place}: {value} is not {kinds:?}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{place}: {value} is none of {words:?}");
    }
    if let Some(number) = value.as_f64() {
        assert!(
            schema["minimum"].as_f64().is_none_or(|least| number >= least),
            "{place}: {value} is too small"
        );
        assert!(
            schema["maximum"].as_f64().is_none_or(|most| number <= most),
            "{place}: {value} is too large"
        );
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        assert!(
            schema["minLength"].as_u64().is_none_or(|least| length >= least),
            "{place}: {value} is too short"
        );
        assert!(
            schema["maxLength"].as_u64().is_none_or(|most| length <= most),
            "{place}: {value} is too long"
        );
    }
}

/// Fails on a field that its schema does not name, or one that must be there and is not.
pub(crate) fn known(value: &Value, schema: &Value, document: &Value, place: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => &document["components"]["schemas"][reference.rsplit('/').next().unwrap()],
        None => schema,
    };
    check_value(value, schema, place);
    if let (Some(items), Some(each)) = (value.as_array(), schema.get("items")) {
        items.iter().for_each(|item| known(item, each, document, place));
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else {
        return;
    };
    for (name, field) in fields {
        let property = properties.get(name).unwrap_or_else(|| panic!("{place}: {name} is not documented"));
        known(field, property, document, &format!("{place}.{name}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(fields.contains_key(name.as_str().unwrap()), "{place}: {name} is not there");
    }
}
