//! What is left to spend.

use alloc::format;

use super::{aggregate::SharedArena, check::invalid, limits::Limits, rejection::Rejection};
use crate::time::{Millis, Timestamp};

impl SharedArena {
    /// The first budget that is spent, with its limit and what was spent.
    #[must_use]
    pub fn spent_budget(&self, now: Timestamp) -> Option<(&'static str, u64, u64)> {
        let duration = self.activated_at().map_or(0, |activated_at| now.since(activated_at).get());
        let (budget, spent) = (self.budget(), self.spent());
        [
            ("attempts", budget.attempts, spent.attempts),
            ("duration_ms", budget.duration_ms.map(Millis::get), duration),
            ("cost", budget.cost, spent.cost),
        ]
        .into_iter()
        .find_map(|(name, limit, spent)| {
            limit.filter(|limit| spent >= *limit).map(|limit| (name, limit, spent))
        })
    }

    /// Refuses a cost with which the sum would be no exact integer any more. A step's own sum is part of the arena's.
    pub(super) fn check_cost(&self, cost: Option<u64>) -> Result<(), Rejection> {
        let left = Limits::MAX_INTEGER.saturating_sub(self.spent.cost);
        if cost.is_some_and(|cost| cost > left) {
            let most = Limits::MAX_INTEGER;
            let reason = format!("the arena's costs add up to at most {most}; report at most {left}");
            return Err(invalid("cost", &reason));
        }
        Ok(())
    }
}
