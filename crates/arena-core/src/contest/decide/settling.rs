//! The end of play: finalized by the oracle, or abandoned by anyone once the oracle timed out.

use alloc::{string::ToString, vec};

use super::{
    super::{
        events::ContestEvent,
        payout,
        rejection::{invalid, Rejection},
        rounds,
        seed::opened_seed,
    },
    asking::Asking,
    Answer,
};
use crate::amount::Amount;

impl Asking<'_> {
    pub(super) fn finalize(&self, seed: Option<&str>) -> Answer {
        self.check_oracle_in_time()?;
        if !rounds::may_finalize(self.contest.round()) {
            return Err(Rejection::WrongRound { current: 0, expected: 1 });
        }
        self.check_seed(seed)?;
        let pot = self.contest.pot;
        let division = payout::division(pot.get(), self.contest.terms.creator_fee_bps);
        Ok(vec![ContestEvent::ContestFinalized {
            seed: seed.map(ToString::to_string),
            pot,
            protocol_fee: Amount::at_most(division.protocol_fee),
            creator_fee: Amount::at_most(division.creator_fee),
            timestamp: self.now,
        }])
    }

    fn check_seed(&self, seed: Option<&str>) -> Result<(), Rejection> {
        match (seed, &self.contest.terms.seed_commitment) {
            (None, None) => Ok(()),
            (Some(seed), Some(commitment)) if opened_seed(seed, commitment).is_some() => Ok(()),
            (Some(_), Some(_)) => Err(invalid("seed", "is not what the seed_commitment is the SHA-256 of")),
            (None, Some(_)) => Err(invalid("seed", "is needed: the terms have a seed_commitment")),
            (Some(_), None) => Err(invalid("seed", "was not committed to; leave it out")),
        }
    }

    pub(super) fn abandon(&self) -> Answer {
        match self.contest.timeout_at().filter(|timeout| !self.is_over(*timeout)) {
            Some(times_out_at) => Err(Rejection::NotTimedOut { times_out_at }),
            None => Ok(vec![ContestEvent::ContestAbandoned {
                amount: self.contest.terms.bond,
                timestamp: self.now,
            }]),
        }
    }
}
