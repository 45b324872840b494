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

use super::{CATCHING_UP, Follower, LiveFilter, Source};
use crate::{
    ask::Ask,
    error::RuntimeError,
    manager::ArenaManager,
    options::Options,
    query::EventQuery,
    record::{Origin, chain},
    storage::Writes,
    stream::Event,
    tokens::Principal,
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
    let bell = manager.shared().feed.bell(ArenaId::SYSTEM);
    let mut rung = pin!(bell.rung());
    rung.as_mut().enable();
    manager.register_agent(by_operator(), "eve".parse().unwrap(), None).await.unwrap();
    manager.operator(arena_id).say("go on").await.unwrap();
    begun(rung.as_mut()).await;
    manager.replace_token(by_operator(), "eve".parse().unwrap()).await.unwrap();
    assert_eq!(now(rung.as_mut()).await, Some(()));
    begun(ended.as_mut()).await;
    manager.replace_token(by_operator(), bob()).await.unwrap();
    assert_eq!(now(ended.as_mut()).await, Some(()));
}

#[tokio::test]
async fn a_wait_of_an_agent_that_was_removed_is_refused_when_its_time_is_over() {
    let (manager, arena_id, _) = opened().await;
    let head = manager.arena(&Principal::Operator, arena_id).await.unwrap().head.sequence;
    let principal = Principal::Agent(bob());
    let wait = Some(std::time::Duration::from_millis(1));
    let query = EventQuery { after: head, limit: 1, wait, ..EventQuery::default() };
    let mut page = pin!(manager.events(&principal, arena_id, query));
    begun(page.as_mut()).await;
    manager.remove_agent(by_operator(), bob()).await.unwrap();
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
