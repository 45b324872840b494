//! What must be reachable (I21): a model in which it never happens shows nothing by its laws.

use arena_core::contest::Status;
use stateright::Property;

use super::{
    model::SmallContest,
    state::{Phase, State},
};

pub(super) fn all() -> Vec<Property<SmallContest>> {
    vec![
        Property::sometimes("I21 a prize is claimed", |_, state: &State| state.prize_was_claimed()),
        Property::sometimes("I21 an abandon refunds all", |_, state: &State| {
            state.all_are_refunded(Status::Abandoned)
        }),
        Property::sometimes("I21 a tie splits", |_, state: &State| state.tie_was_split()),
        Property::sometimes("registration expires and refunds all", |_, state: &State| {
            state.all_are_refunded(Status::Cancelled)
        }),
        Property::sometimes("everything of a finished contest is paid", |_, state: &State| {
            state.prize_was_claimed() && state.book.owed.iter().all(|owed| owed.is_paid)
        }),
        Property::sometimes(
            "the oracle goes on until the hard stop",
            |model: &SmallContest, state: &State| {
                state.book.is_at_hard_stop(&model.cast) && state.phase(&model.cast) == Phase::Over
            },
        ),
        Property::sometimes("a second page is due", |_, state: &State| state.book.pages == 1),
    ]
}
