//! The lifecycle of a contest: one table of statuses and actions, which the chain calls too.

use super::types::{PayoutKind, Status};

/// What can be done to a contest once it is made; an action on the chain is one of these, and so is each command here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An agent enters.
    Enter,
    /// An entrant leaves.
    Leave,
    /// The oracle starts it.
    Start,
    /// The oracle submits a page of a round.
    SubmitPage,
    /// That page was the round's last.
    CompleteRound,
    /// The oracle finalizes it.
    Finalize,
    /// The oracle stores the actions of a completed round.
    StoreActions,
    /// An obligation is paid.
    Pay(PayoutKind),
    /// The first refund after registration is over.
    Expire,
    /// The creator cancels it.
    Cancel,
    /// Anyone ends it after the oracle timed out.
    Abandon,
}

/// The status after an action; `None` where the action is refused whoever asks.
#[must_use]
pub const fn after(status: Status, action: Action) -> Option<Status> {
    match action {
        Action::Enter | Action::Leave => in_registration(status, Status::Registration),
        Action::Start => in_registration(status, Status::Active),
        Action::Cancel | Action::Expire => in_registration(status, Status::Cancelled),
        Action::SubmitPage => in_play(status, Status::Eliminating),
        Action::Abandon => in_play(status, Status::Abandoned),
        Action::CompleteRound => match status {
            Status::Eliminating => Some(Status::Active),
            Status::Registration
            | Status::Active
            | Status::Finished
            | Status::Cancelled
            | Status::Abandoned => None,
        },
        Action::Finalize => match status {
            Status::Active => Some(Status::Finished),
            Status::Registration
            | Status::Eliminating
            | Status::Finished
            | Status::Cancelled
            | Status::Abandoned => None,
        },
        Action::StoreActions => match status {
            Status::Active | Status::Eliminating | Status::Finished | Status::Abandoned => Some(status),
            Status::Registration | Status::Cancelled => None,
        },
        Action::Pay(kind) => {
            if pays(status, kind) {
                Some(status)
            } else {
                None
            }
        }
    }
}

/// Whether a payout would end the contest first: it never started, and registration is over. A refund does, and where nobody
/// has paid anything, so that no refund can, the return of the bond.
#[must_use]
pub const fn is_ended_by(
    kind: PayoutKind,
    status: Status,
    nobody_paid: bool,
    registration_is_over: bool,
) -> bool {
    let ends = match kind {
        PayoutKind::Refund => true,
        PayoutKind::Bond => nobody_paid,
        PayoutKind::Prize | PayoutKind::CreatorFee | PayoutKind::ProtocolFee => false,
    };
    ends && registration_is_over && in_registration(status, status).is_some()
}

const fn in_registration(status: Status, after: Status) -> Option<Status> {
    match status {
        Status::Registration => Some(after),
        Status::Active | Status::Eliminating | Status::Finished | Status::Cancelled | Status::Abandoned => {
            None
        }
    }
}

const fn in_play(status: Status, after: Status) -> Option<Status> {
    match status {
        Status::Active | Status::Eliminating => Some(after),
        Status::Registration | Status::Finished | Status::Cancelled | Status::Abandoned => None,
    }
}

/// Whether a contest of this status can owe this.
const fn pays(status: Status, kind: PayoutKind) -> bool {
    match status {
        Status::Registration | Status::Active | Status::Eliminating => false,
        Status::Finished => match kind {
            PayoutKind::Prize | PayoutKind::CreatorFee | PayoutKind::ProtocolFee | PayoutKind::Bond => true,
            PayoutKind::Refund => false,
        },
        Status::Cancelled => match kind {
            PayoutKind::Bond | PayoutKind::Refund => true,
            PayoutKind::Prize | PayoutKind::CreatorFee | PayoutKind::ProtocolFee => false,
        },
        Status::Abandoned => match kind {
            PayoutKind::Refund => true,
            PayoutKind::Prize | PayoutKind::CreatorFee | PayoutKind::ProtocolFee | PayoutKind::Bond => false,
        },
    }
}
