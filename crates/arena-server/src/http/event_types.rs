//! The types of events, as the core names them: what may be asked for.

/// What happens in an arena.
pub(super) const ARENA_EVENTS: &[&[&str]] = &[ARENA];
/// What happens in a contest.
pub(super) const CONTEST_EVENTS: &[&[&str]] = &[CONTEST];
/// What happens at all.
pub(super) const ALL_EVENTS: &[&[&str]] = &[ARENA, CONTEST, REGISTRY];

const ARENA: &[&str] = &[
    "arena_created",
    "arena_activated",
    "agent_joined",
    "agent_left",
    "role_changed",
    "goal_updated",
    "steps_added",
    "step_changed",
    "step_cancelled",
    "step_claimed",
    "lease_renewed",
    "step_released",
    "lease_expired",
    "lease_revoked",
    "step_approved",
    "step_completed",
    "result_orphaned",
    "result_adopted",
    "step_failed",
    "step_reopened",
    "artifact_put",
    "fact_put",
    "message_sent",
    "settling_started",
    "arena_archived",
];

const CONTEST: &[&str] = &[
    "contest_created",
    "agent_entered",
    "entry_withdrawn",
    "contest_started",
    "round_page_submitted",
    "round_completed",
    "round_actions_stored",
    "contest_finalized",
    "contest_cancelled",
    "contest_abandoned",
    "obligation_paid",
];

const REGISTRY: &[&str] = &[
    "agent_registered",
    "agent_token_replaced",
    "agent_removed",
    "handle_issued",
    "handle_revoked",
    "deposited",
    "withdrawn",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_those_of_the_core() {
        assert_eq!(ARENA, variants::<arena_core::ArenaEvent>());
        assert_eq!(CONTEST, variants::<arena_core::contest::ContestEvent>());
        assert_eq!(REGISTRY, variants::<arena_core::registry::RegistryEvent>());
    }

    fn variants<T: std::fmt::Debug + serde::de::DeserializeOwned>() -> Vec<String> {
        let error = serde_json::from_str::<T>("{\"nope\": {}}").unwrap_err().to_string();
        let (_, expected) = error.split_once("expected one of ").unwrap();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }
}
