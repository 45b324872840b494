//! Steps that fail: tried again, given up, and what becomes of the others.

use std::{future::pending, time::Duration};

use arena_agents::{Outcome, Progress, Run, RunOptions};
use arena_core::collaboration::{Status, StepStatus};

use crate::house::{House, gone, statuses};

#[tokio::test]
async fn a_failed_attempt_is_repeated_while_attempts_remain() {
    let house = House::new().await;
    let report = house
        .run("[[steps]]\nname = 'a'\ncommand = ['sh', '-c', 'echo $ARENA_ATTEMPT >> $HERE/tries; [ $ARENA_ATTEMPT = 3 ]']\nattempts = 3\n")
        .await;
    assert_eq!((report.outcome, report.steps[0].attempts), (Outcome::Completed, 3));
    assert_eq!(house.read("tries"), "1\n2\n3\n");
}

#[tokio::test]
async fn a_step_that_fails_for_good_blocks_what_depends_on_it_and_nothing_else() {
    let house = House::new().await;
    let report = house
        .run(
            "[[steps]]\nname = 'bad'\nattempts = 2\ncommand = ['sh', '-c', 'echo no luck >&2; exit 7']\n\
             [[steps]]\nname = 'after'\ndepends_on = ['bad']\n[[steps]]\nname = 'last'\ndepends_on = ['after', 'good']\n\
             [[steps]]\nname = 'good'\n",
        )
        .await;
    assert_eq!((report.outcome, report.status), (Outcome::Failed, Status::Archived));
    use StepStatus::{Completed, Failed, Waiting};
    assert_eq!(statuses(&report), [Failed, Waiting, Waiting, Completed]);
    let reasons: Vec<Option<&str>> = report.steps.iter().map(|step| step.reason.as_deref()).collect();
    let expected = [
        Some("exit code 7: no luck"),
        Some("waits for step 1 (failed)"),
        Some("waits for step 2 (waiting)"),
        None,
    ];
    assert_eq!(reasons, expected);
    assert_eq!(report.steps[0].attempts, 2);
    assert_eq!(house.artifact(report.arena_id, "steps/1-bad/stderr").await, "no luck\n");
    assert!(
        report
            .to_string()
            .contains("step 1 (bad) failed: exit code 7: no luck\nstep 2 (after) waits for step 1 (failed)"),
        "{report}"
    );
}

#[tokio::test]
async fn a_process_over_its_time_limit_is_killed_with_all_it_started() {
    let house = House::new().await;
    let report = house
        .run(
            "[[steps]]\nname = 'slow'\nattempts = 1\ntime_limit = '400ms'\n\
             command = ['sh', '-c', 'echo partial; sleep 600 & echo $! > $HERE/pid; wait']\n",
        )
        .await;
    assert_eq!(
        report.steps[0].reason.as_deref(),
        Some("took longer than its time limit of 400 ms and was stopped")
    );
    gone(&house.read("pid")).await;
    assert_eq!(house.artifact(report.arena_id, "steps/1-slow/stdout").await, "partial\n");
}

#[tokio::test]
async fn evidence_that_was_not_left_fails_the_attempt_by_name() {
    let house = House::new().await;
    let report =
        house.run("[[steps]]\nname = 'a'\nattempts = 1\nevidence = { artifacts = ['proof.txt'] }\n").await;
    let reason = report.steps[0].reason.as_deref().unwrap();
    assert!(reason.contains("without leaving what it must: proof.txt"), "{reason}");
}

#[tokio::test]
async fn steps_may_not_overwrite_what_another_left_beside_them() {
    let house = House::new().await;
    let report = house
        .run(
            "parallel = 1\n[[steps]]\nname = 'a'\ncommand = ['sh', '-c', 'echo a > $ARENA_OUTPUTS/x']\n\
             [[steps]]\nname = 'b'\nattempts = 1\ncommand = ['sh', '-c', 'echo b > $ARENA_OUTPUTS/x']\n\
             [[steps]]\nname = 'c'\ndepends_on = ['a']\ncommand = ['sh', '-c', 'cat $ARENA_INPUTS/a/x > $ARENA_OUTPUTS/x; echo c >> $ARENA_OUTPUTS/x']\n\
             [[steps]]\nname = 'd'\nattempts = 1\ncommand = ['sh', '-c', 'mkdir $ARENA_OUTPUTS/run; echo > $ARENA_OUTPUTS/run/plan.json']\n",
        )
        .await;
    use StepStatus::{Completed, Failed};
    assert_eq!(statuses(&report), [Completed, Failed, Completed, Failed]);
    let reason = report.steps[1].reason.as_deref().unwrap();
    assert_eq!(reason, "the output x is there already, put by step 1; give one of them another name");
    assert_eq!(house.artifact(report.arena_id, "x").await, "a\nc\n");
}

#[tokio::test]
async fn a_spent_budget_ends_the_run_and_is_said() {
    let house = House::new().await;
    let report = house
        .run("budget = { attempts = 2 }\nparallel = 1\n[[steps]]\nname = 'a'\n[[steps]]\nname = 'b'\n[[steps]]\nname = 'c'\n")
        .await;
    assert_eq!(
        (report.outcome, report.completed_steps, report.status),
        (Outcome::BudgetSpent, 2, Status::Archived)
    );
}

#[tokio::test]
async fn an_arena_kept_open_goes_on_after_its_failed_step_was_reopened() {
    let house = House::new().await;
    let plan = house.plan(
        "[[steps]]\nname = 'a'\nattempts = 1\ncommand = ['sh', '-c', 'echo a >> $HERE/ran; [ -e $HERE/fixed ]']\n\
         [[steps]]\nname = 'b'\ndepends_on = ['a']\n",
    );
    let options = RunOptions { keep_open: true, ..RunOptions::default() };
    let run = Run::start(&house.client, plan, options, Progress::silent()).await.unwrap();
    let report = run.drive(pending()).await.unwrap();
    assert_eq!((report.outcome, report.status), (Outcome::Failed, Status::Active));
    std::fs::write(house.file("fixed"), "").unwrap();
    house.client.reopen(report.arena_id, report.steps[0].step).await.unwrap();
    let report = house.resume(report.arena_id).await;
    assert_eq!((report.outcome, report.status), (Outcome::Completed, Status::Archived));
    assert_eq!(house.read("ran"), "a\na\n");
}

#[tokio::test]
async fn a_late_result_is_adopted_when_nobody_has_taken_the_step() {
    let house = House::with_test_clock().await;
    let run = house
        .start(
            "[[steps]]\nname = 'a'\nattempts = 1\ncommand = ['sh', '-c', 'echo done; echo x > $HERE/begun; until [ -e $HERE/go ]; do sleep 0.01; done']\n\
             [[steps]]\nname = 'b'\ndepends_on = ['a']\ncommand = ['sh', '-c', 'cat $ARENA_INPUTS/a/stdout']\n",
        )
        .await;
    let arena_id = run.arena_id();
    let run = tokio::spawn(run.drive(pending()));
    house.appears("begun").await;
    let later = arena_api::clock::AdvanceClock { advance_ms: arena_core::Millis::from_secs(120) };
    house.client.advance_clock(&later).await.unwrap();
    assert_eq!(house.steps(arena_id).await[0].status, StepStatus::Failed); // its only attempt ended with the lease
    std::fs::write(house.file("go"), "").unwrap();
    let report = tokio::time::timeout(Duration::from_secs(60), run).await.unwrap().unwrap().unwrap();
    assert_eq!(report.outcome, Outcome::Completed);
    assert_eq!(house.artifact(arena_id, "steps/2-b/stdout").await, "done\n");
}
