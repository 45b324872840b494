//! Reports and artifacts as resources.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn reports_and_artifacts_are_listed_and_read() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let put = json!({"arena": cast.id, "name": "a b/ü.md", "text": "hello", "media_type": "text/markdown"});
    world.tool(&cast.bob, "artifact_put", put).await.ok();
    let bytes = json!({"arena": cast.id, "name": "z", "base64": "AP8="});
    world.tool(&cast.bob, "artifact_put", bytes).await.ok();
    let report = format!("arena://{}/report", cast.id);
    let early = world.rpc(&cast.bob, "resources/read", json!({"uri": report})).await;
    assert_eq!(early["error"]["data"]["code"], "wrong_state", "{early}");
    for to in ["settling", "archived"] {
        world.tool(&cast.alice, "arena_move", json!({"arena": cast.id, "to": to})).await.ok();
    }
    let listed = world.rpc(&cast.bob, "resources/list", json!({})).await["result"]["resources"].clone();
    let uris: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap()).collect();
    let named = |name: &str| format!("arena://{}/artifacts/{name}", cast.id);
    assert_eq!(uris, [report.clone(), named("a%20b/%C3%BC.md"), named("z")]);
    let read = async |uri: &str| {
        world.rpc(&cast.bob, "resources/read", json!({"uri": uri})).await["result"]["contents"][0].clone()
    };
    let text = read(uris[1]).await;
    assert_eq!((&text["text"], &text["mimeType"]), (&json!("hello"), &json!("text/markdown")));
    assert_eq!(text["_meta"]["arena/untrusted"], true);
    assert_eq!(text["_meta"]["arena/from"], json!({"agent_id": "bob", "role": "worker"}));
    assert_eq!(read(uris[2]).await["blob"], "AP8=");
    let sealed: serde_json::Value =
        serde_json::from_str(read(&report).await["text"].as_str().unwrap()).unwrap();
    assert_eq!(sealed, world.get(&cast.at("report"), &cast.bob).await.ok(200).json());
    let templates = world.rpc(&cast.bob, "resources/templates/list", json!({})).await;
    assert_eq!(templates["result"]["resourceTemplates"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_strangers_resource_is_not_there() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    world.tool(&cast.bob, "artifact_put", json!({"arena": cast.id, "name": "a", "text": "x"})).await.ok();
    for uri in [
        format!("arena://{}/artifacts/a", cast.id),
        "arena://x/report".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let read = world.rpc(&cast.carol, "resources/read", json!({"uri": uri})).await;
        assert_eq!(read["error"]["code"], -32002, "{uri}: {read}");
    }
    let listed = world.rpc(&cast.carol, "resources/list", json!({})).await;
    assert_eq!(listed["result"]["resources"], json!([]));
}
