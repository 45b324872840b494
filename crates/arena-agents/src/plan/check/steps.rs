//! Checks the steps of a plan: names, dependencies, and that each has an agent that can run it.

use std::{collections::BTreeMap, str::FromStr, time::Duration};

use arena_core::{
    Millis,
    collaboration::{ArtifactName, Limits, Strategy},
    ids::InvalidId,
};
use toml::Spanned;

use super::{Checker, listed, repeated};
use crate::plan::{
    PlanAgent, PlanStep,
    file::{PlanFile, StepTable},
    length::Length,
    order,
};

impl Checker<'_> {
    /// The steps in the plan's order.
    pub(super) fn steps(&mut self, file: &PlanFile, agents: &[PlanAgent]) -> Vec<PlanStep> {
        if file.steps.is_empty() {
            self.problem(self.source.text.len(), "steps", "the plan has no steps; add one under [[steps]]");
        }
        let names: Vec<String> =
            file.steps.iter().enumerate().map(|(index, step)| name_of(index, step)).collect();
        for name in repeated(names.iter().map(String::as_str)) {
            let last = file.steps.iter().zip(&names).rfind(|(_, other)| *other == name);
            let at = last.map_or(0, |(step, _)| step.span().start);
            self.problem(at, "steps", format!("two steps are named {name:?}; give each a name of its own"));
        }
        let numbers = names.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
        let mut steps = Vec::with_capacity(names.len());
        for (index, table) in file.steps.iter().enumerate() {
            let name = names.get(index).cloned().unwrap_or_default();
            let step = self.step(index, name, table, &numbers);
            self.runnable(index, table, &step, file.strategy, agents);
            steps.push(step);
        }
        let depends_on: Vec<Vec<usize>> = steps.iter().map(|step| step.depends_on.clone()).collect();
        if let Some(ring) = order::ring(&depends_on) {
            let name = |step: &usize| names.get(*step).map_or("", String::as_str);
            let way: Vec<&str> = ring.iter().chain(ring.first()).map(name).collect();
            let at = ring.first().and_then(|step| file.steps.get(*step)).map_or(0, |step| step.span().start);
            let message =
                format!("these wait for each other: {}; take one dependency away", way.join(" -> "));
            self.problem(at, "steps", message);
        }
        steps
    }

    fn step(
        &mut self,
        index: usize,
        name: String,
        table: &Spanned<StepTable>,
        numbers: &BTreeMap<&str, usize>,
    ) -> PlanStep {
        let at = table.span().start;
        let table = table.get_ref();
        let field = |key: &str| format!("steps[{index}].{key}");
        if table.name.is_none() && table.title.is_none() {
            self.problem(at, format!("steps[{index}]"), "has neither a name nor a title; give it one");
        }
        if !is_step_name(&name) {
            let at = table.name.as_ref().map_or(at, |name| name.span().start);
            let message = format!(
                "{name:?}: a step's name is 1 to 63 of a-z 0-9 . _ - and begins with a letter or digit"
            );
            self.problem(at, field("name"), message);
        }
        let title =
            table.title.as_ref().map_or_else(|| name.clone(), |title| self.text(title, &field("title")));
        let prompt = table.prompt.as_ref().map(|prompt| self.text(prompt, &field("prompt")));
        let limits = Limits::default();
        for (key, text, most) in [
            ("title", Some(&title), limits.title_bytes),
            ("prompt", prompt.as_ref(), limits.description_bytes),
        ] {
            if text.is_some_and(|text| text.len() > most) {
                self.problem(
                    at,
                    field(key),
                    format!("is longer than {most} bytes; put the rest in a file and name it"),
                );
            }
        }
        if title.trim().is_empty() {
            self.problem(at, field("title"), "is empty; say in a line what is to be done");
        }
        PlanStep {
            depends_on: self.dependencies(&table.depends_on, numbers, &field("depends_on")),
            command: table.command.as_ref().map(|command| self.command(command, &field("command"))),
            assignee: table
                .assignee
                .as_ref()
                .and_then(|one| self.parse(one.get_ref(), one.span().start, &field("assignee"))),
            evidence: table.evidence.clone(),
            attempts: table
                .attempts
                .as_ref()
                .map(|count| self.count(count, Limits::MAX_ATTEMPTS, &field("attempts"))),
            lease: table.lease.as_ref().map(|lease| self.lease(lease, &field("lease"))),
            time_limit: table.time_limit.as_ref().map(|limit| self.time_limit(limit, &field("time_limit"))),
            output: table.output.as_ref().and_then(|output| {
                let name = self.text(output, &field("output"));
                self.parse::<ArtifactName>(&name, output.span().start, &field("output"))
            }),
            name,
            title,
            prompt,
        }
    }

    /// Reads a name of some kind.
    fn parse<T: FromStr<Err = InvalidId>>(&mut self, text: &str, at: usize, field: &str) -> Option<T> {
        match text.parse() {
            Ok(parsed) => Some(parsed),
            Err(invalid) => {
                self.problem(at, field, invalid.to_string());
                None
            }
        }
    }

    fn dependencies(
        &mut self,
        depends_on: &[Spanned<String>],
        numbers: &BTreeMap<&str, usize>,
        field: &str,
    ) -> Vec<usize> {
        let mut found = Vec::with_capacity(depends_on.len());
        for needed in depends_on {
            match numbers.get(needed.get_ref().as_str()) {
                Some(index) if found.contains(index) => {}
                Some(index) => found.push(*index),
                None => {
                    let message = format!(
                        "there is no step named {:?}; steps are: {}",
                        needed.get_ref(),
                        listed(numbers.keys())
                    );
                    self.problem(needed.span().start, field, message);
                }
            }
        }
        found
    }

    /// Checks that an agent of the plan may claim the step and has a command for it.
    fn runnable(
        &mut self,
        index: usize,
        table: &Spanned<StepTable>,
        step: &PlanStep,
        strategy: Strategy,
        agents: &[PlanAgent],
    ) {
        let at = table.span().start;
        let table = table.get_ref();
        let assigned_at = table.assignee.as_ref().map_or(at, |assignee| assignee.span().start);
        match strategy {
            Strategy::Pipeline if table.assignee.is_none() => {
                let message =
                    "in a pipeline every step has an assignee; add assignee, or take strategy = \"peer\"";
                self.problem(at, format!("steps[{index}].assignee"), message);
            }
            Strategy::Pipeline | Strategy::Peer => {}
        }
        if table.assignee.is_some() && step.assignee.is_none() {
            return; // its assignee is a mistake that was already named
        }
        let mut able = agents.iter().filter(|agent| agent.may_take(step.assignee.as_ref())).peekable();
        if able.peek().is_none() {
            let known = listed(agents.iter().map(|agent| format!("{} ({})", agent.name, agent.role)));
            let message = format!("no agent of the plan may take this step; agents are: {known}");
            self.problem(assigned_at, format!("steps[{index}].assignee"), message);
        } else if step.command.is_none() && able.all(|agent| agent.command.is_none()) {
            let message =
                "neither the step nor an agent that may take it has a command; give one of them one";
            self.problem(at, format!("steps[{index}].command"), message);
        }
    }

    fn lease(&mut self, lease: &Spanned<Length>, field: &str) -> Millis {
        let length = lease.get_ref().millis();
        if length < Limits::MIN_LEASE {
            self.problem(lease.span().start, field, "a lease is at least 1s");
        }
        length
    }

    /// A time limit, which is more than nothing.
    pub(super) fn time_limit(&mut self, limit: &Spanned<Length>, field: &str) -> Duration {
        if limit.get_ref().duration().is_zero() {
            self.problem(limit.span().start, field, "is no time at all; leave it out for an hour");
        }
        limit.get_ref().duration()
    }
}

/// The step's name, or `step-<number>`.
fn name_of(index: usize, step: &Spanned<StepTable>) -> String {
    step.get_ref().name.as_ref().map_or_else(|| format!("step-{}", index + 1), |name| name.get_ref().clone())
}

/// Whether a name is fit to be a folder's name everywhere.
fn is_step_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 63
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || matches!(byte, b'.' | b'_' | b'-'))
}
