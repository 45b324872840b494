//! Turns a plan file into a checked plan, collecting every mistake with its line and field.

mod agents;
mod steps;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use arena_core::collaboration::{Budget, Limits};
use toml::Spanned;

use super::{
    Plan, PlanError, PlanSource, Problem,
    error::line_of,
    file::PlanFile,
    variables::{self, PLAN_FOLDER},
    words::Words,
};

/// Reads `source` and checks it whole.
pub(super) fn check(source: PlanSource) -> Result<Plan, PlanError> {
    let file: PlanFile = match toml::from_str(&source.text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.span().map(|span| line_of(&source.text, span.start));
            let problem = Problem { line, field: String::new(), message: error.message().trim().to_owned() };
            return Err(PlanError::Mistakes { file: source.file, problems: vec![problem] });
        }
    };
    let mut checker = Checker::new(&source);
    checker.variables(&file);
    let plan = checker.plan(&file);
    let mut problems = checker.problems;
    if problems.is_empty() {
        return Ok(Plan { source, ..plan });
    }
    problems.sort_by_key(|problem| problem.line);
    Err(PlanError::Mistakes { file: source.file, problems })
}

/// What is known while a plan is checked.
struct Checker<'a> {
    source: &'a PlanSource,
    values: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    fn new(source: &'a PlanSource) -> Self {
        Self { source, values: BTreeMap::new(), problems: Vec::new() }
    }

    /// Notes a mistake at the byte `at` of the plan's text.
    fn problem(&mut self, at: usize, field: impl Into<String>, message: impl Into<String>) {
        let line = Some(line_of(&self.source.text, at));
        self.problems.push(Problem { line, field: field.into(), message: message.into() });
    }

    /// Takes the declared variables and what was set for this run.
    fn variables(&mut self, file: &PlanFile) {
        for (name, default) in &file.variables {
            let at = default.span().start;
            if name == PLAN_FOLDER {
                self.problem(
                    at,
                    "variables.plan_folder",
                    "this name always is the plan's folder; choose another one",
                );
            } else if !variables::is_name(name) {
                self.problem(
                    at,
                    format!("variables.{name}"),
                    "a variable is a letter, then letters, digits, _ or -",
                );
            }
            self.values.insert(name.clone(), default.get_ref().clone());
        }
        for (name, value) in &self.source.variables {
            if file.variables.contains_key(name) {
                self.values.insert(name.clone(), value.clone());
                continue;
            }
            let known = listed(file.variables.keys());
            let message = format!("the plan has no such variable to set; it has: {known}");
            self.problems.push(Problem { line: None, field: format!("--set {name}"), message });
        }
        self.values.insert(PLAN_FOLDER.into(), self.source.folder.clone());
    }

    /// Replaces the variables in one text, which may hold no zero byte (processes could not be given it).
    fn expand(&mut self, text: &str, at: usize, field: &str) -> String {
        if text.contains('\0') {
            self.problem(at, field, "holds a zero character, which no process can be given; take it out");
        }
        match variables::expand(text, &self.values) {
            Ok(expanded) => expanded,
            Err(name) => {
                let known = listed(self.values.keys());
                self.problem(
                    at,
                    field,
                    format!("{{{{{name}}}}} is not declared under [variables]; known are: {known}"),
                );
                String::new()
            }
        }
    }

    fn text(&mut self, text: &Spanned<String>, field: &str) -> String {
        self.expand(text.get_ref(), text.span().start, field)
    }

    /// A folder, taken from where the run was started when it is relative.
    fn folder(&mut self, text: &Spanned<String>, field: &str) -> PathBuf {
        let folder = self.text(text, field);
        PathBuf::from(&self.source.called_from).join(folder)
    }

    /// A program and its arguments.
    fn command(&mut self, command: &Spanned<Words>, field: &str) -> Vec<String> {
        let at = command.span().start;
        let words: Vec<String> =
            command.get_ref().0.iter().map(|word| self.expand(word, at, field)).collect();
        if words.first().is_none_or(String::is_empty) {
            self.problem(at, field, "names no program; write it as a list, such as [\"sh\", \"work.sh\"]");
        }
        words
    }

    /// A count from 1 to `most`.
    fn count(&mut self, count: &Spanned<u32>, most: u32, field: &str) -> u32 {
        if !(1..=most).contains(count.get_ref()) {
            self.problem(
                count.span().start,
                field,
                format!("{} is not between 1 and {most}", count.get_ref()),
            );
        }
        *count.get_ref()
    }

    fn plan(&mut self, file: &PlanFile) -> Plan {
        let goal = self.text(&file.goal, "goal");
        let limits = Limits::default();
        if goal.trim().is_empty() {
            self.problem(file.goal.span().start, "goal", "is empty; say in a sentence what the run is for");
        }
        if goal.len() > limits.goal_bytes {
            self.problem(
                file.goal.span().start,
                "goal",
                format!("is longer than {} bytes", limits.goal_bytes),
            );
        }
        let parallel = file.parallel.as_ref().map(|count| self.count(count, 1_000, "parallel"));
        let directory = file.directory.as_ref().map(|folder| self.folder(folder, "directory"));
        let agents = self.agents(file);
        let steps = self.steps(file, &agents);
        let result = file.result.as_ref().and_then(|name| {
            let index = steps.iter().position(|step| step.name == *name.get_ref());
            if index.is_none() {
                let known = listed(steps.iter().map(|step| &step.name));
                let message = format!("there is no step named {:?}; steps are: {known}", name.get_ref());
                self.problem(name.span().start, "result", message);
            }
            index
        });
        let budget = file.budget.as_ref().map_or_else(Budget::default, |budget| Budget {
            attempts: budget.attempts,
            duration_ms: budget.duration.map(|length| length.millis()),
            cost: budget.cost,
        });
        Plan {
            goal,
            strategy: file.strategy,
            parallel: parallel
                .and_then(|count| usize::try_from(count).ok())
                .unwrap_or(Plan::DEFAULT_PARALLEL),
            settle_grace: file.settle_grace.map(|length| length.millis()),
            budget,
            directory: directory.unwrap_or_else(|| PathBuf::from(&self.source.called_from)),
            result,
            agents,
            steps,
            source: self.source.clone(),
        }
    }
}

/// Names with commas between, or a word for none.
fn listed<T: std::fmt::Display>(names: impl Iterator<Item = T>) -> String {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// The names that stand more than once in a list.
fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> BTreeSet<&'n str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(*name)).collect()
}
