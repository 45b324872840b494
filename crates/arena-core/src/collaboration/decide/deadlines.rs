//! Deadlines that have passed: every decision treats them as passed, whether or not the timer has run.

use alloc::vec::Vec;

use super::{
    super::{aggregate::SharedArena, commands::Command, events::ArenaEvent, types::Status, Outcome},
    asking::Asking,
    Answer,
};
use crate::time::Timestamp;

impl SharedArena {
    /// The arena once the leases that are over by `now` have ended; `None` when none is.
    ///
    /// Where the command seals a settling arena past its deadline, the leases that the deadline itself ends are revoked.
    pub(super) fn after_deadlines(
        &self,
        command: &Command,
        now: Timestamp,
        events: &mut Vec<ArenaEvent>,
    ) -> Option<Self> {
        if self.leases.first().is_none_or(|(expires_at, _)| *expires_at > now) {
            return None;
        }
        let seals =
            matches!(command, Command::Archive | Command::PassDeadlines) && self.status == Status::Settling;
        let revoked_from = self.settle_deadline.filter(|_| seals);
        let over = self.leases.iter().take_while(|(expires_at, _)| *expires_at <= now);
        for (expires_at, step) in over {
            let Some(claim) = self.step(*step).and_then(|step| step.claim.as_ref()) else { continue };
            let (step, agent_id, fence) = (*step, claim.agent_id.clone(), claim.fence);
            events.push(match revoked_from {
                Some(deadline) if *expires_at >= deadline => {
                    ArenaEvent::LeaseRevoked { step, agent_id, fence }
                }
                Some(_) | None => ArenaEvent::LeaseExpired { step, agent_id, fence },
            });
        }
        let mut after = self.clone();
        for event in &*events {
            after.evolve(event);
        }
        Some(after)
    }
}

impl Asking<'_> {
    /// The timer's: the leases have ended; past the settle deadline the arena is sealed.
    pub(super) fn pass_deadlines(&self) -> Answer {
        Ok(if self.is_drained() { Outcome::Sealed } else { Outcome::Accepted })
    }
}
