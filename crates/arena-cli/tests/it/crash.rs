//! A server killed at random moments under load: nothing that was answered is lost, nothing is done twice, and the journal
//! proves itself after each kill.

mod load;

use std::{collections::BTreeMap, time::Duration};

use arena_api::{
    arenas::{ArenaQuery, CreateArena},
    client::Client,
    events::{Event, EventQuery},
    participants::AddParticipant,
    steps::NewStep,
};
use arena_core::{ArenaId, Sequence, collaboration::Role};
use serde_json::Value;

use self::load::{Load, Outcome};
use crate::{
    folder::{Folder, Serving},
    randomness::Randomness,
};

const KILLS: u64 = 50;
const WORKERS: usize = 6;
/// How many of a round's answered requests are sent again with their keys.
const REPEATED: u64 = 8;

#[test]
fn a_server_killed_at_random_moments_loses_nothing_it_answered_and_does_nothing_twice() {
    let seed =
        std::env::var("ARENA_CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_120);
    println!("seed {seed}; ARENA_CRASH_SEED sets another");
    let mut randomness = Randomness::new(seed);
    let folder = Folder::new();
    let tokens: Vec<String> =
        (0..WORKERS).map(|worker| folder.register(&format!("worker-{worker}"))).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (mut answered, mut unanswered) = (0, 0);
    let mut kept = None;
    let mut former: Option<Round> = None;
    for round in 0..=KILLS {
        let serving = folder.serve(&[]);
        runtime.block_on(async {
            let clients: Vec<Client> = tokens.iter().map(|token| client(&serving, token)).collect();
            let operator = client(&serving, &folder.operator());
            if let Some(former) = former.take() {
                kept = Some(former.holds(&operator, &clients, &mut randomness).await);
            }
            if round < KILLS {
                let arena = arena_of_round(&operator, round).await;
                let outcomes = under_load(serving, &clients, arena, round, &mut randomness).await;
                answered += outcomes.iter().map(|outcome| outcome.answered.len()).sum::<usize>();
                unanswered += outcomes.iter().filter(|outcome| outcome.unanswered.is_some()).count();
                former = Some(Round { arena, outcomes });
            }
        });
        let mut verify = vec!["verify"];
        if let Some(head) = &kept {
            verify.extend(["--expect", head]);
        }
        assert_eq!(folder.json(&verify)["ok"], true, "after kill {round} with seed {seed}");
    }
    println!("{KILLS} kills: {answered} requests answered, {unanswered} cut off");
    assert!(answered > usize::try_from(KILLS).unwrap() * 10, "hardly any load: {answered}");
    assert!(unanswered > usize::try_from(KILLS).unwrap(), "hardly any kill cut a request off: {unanswered}");
}

/// What one round asked for, and what it knows about it.
struct Round {
    arena: ArenaId,
    outcomes: Vec<Outcome>,
}

fn client(serving: &Serving, token: &str) -> Client {
    Client::new(&serving.url, token).unwrap().with_patience(Duration::ZERO)
}

/// An arena with work for everyone.
async fn arena_of_round(operator: &Client, round: u64) -> ArenaId {
    let workers = (0..WORKERS).map(|worker| AddParticipant {
        agent_id: format!("worker-{worker}").parse().unwrap(),
        role: Role::Coordinator,
    });
    let asked = CreateArena {
        participants: workers.collect(),
        steps: (0..100).map(|step| NewStep::new(&format!("step {step}"))).collect(),
        ..CreateArena::new(&format!("round {round}"))
    };
    let arena = operator.create_arena(&asked).await.unwrap().arena_id;
    operator.activate(arena).await.unwrap();
    arena
}

/// Lets every worker ask until the server is killed, which happens at a random moment.
async fn under_load(
    serving: Serving,
    clients: &[Client],
    arena: ArenaId,
    round: u64,
    randomness: &mut Randomness,
) -> Vec<Outcome> {
    let workers: Vec<_> = (clients.iter().enumerate())
        .map(|(worker, client)| {
            let load = Load::new(
                client.clone(),
                arena,
                format!("{round}-{worker}"),
                Randomness::new(randomness.next()),
            );
            tokio::spawn(load.until_cut_off())
        })
        .collect();
    tokio::time::sleep(Duration::from_micros(randomness.below(150_000))).await;
    serving.kill();
    let mut outcomes = Vec::new();
    for worker in workers {
        outcomes.push(worker.await.unwrap());
    }
    outcomes
}

impl Round {
    /// Sends again what was cut off and some of what was answered; then everything is there exactly once. Answers with the
    /// arena's head, to be expected from then on.
    async fn holds(self, operator: &Client, clients: &[Client], randomness: &mut Randomness) -> String {
        let mut asked = Vec::new();
        for (outcome, client) in self.outcomes.into_iter().zip(clients) {
            for _ in 0..REPEATED.min(outcome.answered.len() as u64) {
                let index = usize::try_from(randomness.below(outcome.answered.len() as u64)).unwrap();
                let (ask, first) = &outcome.answered[index];
                assert_eq!(ask.send(client, self.arena).await.as_ref(), Ok(first), "{ask:?}: another answer");
            }
            if let Some(ask) = outcome.unanswered {
                let answer = ask.send(client, self.arena).await.unwrap();
                asked.push((ask, answer));
            }
            asked.extend(outcome.answered);
        }
        let events = all_events(operator, self.arena).await;
        let goals = all_goals(operator).await;
        for (ask, answer) in &asked {
            assert_eq!(ask.times_done(answer, &events, &goals), 1, "{ask:?} was answered with {answer}");
        }
        no_step_is_held_twice(&events);
        let last = events.last().unwrap();
        format!("{}:{}:{}", self.arena, last.sequence, last.hash)
    }
}

async fn all_events(client: &Client, arena: ArenaId) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let after = events.last().map_or(Sequence::ZERO, |last| last.sequence);
        let query = EventQuery { after: Some(after), limit: Some(1_000), ..EventQuery::default() };
        let page = client.events(arena, &query).await.unwrap();
        let ends = page.items.last().is_none_or(|last| last.sequence == page.head);
        events.extend(page.items);
        if ends {
            return events;
        }
    }
}

/// How many arenas there are of each goal.
async fn all_goals(client: &Client) -> BTreeMap<String, usize> {
    let mut goals = BTreeMap::new();
    let mut cursor = None;
    loop {
        let query = ArenaQuery { limit: Some(1_000), cursor, ..ArenaQuery::default() };
        let page = client.arenas(&query).await.unwrap();
        for arena in page.items {
            *goals.entry(arena.goal.to_string()).or_default() += 1;
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return goals;
        }
    }
}

fn no_step_is_held_twice(events: &[Event]) {
    let mut held = BTreeMap::new();
    for event in events {
        let data: Value = event.data().unwrap();
        match event.kind.as_str() {
            "step_claimed" => {
                let before = held.insert(data["step"].as_u64(), data["fence"].clone());
                assert_eq!(before, None, "claimed while held: {data}");
            }
            "step_completed" => assert_eq!(held.remove(&data["step"].as_u64()), Some(data["fence"].clone())),
            _ => {}
        }
    }
}
