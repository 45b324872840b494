//! The plan's dependency graph.

use alloc::{string::String, vec::Vec};

use super::{aggregate::SharedArena, step::Step};
use crate::{ids::StepNumber, time::Timestamp};

impl SharedArena {
    /// The steps that a step still waits for.
    #[must_use]
    pub fn open_dependencies(&self, step: &Step) -> Vec<StepNumber> {
        let open = |number: &&StepNumber| self.step(**number).is_some_and(|step| !step.status.is_done());
        step.depends_on.iter().filter(open).copied().collect()
    }

    /// What completion of a step still needs: names of artifacts, and `approval`.
    #[must_use]
    pub fn missing_evidence(&self, step: &Step) -> Vec<String> {
        let absent = step.evidence.artifacts.iter().filter(|name| !self.artifacts.contains_key(*name));
        let approval = (step.evidence.approval && step.approved_by.is_none()).then_some("approval");
        absent.map(|name| name.as_str()).chain(approval).map(String::from).collect()
    }

    /// The first budget that is spent, with its limit and what was spent.
    #[must_use]
    pub fn spent_budget(&self, now: Timestamp) -> Option<(&'static str, u64, u64)> {
        let duration = self.activated_at.map_or(0, |activated_at| now.since(activated_at).get());
        [
            ("attempts", self.budget.attempts, self.spent.attempts),
            ("duration_ms", self.budget.duration_ms.map(crate::time::Millis::get), duration),
            ("cost", self.budget.cost, self.spent.cost),
        ]
        .into_iter()
        .find_map(|(budget, limit, spent)| {
            limit.filter(|limit| spent >= *limit).map(|limit| (budget, limit, spent))
        })
    }
}
