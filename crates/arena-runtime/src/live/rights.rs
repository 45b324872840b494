//! Tests of what is given to one who loses the right to read while it is being read.

use std::{
    fmt::Debug,
    future::{Future, ready},
    pin::{Pin, pin},
    sync::mpsc,
};

use arena_core::{
    AgentId, ArenaEvent, ArenaId, Sequence,
    collaboration::{ArenaConfig, Command, Role},
};
use tokio::sync::oneshot;

use super::{CATCHING_UP, Follower, LiveFilter, Part, Source};
use crate::{
    ask::Ask,
    error::RuntimeError,
    feed::Topic,
    manager::ArenaManager,
    options::Options,
    query::EventQuery,
    record::{Origin, chain},
    storage::Writes,
    stream::Event,
    tokens::Principal,
    writing::NewHandle,
};

fn bob() -> AgentId {
    "bob".parse().unwrap()
}

fn by_operator() -> Ask {
    Ask::by(Principal::Operator)
}

/// One reader at once, and an arena at work in which bob, whose token this is, takes part.
async fn opened() -> (ArenaManager, ArenaId, String) {
    let manager = ArenaManager::open(Options { readers: 1, ..Options::in_memory() }).unwrap();
    let token = manager.register_agent(by_operator(), bob(), None).await.unwrap().token;
    let participants = vec![(bob(), Role::Worker)];
    let arena_id = manager.create(ArenaConfig { participants, ..ArenaConfig::new("go") }).await.unwrap();
    manager.operator(arena_id).activate().await.unwrap();
    (manager, arena_id, token)
}

async fn followed(manager: &ArenaManager, arena_id: ArenaId, token: &str) -> Follower {
    let (principal, token) = (Principal::Agent(bob()), Some(token.into()));
    manager.follow(principal, token, Source::Arena(arena_id), 0, LiveFilter::default()).await.unwrap()
}

/// What is there without any more waiting.
async fn now<T>(wait: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    tokio::select! {
        biased;
        done = wait => Some(done),
        () = ready(()) => None,
    }
}

/// Begins to wait for what cannot be there yet.
async fn begun<T: Debug>(wait: Pin<&mut impl Future<Output = T>>) {
    let done = now(wait).await;
    assert!(done.is_none(), "nothing was waited for: {done:?}");
}

/// Takes the right to read from bob, and has something happen afterwards.
async fn lost(manager: &ArenaManager, arena_id: ArenaId, how: &str) {
    match how {
        "membership" => {
            let left = Command::RemoveParticipant { agent_id: bob() };
            manager.operator(arena_id).submit(left).await.map(|_| ()).unwrap();
        }
        "token" => manager.replace_token(by_operator(), bob()).await.map(|_| ()).unwrap(),
        _ => manager.remove_agent(by_operator(), bob()).await.map(|_| ()).unwrap(),
    }
    manager.operator(arena_id).say("not for bob").await.unwrap();
}

#[tokio::test]
async fn who_loses_the_right_while_waiting_for_a_place_is_given_nothing() {
    for (how, code) in
        [("membership", "not_found"), ("token", "unauthenticated"), ("agent", "unauthenticated")]
    {
        let (manager, arena_id, token) = opened().await;
        let mut follower = followed(&manager, arena_id, &token).await;
        let live = manager.shared().live.clone();
        let places = live.catching_up.acquire_many(u32::try_from(CATCHING_UP).unwrap()).await.unwrap();
        let mut next = pin!(follower.next());
        begun(next.as_mut()).await;
        lost(&manager, arena_id, how).await;
        drop(places);
        assert_eq!(next.await.map(|_| ()).map_err(|error| error.code()), Err(code), "{how}");
    }
}

#[tokio::test]
async fn who_loses_the_right_while_it_is_read_is_given_nothing() {
    for (how, code) in [("membership", "not_found"), ("token", "unauthenticated")] {
        let (manager, arena_id, token) = opened().await;
        let mut follower = followed(&manager, arena_id, &token).await;
        let (go_on, told) = mpsc::channel::<()>();
        let mut slow = pin!(manager.reading(move |_| Ok(told.recv().is_ok())));
        begun(slow.as_mut()).await;
        let principal = Principal::Agent(bob());
        let query = EventQuery { limit: 100, ..EventQuery::default() };
        let mut next = pin!(follower.next());
        let mut page = pin!(manager.events(&principal, arena_id, query));
        begun(next.as_mut()).await;
        begun(page.as_mut()).await;
        lost(&manager, arena_id, how).await;
        go_on.send(()).unwrap();
        assert!(slow.await.unwrap());
        assert_eq!(next.await.map(|_| ()).map_err(|error| error.code()), Err(code), "{how}");
        // By which token a page was asked for is the door's to look at again.
        if how == "membership" {
            assert_eq!(page.await.map(|_| ()).map_err(|error| error.code()), Err(code), "{how}");
        }
    }
}

#[tokio::test]
async fn what_is_stored_and_not_yet_published_is_given_to_nobody() {
    let (manager, arena_id, token) = opened().await;
    let head = manager.arena(&Principal::Operator, arena_id).await.unwrap().head;
    let said = Event::Shared(ArenaEvent::MessageSent { to: Vec::new(), body: "too early".into() });
    let origin = Origin { recorded_at: manager.now(), actor: bob(), command_id: None };
    let stored = manager.shared().storage.write(&mut |last| {
        let event = chain(arena_id, head, last.next(), &origin, &said);
        Writes { heads: vec![(arena_id, event.head())], events: vec![event], ..Writes::default() }
    });
    stored.unwrap();
    let part = followed(&manager, arena_id, &token).await.next().await.unwrap();
    assert_eq!(part.events().last().unwrap().number, head.sequence.get());
    let query = EventQuery { limit: 100, ..EventQuery::default() };
    let page = manager.events(&Principal::Agent(bob()), arena_id, query).await.unwrap();
    assert_eq!((page.items.last().unwrap().sequence, page.head), (head.sequence, head.sequence));
}

