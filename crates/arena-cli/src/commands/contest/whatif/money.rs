//! Where each unit goes, by outcome.

use arena_core::contest::{
    Score, Terms,
    payout::{self, Division},
    standings::{self, Ranked},
};
use serde::Serialize;

/// The places of all entrants, in order of places.
#[derive(Debug)]
pub(super) struct Standings(Vec<Ranked<u32>>);

impl Standings {
    /// The places as given in entry order; one for each in entry order where none are given.
    pub(super) fn new(entrants: u32, places: &[u32]) -> Result<Self, String> {
        let all: Vec<u32> = if places.is_empty() { (1..=entrants).collect() } else { places.to_vec() };
        if u32::try_from(all.len()) != Ok(entrants) {
            return Err(format!("--standings names {} places for {entrants} entrants", all.len()));
        }
        // The better the place, the higher the score.
        let keyed = all.iter().zip(1u32..).map(|(place, number)| {
            let score = Score::new(-i64::from(*place)).unwrap_or_default();
            (standings::key(None, score), number)
        });
        let ranked = standings::ranked(keyed);
        for one in &ranked {
            let index = usize::try_from(one.of - 1).unwrap_or(usize::MAX);
            if all.get(index) != Some(&one.standing) {
                return Err(format!(
                    "--standings: entrant {} would be at place {}; equals share a place and the places they take are left out, such as 1,1,3",
                    one.of, one.standing
                ));
            }
        }
        Ok(Self(ranked))
    }
}

/// What each outcome pays.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Outcomes {
    /// Absent where too few have entered to start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finished: Option<Finished>,
    pub(super) cancelled: Refunded,
    /// Absent where too few have entered to start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) abandoned: Option<Refunded>,
    pub(super) expired: Refunded,
}

/// A contest that was played to its end.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finished {
    pub(super) prizes: Vec<Prize>,
    pub(super) creator_fee: u64,
    pub(super) protocol_fee: u64,
    pub(super) bond_returned: u64,
}

/// What one entrant wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Prize {
    /// Its number in entry order.
    pub(super) entrant: u32,
    pub(super) standing: u32,
    pub(super) prize: u64,
}

/// A contest that was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Refunded {
    /// What each entrant gets back.
    pub(super) refund: u64,
    pub(super) bond_returned: u64,
    /// What of the bond goes to the treasury.
    pub(super) bond_slashed: u64,
}

impl Outcomes {
    /// Of these terms, by the functions that the rules themselves pay with.
    pub(super) fn of(terms: &Terms, entrants: u32, standings: &Standings) -> Self {
        let (refund, bond) = (terms.entry_fee.get(), terms.bond.get());
        let kept = Refunded { refund, bond_returned: bond, bond_slashed: 0 };
        let slashed = Refunded { refund, bond_returned: 0, bond_slashed: bond };
        let starts = entrants >= terms.min_agents;
        Self {
            finished: starts.then(|| Finished::of(terms, entrants, standings)),
            cancelled: kept,
            abandoned: starts.then_some(slashed),
            expired: kept,
        }
    }
}

impl Finished {
    fn of(terms: &Terms, entrants: u32, standings: &Standings) -> Self {
        let pot = terms.entry_fee.get() * u64::from(entrants);
        let Division { protocol_fee, creator_fee, pool } = payout::division(pot, terms.creator_fee_bps);
        let places = payout::prizes(pool, &terms.prize_split_bps, entrants);
        let prizes = standings.0.iter().map(|one| Prize {
            entrant: one.of,
            standing: one.standing,
            prize: payout::tied_share(&places, one.standing, one.tied, one.before),
        });
        Self { prizes: prizes.collect(), creator_fee, protocol_fee, bond_returned: terms.bond.get() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(fee: u64, bps: u16, split: &[u16], places: &[u32]) -> Finished {
        let text = serde_json::json!({
            "entry_fee": fee, "bond": 7, "min_agents": 2, "max_agents": 100, "prize_split_bps": split,
            "creator_fee_bps": bps, "elimination_interval_s": 60, "duration_s": 60, "creator_may_enter": false,
        });
        let terms: Terms = serde_json::from_value(text).unwrap();
        terms.check().unwrap();
        let entrants = u32::try_from(places.len()).unwrap();
        Outcomes::of(&terms, entrants, &Standings::new(entrants, places).unwrap()).finished.unwrap()
    }

    fn prizes(finished: &Finished) -> Vec<u64> {
        finished.prizes.iter().map(|one| one.prize).collect()
    }

    #[test]
    fn the_pot_is_divided_as_the_design_says() {
        // 30,000,000 / 500 / 60,40 of the table of section 6, in three entries of ten million.
        let three = finished(10_000_000, 500, &[6_000, 4_000], &[1, 2, 3]);
        assert_eq!((three.protocol_fee, three.creator_fee), (300_000, 1_500_000));
        assert_eq!(prizes(&three), [16_920_000, 11_280_000, 0]);
    }

    #[test]
    fn equals_share_and_every_unit_is_somebodys() {
        let tied = finished(7, 0, &[6_000, 4_000], &[1, 3, 1]);
        assert_eq!(prizes(&tied), [11, 10, 0]);
        assert_eq!(tied.prizes[1], Prize { entrant: 3, standing: 1, prize: 10 });
        let sum = prizes(&tied).iter().sum::<u64>() + tied.protocol_fee + tied.creator_fee;
        assert_eq!(sum, 21);
    }

    #[test]
    fn places_that_cannot_be_are_refused() {
        for (entrants, places) in
            [(2, &[1, 2, 3][..]), (3, &[1, 1, 2]), (2, &[2, 2]), (2, &[1, 3]), (2, &[0, 1])]
        {
            assert!(Standings::new(entrants, places).is_err(), "{places:?}");
        }
        assert!(Standings::new(4, &[2, 1, 2, 4]).is_ok());
    }
}
