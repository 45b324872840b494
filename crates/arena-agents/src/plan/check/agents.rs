//! Checks the agents of a plan.

use arena_core::{AgentId, collaboration::Role};
use toml::Spanned;

use super::{Checker, repeated};
use crate::plan::{
    Plan, PlanAgent,
    file::{AgentTable, PlanFile},
};

/// Names that belong to the system and cannot be registered.
const RESERVED: [&str; 4] = ["operator", "system", "treasury", "external"];
/// The agent of a plan that names none, whose steps bring their own commands.
const ONLY_AGENT: &str = "worker";

impl Checker<'_> {
    /// The agents in the plan's order; one called `worker` when it names none.
    pub(super) fn agents(&mut self, file: &PlanFile) -> Vec<PlanAgent> {
        let repeated = repeated(file.agents.iter().map(|agent| agent.get_ref().name.get_ref().as_str()));
        for name in repeated {
            let last = file.agents.iter().rfind(|agent| agent.get_ref().name.get_ref() == name);
            let at = last.map_or(0, |agent| agent.get_ref().name.span().start);
            self.problem(at, "agents", format!("two agents are named {name:?}; give each a name of its own"));
        }
        let agents =
            file.agents.iter().enumerate().filter_map(|(index, table)| self.agent(index, table)).collect();
        if file.agents.is_empty() { ONLY_AGENT.parse().ok().map(bare).into_iter().collect() } else { agents }
    }

    fn agent(&mut self, index: usize, table: &Spanned<AgentTable>) -> Option<PlanAgent> {
        let table = table.get_ref();
        let field = |key: &str| format!("agents[{index}].{key}");
        let (name, at) = (table.name.get_ref(), table.name.span().start);
        let environment = table.environment.iter().map(|(key, value)| {
            let field = format!("agents[{index}].environment.{key}");
            if key.is_empty() || key.contains(['=', '\0']) || key.starts_with("ARENA_") {
                let message =
                    "is not a name that can be set here (names beginning with ARENA_ are set by the run)";
                self.problem(value.span().start, field.as_str(), message);
            }
            (key.clone(), self.text(value, &field))
        });
        let environment = environment.collect();
        let agent = PlanAgent {
            role: table.role.unwrap_or(Role::Worker),
            command: table.command.as_ref().map(|command| self.command(command, &field("command"))),
            environment,
            directory: table.directory.as_ref().map(|folder| self.folder(folder, &field("directory"))),
            time_limit: table
                .time_limit
                .as_ref()
                .map_or(Plan::DEFAULT_TIME_LIMIT, |limit| self.time_limit(limit, &field("time_limit"))),
            at_once: table
                .at_once
                .as_ref()
                .and_then(|count| usize::try_from(self.count(count, 1_000, &field("at_once"))).ok()),
            ..bare(match name.parse() {
                Ok(_) if RESERVED.contains(&name.as_str()) => {
                    self.problem(
                        at,
                        field("name"),
                        format!("{name:?} belongs to the system; choose another name"),
                    );
                    return None;
                }
                Ok(id) => id,
                Err(invalid) => {
                    self.problem(at, field("name"), format!("{name:?}: {invalid}"));
                    return None;
                }
            })
        };
        Some(agent)
    }
}

/// An agent of which only the name is known.
fn bare(name: AgentId) -> PlanAgent {
    PlanAgent {
        name,
        role: Role::Worker,
        command: None,
        environment: Vec::new(),
        directory: None,
        time_limit: Plan::DEFAULT_TIME_LIMIT,
        at_once: None,
    }
}
