//! Which steps are tried in a state: everything that could move money or the lifecycle, by those who may and by those who may not.
//!
//! What nobody may do is left to the rules to refuse. Left out is only what another step stands for: see `docs/proof.md`.

use arena_core::contest::{PayoutKind, Status};

use super::{
    action::{Action, Asked, Mask},
    book::Book,
    cast::{Cast, Owner, Who},
    state::{Phase, State},
};

/// Rounds that say something; the heartbeat's are empty.
const ROUNDS: u32 = 2;
/// Pages of such a round.
const PAGES: u32 = 2;

/// Puts the steps of a state into `actions`.
pub(super) fn of(cast: &Cast, state: &State, names: bool, actions: &mut Vec<Action>) {
    let book = &state.book;
    let mut asks = |by, asked| actions.push(Action::Ask(by, asked));
    if book.status == Status::Registration {
        registration(cast, book, names, &mut asks);
    } else {
        // One of each suffices to see that it is over.
        asks(Who::Entrant(0), Asked::Enter);
        asks(Who::Entrant(0), Asked::Leave(Who::Entrant(0)));
        asks(Who::Creator, Asked::Cancel);
    }
    for by in [Who::Oracle, Who::Creator, Who::Entrant(0), Who::Stranger] {
        asks(by, Asked::Start);
        asks(by, Asked::Finalize);
    }
    if book.is_in_play() {
        pages(cast, state, &mut asks);
    } else {
        asks(cast.oracle(), Asked::Page { out: 0, scored: 0, last: true });
    }
    asks(Who::Entrant(0), Asked::Abandon);
    asks(Who::Stranger, Asked::Abandon);
    payouts(cast, &mut asks);
    time(cast, state, actions);
}

fn registration(cast: &Cast, book: &Book, names: bool, asks: &mut impl FnMut(Who, Asked)) {
    let has_entered = |who: &Who| book.lines.iter().any(|line| line.who == *who);
    // Those who have not entered differ by name only: the first stands for all.
    let others = cast.entrants().filter(|who| !has_entered(who)).take(if names { usize::MAX } else { 1 });
    let entered = book.lines.first().map(|line| line.who);
    for by in others.chain(entered).chain([Who::Creator, Who::Oracle, Who::Stranger]) {
        asks(by, Asked::Enter);
    }
    for line in &book.lines {
        asks(line.who, Asked::Leave(line.who));
        asks(Who::Stranger, Asked::Leave(line.who));
    }
    asks(Who::Stranger, Asked::Leave(Who::Stranger));
    for by in [Who::Creator, Who::Oracle, Who::Entrant(0), Who::Stranger] {
        asks(by, Asked::Cancel);
    }
}

/// A page puts some out, or gives some a point: a round of two pages does both, one after the other.
fn pages(cast: &Cast, state: &State, asks: &mut impl FnMut(Who, Asked)) {
    let book = &state.book;
    let others = [Who::Oracle, Who::Creator, Who::Entrant(0), Who::Stranger];
    for by in others.into_iter().filter(|by| *by != cast.oracle()) {
        asks(by, Asked::Page { out: 0, scored: 0, last: true });
    }
    if state.told_rounds() >= ROUNDS {
        return;
    }
    let everyone: Mask = book.lines.iter().fold(0, |mask, _| mask << 1 | 1);
    let first_page = book.pages + 1 < PAGES;
    for last in [true, false].into_iter().take(if first_page { 2 } else { 1 }) {
        for some in 0..=everyone {
            asks(cast.oracle(), Asked::Page { out: some, scored: 0, last });
            if some != 0 {
                asks(cast.oracle(), Asked::Page { out: 0, scored: some, last });
            }
        }
    }
}

fn payouts(cast: &Cast, asks: &mut impl FnMut(Who, Asked)) {
    let mut pay = |by, kind, owner| asks(by, Asked::Pay(kind, owner));
    for kind in [PayoutKind::Prize, PayoutKind::Refund] {
        for who in cast.entrants() {
            pay(who, kind, Owner::Of(who));
            pay(Who::Stranger, kind, Owner::Of(who));
        }
        pay(Who::Creator, kind, Owner::Of(Who::Creator));
    }
    for kind in [PayoutKind::CreatorFee, PayoutKind::Bond] {
        for by in [Who::Creator, Who::Stranger] {
            pay(by, kind, Owner::Of(Who::Creator));
        }
    }
    pay(Who::Stranger, PayoutKind::ProtocolFee, Owner::Treasury);
    for kind in [
        PayoutKind::Prize,
        PayoutKind::Refund,
        PayoutKind::CreatorFee,
        PayoutKind::Bond,
        PayoutKind::ProtocolFee,
    ] {
        pay(Who::Stranger, kind, Owner::Of(Who::Stranger));
        pay(Who::Oracle, kind, Owner::Of(Who::Oracle));
        pay(Who::Oracle, kind, Owner::Treasury);
    }
}

fn time(cast: &Cast, state: &State, actions: &mut Vec<Action>) {
    match state.phase(cast) {
        Phase::Early => actions.extend([Action::UntilJustBefore, Action::UntilLimit]),
        Phase::JustBefore => actions.push(Action::UntilLimit),
        Phase::Over | Phase::Ended => {}
    }
    let book = &state.book;
    if book.status == Status::Active && book.rounds == 0 && state.phase(cast) != Phase::Over {
        actions.push(Action::Heartbeat);
    }
}
