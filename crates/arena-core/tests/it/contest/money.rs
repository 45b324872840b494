//! Who gets how much: the table of section 6 of the design, and many random pots against another way to compute them.

use arena_core::{
    contest::{
        payout::{division, portion, prizes, tied_share, Division},
        standings::{key, ranked},
        Score,
    },
    Amount,
};
use proptest::prelude::{any, prop, prop_assert_eq, proptest, Strategy};

/// The prizes of entrants that all stand alone.
fn alone(pool: u64, split: &[u16], entrants: u32) -> Vec<u64> {
    prizes(pool, split, entrants).into_iter().take(split.len()).collect()
}

#[test]
fn the_vectors_of_the_design() {
    let prized = |pot, bps, split: &[u16], entrants, expected: [u64; 2], won: &[u64]| {
        let [protocol_fee, creator_fee] = expected;
        let pool = pot - protocol_fee - creator_fee;
        assert_eq!(division(pot, bps), Division { protocol_fee, creator_fee, pool }, "{pot}");
        assert_eq!(alone(pool, split, entrants), won, "{pot}");
    };
    prized(30_000_000, 500, &[6_000, 4_000], 5, [300_000, 1_500_000], &[16_920_000, 11_280_000]);
    prized(1_000_003, 333, &[3_400, 3_300, 3_300], 5, [10_000, 33_300], &[325_279, 315_712, 315_712]);
    prized(99, 2_000, &[10_000], 5, [0, 19], &[80]);
    prized(1, 0, &[6_000, 4_000], 5, [0, 0], &[1, 0]);
    prized(5, 0, &[4_000, 3_000, 2_000, 1_000], 2, [0, 0], &[4, 1, 0, 0]);
    let both = prizes(5, &[6_000, 4_000], 2);
    assert_eq!([tied_share(&both, 1, 2, 0), tied_share(&both, 1, 2, 1)], [3, 2]);
}

#[test]
fn ties_beyond_the_split_share_what_is_within_it() {
    let three = prizes(100, &[6_000, 4_000], 5);
    assert_eq!([0, 1, 2].map(|before| tied_share(&three, 2, 3, before)), [14, 13, 13]);
    assert_eq!([0, 1].map(|before| tied_share(&three, 3, 2, before)), [0, 0]);
    assert_eq!(tied_share(&three, 1, 1, 0), 60);
}

#[test]
fn what_rounding_leaves_goes_to_who_lost_most_and_then_to_the_better_place() {
    assert_eq!(alone(3, &[3_300, 3_300, 3_400], 3), [1, 1, 1]);
    assert_eq!(alone(1, &[3_300, 3_300, 3_400], 3), [0, 0, 1]);
    assert_eq!(alone(2, &[3_300, 3_300, 3_400], 3), [1, 0, 1]);
    assert_eq!(alone(1, &[5_000, 5_000], 2), [1, 0]);
    assert_eq!(alone(7, &[0, 10_000], 2), [0, 7]);
    assert_eq!(alone(u64::pow(2, 53) - 1, &[1, 9_999], 2), [900_719_925_474, 9_006_298_534_815_517]);
}

#[test]
fn the_same_place_is_shown_by_equal_ones() {
    let score = |score| Score::new(score).unwrap();
    let entrants = [
        (key(Some(1), score(99)), "out first, with the most"),
        (key(None, score(3)), "third"),
        (key(None, score(7)), "first"),
        (key(Some(2), score(-5)), "out later"),
        (key(None, score(7)), "first too"),
        (key(Some(2), score(-4)), "out later, with more"),
    ];
    let placed: Vec<_> = ranked(entrants).into_iter().map(|r| (r.standing, r.tied, r.before, r.of)).collect();
    assert_eq!(
        placed,
        [
            (1, 2, 0, "first"),
            (1, 2, 1, "first too"),
            (3, 1, 0, "third"),
            (4, 1, 0, "out later, with more"),
            (5, 1, 0, "out later"),
            (6, 1, 0, "out first, with the most"),
        ]
    );
}

