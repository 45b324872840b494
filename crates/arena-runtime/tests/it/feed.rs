//! Waiting for events: woken at once, none missed under concurrent writes, only those asked for.

use std::time::Duration;

use arena_runtime::{ArenaId, ArenaManager, EventPage, EventQuery, Principal, RuntimeError, Sequence};

use crate::fixture::{active, agent, close, code, id, in_memory, managers, state, view};

/// Longer than any test takes: who waits so long was not woken.
const FOR_EVER: Duration = Duration::from_secs(60);

fn after(sequence: Sequence) -> EventQuery {
    EventQuery { after: sequence, limit: 100, wait: Some(FOR_EVER), ..EventQuery::default() }
}

/// Waits while something else is done, which begins only once the wait has begun.
async fn waiting<T>(
    wait: impl Future<Output = Result<EventPage, RuntimeError>>,
    meanwhile: impl Future<Output = T>,
) -> EventPage {
    let mut wait = std::pin::pin!(wait);
    tokio::select! {
        biased;
        page = &mut wait => panic!("nothing was waited for: {page:?}"),
        () = std::future::ready(()) => {}
    }
    let (page, _) = tokio::join!(wait, meanwhile);
    page.unwrap()
}

#[tokio::test]
async fn who_waits_is_woken_by_the_next_event() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 0).await;
        let (_, head) = state(&manager, arena_id).await;
        let alice = view(&manager, "alice", arena_id);
        let reader = agent("alice");
        let page = waiting(manager.events(&reader, arena_id, after(head)), alice.say("wake up")).await;
        let kinds: Vec<_> = page.items.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!((kinds, page.head), (vec!["message_sent"], head.next()), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn who_waits_for_a_type_or_an_actor_sleeps_through_others() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice", "bob"], 1).await;
        let (_, head) = state(&manager, arena_id).await;
        let query = EventQuery {
            kinds: vec!["step_claimed".to_owned(), "message_sent".to_owned()],
            actor: Some(id("bob")),
            ..after(head)
        };
        let reader = agent("alice");
        let page = waiting(manager.events(&reader, arena_id, query), async {
            view(&manager, "alice", arena_id).say("not bob").await.unwrap();
            view(&manager, "bob", arena_id).put_fact("not/asked".parse().unwrap(), "x").await.unwrap();
            view(&manager, "bob", arena_id).claim(None, None).await.unwrap().unwrap();
        })
        .await;
        let found: Vec<_> =
            page.items.iter().map(|event| (event.kind.as_str(), event.actor.as_str())).collect();
        assert_eq!(found, [("step_claimed", "bob")], "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_wait_that_brings_nothing_answers_with_the_head_as_it_stands() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 0).await;
    let (_, head) = state(&manager, arena_id).await;
    let short = EventQuery { wait: Some(Duration::from_millis(1)), ..after(head) };
    let page = manager.events(&agent("alice"), arena_id, short).await.unwrap();
    assert!(page.items.is_empty() && page.head == head);
    let without = EventQuery { wait: None, ..after(head) };
    let page = manager.events(&agent("alice"), arena_id, without).await.unwrap();
    assert!(page.items.is_empty() && page.head == head);
    close(manager).await;
}

#[tokio::test]
async fn who_may_not_read_does_not_wait() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 0).await;
    active(&manager, &["bob"], 0).await;
    for (reader, arena_id) in [(agent("bob"), arena_id), (agent("alice"), ArenaId::from_bytes([9; 16]))] {
        assert_eq!(code(manager.events(&reader, arena_id, after(Sequence::ZERO)).await), "not_found");
    }
    close(manager).await;
}

#[tokio::test]
async fn the_timer_wakes_too() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 1).await;
    view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
    let (_, head) = state(&manager, arena_id).await;
    let reader = agent("alice");
    let page =
        waiting(manager.events(&reader, arena_id, after(head)), crate::fixture::advance(&manager, 10_000))
            .await;
    assert_eq!(page.items[0].kind, "lease_expired");
    close(manager).await;
}

/// Follows an arena from its beginning until it is sealed, and answers the numbers it saw.
async fn follow(manager: ArenaManager, arena_id: ArenaId, limit: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    let mut at = Sequence::ZERO;
    loop {
        let query = EventQuery { limit, ..after(at) };
        let page = manager.events(&Principal::Operator, arena_id, query).await.unwrap();
        assert!(!page.items.is_empty(), "a reader slept through an event after {at}");
        seen.extend(page.items.iter().map(|event| event.sequence.get()));
        at = page.items.last().unwrap().sequence;
        if page.items.iter().any(|event| event.kind == "arena_archived") {
            return seen;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_misses_an_event_while_many_write() {
    for (store, manager, _dir) in managers() {
        let names: Vec<String> = (0..12).map(|n| format!("agent-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let arena_id = active(&manager, &names, 0).await;
        let readers: Vec<_> =
            (1..=16).map(|limit| tokio::spawn(follow(manager.clone(), arena_id, limit * limit))).collect();
        let writers: Vec<_> = names
            .iter()
            .map(|name| {
                let alice = view(&manager, name, arena_id);
                tokio::spawn(async move {
                    for n in 0..40 {
                        alice.say(&format!("message {n}")).await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        manager.operator(arena_id).settle().await.unwrap();
        manager.operator(arena_id).archive().await.unwrap();
        let (_, head) = state(&manager, arena_id).await;
        for reader in readers {
            let seen = reader.await.unwrap();
            assert_eq!(seen, (1..=head.get()).collect::<Vec<u64>>(), "{store}");
        }
        close(manager).await;
    }
}
