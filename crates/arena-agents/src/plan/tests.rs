//! What plans mean, and how mistakes in them are named.

use std::collections::BTreeMap;

use super::{Plan, PlanError, PlanSource};

fn source(text: &str) -> PlanSource {
    PlanSource {
        file: "plan.toml".into(),
        folder: "/plans".into(),
        called_from: "/work".into(),
        variables: BTreeMap::new(),
        text: text.into(),
    }
}

fn mistakes(source: PlanSource) -> String {
    let error = Plan::from_source(source).expect_err("the plan has mistakes");
    assert!(matches!(error, PlanError::Mistakes { .. }), "{error}");
    error.to_string()
}

#[test]
fn a_plan_needs_a_goal_and_a_step_with_a_command() {
    let plan = Plan::from_source(source("goal = 'g'\n[[steps]]\nname = 'a'\ncommand = ['true']\n")).unwrap();
    assert_eq!((plan.parallel, plan.agents.len(), plan.steps.len()), (4, 1, 1));
    assert_eq!(plan.agents[0].name.as_str(), "worker");
    assert_eq!((plan.steps[0].title.as_str(), plan.steps[0].prompt.as_deref()), ("a", None));
    assert_eq!(plan.directory.as_path(), std::path::Path::new("/work"));
}

#[test]
fn variables_expand_in_texts_and_set_overrides_the_default() {
    let text = "goal = 'look at {{folder}}'\n[variables]\nfolder = '.'\n[[steps]]\nname = 'a'\n\
                command = ['sh', '{{plan_folder}}/a.sh', '{{folder}}']\noutput = '{{folder}}.md'\n";
    let mut source = source(text);
    source.variables.insert("folder".into(), "a b".into());
    let plan = Plan::from_source(source).unwrap();
    assert_eq!(plan.goal, "look at a b");
    assert_eq!(plan.steps[0].command.as_deref().unwrap(), ["sh", "/plans/a.sh", "a b"]);
    assert_eq!(plan.steps[0].output.as_ref().unwrap().as_str(), "a b.md");
}

