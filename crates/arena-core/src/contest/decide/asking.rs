//! One command being asked: what it is about exists, the caller knows the state, status and role allow it.

use super::super::{
    aggregate::Contest,
    commands::{Command, Context},
    gates,
    profiles::Profile,
    rejection::Rejection,
    status::{self, Action},
    timing,
    types::{PayoutKind, Status},
};
use crate::{ids::AgentId, time::Timestamp};

/// A command that may be asked; what is left to check depends on the rest of the state.
pub(super) struct Asking<'a> {
    pub(super) contest: &'a Contest,
    pub(super) caller: &'a AgentId,
    pub(super) profile: Profile,
    pub(super) now: Timestamp,
}

impl<'a> Asking<'a> {
    pub(super) fn admit(
        contest: &'a Contest,
        command: &Command,
        context: &Context<'a>,
    ) -> Result<Self, Rejection> {
        let Context { now, caller, if_match, profile } = *context;
        let asking = Self { contest, caller, profile, now };
        asking.check_existence(command)?;
        let current = contest.sequence;
        if let Some(expected) = if_match.filter(|expected| *expected != current) {
            return Err(Rejection::SequenceMismatch { current, expected });
        }
        asking.check_status(command)?;
        asking.check_role(command)?;
        Ok(asking)
    }

    fn check_existence(&self, command: &Command) -> Result<(), Rejection> {
        match command {
            Command::Leave { agent_id } if self.contest.entry(agent_id).is_none() => {
                Err(Rejection::NotFound { what: "entry" })
            }
            Command::StoreActions { round, .. } if !self.is_completed(*round) => {
                Err(Rejection::NotFound { what: "completed round" })
            }
            Command::Enter
            | Command::Leave { .. }
            | Command::Start
            | Command::SubmitPage(_)
            | Command::Finalize { .. }
            | Command::StoreActions { .. }
            | Command::Payout { .. }
            | Command::Cancel
            | Command::Abandon => Ok(()),
        }
    }

    fn is_completed(&self, round: u32) -> bool {
        self.contest.round_at(round).is_some_and(|round| round.completed_at.is_some())
    }

    fn check_status(&self, command: &Command) -> Result<(), Rejection> {
        let action = self.action(command);
        let current = self.contest.status;
        if status::after(current, action).is_some() {
            return Ok(());
        }
        let allows = |status: &Status| status::after(*status, action).is_some();
        Err(Rejection::WrongStatus { current, expected: Status::ALL.into_iter().filter(allows).collect() })
    }

    fn action(&self, command: &Command) -> Action {
        match command {
            Command::Enter => Action::Enter,
            Command::Leave { .. } => Action::Leave,
            Command::Start => Action::Start,
            Command::SubmitPage(_) => Action::SubmitPage,
            Command::Finalize { .. } => Action::Finalize,
            Command::StoreActions { .. } => Action::StoreActions,
            Command::Payout { kind, .. } if self.ends_with(*kind) => Action::Expire,
            Command::Payout { kind, .. } => Action::Pay(*kind),
            Command::Cancel => Action::Cancel,
            Command::Abandon => Action::Abandon,
        }
    }

    /// Whether this payout would end the contest.
    pub(super) fn ends_with(&self, kind: PayoutKind) -> bool {
        let is_over = self.is_over(self.contest.registration_ends_at());
        status::is_ended_by(kind, self.contest.status, self.contest.pot.is_zero(), is_over)
    }

    pub(super) fn is_over(&self, limit: Timestamp) -> bool {
        timing::is_over(self.now.as_millis(), limit.as_millis())
    }

    fn check_role(&self, command: &Command) -> Result<(), Rejection> {
        match command {
            Command::Enter => self.check_entrant(),
            Command::Leave { agent_id } => only(self.caller == agent_id, "the entrant"),
            Command::Start
            | Command::SubmitPage(_)
            | Command::Finalize { .. }
            | Command::StoreActions { .. } => only(self.caller == self.contest.oracle(), "the oracle"),
            Command::Cancel => only(*self.caller == self.contest.creator, "the creator"),
            Command::Payout { .. } | Command::Abandon => Ok(()),
        }
    }

    /// Creator and oracle enter only if the terms say so.
    fn check_entrant(&self) -> Result<(), Rejection> {
        let runs_it = *self.caller == self.contest.creator || self.caller == self.contest.oracle();
        only(
            gates::may_enter(runs_it, self.contest.terms.creator_may_enter),
            "an agent that is neither creator nor oracle of this contest",
        )
    }
}

fn only(allowed: bool, who: &'static str) -> Result<(), Rejection> {
    if allowed {
        Ok(())
    } else {
        Err(Rejection::Forbidden { who })
    }
}
