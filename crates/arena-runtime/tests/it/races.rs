//! Many agents race for the steps of one arena while leases run out: no claim is held twice, no step completed twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arena_runtime::{
    ArenaHandle, ArenaId, ArenaManager, ArenaQuery, EventQuery, Millis, Principal, RuntimeError, Sequence,
};

use crate::{
    auditor::Auditor,
    fixture::{Dice, active, advance, agent, close, events, managers, view},
};

const AGENTS: usize = 64;
const STEPS: usize = 160;

/// What one agent was told, to be compared with the journal.
#[derive(Default)]
struct Told {
    claims: u64,
    completed: usize,
    refused_late: usize,
}

/// Claims, then completes, gives back, gives up or forgets, until every step is done.
async fn race(me: ArenaHandle, seed: u64, manager: ArenaManager) -> Told {
    let mut dice = Dice::new(seed);
    let mut told = Told::default();
    let mut seen = Sequence::ZERO;
    loop {
        let state = me.state().await.unwrap();
        if usize::try_from(state.shared.completed_steps()).unwrap() == STEPS {
            return told;
        }
        let Some(held) = me.claim(None, Some(Millis::from_secs(1))).await.unwrap() else {
            // Until something happens: somebody gives a step back, or its lease ends.
            let query = EventQuery {
                after: seen,
                limit: 1_000,
                wait: Some(Duration::from_secs(60)),
                ..EventQuery::default()
            };
            seen = manager.events(&agent(me.agent_id().as_str()), me.arena_id, query).await.unwrap().head;
            continue;
        };
        told.claims += 1;
        let answer = match dice.below(10) {
            0 => me.release(held.step, held.fence).await,
            1 => me.fail(held.step, held.fence, "not today").await,
            2 => continue,
            3 => {
                let _ = me.renew(held.step, held.fence).await;
                complete(&me, held, &mut told).await
            }
            _ => complete(&me, held, &mut told).await,
        };
        match answer {
            Ok(()) => {}
            Err(RuntimeError::Rejected(late)) if matches!(late.code(), "stale_fence" | "wrong_state") => {
                told.refused_late += 1;
            }
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
}

async fn complete(
    me: &ArenaHandle,
    held: arena_runtime::ClaimedStep,
    told: &mut Told,
) -> Result<(), RuntimeError> {
    me.complete(held.step, held.fence, Some("done")).await?;
    told.completed += 1;
    Ok(())
}

/// Lets time run while the race is on.
async fn time(manager: ArenaManager, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        advance(&manager, 130).await;
        tokio::task::yield_now().await;
    }
}

async fn run(store: &str, manager: ArenaManager) {
    let names: Vec<String> = (0..AGENTS).map(|n| format!("agent-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let arena_id = active(&manager, &names, STEPS).await;
    let over = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn(time(manager.clone(), over.clone()));
    let racers: Vec<_> = names
        .iter()
        .zip(1..)
        .map(|(name, seed)| tokio::spawn(race(view(&manager, name, arena_id), seed, manager.clone())))
        .collect();
    let mut told = Told::default();
    for racer in racers {
        let one = racer.await.unwrap();
        told.claims += one.claims;
        told.completed += one.completed;
        told.refused_late += one.refused_late;
    }
    over.store(true, Ordering::SeqCst);
    clock.await.unwrap();
    let auditor =
        Auditor::of(&events(&manager, arena_id).await).unwrap_or_else(|why| panic!("{store}: {why}"));
    assert_eq!(auditor.completed.len(), STEPS, "{store}");
    assert_eq!(told.completed, STEPS, "{store}: each completion was told to one agent");
    assert_eq!(told.claims, auditor.claims, "{store}: each claim was told to one agent");
    assert!(auditor.expired > 0 && auditor.released > 0, "{store}: nothing ended early: {auditor:?}");
    assert_eq!(active_arenas(&manager).await, [arena_id]);
    close(manager).await;
}

async fn active_arenas(manager: &ArenaManager) -> Vec<ArenaId> {
    let query = ArenaQuery { limit: 9, ..ArenaQuery::default() };
    let page = manager.arenas(&Principal::Operator, query).await.unwrap();
    page.items.iter().map(|arena| arena.shared.arena_id()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_agents_never_hold_one_step_twice_and_complete_each_once() {
    for (store, manager, _dir) in managers() {
        run(store, manager).await;
    }
}