/// Each plan is wrong in one way; the message names the line, the field and the way out.
#[test]
fn mistakes_are_named_with_line_field_and_way_out() {
    let step = "[[steps]]\nname = 'a'\ncommand = ['true']\n";
    for (text, expected) in [
        ("goal = 'g'\n", "plan.toml:2: steps: the plan has no steps"),
        (&format!("goal = ' '\n{step}"), "plan.toml:1: goal: is empty"),
        (
            &format!("goal = 'g'\nstratgy = 'peer'\n{step}"),
            "plan.toml:2: unknown field `stratgy`, expected one of",
        ),
        (&format!("goal = 'g'\nstrategy = 'pear'\n{step}"), "plan.toml:2: unknown variant `pear`"),
        (&format!("goal = 'g'\nparallel = 0\n{step}"), "plan.toml:2: parallel: 0 is not between 1 and 1000"),
        (
            &format!("goal = 'g'\nsettle_grace = 60\n{step}"),
            "plan.toml:2: invalid type: integer `60`, expected a length of time",
        ),
        (&format!("goal = 'g'\nsettle_grace = '25h'\n{step}"), "plan.toml:2: 25h is more than 24h"),
        (
            &format!("goal = 'g'\nresult = 'b'\n{step}"),
            "plan.toml:2: result: there is no step named \"b\"; steps are: a",
        ),
        (
            &format!("goal = '{{{{x}}}}'\n{step}"),
            "plan.toml:1: goal: {{x}} is not declared under [variables]; known are: plan_folder",
        ),
        (
            &format!("goal = 'g'\n[variables]\nplan_folder = ''\n{step}"),
            "plan.toml:3: variables.plan_folder: this name always is",
        ),
        (&format!("goal = 'g'\n{step}comand = []\n"), "plan.toml:5: unknown field `comand`, expected one of"),
        (
            &format!("goal = 'g'\n{step}depends_on = ['b']\n"),
            "plan.toml:5: steps[0].depends_on: there is no step named \"b\"; steps are: a",
        ),
        (
            &format!("goal = 'g'\n{step}depends_on = ['a']\n"),
            "plan.toml:2: steps: these wait for each other: a -> a;",
        ),
        (
            &format!("goal = 'g'\n{step}attempts = 0\n"),
            "plan.toml:5: steps[0].attempts: 0 is not between 1 and 1000",
        ),
        (
            &format!("goal = 'g'\n{step}lease = '10ms'\n"),
            "plan.toml:5: steps[0].lease: a lease is at least 1s",
        ),
        (
            &format!("goal = 'g'\n{step}time_limit = '0s'\n"),
            "plan.toml:5: steps[0].time_limit: is no time at all",
        ),
        (
            &format!("goal = 'g'\n{step}output = '../x'\n"),
            "plan.toml:5: steps[0].output: an artifact name is a relative path",
        ),
        (
            &format!("goal = 'g'\n{step}assignee = 'bob'\n"),
            "plan.toml:5: steps[0].assignee: no agent of the plan may take this step; agents are: worker (worker)",
        ),
        (
            &format!("goal = 'g'\n{step}assignee = 'B'\n"),
            "plan.toml:5: steps[0].assignee: an assignee is an agent id",
        ),
        (
            &format!("goal = 'g'\nstrategy = 'pipeline'\n{step}"),
            "plan.toml:3: steps[0].assignee: in a pipeline every step has an assignee",
        ),
        (&format!("goal = 'g'\n{step}{step}"), "plan.toml:5: steps: two steps are named \"a\""),
        (
            "goal = 'g'\n[[steps]]\nname = 'A'\ncommand = ['true']\n",
            "plan.toml:3: steps[0].name: \"A\": a step's name is",
        ),
        (
            "goal = 'g'\n[[steps]]\ncommand = ['true']\n",
            "plan.toml:2: steps[0]: has neither a name nor a title",
        ),
        (
            "goal = 'g'\n[[steps]]\nname = 'a'\n",
            "plan.toml:2: steps[0].command: neither the step nor an agent",
        ),
        (
            "goal = 'g'\n[[steps]]\nname = 'a'\ncommand = []\n",
            "plan.toml:4: steps[0].command: names no program",
        ),
        (
            "goal = 'g'\n[[steps]]\nname = 'a'\ncommand = 'ls'\n",
            "plan.toml:4: invalid type: string \"ls\", expected a list of words such as [\"sh\"",
        ),
        (
            &format!("goal = 'g'\n[[agents]]\nname = 'operator'\n{step}"),
            "plan.toml:3: agents[0].name: \"operator\" belongs to the system",
        ),
        (
            &format!("goal = 'g'\n[[agents]]\nname = 'x'\n[[agents]]\nname = 'x'\n{step}"),
            "plan.toml:5: agents: two agents are named \"x\"",
        ),
        (
            &format!("goal = 'g'\n[[agents]]\nname = 'x'\nenvironment = {{ ARENA_URL = '' }}\n{step}"),
            "plan.toml:4: agents[0].environment.ARENA_URL: is not a name",
        ),
        (
            &format!("goal = 'g'\n[[agents]]\nname = 'x'\nrole = 'observer'\n{step}"),
            "steps[0].assignee: no agent of the plan may take this step; agents are: x (observer)",
        ),
        ("goal = \n", "plan.toml:1: "),
    ] {
        let shown = mistakes(source(text));
        assert!(shown.contains(expected), "{text}\nsays: {shown}\nwanted: {expected}");
    }
}

#[test]
fn all_mistakes_are_named_at_once_and_rings_by_their_steps() {
    let shown = mistakes(source(
        "goal = ''\n[[steps]]\nname = 'a'\ndepends_on = ['c']\ncommand = ['true']\n[[steps]]\nname = 'b'\n\
         depends_on = ['a']\ncommand = ['true']\n[[steps]]\nname = 'c'\ndepends_on = ['b']\ncommand = ['true']\n",
    ));
    assert_eq!(shown.lines().count(), 2, "{shown}");
    assert!(shown.contains("goal: is empty"), "{shown}");
    assert!(shown.contains("plan.toml:2: steps: these wait for each other: a -> c -> b -> a;"), "{shown}");
}

#[test]
fn setting_a_variable_that_the_plan_has_not_is_refused() {
    let mut source =
        source("goal = 'g'\n[variables]\nfolder = '.'\n[[steps]]\nname = 'a'\ncommand = ['true']\n");
    source.variables.insert("foldr".into(), "x".into());
    assert_eq!(
        mistakes(source),
        "plan.toml: --set foldr: the plan has no such variable to set; it has: folder"
    );
}
