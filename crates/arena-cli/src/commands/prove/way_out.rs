//! I18 by doing it: from this very state, entrants act and time passes, creator and oracle do nothing.

use arena_core::contest::{PayoutKind, Status};

use super::{
    action::Asked,
    cast::{Owner, Who},
    ledger::units,
    model::SmallContest,
    state::State,
};

/// Whether the entrants of a state get out all that is theirs. Where they end the contest they leave nothing behind, of the
/// bond neither. A creator that has entered does nothing here: the others push its money to it.
pub(super) fn is_open(model: &SmallContest, state: &State) -> bool {
    let others = state.book.lines.iter().map(|line| line.who).filter(|who| *who != Who::Creator);
    let entrants: Vec<Who> = others.collect();
    let Some(first) = entrants.first().copied() else { return bond_is_free(model, state) };
    match state.book.status {
        Status::Registration => leaving(model, state, &entrants) && expiring(model, state, first, &entrants),
        Status::Active | Status::Eliminating => {
            let over = model.ask(&later(model, state), first, Asked::Abandon);
            over.is_some_and(|over| all_is_paid(model, over, first, &entrants))
        }
        Status::Finished | Status::Cancelled | Status::Abandoned => {
            all_is_paid(model, state.clone(), first, &entrants)
        }
    }
}

/// Where nobody has entered, anyone has the bond returned once registration is over.
fn bond_is_free(model: &SmallContest, state: &State) -> bool {
    if state.book.status != Status::Registration || !state.book.lines.is_empty() || state.ledger.bond == 0 {
        return true;
    }
    let bond = Asked::Pay(PayoutKind::Bond, Owner::Of(Who::Creator));
    let ended = model.ask(&later(model, state), Who::Stranger, bond);
    ended.is_some_and(|ended| ended.ledger.bond == 0)
}

/// Those who do not wait take their entries back.
fn leaving(model: &SmallContest, state: &State, entrants: &[Who]) -> bool {
    let leaves = |state: State, who: &Who| model.ask(&state, *who, Asked::Leave(*who));
    let left = entrants.iter().try_fold(state.clone(), leaves);
    left.is_some_and(|left| {
        left.ledger.escrow == units(left.book.escrow_due()) && is_whole(model, &left, entrants)
    })
}

/// Those who wait for the end of registration are refunded.
fn expiring(model: &SmallContest, state: &State, first: Who, entrants: &[Who]) -> bool {
    let refund = Asked::Pay(PayoutKind::Refund, Owner::Of(first));
    let expired = model.ask(&later(model, state), first, refund);
    expired.is_some_and(|expired| all_is_paid(model, expired, first, entrants))
}

/// The state at the next limit, or now where that is over.
fn later(model: &SmallContest, state: &State) -> State {
    let limit = state.book.limit_ms(&model.cast).unwrap_or_default();
    state.clone().at(state.now_ms.max(limit))
}

/// Each asks for its own, and the first for what is left: nothing stays in escrow or bond.
fn all_is_paid(model: &SmallContest, state: State, first: Who, entrants: &[Who]) -> bool {
    let mut state = state;
    for owed in state.book.owed.clone().into_iter().filter(|owed| !owed.is_paid) {
        let by = match owed.owner {
            Owner::Of(who) if entrants.contains(&who) => who,
            Owner::Of(_) | Owner::Treasury => first,
        };
        match model.ask(&state, by, Asked::Pay(owed.kind, owed.owner)) {
            Some(paid) => state = paid,
            None => return false,
        }
    }
    let is_empty = state.ledger.escrow == 0 && state.ledger.bond == 0;
    is_empty && (state.book.status == Status::Finished || is_whole(model, &state, entrants))
}

/// Whether each has what it began with.
fn is_whole(model: &SmallContest, state: &State, entrants: &[Who]) -> bool {
    let has = |who: &Who| state.ledger.wallet(&model.cast, *who) == units(model.cast.purse(*who));
    entrants.iter().all(has)
}
