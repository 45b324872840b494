//! What is left to spend.

use super::aggregate::SharedArena;
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
}
