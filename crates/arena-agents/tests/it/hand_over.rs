//! What processes are given, and what becomes of what they leave.

use arena_agents::{Outcome, Progress, Run, RunError, RunOptions};
use arena_api::{
    Code,
    arenas::ArenaQuery,
    list::PageQuery,
    steps::{ClaimStep, StepQuery},
};
use arena_core::{
    Millis, StepNumber,
    collaboration::{Status, StepStatus},
    handles::{Caveat, HandleToken},
};
use arena_runtime::system_now;

use crate::house::House;

#[tokio::test]
async fn outputs_are_handed_on_and_everything_is_sealed() {
    let house = House::new().await;
    let report = house
        .run(
            "result = 'merge'\n\
             [[steps]]\nname = 'one'\ncommand = ['sh', '-c', 'echo first; echo more > \"$ARENA_OUTPUTS/more.txt\"']\n\
             [[steps]]\nname = 'two'\nprompt = 'say this'\n\
             [[steps]]\nname = 'merge'\ndepends_on = ['one', 'two']\noutput = 'merged.md'\n\
             evidence = { artifacts = ['merged.md'] }\n\
             command = ['sh', '-c', 'cd \"$ARENA_INPUTS\"; cat one/stdout one/more.txt two/stdout']\n",
        )
        .await;
    assert_eq!((report.outcome, report.status), (Outcome::Completed, Status::Archived));
    assert_eq!((report.completed_steps, report.total_steps), (3, 3));
    assert_eq!(report.result.as_ref().unwrap().text, "first\nmore\nsay this");
    let sealed = house.client.report(report.arena_id).await.unwrap();
    assert_eq!(Some(sealed.report_hash), report.report_hash);
    let names: Vec<&str> = sealed.artifacts.iter().map(|artifact| artifact.name.as_str()).collect();
    assert_eq!(names, ["merged.md", "more.txt", "run/plan.json", "steps/1-one/stdout", "steps/2-two/stdout"]);
    assert_eq!(serde_json::to_value(&report).unwrap()["outcome"], "completed");
    assert!(report.to_string().starts_with(&format!("arena {}: completed, 3 of 3 steps\n", report.arena_id)));
}

#[tokio::test]
async fn a_process_knows_its_arena_step_and_prompt() {
    let house = House::new().await;
    let script = "printf '%s|' \"$ARENA_URL\" \"$ARENA_ID\" \"$ARENA_STEP\" \"$ARENA_FENCE\" \"$ARENA_PROMPT\" \"$1\" \"$PWD\"";
    let report = house
        .run(&format!(
            "directory = '/'\n[[agents]]\nname = 'shell'\ncommand = ['sh', '-c', '''{script}''', 'sh', 'p={{prompt}}']\n\
             [[steps]]\nname = 'zero'\ncommand = ['sh', '-c', '[ $ARENA_ATTEMPT = 2 ]']\n\
             [[steps]]\nname = 'one'\ndepends_on = ['zero']\nprompt = 'do it'\n"
        ))
        .await;
    let said = house.artifact(report.arena_id, "steps/2-one/stdout").await;
    assert_eq!(said, format!("{}|{}|2|3|do it|p=do it|/|", house.client.url(), report.arena_id));
}