#[tokio::test]
async fn a_token_that_ends_wakes_who_waits_and_others_do_not() {
    let (manager, arena_id, token) = opened().await;
    let mut ended = pin!(manager.revoked(&token));
    begun(ended.as_mut()).await;
    let bell = manager.shared().feed.bell(Topic::Tokens(bob()));
    let mut rung = pin!(bell.rung());
    rung.as_mut().enable();
    manager.register_agent(by_operator(), "eve".parse().unwrap(), None).await.unwrap();
    manager.operator(arena_id).say("go on").await.unwrap();
    begun(rung.as_mut()).await;
    manager.replace_token(by_operator(), "eve".parse().unwrap()).await.unwrap();
    begun(rung.as_mut()).await;
    begun(ended.as_mut()).await;
    manager.replace_token(by_operator(), bob()).await.unwrap();
    assert_eq!(now(rung.as_mut()).await, Some(()));
    assert_eq!(now(ended.as_mut()).await, Some(()));
}

#[tokio::test]
async fn a_wait_with_a_handle_ends_with_it_and_with_its_agent() {
    for how in ["revoked", "agent"] {
        let (manager, arena_id, _) = opened().await;
        let issued = async || {
            let new = NewHandle { agent_id: bob(), permissions: None, step: None, ttl: None };
            manager.issue_handle(by_operator(), arena_id, new).await.unwrap()
        };
        let (handle, other) = (issued().await, issued().await);
        let mut ended = pin!(manager.revoked(&handle.token));
        begun(ended.as_mut()).await;
        manager.revoke_handle(by_operator(), arena_id, other.handle).await.unwrap();
        begun(ended.as_mut()).await;
        match how {
            "agent" => manager.remove_agent(by_operator(), bob()).await.map(|_| ()).unwrap(),
            _ => manager.revoke_handle(by_operator(), arena_id, handle.handle).await.map(|_| ()).unwrap(),
        }
        assert_eq!(now(ended.as_mut()).await, Some(()), "{how}");
    }
}

/// The one thread for what blocks, held until this is dropped.
struct Gate {
    _open: mpsc::Sender<()>,
}

impl Gate {
    /// Shut when all that was handed to the thread before is done.
    async fn shut() -> Self {
        let (open, opened) = mpsc::channel::<()>();
        let (begins, begun) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let _ = begins.send(());
            opened.recv().is_err()
        });
        begun.await.unwrap();
        Self { _open: open }
    }
}

/// Has `wait` wait so many times, and once more; answers what came instead.
async fn after_waits<T>(mut wait: Pin<&mut impl Future<Output = T>>, count: usize) -> Option<T> {
    let mut gate = Gate::shut().await;
    for _ in 0..count {
        if let Some(done) = now(wait.as_mut()).await {
            return Some(done);
        }
        let next = Gate::shut();
        tokio::pin!(next);
        assert!(now(next.as_mut()).await.is_none());
        drop(gate);
        gate = next.await;
    }
    now(wait).await
}

#[test]
fn nothing_is_lost_wherever_a_wait_is_dropped() {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let (manager, arena_id, token) = opened().await;
        let numbers = |part: &Part| part.events().iter().map(|event| event.number).collect::<Vec<_>>();
        for waits in 0..100 {
            // It stays out of memory: each look at it is a wait.
            manager.shared().cache.forget(arena_id);
            manager.shared().cache.begin_load(arena_id);
            let mut follower = followed(&manager, arena_id, &token).await;
            let came = after_waits(pin!(follower.next()), waits).await;
            let is_last = came.is_some();
            let part = match came {
                Some(part) => part.unwrap(),
                None => {
                    manager.operator(arena_id).say("go on").await.unwrap();
                    follower.next().await.unwrap()
                }
            };
            let head = manager.arena(&Principal::Operator, arena_id).await.unwrap().head.sequence.get();
            assert_eq!(numbers(&part), (1..=head).collect::<Vec<u64>>(), "dropped at wait {waits}");
            if is_last {
                assert!(waits >= 5, "{waits} waits");
                return;
            }
        }
        panic!("it waited for ever");
    });
}

#[tokio::test]
async fn a_wait_of_an_agent_that_was_removed_is_refused_when_it_is_woken() {
    let (manager, arena_id, _) = opened().await;
    let head = manager.arena(&Principal::Operator, arena_id).await.unwrap().head.sequence;
    let principal = Principal::Agent(bob());
    let wait = Some(std::time::Duration::from_secs(600));
    let query = EventQuery { after: head, limit: 1, wait, ..EventQuery::default() };
    let mut page = pin!(manager.events(&principal, arena_id, query));
    begun(page.as_mut()).await;
    manager.remove_agent(by_operator(), bob()).await.unwrap();
    manager.operator(arena_id).say("not for bob").await.unwrap();
    assert!(matches!(page.await, Err(RuntimeError::Unauthenticated)));
}

#[tokio::test]
async fn a_follower_of_everything_is_given_everything() {
    let (manager, _, _) = opened().await;
    let followed = manager.follow(Principal::Operator, None, Source::Journal, 0, LiveFilter::default());
    let part = followed.await.unwrap().next().await.unwrap();
    let numbers: Vec<u64> = part.events().iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=manager.health().position).collect::<Vec<u64>>());
    assert_eq!(part.events()[0].stored.sequence, Sequence::new(1));
}
