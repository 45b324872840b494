//! The zone in which a head survives: the whole grid at first, then smaller by a ring at each shrinking, gone at last.

use serde::{Deserialize, Serialize};

use super::{Cell, SnakesRules};

/// A rectangle, its borders included; empty when a border has passed its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The smallest x.
    pub left: i32,
    /// The smallest y.
    pub top: i32,
    /// The greatest x.
    pub right: i32,
    /// The greatest y.
    pub bottom: i32,
}

impl Zone {
    /// The zone of a round, from 1.
    pub(super) fn of_round(rules: &SnakesRules, round: u32) -> Self {
        let whole = |cells: u32| i32::try_from(cells).unwrap_or(i32::MAX);
        let inset = whole(shrinkings(rules, round));
        Self {
            left: inset,
            top: inset,
            right: whole(rules.width) - 1 - inset,
            bottom: whole(rules.height) - 1 - inset,
        }
    }

    /// The zone after the next shrinking, and in how many rounds after `round` that is.
    pub(super) fn next(self, rules: &SnakesRules, round: u32) -> (Self, u32) {
        let shrinks_at = rules.shrink_from + shrinkings(rules, round) * rules.shrink_every;
        (Self::of_round(rules, shrinks_at), shrinks_at - round)
    }

    /// Whether a head survives there.
    #[must_use]
    pub fn holds(&self, cell: Cell) -> bool {
        (self.left..=self.right).contains(&cell.0) && (self.top..=self.bottom).contains(&cell.1)
    }

    /// All of its cells, row by row.
    pub(super) fn cells(self) -> impl Iterator<Item = Cell> {
        (self.top..=self.bottom).flat_map(move |y| (self.left..=self.right).map(move |x| Cell(x, y)))
    }
}

/// How often the zone has shrunk when a round is decided.
fn shrinkings(rules: &SnakesRules, round: u32) -> u32 {
    round.checked_sub(rules.shrink_from).map_or(0, |since| since / rules.shrink_every + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_shrinks_when_it_is_said_to_and_is_gone_in_the_last_round() {
        let rules = SnakesRules { food: 0, height: 7, shrink_every: 3, shrink_from: 5, version: 1, width: 9 };
        let size = |round| Zone::of_round(&rules, round).cells().count();
        assert_eq!([1, 4, 5, 7, 8, 11, 13, 14].map(size), [63, 63, 35, 35, 15, 3, 3, 0]);
        assert_eq!(rules.last_round(), 14);
        for round in 1..12 {
            let (next, shrinks_in) = Zone::of_round(&rules, round).next(&rules, round);
            assert!(shrinks_in >= 1);
            assert_eq!(next, Zone::of_round(&rules, round + shrinks_in));
            assert_ne!(next, Zone::of_round(&rules, round + shrinks_in - 1));
        }
    }
}
