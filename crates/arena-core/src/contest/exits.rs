//! When an agent's money in a contest can next move, and by which action.

use super::{
    aggregate::Contest,
    payee::Payee,
    types::{ObligationStatus, PayoutKind, Status},
};
use crate::{ids::AgentId, time::Timestamp, words::display_word};

/// The next way out for one agent's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// From when on.
    pub at: Timestamp,
    /// By what.
    pub action: ExitAction,
}

/// What moves money out of a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitAction {
    /// The entrant leaves.
    Leave,
    /// The creator cancels.
    Cancel,
    /// Anyone ends it after the oracle timed out.
    Abandon,
    /// A refund is paid.
    Refund,
    /// A prize is paid.
    Prize,
    /// The bond is returned.
    Bond,
    /// The creator fee is paid.
    CreatorFee,
}

display_word!(ExitAction {
    Leave => "leave",
    Cancel => "cancel",
    Abandon => "abandon",
    Refund => "refund",
    Prize => "prize",
    Bond => "bond",
    CreatorFee => "creator_fee",
});

impl Contest {
    /// When an agent's money can next move; `None` when the contest is over and owes it nothing.
    #[must_use]
    pub fn exit_for(&self, agent_id: &AgentId) -> Option<Exit> {
        match self.status {
            Status::Registration => Some(self.exit_from_registration(agent_id)),
            Status::Active | Status::Eliminating => {
                Some(Exit { at: self.timeout_at()?, action: ExitAction::Abandon })
            }
            Status::Finished | Status::Cancelled | Status::Abandoned => {
                Some(Exit { at: self.ended_at?, action: self.first_open(agent_id)? })
            }
        }
    }

    fn exit_from_registration(&self, agent_id: &AgentId) -> Exit {
        if let Some(entry) = self.entry(agent_id) {
            return Exit { at: entry.entered_at, action: ExitAction::Leave };
        }
        if *agent_id == self.creator && !self.terms.bond.is_zero() {
            return Exit { at: self.created_at, action: ExitAction::Cancel };
        }
        Exit { at: self.registration_ends_at(), action: ExitAction::Refund }
    }

    fn first_open(&self, agent_id: &AgentId) -> Option<ExitAction> {
        let payee = Payee::Agent(agent_id.clone());
        let is_open = |kind: PayoutKind| {
            self.obligation(kind, &payee)
                .is_some_and(|obligation| obligation.status == ObligationStatus::Open)
        };
        let exits = [
            (PayoutKind::Prize, ExitAction::Prize),
            (PayoutKind::Refund, ExitAction::Refund),
            (PayoutKind::Bond, ExitAction::Bond),
            (PayoutKind::CreatorFee, ExitAction::CreatorFee),
        ];
        exits.into_iter().find(|(kind, _)| is_open(*kind)).map(|(_, action)| action)
    }
}
