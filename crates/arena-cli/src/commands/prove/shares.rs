//! Who stands where and gets what, worked out apart from the rules: by counting, and in 128 bits.

/// What an entrant reached: the round that put it out, or none; and its score.
pub(super) type Reached = (Option<u32>, i64);

/// The place of each entrant: one more than there are better ones.
pub(super) fn standings(reached: &[Reached]) -> Vec<u32> {
    let rank = |(out, score): &Reached| (out.is_none(), out.unwrap_or_default(), *score);
    let better =
        |one: &Reached| reached.iter().filter(|other| rank(other) > rank(one)).map(|_| 1).sum::<u32>();
    reached.iter().map(|one| 1 + better(one)).collect()
}

/// The prize of each entrant, given in entry order with its place.
pub(super) fn prizes(pool: u64, split_bps: &[u16], standings: &[u32]) -> Vec<u64> {
    let places = places(pool, split_bps, standings.len());
    let prize = |(index, standing): (usize, &u32)| {
        let tied: Vec<usize> =
            (0..).zip(standings).filter(|(_, one)| *one == standing).map(|(at, _)| at).collect();
        let first = usize::try_from(*standing).unwrap_or_default().saturating_sub(1);
        let sum: u64 = places.iter().skip(first).take(tied.len()).sum();
        // One unit each, from the first that entered on, until the sum is spent.
        let before = tied.iter().take_while(|at| **at != index).count();
        let mut shares = vec![0; tied.len()];
        for unit in 0..usize::try_from(sum).unwrap_or_default() {
            if let Some(share) = shares.get_mut(unit % tied.len()) {
                *share += 1;
            }
        }
        shares.get(before).copied().unwrap_or_default()
    };
    standings.iter().enumerate().map(prize).collect()
}

/// The prize of each place: rounded down, then unit by unit to those that lost most.
fn places(pool: u64, split_bps: &[u16], entrants: usize) -> Vec<u64> {
    let mut shares: Vec<u128> = split_bps.iter().take(entrants).map(|share| u128::from(*share)).collect();
    let beyond: u128 = split_bps.iter().skip(entrants).map(|share| u128::from(*share)).sum();
    if let Some(first) = shares.first_mut() {
        *first += beyond;
    }
    let exact: Vec<u128> = shares.iter().map(|share| u128::from(pool) * share).collect();
    let mut prizes: Vec<u64> =
        exact.iter().map(|tenths| u64::try_from(tenths / 10_000).unwrap_or(u64::MAX)).collect();
    let mut by_loss: Vec<usize> = (0..exact.len()).collect();
    by_loss.sort_by_key(|place| std::cmp::Reverse(exact.get(*place).map(|tenths| tenths % 10_000)));
    let left = pool - prizes.iter().sum::<u64>();
    for place in by_loss.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        if let Some(prize) = prizes.get_mut(place) {
            *prize += 1;
        }
    }
    prizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_design_come_out() {
        assert_eq!(prizes(28_200_000, &[6_000, 4_000], &[1, 2]), [16_920_000, 11_280_000]);
        assert_eq!(prizes(956_703, &[3_400, 3_300, 3_300], &[3, 1, 2]), [315_712, 325_279, 315_712]);
        assert_eq!(prizes(5, &[4_000, 3_000, 2_000, 1_000], &[1, 2]), [4, 1]);
        assert_eq!(prizes(5, &[6_000, 4_000], &[1, 1]), [3, 2]);
        assert_eq!(standings(&[(Some(1), 9), (None, 0), (Some(2), 0), (None, 0)]), [4, 1, 3, 1]);
    }
}
