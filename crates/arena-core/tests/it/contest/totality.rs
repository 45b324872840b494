//! Folding is total: events of another contest, in any order, change something or nothing, and never fail.

use arena_core::contest::posting;
use proptest::{
    prelude::{any, prop, proptest},
    test_runner::Config,
};

use super::{
    plays::{happenings, played, NAMES},
    world::ARENA,
};
use crate::world::id;

proptest! {
    #![proptest_config(Config { cases: 200, ..Config::default() })]

    #[test]
    fn any_event_in_any_state_is_folded(
        (own_terms, own) in happenings(40),
        (others_terms, others) in happenings(40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let (mut play, ..) = played(&own_terms, &own);
        let (other, ..) = played(&others_terms, &others);
        for index in order {
            let event = index.get(&other.history);
            let before = play.contest.sequence();
            play.contest.evolve(event);
            assert_eq!(play.contest.sequence(), before.next());
            // Every reader answers whatever was folded.
            let _ = (play.contest.obligations(), play.contest.standings(), posting(ARENA, event));
            let _ = NAMES.map(|name| play.contest.exit_for(&id(name)));
            let _ = (play.contest.round(), play.contest.open_round(), play.contest.timeout_at());
            assert!(play.contest.alive() <= play.contest.entrants());
        }
    }
}
