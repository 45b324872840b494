//! Runs that are interrupted or cut off, and go on.

use std::future::pending;

use arena_agents::{Outcome, Progress, Run, RunError, RunOptions};
use arena_api::arenas::CreateArena;
use arena_core::collaboration::{Status, StepStatus};

use crate::house::{House, gone};

/// Notes each start; the second step waits until it may end.
const STEPS: &str = "[[steps]]\nname = 'first'\ncommand = ['sh', '-c', 'echo first >> $HERE/ran']\n\
    [[steps]]\nname = 'second'\ndepends_on = ['first']\nlease = '2s'\n\
    command = ['sh', '-c', 'echo second >> $HERE/ran; echo $$ > $HERE/pid; until [ -e $HERE/go ]; do sleep 0.01; done']\n\
    [[steps]]\nname = 'third'\ndepends_on = ['second']\ncommand = ['sh', '-c', 'echo third >> $HERE/ran']\n";

#[tokio::test]
async fn an_interrupted_run_gives_its_claims_back_and_goes_on_where_it_was() {
    let house = House::new().await;
    let run = house.start(STEPS).await;
    let arena_id = run.arena_id();
    let stop = async {
        house.appears("pid").await;
    };
    let report = run.drive(stop).await.unwrap();
    assert_eq!(
        (report.outcome, report.status, report.completed_steps),
        (Outcome::Interrupted, Status::Active, 1)
    );
    gone(&house.read("pid")).await;
    let second = &house.steps(arena_id).await[1];
    assert_eq!((second.status, second.attempts), (StepStatus::Ready, 0));

    std::fs::write(house.file("go"), "").unwrap();
    let report = house.resume(arena_id).await;
    assert_eq!((report.outcome, report.status), (Outcome::Completed, Status::Archived));
    assert_eq!(house.read("ran"), "first\nsecond\nsecond\nthird\n");
    assert_eq!(report.steps[1].attempts, 1);
}

#[tokio::test]
async fn a_run_that_was_cut_off_goes_on_when_the_leases_it_left_have_ended() {
    let house = House::new().await;
    let run = house.start(STEPS).await;
    let arena_id = run.arena_id();
    let driving = tokio::spawn(run.drive(pending()));
    house.appears("pid").await;
    driving.abort(); // nothing is given back, as when the machine stops
    assert!(driving.await.unwrap_err().is_cancelled());
    assert_eq!(house.steps(arena_id).await[1].status, StepStatus::Claimed);
    gone(&house.read("pid")).await; // the guard saw to it

    std::fs::write(house.file("go"), "").unwrap();
    let report = house.resume(arena_id).await;
    assert_eq!(report.outcome, Outcome::Completed);
    assert_eq!(house.read("ran"), "first\nsecond\nsecond\nthird\n");
}

#[tokio::test]
async fn resuming_a_finished_run_reports_again_and_runs_nothing() {
    let house = House::new().await;
    std::fs::write(house.file("go"), "").unwrap();
    let report = house.run(STEPS).await;
    let again = house.resume(report.arena_id).await;
    assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&report).unwrap());
    assert_eq!(house.read("ran"), "first\nsecond\nthird\n");
}

#[tokio::test]
async fn an_arena_of_no_run_cannot_be_resumed() {
    let house = House::new().await;
    let arena_id = house.client.create_arena(&CreateArena::new("by hand")).await.unwrap().arena_id;
    let refused = Run::resume(&house.client, arena_id, RunOptions::default(), Progress::silent()).await;
    assert!(matches!(refused, Err(RunError::NoPlan { .. })));
}
