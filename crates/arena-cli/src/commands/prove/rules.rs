//! The rules that the model runs: the real ones, or the real ones with one answer changed.

use arena_core::{
    Contest, ContestEvent,
    contest::{Command, Context, Rejection, posting},
};

use super::{
    cast::Cast,
    ledger::{Ledger, Legs},
    mutants::Mutant,
};

/// What a rule answers.
pub(super) type Answer = Result<Vec<ContestEvent>, Rejection>;

/// The rules of contests, real but for a mutant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) mutant: Option<Mutant>,
}

impl Rules {
    pub(super) fn decide(self, contest: &Contest, command: &Command, context: &Context<'_>) -> Answer {
        match self.mutant {
            None => real(contest, command, context),
            Some(mutant) => mutant.decide(contest, command, context),
        }
    }

    pub(super) fn evolve(self, contest: &mut Contest, event: &ContestEvent) {
        match self.mutant {
            None => contest.evolve(event),
            Some(mutant) => mutant.evolve(contest, event),
        }
    }

    /// Moves the money of an event; false, and nothing moved, where the ledger refuses.
    pub(super) fn book(self, cast: &Cast, ledger: &mut Ledger, event: &ContestEvent) -> bool {
        let posting = posting(cast.arena_id, event);
        let (posting, legs, overdraft) = match self.mutant {
            None => (posting, Legs::Both, false),
            Some(mutant) => mutant.posting(event, posting),
        };
        posting.is_none_or(|posting| ledger.book(cast, &posting, legs, overdraft))
    }
}

/// What the real rules answer.
pub(super) fn real(contest: &Contest, command: &Command, context: &Context<'_>) -> Answer {
    contest.decide(command, context).map(|decision| decision.events)
}
