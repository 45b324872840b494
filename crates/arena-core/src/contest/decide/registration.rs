//! Before play: agents enter and leave, the oracle starts, the creator cancels.

use alloc::vec;

use super::{
    super::{
        events::ContestEvent,
        gates::{self, Unmet},
        profiles::Profile,
        rejection::Rejection,
        types::{CancelReason, Gates},
    },
    asking::Asking,
    Answer,
};
use crate::ids::AgentId;

impl Asking<'_> {
    pub(super) fn enter(&self) -> Answer {
        self.check_registration()?;
        let terms = &self.contest.terms;
        if !gates::has_place(self.contest.entrants(), terms.max_agents) {
            return Err(Rejection::ContestFull { limit: terms.max_agents });
        }
        if self.contest.entry(self.caller).is_some() {
            return Err(Rejection::AlreadyEntered { agent_id: self.caller.clone() });
        }
        self.check_gates(&terms.gates)?;
        let Some(number) = self.contest.last_number.checked_add(1) else {
            return Err(Rejection::LimitReached { what: "entries in all", limit: u32::MAX });
        };
        Ok(vec![ContestEvent::AgentEntered {
            agent_id: self.caller.clone(),
            number,
            amount: terms.entry_fee,
            terms_hash: self.contest.terms_hash,
            timestamp: self.now,
        }])
    }

    fn check_registration(&self) -> Result<(), Rejection> {
        let ended_at = self.contest.registration_ends_at();
        if self.is_over(ended_at) {
            return Err(Rejection::RegistrationExpired { ended_at });
        }
        Ok(())
    }

    fn check_gates(&self, gates: &Gates) -> Result<(), Rejection> {
        let Profile { registered_at, counters } = self.profile;
        let age_s = gates::age_s(registered_at.as_millis(), self.now.as_millis());
        match gates::first_unmet(gates, &counters, age_s) {
            None => Ok(()),
            Some(Unmet { gate, required, current }) => Err(Rejection::GateNotMet { gate, required, current }),
        }
    }

    pub(super) fn leave(&self, agent_id: &AgentId) -> Answer {
        let Some(entry) = self.contest.entry(agent_id) else {
            return Err(Rejection::NotFound { what: "entry" });
        };
        Ok(vec![ContestEvent::EntryWithdrawn {
            agent_id: agent_id.clone(),
            amount: entry.amount,
            timestamp: self.now,
        }])
    }

    pub(super) fn start(&self) -> Answer {
        self.check_registration()?;
        let (current, required) = (self.contest.entrants(), self.contest.terms.min_agents);
        if !gates::are_enough(current, required) {
            return Err(Rejection::NotEnoughEntrants { current, required });
        }
        Ok(vec![ContestEvent::ContestStarted { entrants: current, timestamp: self.now }])
    }

    pub(super) fn cancel(&self) -> Answer {
        Ok(vec![ContestEvent::ContestCancelled { reason: CancelReason::Creator, timestamp: self.now }])
    }
}
