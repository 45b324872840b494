//! The ways out: what a wallet can get back from the chain, from when on, and how, with nobody's help but this client's.

use arena_core::{
    Timestamp,
    contest::{ExitAction, PayoutKind, Status, timing},
};
use serde::Serialize;
use solana_address::Address;

use crate::accounts::{HeldContest, HeldEntry};

/// A way out for one wallet's money in one contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WayOut {
    /// The contest.
    #[serde(serialize_with = "crate::shown::address")]
    pub contest: Address,
    /// Where it stands.
    pub status: Status,
    /// What moves the money next.
    #[serde(serialize_with = "crate::shown::display")]
    pub action: ExitAction,
    /// How much comes back to the wallet.
    pub amount: u64,
    /// From when on, by the chain's clock.
    pub at: Timestamp,
    /// Whether that is so now.
    pub is_open: bool,
    /// Whether it gives up a contest that may still be played: leaving it, or cancelling the wallet's own.
    pub gives_up: bool,
}

/// What an entry's wallet gets out, and how; `None` when nothing is in for it any more, or while nobody knows how much it will be.
pub(crate) fn of_entry(contest: &HeldContest, entry: &HeldEntry, now_ms: u64) -> Option<WayOut> {
    let fee = entry.view().amount();
    let (action, amount, at_ms) = match contest.status() {
        Status::Registration if timing::is_over(now_ms, contest.registration_ends_ms()) => {
            (ExitAction::Refund, fee, contest.registration_ends_ms())
        }
        Status::Registration => (ExitAction::Leave, fee, entry.view().entered_at_ms()),
        Status::Active | Status::Eliminating => (ExitAction::Abandon, fee, contest.timeout_ms()),
        Status::Finished | Status::Cancelled | Status::Abandoned => {
            let (kind, amount) = contest.owed_to(entry).filter(|_| !entry.is_paid())?;
            let action = if kind == PayoutKind::Prize { ExitAction::Prize } else { ExitAction::Refund };
            (action, amount, contest.view().ended_at_ms())
        }
    };
    (amount > 0).then(|| way_out(contest, action, amount, at_ms, now_ms))
}

/// What the creator gets out, and how: the bond and its fee.
pub(crate) fn of_creator(contest: &HeldContest, now_ms: u64) -> Vec<WayOut> {
    let view = contest.view();
    let out = |action, amount, at_ms| way_out(contest, action, amount, at_ms, now_ms);
    let mut ways = Vec::new();
    match contest.status() {
        Status::Registration if view.bond() > 0 => {
            ways.push(out(ExitAction::Cancel, view.bond(), view.created_at_ms()));
        }
        Status::Finished | Status::Cancelled => {
            if contest.bond_is_owed() {
                ways.push(out(ExitAction::Bond, view.bond(), view.ended_at_ms()));
            }
            if contest.creator_fee_owed() > 0 {
                ways.push(out(ExitAction::CreatorFee, contest.creator_fee_owed(), view.ended_at_ms()));
            }
        }
        Status::Registration | Status::Active | Status::Eliminating | Status::Abandoned => {}
    }
    ways
}

fn way_out(contest: &HeldContest, action: ExitAction, amount: u64, at_ms: u64, now_ms: u64) -> WayOut {
    WayOut {
        contest: contest.address,
        status: contest.status(),
        action,
        amount,
        at: Timestamp::from_millis(at_ms),
        is_open: timing::is_over(now_ms, at_ms),
        gives_up: contest.status() == Status::Registration
            && !timing::is_over(now_ms, contest.registration_ends_ms()),
    }
}
