//! Reads a journal as an outsider would, and says whether any claim was held twice or any step completed twice.

use std::collections::BTreeMap;

use arena_runtime::{AgentId, ArenaEvent, Fence, StepNumber, StoredEvent, Timestamp};

/// Who holds a step, by which number and until when.
type Held = (AgentId, Fence, Timestamp);

/// What an auditor knows of an arena's steps; it shares no code with the rules.
#[derive(Debug, Default)]
pub(crate) struct Auditor {
    held: BTreeMap<StepNumber, Held>,
    last_fence: u64,
    pub(crate) claims: u64,
    /// By step: who completed it.
    pub(crate) completed: BTreeMap<StepNumber, AgentId>,
    pub(crate) expired: u64,
    pub(crate) released: u64,
}

impl Auditor {
    /// Reads a journal from its beginning.
    pub(crate) fn of(events: &[StoredEvent]) -> Result<Self, String> {
        let mut auditor = Self::default();
        for stored in events {
            let event: ArenaEvent = stored.decode().map_err(|error| error.to_string())?;
            auditor
                .see(stored.recorded_at, &event)
                .map_err(|why| format!("event {}: {why}", stored.sequence))?;
        }
        Ok(auditor)
    }

    fn see(&mut self, now: Timestamp, event: &ArenaEvent) -> Result<(), String> {
        match event {
            ArenaEvent::StepClaimed { step, agent_id, fence, expires_at, .. } => {
                if let Some((holder, ..)) = self.held.get(step) {
                    return Err(format!("{agent_id} claims step {step}, which {holder} holds"));
                }
                if self.completed.contains_key(step) {
                    return Err(format!("{agent_id} claims step {step}, which is completed"));
                }
                if fence.get() <= self.last_fence {
                    return Err(format!("fence {fence} after {}", self.last_fence));
                }
                self.last_fence = fence.get();
                self.claims += 1;
                self.held.insert(*step, (agent_id.clone(), *fence, *expires_at));
            }
            ArenaEvent::LeaseRenewed { step, agent_id, fence, expires_at, .. } => {
                self.in_time(now, *step, agent_id, *fence)?;
                self.held.insert(*step, (agent_id.clone(), *fence, *expires_at));
            }
            ArenaEvent::StepCompleted { step, agent_id, fence, .. } => {
                self.in_time(now, *step, agent_id, *fence)?;
                self.held.remove(step);
                if let Some(first) = self.completed.insert(*step, agent_id.clone()) {
                    return Err(format!("step {step} was completed by {first} and by {agent_id}"));
                }
            }
            ArenaEvent::StepReleased { step, agent_id, fence, .. } => {
                self.released += 1;
                self.in_time(now, *step, agent_id, *fence)?;
                self.held.remove(step);
            }
            ArenaEvent::StepFailed { step, agent_id, fence, .. } => {
                self.in_time(now, *step, agent_id, *fence)?;
                self.held.remove(step);
            }
            ArenaEvent::LeaseExpired { step, agent_id, fence } => {
                self.expired += 1;
                let until = self.holds(*step, agent_id, *fence)?;
                if now < until {
                    return Err(format!("the lease on step {step} ended at {now}, before {until}"));
                }
                self.held.remove(step);
            }
            _ => {}
        }
        Ok(())
    }

    fn holds(&self, step: StepNumber, agent_id: &AgentId, fence: Fence) -> Result<Timestamp, String> {
        match self.held.get(&step) {
            Some((holder, current, until)) if holder == agent_id && *current == fence => Ok(*until),
            other => Err(format!("{agent_id} writes to step {step} under {fence}, held: {other:?}")),
        }
    }

    fn in_time(
        &self,
        now: Timestamp,
        step: StepNumber,
        agent_id: &AgentId,
        fence: Fence,
    ) -> Result<(), String> {
        let until = self.holds(step, agent_id, fence)?;
        if now < until {
            Ok(())
        } else {
            Err(format!("{agent_id} writes to step {step} at {now}, after {until}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{id, step};

    fn claimed(name: &str, fence: u64) -> ArenaEvent {
        ArenaEvent::StepClaimed {
            step: step(1),
            agent_id: id(name),
            fence: Fence::new(fence),
            expires_at: Timestamp::from_millis(10),
            lease_ms: arena_runtime::Millis::new(10),
        }
    }

    fn completed(name: &str, fence: u64) -> ArenaEvent {
        let (result, cost, timestamp) = (None, None, Timestamp::from_millis(1));
        ArenaEvent::StepCompleted {
            step: step(1),
            agent_id: id(name),
            fence: Fence::new(fence),
            result,
            cost,
            timestamp,
        }
    }

    fn audit(events: &[(u64, ArenaEvent)]) -> Result<(), String> {
        let mut auditor = Auditor::default();
        events.iter().try_for_each(|(now, event)| auditor.see(Timestamp::from_millis(*now), event))
    }

    #[test]
    fn an_auditor_sees_what_must_not_be() {
        assert!(audit(&[(0, claimed("a", 1)), (1, completed("a", 1))]).is_ok());
        for (what, events) in [
            ("held twice", vec![(0, claimed("a", 1)), (0, claimed("b", 2))]),
            ("a fence again", vec![(0, claimed("a", 2)), (1, completed("a", 2)), (2, claimed("b", 2))]),
            ("another's fence", vec![(0, claimed("a", 1)), (1, completed("b", 1))]),
            ("too late", vec![(0, claimed("a", 1)), (10, completed("a", 1))]),
            ("completed without a claim", vec![(0, completed("a", 1))]),
        ] {
            assert!(audit(&events).is_err(), "{what}");
        }
    }
}
