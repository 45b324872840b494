//! Nothing is missed and nothing comes twice.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use arena_runtime::{ArenaHandle, Principal};
use futures::future::join_all;
use serde_json::json;

use super::reader::Reader;
use crate::world::{Cast, World};

async fn head(world: &World, cast: &Cast) -> u64 {
    world.get(&cast.at("events?limit=1"), &cast.alice).await.ok(200).field("head").as_u64().unwrap()
}

fn bob(world: &World, cast: &Cast) -> ArenaHandle {
    world.manager.handle(Principal::Agent("bob".parse().unwrap()), cast.id.parse().unwrap())
}

async fn say(world: &World, cast: &Cast, times: usize) {
    let arena = bob(world, cast);
    for n in 0..times {
        arena.say(&format!("message {n}")).await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_resumes_anywhere_exactly_once_and_in_order() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    say(&world, &cast, 12).await;
    let head = head(&world, &cast).await;
    let mut readers = Vec::new();
    for after in 0..=head {
        let by_header = Reader::open(&world, &cast.at("events"), &cast.olga, Some(after)).await;
        let by_query =
            Reader::open(&world, &cast.at(&format!("events?after={after}")), &cast.bob, None).await;
        readers.push((after, by_header));
        readers.push((after, by_query));
    }
    say(&world, &cast, 12).await;
    for (after, reader) in &mut readers {
        reader.up_to(*after, head + 12).await;
    }
}

#[tokio::test]
async fn the_header_counts_more_than_the_query() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let mut reader = Reader::open(&world, &cast.at("events?after=0&snapshot=1"), &cast.bob, Some(2)).await;
    assert_eq!(reader.next().await.unwrap().id, Some(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_break_off_at_random_and_resume_get_everything_once() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let (before, written) = (head(&world, &cast).await, 400);
    let last = before + written;
    let read = async |seed: u64| {
        let mut dice = seed * 2_654_435_761 + 1;
        let mut after = 0;
        while after < last {
            let mut reader = Reader::open(&world, &cast.at("events"), &cast.bob, Some(after)).await;
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let upto = last.min(after + 1 + (dice >> 33) % 60);
            reader.up_to(after, upto).await;
            after = upto;
        }
    };
    let write = say(&world, &cast, written as usize);
    let (_, (), (), (), ()) = tokio::join!(write, read(1), read(2), read(3), read(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_and_what_follows_it_leave_nothing_out_while_many_write() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let last = head(&world, &cast).await + 300;
    let read = async || {
        for _ in 0..10 {
            let mut reader = Reader::open(&world, &cast.at("events?snapshot=1"), &cast.bob, None).await;
            let first = reader.next().await.unwrap();
            assert_eq!(first.event, "snapshot");
            let at = first.id.unwrap();
            assert_eq!((&first.data["sequence"], &first.data["status"]), (&json!(at), &json!("active")));
            assert_eq!(first.data["steps"][0]["title"], "one");
            reader.up_to(at, last.min(at + 30)).await;
        }
    };
    tokio::join!(say(&world, &cast, 300), read(), read());
    let mut reader = Reader::open(&world, &cast.at("events?snapshot=1"), &cast.bob, None).await;
    assert_eq!(reader.next().await.unwrap().id, Some(last));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_does_not_read_holds_nobody_up_and_gets_everything_later() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let before = head(&world, &cast).await;
    let mut slow = Reader::open(&world, &cast.at("events"), &cast.bob, Some(before)).await;
    let mut quick = Reader::open(&world, &cast.at("events"), &cast.olga, Some(before)).await;
    // More than all buffers on the way and all that is kept in memory for followers.
    let arena = bob(&world, &cast);
    let (text, count) = ("x".repeat(15_000), 1_500);
    let write = async {
        for _ in 0..count {
            arena.say(&text).await.unwrap();
        }
    };
    tokio::join!(write, quick.up_to(before, before + count));
    slow.up_to(before, before + count).await;
    // It has caught up, and is live again.
    arena.say("last").await.unwrap();
    slow.up_to(before + count, before + count + 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stops_while_ten_thousand_events_pass_gets_all_of_them_once() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let before = head(&world, &cast).await;
    let mut slow = Reader::open(&world, &cast.at("events"), &cast.bob, Some(before)).await;
    say(&world, &cast, 1).await;
    slow.up_to(before, before + 1).await;
    // Together more than the ring keeps and more than all buffers on the way hold.
    let (text, writers, each) = ("x".repeat(1_200), 50, 200);
    let written = join_all((0..writers).map(|_| async {
        let arena = bob(&world, &cast);
        for _ in 0..each {
            arena.say(&text).await.unwrap();
        }
    }));
    written.await;
    let last = before + 1 + writers * each;
    assert_eq!(head(&world, &cast).await, last);
    // One that begins now reads all of it from the journal beside the one that stopped.
    let mut late = Reader::open(&world, &cast.at("events"), &cast.olga, Some(before)).await;
    tokio::join!(slow.up_to(before + 1, last), late.up_to(before, last));
    say(&world, &cast, 1).await;
    slow.up_to(last, last + 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_connections_that_break_off_leave_nothing_out_and_nothing_behind() {
    let world = World::with(|_| (), |config| config.heartbeat = Duration::from_millis(10)).await;
    let cast = world.arena(json!([])).await;
    let (before, written) = (head(&world, &cast).await, 500);
    let last = before + written;
    let broken = AtomicU64::new(0);
    let read = async |seed: u64| {
        let (mut dice, mut after) = (seed * 2_654_435_761 + 1, before);
        while after < last {
            let mut reader = Reader::open(&world, &cast.at("events"), &cast.bob, Some(after)).await;
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Some leave before anything came.
            let upto = last.min(after + (dice >> 33) % 5);
            reader.up_to(after, upto).await;
            after = upto;
            broken.fetch_add(1, Ordering::Relaxed);
        }
    };
    let write = say(&world, &cast, usize::try_from(written).unwrap());
    tokio::join!(write, join_all((1..=10).map(read)));
    assert!(broken.load(Ordering::Relaxed) > 2_000);
    while world.manager.health().followers > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_resumes_behind_the_end_is_told_and_goes_on_from_the_end() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = head(&world, &cast).await;
    let mut reader = Reader::open(&world, &cast.at("events"), &cast.bob, Some(head + 5)).await;
    let told = reader.next().await.unwrap();
    assert_eq!((told.event.as_str(), told.id), ("cursor_ahead", Some(head)));
    assert_eq!(told.data, json!({"after": head + 5, "head": head}));
    say(&world, &cast, 1).await;
    reader.up_to(head, head + 1).await;

    let mut at_the_end = Reader::open(&world, &cast.at("events"), &cast.bob, Some(head + 1)).await;
    say(&world, &cast, 1).await;
    at_the_end.up_to(head + 1, head + 2).await;
}

#[tokio::test]
async fn filters_leave_out_what_was_not_asked_for() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let filters: [(&str, &[&str], Option<&str>); 4] = [
        ("type=fact_put", &["fact_put"], None),
        ("actor=bob", &[], Some("bob")),
        ("type=message_sent&actor=alice", &["message_sent"], Some("alice")),
        ("type=message_sent,fact_put&actor=bob", &["message_sent", "fact_put"], Some("bob")),
    ];
    let open = async |filter: &str| {
        Reader::open(&world, &cast.at(&format!("events?{filter}")), &cast.olga, None).await
    };
    // Some see it happen, others read it later; both are to see the same.
    let mut readers = Vec::new();
    for (filter, kinds, actor) in filters {
        readers.push((open(filter).await, kinds, actor));
    }
    for (who, n) in [(&cast.alice, 1), (&cast.bob, 2), (&cast.alice, 3), (&cast.bob, 4)] {
        world.post(&cast.at("messages"), who, json!({"body": format!("{n}")})).await.ok(201);
        world.put(&cast.at(&format!("facts/f{n}")), who, json!({"content": "x"})).await.ok(200);
        world.put(&cast.at("goal"), &cast.alice, json!({"goal": format!("{n}")})).await.ok(200);
    }
    for (filter, kinds, actor) in filters {
        readers.push((open(filter).await, kinds, actor));
    }
    let page = world.get(&cast.at("events?limit=1000"), &cast.olga).await.ok(200).field("items");
    for (reader, kinds, actor) in &mut readers {
        let wanted = page.as_array().unwrap().iter().filter(|event| {
            (kinds.is_empty() || kinds.iter().any(|kind| event["type"] == *kind))
                && actor.is_none_or(|actor| event["actor"] == actor)
        });
        let mut count = 0;
        for event in wanted {
            assert_eq!(&reader.next().await.unwrap().data, event);
            count += 1;
        }
        assert!(count >= 2, "{kinds:?} of {actor:?}: {count}");
    }
}
