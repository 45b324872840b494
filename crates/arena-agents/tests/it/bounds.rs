//! How many run at once, and how leases are kept while they do.

use arena_agents::Outcome;

use crate::house::House;

/// Each process notes how many run while it does.
const COUNTED: &str = "command = ['sh', '-c', 'mkdir -p $HERE/now; : > $HERE/now/$ARENA_STEP; ls $HERE/now | wc -l >> $HERE/counts; \
                       sleep 0.2; ls $HERE/now | wc -l >> $HERE/counts; rm $HERE/now/$ARENA_STEP']\n";

fn steps(count: usize) -> String {
    (0..count).map(|step| format!("[[steps]]\nname = 's{step}'\n{COUNTED}")).collect()
}

fn most(house: &House) -> usize {
    house.read("counts").lines().map(|line| line.trim().parse().unwrap()).max().unwrap()
}

#[tokio::test]
async fn no_more_processes_run_at_once_than_the_plan_allows() {
    let house = House::new().await;
    let report = house.run(&format!("parallel = 3\n{}", steps(9))).await;
    assert_eq!((report.outcome, most(&house)), (Outcome::Completed, 3));
}

#[tokio::test]
async fn no_more_processes_of_one_agent_run_at_once_than_it_allows() {
    let house = House::new().await;
    let agent = "[[agents]]\nname = 'single'\nat_once = 1\nenvironment = { HERE = '{{here}}' }\n";
    let report = house.run(&format!("parallel = 4\n{agent}{}", steps(4))).await;
    assert_eq!((report.outcome, most(&house)), (Outcome::Completed, 1));
}

#[tokio::test]
async fn a_lease_shorter_than_the_work_is_renewed() {
    let house = House::new().await;
    let report = house
        .run("[[steps]]\nname = 'long'\nlease = '1s'\nattempts = 1\ncommand = ['sh', '-c', 'sleep 2.5']\n")
        .await;
    assert_eq!((report.outcome, report.steps[0].attempts), (Outcome::Completed, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_goes_to_the_lowest_ready_steps() {
    let house = House::new().await;
    let steps: String = (0..24).map(|step| format!("[[steps]]\nname = 's{step}'\n")).collect();
    let report = house.run(&format!("parallel = 24\nbudget = {{ attempts = 6 }}\n{steps}")).await;
    assert_eq!(report.outcome, Outcome::BudgetSpent);
    let tried: Vec<u32> = report.steps.iter().map(|step| step.attempts).collect();
    assert_eq!(tried, [vec![1; 6], vec![0; 18]].concat());
}
