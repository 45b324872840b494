//! Runs in which somebody else has a hand: approvals, cancelled steps, steps added on the way.

use std::future::pending;

use arena_agents::Outcome;
use arena_api::steps::{AddSteps, NewStep};
use arena_core::collaboration::{Assignee, StepStatus};

use crate::house::{House, gone};

#[tokio::test]
async fn a_step_that_needs_approval_waits_for_it() {
    let house = House::new().await;
    let run = house
        .start("[[steps]]\nname = 'a'\nlease = '1s'\nevidence = { approval = true }\ncommand = ['sh', '-c', 'echo x >> $HERE/ran']\n")
        .await;
    let arena_id = run.arena_id();
    let run = tokio::spawn(run.drive(pending()));
    house.appears("ran").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await; // longer than the lease
    let step = house.steps(arena_id).await.remove(0);
    assert_eq!(step.status, StepStatus::Claimed);
    house.client.approve(arena_id, step.step).await.unwrap();
    assert_eq!(run.await.unwrap().unwrap().outcome, Outcome::Completed);
    assert_eq!(house.read("ran"), "x\n");
}

#[tokio::test]
async fn cancelling_a_running_step_stops_its_process() {
    let house = House::new().await;
    let run = house
        .start("[[steps]]\nname = 'a'\ncommand = ['sh', '-c', 'echo $$ > $HERE/pid; sleep 600']\n[[steps]]\nname = 'b'\ndepends_on = ['a']\n")
        .await;
    let arena_id = run.arena_id();
    let run = tokio::spawn(run.drive(pending()));
    let pid = house.appears("pid").await;
    let step = house.steps(arena_id).await.remove(0);
    house.client.cancel(arena_id, step.step).await.unwrap();
    gone(&pid).await;
    let report = run.await.unwrap().unwrap();
    assert_eq!((report.outcome, report.completed_steps, report.total_steps), (Outcome::Completed, 1, 1));
}

#[tokio::test]
async fn steps_added_on_the_way_are_run_too() {
    let house = House::new().await;
    let run = house
        .start("[[steps]]\nname = 'a'\ncommand = ['sh', '-c', 'echo x > $HERE/begun; until [ -e $HERE/go ]; do sleep 0.01; done']\n")
        .await;
    let arena_id = run.arena_id();
    let run = tokio::spawn(run.drive(pending()));
    house.appears("begun").await;
    let new = NewStep {
        description: Some("what was added".into()),
        assignee: Some(Assignee::Agent("shell".parse().unwrap())),
        ..NewStep::new("more")
    };
    house.client.add_steps(arena_id, &AddSteps { steps: vec![new] }).await.unwrap();
    std::fs::write(house.file("go"), "").unwrap();
    let report = run.await.unwrap().unwrap();
    assert_eq!((report.outcome, report.completed_steps), (Outcome::Completed, 2));
    assert_eq!(house.artifact(arena_id, "steps/2-step-2/stdout").await, "what was added");
}
