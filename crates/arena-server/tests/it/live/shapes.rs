//! Who may follow what, what is refused, and the two other streams: a contest's and the whole store's.

use arena_api::client::{Client, Told};
use arena_api::events::{EventQuery, JournalQuery};
use serde_json::{Value, json};

use super::reader::Reader;
use crate::{contests::cup::Cup, world::World};

#[tokio::test]
async fn who_may_not_read_a_page_may_not_follow() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let stream = async |path: &str, token: &str, last: &str| {
        let mut request = world.request("GET", path, token).header("accept", "text/event-stream");
        if !last.is_empty() {
            request = request.header("last-event-id", last);
        }
        request.send().await
    };
    let events = cast.at("events");
    stream(&events, "", "").await.refused(401, "unauthenticated");
    stream(&events, &cast.carol, "").await.refused(404, "not_found");
    stream("/v1/events", &cast.alice, "").await.refused(403, "forbidden");
    stream("/v1/contests/x/events", &cast.alice, "").await.refused(404, "not_found");
    stream(&events, &cast.bob, "x").await.refused(400, "malformed");
    stream(&cast.at("events?type=nope"), &cast.bob, "").await.refused(422, "invalid");
    stream(&cast.at("events?snapshot=2"), &cast.bob, "").await.refused(422, "invalid");
    world.get(&cast.at("events?snapshot=1"), &cast.bob).await.refused(422, "invalid");
    world.get("/v1/events", &cast.alice).await.refused(403, "forbidden");
    // Without asking for a stream there is a page.
    let page = world.request("GET", &events, &cast.bob).header("accept", "*/*").send().await.ok(200);
    assert!(page.field("items").is_array());
}

#[tokio::test]
async fn a_stream_is_kept_by_nobody_and_its_connection_is_for_nothing_else() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let url = format!("{}{}", world.url, cast.at("events"));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http.get(url).bearer_auth(&cast.bob).header("accept", "text/event-stream");
    let headers = asked.send().await.unwrap().headers().clone();
    for (name, value) in [("cache-control", "no-store"), ("connection", "close"), ("x-accel-buffering", "no")]
    {
        assert_eq!(headers[name], value, "{headers:?}");
    }
}

#[tokio::test]
async fn an_event_of_a_stream_is_the_one_of_a_page() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let page = world.get(&cast.at("events"), &cast.bob).await.ok(200).field("items");
    let mut reader = Reader::open(&world, &cast.at("events"), &cast.bob, None).await;
    for item in page.as_array().unwrap() {
        let frame = reader.next().await.unwrap();
        assert_eq!((&frame.data, &json!(frame.event)), (item, &item["type"]));
    }
    let live =
        Reader::open(&world, &cast.at("events"), &cast.bob, Some(1_000_000)).await.next().await.unwrap();
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "live"})).await.ok(201);
    let frame = reader.next().await.unwrap();
    let at = cast.at(&format!("events?after={}", live.id.unwrap()));
    assert_eq!(frame.data, world.get(&at, &cast.bob).await.ok(200).field("items")[0]);
}

#[tokio::test]
async fn a_contest_is_followed_by_any_registered_agent() {
    let cup = Cup::full(|_| ()).await;
    let mut reader = Reader::open(&cup.world, &cup.at("events?snapshot=1"), cup.token("zoe"), None).await;
    let first = reader.next().await.unwrap();
    let at = first.id.unwrap();
    assert_eq!((first.event.as_str(), &first.data), ("snapshot", &cup.contest("zoe").await));
    cup.poke("start", "judge").await.ok(200);
    let next = reader.next().await.unwrap();
    assert_eq!((next.event.as_str(), next.id), ("contest_started", Some(at + 1)));
}

#[tokio::test]
async fn the_operator_follows_and_pages_everything_by_position() {
    let world = World::start().await;
    let mut reader = Reader::open(&world, "/v1/events", &world.operator, None).await;
    let one = world.arena(json!([])).await;
    world.post("/v1/arenas", &one.bob, json!({"goal": "another"})).await.ok(201);
    let head = world.manager.health().position;
    let mut followed: Vec<Value> = Vec::new();
    for position in 1..=head {
        let frame = reader.next().await.unwrap();
        assert_eq!((frame.id, &frame.data["position"]), (Some(position), &json!(position)));
        followed.push(frame.data);
    }
    assert!(followed.iter().any(|event| event["type"] == "agent_registered"));
    let page = world.get("/v1/events?limit=1000", &world.operator).await.ok(200).json();
    assert_eq!((&page["items"], &page["head"]), (&json!(followed), &json!(head)));
    let some = world.get("/v1/events?type=arena_created&after=2&limit=1", &world.operator).await.ok(200);
    assert_eq!(some.json()["items"].as_array().unwrap().len(), 1);

    let mut ahead = Reader::open(&world, "/v1/events", &world.operator, Some(head + 9)).await;
    assert_eq!(ahead.next().await.unwrap().data, json!({"after": head + 9, "head": head}));
    let wait = format!("/v1/events?after={head}&wait_ms=20000&type=message_sent");
    let (woken, _) = tokio::join!(world.get(&wait, &world.operator), async {
        world.put(&one.at("goal"), &one.alice, json!({"goal": "not it"})).await.ok(200);
        world.post(&one.at("messages"), &one.bob, json!({"body": "it"})).await.ok(201)
    });
    assert_eq!(woken.ok(200).json()["items"][0]["type"], "message_sent");
    assert_eq!(ahead.next().await.unwrap().id, Some(head + 1));
}

#[tokio::test]
async fn the_rust_client_follows_and_resumes() {
    let mut world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let client = Client::new(&world.url, &cast.bob).unwrap();
    let arena = cast.id.parse().unwrap();
    let query = EventQuery { snapshot: Some(1), ..EventQuery::default() };
    let mut stream = client.follow(arena, &query).await.unwrap();
    let Some(Told::Snapshot(text)) = stream.next().await.unwrap() else { panic!("no snapshot") };
    let state: arena_api::arenas::State = Told::state(&text).unwrap();
    let at = stream.last().unwrap();
    assert_eq!((state.arena.sequence.get(), state.steps.len()), (at, 1));
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "one"})).await.ok(201);
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "two"})).await.ok(201);
    for resumed in [false, true] {
        if resumed {
            stream.resume().await.unwrap();
        }
        let Some(Told::Event(event)) = stream.next().await.unwrap() else { panic!("no event") };
        assert_eq!((event.sequence.get(), stream.last()), (at + 1 + u64::from(resumed), stream.last()));
    }
    assert_eq!(stream.last(), Some(at + 2));
    let everything = Client::new(&world.url, &world.operator).unwrap();
    let mut everything = everything.follow_journal(&JournalQuery::default()).await.unwrap();
    assert!(matches!(everything.next().await.unwrap(), Some(Told::Event(_))));
    let refused = client.follow_journal(&JournalQuery::default()).await.unwrap_err();
    assert_eq!(refused.problem().unwrap().status, 403);
    world.stop();
    let Some(Told::Closed(why)) = stream.next().await.unwrap() else { panic!("no reason") };
    assert!(why.retryable && stream.next().await.unwrap().is_none());
}