/// Splits that are whole.
pub(crate) fn splits() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(0_u16..=10_000, 0..10).prop_map(|cuts| {
        let mut cuts = [vec![0, 10_000], cuts].concat();
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    })
}

/// The same by another way: exact in 128 bits, the places sorted by what they lost.
pub(crate) fn prizes_by_sorting(pool: u64, split: &[u16], entrants: u32) -> Vec<u64> {
    let mut shares: Vec<u128> = split.iter().map(|share| u128::from(*share)).collect();
    for place in usize::try_from(entrants).unwrap()..shares.len().max(usize::try_from(entrants).unwrap()) {
        shares[0] += std::mem::take(&mut shares[place]);
    }
    let exact: Vec<u128> = shares.iter().map(|share| u128::from(pool) * share).collect();
    let mut prizes: Vec<u64> = exact.iter().map(|exact| u64::try_from(exact / 10_000).unwrap()).collect();
    let mut by_loss: Vec<usize> = (0..exact.len()).collect();
    by_loss.sort_by_key(|place| (std::cmp::Reverse(exact[*place] % 10_000), *place));
    let left = pool - prizes.iter().sum::<u64>();
    for place in by_loss.into_iter().take(usize::try_from(left).unwrap()) {
        prizes[place] += 1;
    }
    prizes
}

proptest! {
    #[test]
    fn a_portion_is_the_exact_floor(amount in 0..=Amount::MAX.get(), bps in 0_u16..=10_000) {
        let exact = u128::from(amount) * u128::from(bps) / 10_000;
        prop_assert_eq!(u128::from(portion(amount, bps)), exact);
    }

    #[test]
    fn prizes_are_those_of_another_way_and_lose_nothing(
        pot in prop::sample::select(vec![0_u64, 1, 2, 5, 99, 9_999, 10_001, Amount::MAX.get()]),
        more in 0_u64..1_000_000,
        bps in 0_u16..=2_000,
        split in splits(),
        entrants in 2_u32..15,
    ) {
        let pot = pot.saturating_sub(more / 2).max(more % 7);
        let Division { protocol_fee, creator_fee, pool } = division(pot, bps);
        prop_assert_eq!(protocol_fee, pot / 100);
        prop_assert_eq!(protocol_fee + creator_fee + pool, pot);
        let places = prizes(pool, &split, entrants);
        let mut expected = prizes_by_sorting(pool, &split, entrants);
        expected.resize(10, 0);
        prop_assert_eq!(places.to_vec(), expected);
        prop_assert_eq!(places.iter().sum::<u64>(), pool);
    }

    /// Whatever ties there are, all shares together are the pool, each computed for itself in any order.
    #[test]
    fn shares_of_ties_lose_nothing_in_any_order(
        pool in 0..=Amount::MAX.get(),
        split in splits(),
        scores in prop::collection::vec((0_i64..3, prop::option::of(1_u32..3)), 2..12),
        rotation in any::<prop::sample::Index>(),
    ) {
        let keys = scores.iter().enumerate().map(|(number, (score, out))| {
            (key(*out, Score::new(*score).unwrap()), number)
        });
        let mut placed = ranked(keys);
        let prizes = prizes(pool, &split, u32::try_from(scores.len()).unwrap());
        let turn = rotation.index(placed.len());
        placed.rotate_left(turn);
        let paid: u64 =
            placed.iter().map(|ranked| tied_share(&prizes, ranked.standing, ranked.tied, ranked.before)).sum();
        prop_assert_eq!(paid, pool);
        for one in &placed {
            let better = scores.iter().filter(|other| {
                let one = scores[one.of];
                let lasted = |out: Option<u32>| out.unwrap_or(u32::MAX);
                (lasted(other.1), other.0) > (lasted(one.1), one.0)
            });
            prop_assert_eq!(one.standing, u32::try_from(better.count()).unwrap() + 1);
        }
    }
}
