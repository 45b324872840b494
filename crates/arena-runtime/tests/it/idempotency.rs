//! A request with a key happens once, however often it comes; what was refused or found nothing is not kept.

use arena_runtime::{
    AgentId, Applied, ArenaId, ArenaManager, Ask, NewHandle, Options, Principal, Render, Reply, RuntimeError,
    collaboration::{Command, Role},
};

use crate::fixture::{
    active, agent, close, code, config, events, id, in_dir, keyed, kinds, managers, register, state, step,
    view,
};

const SEQUENCE: Render = |applied: &Applied| applied.head.sequence.to_string().into_bytes();

fn say(body: &str) -> Command {
    Command::SendMessage { to: Vec::new(), body: body.into() }
}

const CLAIM: Command = Command::ClaimStep { step: None, lease: None };

async fn submit(
    manager: &ArenaManager,
    ask: Ask,
    arena_id: ArenaId,
    command: Command,
) -> Result<Reply, RuntimeError> {
    manager.submit(ask, arena_id, command, SEQUENCE).await
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_and_changes_nothing() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 3).await;
        let ask = || keyed(agent("alice"), "key-1", "claim");
        let first = submit(&manager, ask(), arena_id, CLAIM).await.unwrap();
        assert!(!first.replayed && first.recorded == 1, "{store}");
        view(&manager, "alice", arena_id).say("something else happens").await.unwrap();
        let before = state(&manager, arena_id).await;
        let again = submit(&manager, ask(), arena_id, CLAIM).await.unwrap();
        assert_eq!(again, Reply { body: first.body, sequence: None, recorded: 0, replayed: true }, "{store}");
        assert_eq!(state(&manager, arena_id).await, before, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_kept_answer_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    let ask = || keyed(agent("alice"), "key-1", "claim");
    let first = submit(&manager, ask(), arena_id, CLAIM).await.unwrap();
    let made = |manager: ArenaManager| async move {
        let ask = keyed(Principal::Operator, "make", "arena");
        manager.create_arena(ask, config(&[], 0), |applied| applied.state.arena_id().to_string().into()).await
    };
    let arena = made(manager.clone()).await.unwrap();
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let again = submit(&manager, ask(), arena_id, CLAIM).await.unwrap();
    assert_eq!((again.body, again.replayed), (first.body, true));
    let again = made(manager.clone()).await.unwrap();
    assert_eq!((again.body, again.replayed), (arena.body, true));
    close(manager).await;
}

