//! What the tools and the brief cost a model in tokens: counted with a tokenizer, and printed in `docs/mcp.md`.

use serde_json::{Value, json};
use tiktoken_rs::{CoreBPE, cl100k_base_singleton, o200k_base_singleton};

use super::terms;
use crate::world::{Cast, World};

fn tokens(bpe: &CoreBPE, value: &Value) -> usize {
    bpe.encode_ordinary(&value.to_string()).len()
}

/// What a client hands to its model of a tool: name, description, input schema.
fn shown(tool: &Value) -> Value {
    json!({"name": tool["name"], "description": tool["description"], "input_schema": tool["inputSchema"]})
}

#[tokio::test]
async fn the_costs_in_the_documentation_are_the_counted_ones() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    world.post("/v1/contests", &cast.alice, json!({"title": "cup", "terms": terms()})).await.ok(201);
    let bpe = o200k_base_singleton();
    let mut rows = Vec::new();
    for tool in world.tools(&world.operator).await {
        let name = tool["name"].as_str().unwrap();
        rows.push(format!("| `{name}` | {} | {} |", tokens(bpe, &shown(&tool)), tokens(bpe, &tool)));
    }
    let handle = world.handle(&cast.path, &cast.bob, json!({"agent_id": "bob"})).await;
    for (who, token) in
        [("a worker's handle", &handle), ("an observer", &cast.olga), ("the operator", &world.operator)]
    {
        let tools = world.tools(token).await;
        let sum = |cost: &dyn Fn(&Value) -> usize| tools.iter().map(cost).sum::<usize>();
        let (short, whole) = (sum(&|tool| tokens(bpe, &shown(tool))), sum(&|tool| tokens(bpe, tool)));
        rows.push(format!("| all {} of {who} | {short} | {whole} |", tools.len()));
    }
    let counted = rows.join("\n");
    let document = include_str!("../../../../../docs/mcp.md");
    assert!(document.contains(&counted), "docs/mcp.md should hold these rows:\n{counted}");
}

#[tokio::test]
async fn a_worker_pays_little_for_its_tools() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let bpe = o200k_base_singleton();
    let tools = world.tools(&cast.bob).await;
    assert!(tools.len() <= 12, "{}", tools.len());
    let shown: usize = tools.iter().map(|tool| tokens(bpe, &shown(tool))).sum();
    assert!(shown <= 1_700, "{shown} tokens");
    for tool in world.tools(&world.operator).await {
        assert!(tokens(bpe, &tool) <= 600, "{}: {} tokens", tool["name"], tokens(bpe, &tool));
    }
}

/// Fills an arena with a text wherever one may stand.
async fn filled(world: &World, cast: &Cast, text: &str) {
    world.put(&cast.at("goal"), &cast.alice, json!({"goal": text})).await.ok(200);
    for n in 0..12 {
        world.put(&cast.at(&format!("facts/{n}")), &cast.bob, json!({"content": text})).await.ok(200);
        world.post(&cast.at("messages"), &cast.bob, json!({"body": text})).await.ok(201);
        world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    }
    let fence = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    let failed = json!({"fence": fence.field("fence"), "reason": text});
    world.post(&cast.at(&format!("steps/{}/fail", fence.field("step"))), &cast.bob, failed).await.ok(200);
}

#[tokio::test]
async fn a_brief_is_at_most_1500_tokens_whatever_stands_in_the_arena() {
    let texts = [
        "a plain sentence about the next thing to do in this repository, ".repeat(20),
        "\"\\{}[]<>|~^`@#$%&*;:!?\u{7}\u{1b}".repeat(60),
        "xqzjkvwpghtrnbdlmfscy0123456789abcdef".repeat(40),
        "ÄÖÜßéèêçñøåœ€§".repeat(90),
        "漢字仮名交じり文書라마바사".repeat(60),
        "\u{1f600}\u{1f9d1}\u{200d}\u{1f680}\u{10ffff}\u{e0061}".repeat(60),
        "𒀀𓀀𝕏ꙮ᚛ᚑᚌ᚜܀".repeat(70),
        "A1b2C3d4E5f6==/+Zz9Yy8".repeat(60),
        "xqzj kvwp ghtr nbdl mfsc zxwv qpkj hgfd ".repeat(40),
    ];
    for text in texts {
        let world = World::start().await;
        let title = text.get(..text.floor_char_boundary(1_000)).unwrap();
        let steps: Vec<Value> = (0..60).map(|_| json!({"title": title, "max_attempts": 1})).collect();
        let cast = world.arena(json!(steps)).await;
        filled(&world, &cast, &text).await;
        for token in [&cast.bob, &cast.alice, &world.operator] {
            let brief = world.tool(token, "arena_brief", json!({"arena": cast.id})).await.ok();
            for bpe in [o200k_base_singleton(), cl100k_base_singleton()] {
                let cost = tokens(bpe, &brief);
                assert!(cost <= 1_500, "{cost} tokens for {brief}");
            }
            assert!(brief["next"].is_string() && brief["sequence"].is_u64());
        }
        let brief = world.tool(&cast.bob, "arena_brief", json!({"arena": cast.id})).await.ok();
        assert!(!brief["claims"].as_array().unwrap().is_empty(), "{brief}");
    }
}