#[tokio::test]
async fn a_token_is_good_for_its_step_only_and_dies_with_the_attempt() {
    let house = House::new().await;
    let before = system_now();
    let run = house
        .start(
            "[[steps]]\nname = 'one'\ntime_limit = '20m'\ncommand = ['sh', '-c', 'echo $ARENA_TOKEN > $HERE/token; until [ -e $HERE/go ]; do sleep 0.01; done']\n\
             [[steps]]\nname = 'two'\ndepends_on = ['one']\n[[steps]]\nname = 'three'\nassignee = 'shell'\nattempts = 1\ncommand = ['false']\n",
        )
        .await;
    let (arena_id, other) = (run.arena_id(), house.start("[[steps]]\nname = 'one'\n").await.arena_id());
    let run = tokio::spawn(run.drive(std::future::pending()));
    let token = house.appears("token").await;
    let agent = house.client.with_token(token.trim());
    let handed: HandleToken = token.trim().parse().unwrap();
    let until =
        handed.caveats().iter().find_map(|one| if let Caveat::Until(at) = one { Some(*at) } else { None });
    let until = until.expect("it was narrowed here");
    let minutes = |count: u64| Millis::new(count * 60_000);
    assert!(until >= before.plus(minutes(20)) && until <= system_now().plus(minutes(21)), "{until}");
    assert_eq!(agent.arena(arena_id).await.unwrap().status, Status::Active);
    let two = ClaimStep { step: StepNumber::new(2), lease_ms: None };
    assert_eq!(agent.claim(arena_id, &two).await.unwrap_err().code(), Some(Code::Forbidden));
    assert_eq!(agent.settle(arena_id).await.unwrap_err().code(), Some(Code::Forbidden));
    let outside = agent.arena(other).await.unwrap_err().code();
    assert!(matches!(outside, Some(Code::NotFound | Code::Forbidden)), "{outside:?}");
    std::fs::write(house.file("go"), "").unwrap();
    assert_eq!(run.await.unwrap().unwrap().outcome, Outcome::Failed);
    assert_eq!(agent.arena(arena_id).await.unwrap_err().code(), Some(Code::Unauthenticated));
}

#[tokio::test]
async fn more_output_than_an_artifact_may_hold_is_cut_and_said_so() {
    let house = House::new().await;
    let report = house.run("[[steps]]\nname = 'much'\ncommand = ['sh', '-c', 'head -c 20000000 /dev/zero | tr \"\\\\0\" x']\n").await;
    assert_eq!(report.outcome, Outcome::Completed);
    let text = house.artifact(report.arena_id, "steps/1-much/stdout").await;
    assert!(text.len() <= 16 << 20, "{}", text.len());
    let end = text.trim_start_matches('x');
    assert!(end.contains("cut here: the first 16776192 of 20000000 bytes were kept"), "{end}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_before_anything_is_made() {
    let house = House::new().await;
    let plan = house.plan(
        "directory = '/nowhere/at/all'\n[[steps]]\nname = 'a'\ncommand = ['no-such-program-anywhere']\n",
    );
    let refused = Run::start(&house.client, plan, RunOptions::default(), Progress::silent()).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, RunError::Missing(_)), "{error}");
    let said = error.to_string();
    assert!(said.contains("step a: there is no program no-such-program-anywhere here"), "{said}");
    assert!(said.contains("there is no folder /nowhere/at/all"), "{said}");
    assert!(house.client.arenas(&ArenaQuery::default()).await.unwrap().items.is_empty());
    assert_eq!(house.client.agents(&PageQuery::default()).await.unwrap().items.len(), 1); // the operator
}

#[tokio::test]
async fn what_a_process_says_it_cost_is_recorded() {
    let house = House::new().await;
    let report =
        house.run("[[steps]]\nname = 'a'\ncommand = ['sh', '-c', 'echo 42 > \"$ARENA_COST_FILE\"']\n").await;
    assert_eq!((report.cost, report.steps[0].status), (42, StepStatus::Completed));
}

#[tokio::test]
async fn a_process_does_not_approve_its_own_work_whatever_its_agent_may() {
    let house = House::new().await;
    let run = house
        .start(
            "[[agents]]\nname = 'lead'\nrole = 'coordinator'\nenvironment = { HERE = '{{here}}' }\n\
             command = ['sh', '-c', 'echo $ARENA_TOKEN > $HERE/token; until [ -e $HERE/go ]; do sleep 0.01; done']\n\
             [[steps]]\nname = 'one'\nassignee = 'lead'\n",
        )
        .await;
    let arena_id = run.arena_id();
    let run = tokio::spawn(run.drive(std::future::pending()));
    let process = house.client.with_token(house.appears("token").await.trim());
    let one = StepNumber::new(1).unwrap();
    assert_eq!(process.approve(arena_id, one).await.unwrap_err().code(), Some(Code::Forbidden));
    assert!(process.steps(arena_id, &StepQuery::default()).await.is_ok());
    std::fs::write(house.file("go"), "").unwrap();
    assert_eq!(run.await.unwrap().unwrap().outcome, Outcome::Completed);
}