#[tokio::test]
async fn a_key_used_for_another_request_is_refused_and_nothing_happens() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 3).await;
        submit(&manager, keyed(agent("alice"), "key-1", "one"), arena_id, say("one")).await.unwrap();
        let before = state(&manager, arena_id).await;
        let other = submit(&manager, keyed(agent("alice"), "key-1", "two"), arena_id, say("two")).await;
        assert_eq!(code(other), "idempotency_mismatch", "{store}");
        assert_eq!(state(&manager, arena_id).await, before, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_key_belongs_to_its_agent_and_operation() {
    let (_, manager, _dir) = managers().swap_remove(0);
    let arena_id = active(&manager, &["alice", "bob"], 0).await;
    let mine = keyed(agent("alice"), "key-1", "hello");
    let mut elsewhere = mine.clone();
    elsewhere.key.as_mut().unwrap().operation = "PUT /test".to_owned();
    for ask in [mine, elsewhere, keyed(agent("bob"), "key-1", "hello")] {
        assert!(!submit(&manager, ask, arena_id, say("hello")).await.unwrap().replayed);
    }
    let messages = kinds(&manager, arena_id).await.iter().filter(|kind| *kind == "message_sent").count();
    assert_eq!(messages, 3);
    close(manager).await;
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice", "bob"], 1).await;
        let held = view(&manager, "bob", arena_id).claim(None, None).await.unwrap().unwrap();
        let claim = Command::ClaimStep { step: Some(step(1)), lease: None };
        let ask = || keyed(agent("alice"), "key-1", "claim 1");
        assert_eq!(
            code(submit(&manager, ask(), arena_id, claim.clone()).await),
            "already_claimed",
            "{store}"
        );
        view(&manager, "bob", arena_id).release(held.step, held.fence).await.unwrap();
        let reply = submit(&manager, ask(), arena_id, claim).await.unwrap();
        assert!(!reply.replayed && reply.recorded == 1, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_claim_that_found_nothing_is_not_kept() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 0).await;
        let ask = || keyed(agent("alice"), "key-1", "claim");
        // Among others, so that the batch it comes in is written.
        let mut asked = Vec::new();
        for n in 0..40 {
            let manager = manager.clone();
            let (ask, command) =
                if n == 20 { (ask(), CLAIM) } else { (Ask::by(agent("alice")), say("meanwhile")) };
            asked.push(tokio::spawn(async move { submit(&manager, ask, arena_id, command).await.unwrap() }));
        }
        let nothing = asked.swap_remove(20).await.unwrap();
        for other in asked {
            assert_eq!(other.await.unwrap().recorded, 1, "{store}");
        }
        assert_eq!((nothing.recorded, nothing.replayed), (0, false), "{store}");
        manager.operator(arena_id).add_step("now there is one").await.unwrap();
        let found = submit(&manager, ask(), arena_id, CLAIM).await.unwrap();
        assert_eq!((found.recorded, found.replayed), (1, false), "{store}");
        assert!(submit(&manager, ask(), arena_id, CLAIM).await.unwrap().replayed, "{store}");
        close(manager).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_many_times_at_once_happens_once() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice"]).await;
        let asked: Vec<_> = (0..32)
            .map(|_| {
                let manager = manager.clone();
                tokio::spawn(async move {
                    let ask = keyed(agent("alice"), "make", "arena");
                    let render: Render = |applied| applied.state.arena_id().to_string().into_bytes();
                    manager.create_arena(ask, config(&[], 0), render).await.unwrap()
                })
            })
            .collect();
        let mut replies = Vec::new();
        for asked in asked {
            replies.push(asked.await.unwrap());
        }
        assert_eq!(replies.iter().filter(|reply| !reply.replayed).count(), 1, "{store}");
        assert!(replies.iter().all(|reply| reply.body == replies[0].body), "{store}");
        let query = arena_runtime::ArenaQuery { limit: 99, ..Default::default() };
        let listed = manager.arenas(&Principal::Operator, query).await.unwrap();
        assert_eq!(listed.items.len(), 1, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn an_event_bears_the_key_of_its_request() {
    let (_, manager, _dir) = managers().swap_remove(1);
    let arena_id = active(&manager, &["alice"], 0).await;
    submit(&manager, keyed(agent("alice"), "key-1", "hello"), arena_id, say("hello")).await.unwrap();
    view(&manager, "alice", arena_id).say("and no key").await.unwrap();
    let keys: Vec<_> = events(&manager, arena_id)
        .await
        .into_iter()
        .filter(|event| event.kind == "message_sent")
        .map(|event| event.command_id.map(|key| key.to_string()))
        .collect();
    assert_eq!(keys, [Some("key-1".to_owned()), None]);
    close(manager).await;
}

fn who(manager: &ArenaManager, token: &str) -> Option<AgentId> {
    manager.authenticate(token).ok().map(|principal| principal.agent_id())
}

#[tokio::test]
async fn a_repeated_registration_replaces_the_token_that_was_lost() {
    for (store, manager, _dir) in managers() {
        let ask = || keyed(Principal::Operator, "key-1", "register alice");
        let lost = manager.register_agent(ask(), id("alice"), None).await.unwrap();
        assert_eq!(who(&manager, &lost.token), Some(id("alice")), "{store}");
        let mut current = lost;
        for _ in 0..2 {
            let issued = manager.register_agent(ask(), id("alice"), None).await.unwrap();
            assert_eq!(who(&manager, &current.token), None, "{store}: the lost token is void");
            assert_eq!(who(&manager, &issued.token), Some(id("alice")), "{store}");
            current = issued;
        }
        let anew = manager.register_agent(Ask::by(Principal::Operator), id("alice"), None).await;
        assert_eq!(code(anew.map(|_| ())), "name_taken", "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn where_anyone_may_register_an_agent_s_repeated_registration_is_answered_again() {
    let options = Options { open_registration: true, ..Options::in_memory() };
    let manager = ArenaManager::open(options).unwrap();
    register(&manager, &["alice"]).await;
    let ask = || keyed(agent("alice"), "key-1", "register bob");
    let lost = manager.register_agent(ask(), id("bob"), None).await.unwrap();
    let issued = manager.register_agent(ask(), id("bob"), None).await.unwrap();
    assert_eq!((who(&manager, &lost.token), who(&manager, &issued.token)), (None, Some(id("bob"))));
    close(manager).await;
}

#[tokio::test]
async fn a_repeated_handle_revokes_the_one_that_was_lost() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 0).await;
        let new = || NewHandle { agent_id: id("alice"), permissions: None, step: None, ttl: None };
        let ask = || keyed(agent("alice"), "key-1", "handle");
        let mut current = manager.issue_handle(ask(), arena_id, new()).await.unwrap();
        for _ in 0..2 {
            assert_eq!(who(&manager, &current.token), Some(id("alice")), "{store}");
            let issued = manager.issue_handle(ask(), arena_id, new()).await.unwrap();
            assert_ne!(issued.handle, current.handle, "{store}");
            assert_eq!(who(&manager, &current.token), None, "{store}: the lost handle is void");
            current = issued;
        }
        assert_eq!(who(&manager, &current.token), Some(id("alice")), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_repeated_replacement_voids_the_lost_token_and_a_repeated_removal_answers_as_it_did() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice"]).await;
        let ask = || keyed(agent("alice"), "key-1", "token");
        let lost = manager.replace_token(ask(), id("alice")).await.unwrap();
        let issued = manager.replace_token(ask(), id("alice")).await.unwrap();
        assert_eq!(
            (who(&manager, &lost.token), who(&manager, &issued.token)),
            (None, Some(id("alice"))),
            "{store}"
        );
        let ask = || keyed(Principal::Operator, "key-2", "remove");
        let removed = manager.remove_agent(ask(), id("alice")).await.unwrap();
        assert_eq!(who(&manager, &issued.token), None, "{store}");
        assert_eq!(manager.remove_agent(ask(), id("alice")).await.unwrap(), removed, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn an_accepted_request_that_changed_nothing_is_not_carried_out_later() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 1).await;
        let change = |role| Command::ChangeRole { agent_id: id("alice"), role };
        let ask = || keyed(Principal::Operator, "key-1", "worker");
        let first = submit(&manager, ask(), arena_id, change(Role::Worker)).await.unwrap();
        assert_eq!(first.recorded, 0, "{store}: alice is a worker already");
        submit(&manager, Ask::by(Principal::Operator), arena_id, change(Role::Coordinator)).await.unwrap();
        assert!(submit(&manager, ask(), arena_id, change(Role::Worker)).await.unwrap().replayed, "{store}");
        let role = manager
            .arena(&Principal::Operator, arena_id)
            .await
            .unwrap()
            .shared
            .participant(&id("alice"))
            .unwrap()
            .role;
        assert_eq!(role, Role::Coordinator, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn an_artifact_put_twice_with_one_key_has_one_version() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 1).await;
        let alice = view(&manager, "alice", arena_id).with_command_id("key-1".parse().unwrap());
        for _ in 0..2 {
            let put = alice.put_artifact("a/b".parse().unwrap(), None, "text/plain", "one".into()).await;
            put.unwrap();
        }
        let other = alice.put_artifact("a/b".parse().unwrap(), None, "text/plain", "two".into()).await;
        assert_eq!(code(other), "idempotency_mismatch", "{store}");
        let name = "a/b".parse().unwrap();
        let (row, _) = manager.artifact(&Principal::Operator, arena_id, &name, None).await.unwrap();
        assert_eq!(row.version, 1, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn who_was_removed_no_longer_acts() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 1).await;
        manager.remove_agent(Ask::by(Principal::Operator), id("alice")).await.unwrap();
        let late = submit(&manager, Ask::by(agent("alice")), arena_id, CLAIM).await;
        assert_eq!(code(late), "unauthenticated", "{store}");
        assert_eq!(
            code(manager.create_as(agent("ghost"), config(&[], 0)).await),
            "unauthenticated",
            "{store}"
        );
        close(manager).await;
    }
}

#[tokio::test]
async fn a_refused_command_to_a_cold_arena_loads_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    register(&manager, &["stranger"]).await;
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(manager.health().hot_arenas, 0);
    let refused = submit(&manager, Ask::by(agent("stranger")), arena_id, CLAIM).await;
    assert_eq!((code(refused), manager.health().hot_arenas), ("not_found", 1));
    close(manager).await;
}
