//! Tokens that their holders narrow: a chain never widens, and nothing but its own text opens it.

use std::collections::BTreeSet;

use arena_core::{
    collaboration::{HandlePermissions, Permission},
    handles::{Caveat, Grant, HandleToken},
    ArenaId, HandleId, StepNumber, Timestamp,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest, Just, Strategy};
use sha2::Sha256;

const KEY: [u8; 32] = [7; 32];

fn permissions() -> impl Strategy<Value = HandlePermissions> {
    prop::sample::subsequence(Permission::ALL.to_vec(), 0..=4).prop_map(|some| some.into_iter().collect())
}

fn step() -> impl Strategy<Value = StepNumber> {
    (1_u32..4).prop_map(|number| StepNumber::new(number).unwrap())
}

fn caveat() -> impl Strategy<Value = Caveat> {
    prop_oneof![
        permissions().prop_map(Caveat::May),
        step().prop_map(Caveat::Step),
        (0_u64..100).prop_map(|ms| Caveat::Until(Timestamp::from_millis(ms))),
    ]
}

fn grant() -> impl Strategy<Value = Grant> {
    (permissions(), prop::option::of(step()), 0_u64..100).prop_map(|(permissions, step, end)| Grant {
        handle: HandleId::from_bytes([1; 16]),
        arena_id: ArenaId::from_bytes([2; 16]),
        agent_id: "alice".parse().unwrap(),
        permissions,
        step,
        expires_at: Timestamp::from_millis(end),
    })
}

fn chain() -> impl Strategy<Value = Vec<Caveat>> {
    prop::collection::vec(caveat(), 0..8)
}

/// All that a grant lets do: permission, step and moment.
fn deeds(grant: Option<&Grant>) -> BTreeSet<(Permission, u32, u64)> {
    let every = Permission::ALL.iter().flat_map(|permission| {
        (1..5).flat_map(move |step| (0..100).map(move |moment| (*permission, step, moment)))
    });
    let may = |grant: &Grant, (permission, step, moment): (Permission, u32, u64)| {
        grant.permissions.allows(permission)
            && grant.step.is_none_or(|only| only.get() == step)
            && Timestamp::from_millis(moment) < grant.expires_at
    };
    every.filter(|deed| grant.is_some_and(|grant| may(grant, *deed))).collect()
}

/// The reference: a caveat is a set of deeds, and nothing else is known of it.
fn allows(caveat: Caveat, (permission, step, moment): (Permission, u32, u64)) -> bool {
    match caveat {
        Caveat::May(permissions) => permissions.iter().any(|one| one == permission),
        Caveat::Step(only) => only.get() == step,
        Caveat::Until(end) => moment < end.as_millis(),
    }
}

fn narrowed(token: &HandleToken, caveats: &[Caveat]) -> HandleToken {
    caveats.iter().fold(token.clone(), |token, caveat| token.narrowed(*caveat).unwrap())
}

proptest! {
    #[test]
    fn a_chain_allows_exactly_what_the_grant_and_every_caveat_allow(grant in grant(), caveats in chain()) {
        let mut expected = deeds(Some(&grant));
        for caveat in &caveats {
            expected.retain(|deed| allows(*caveat, *deed));
        }
        let left = grant.clone().under_all(&caveats);
        prop_assert_eq!(deeds(left.as_ref()), expected);
        if let Some(left) = left {
            let same = (grant.handle, grant.arena_id, grant.agent_id);
            prop_assert_eq!((left.handle, left.arena_id, left.agent_id), same);
        }
    }

    #[test]
    fn one_more_caveat_never_allows_more(grant in grant(), caveats in chain(), more in caveat()) {
        let parent = grant.under_all(&caveats);
        let child = parent.clone().and_then(|parent| parent.under(more));
        prop_assert!(deeds(child.as_ref()).is_subset(&deeds(parent.as_ref())));
    }

    #[test]
    fn a_chain_comes_from_its_own_key_and_reads_as_it_was_written(
        body in prop::collection::vec(any::<u8>(), 0..300), caveats in chain(), other in any::<[u8; 32]>(),
    ) {
        let token = narrowed(&HandleToken::issue(&KEY, body.clone()), &caveats);
        prop_assert!(token.comes_from(&KEY));
        prop_assert_eq!(token.comes_from(&other), other == KEY);
        let read: HandleToken = token.to_string().parse().unwrap();
        prop_assert!(read.comes_from(&KEY));
        prop_assert_eq!((read.grant(), read.caveats()), (body.as_slice(), caveats.as_slice()));
    }

    #[test]
    fn no_caveat_is_taken_out_moved_or_replaced(caveats in prop::collection::vec(caveat(), 1..6), at in any::<prop::sample::Index>(), by in caveat()) {
        let token = narrowed(&HandleToken::issue(&KEY, b"{}".to_vec()), &caveats).to_string();
        let (begin, tag) = token.rsplit_once('.').unwrap();
        let body = begin.split_once('.').unwrap().0;
        let with = |caveats: &[Caveat]| {
            let words: String = caveats.iter().map(|caveat| format!("{caveat}.")).collect();
            format!("{body}.{words}{tag}").parse::<HandleToken>().unwrap().comes_from(&KEY)
        };
        prop_assert!(with(&caveats));
        let at = at.index(caveats.len());
        let mut fewer = caveats.clone();
        fewer.remove(at);
        prop_assert!(!with(&fewer));
        let mut replaced = caveats.clone();
        replaced[at] = by;
        prop_assert_eq!(with(&replaced), replaced == caveats);
        let mut moved = caveats.clone();
        moved.rotate_left(at);
        prop_assert_eq!(with(&moved), moved == caveats);
        let mut longer = caveats;
        longer.push(by);
        prop_assert!(!with(&longer));
    }

    #[test]
    fn a_token_with_any_byte_changed_is_refused(caveats in prop::collection::vec(caveat(), 0..4), to in prop_oneof![any::<u8>(), Just(b'.'), Just(b'-')]) {
        let token = narrowed(&HandleToken::issue(&KEY, br#"{"a":1}"#.to_vec()), &caveats).to_string();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == to { to ^ 1 } else { to };
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let opens = changed.parse::<HandleToken>().is_ok_and(|token| token.comes_from(&KEY));
            prop_assert!(!opens, "byte {} of {} opens {}", at, token, changed);
        }
    }
}

#[test]
fn a_token_cut_anywhere_is_refused() {
    let token = narrowed(
        &HandleToken::issue(&KEY, b"{}".to_vec()),
        &[Caveat::Step(StepNumber::new(3).unwrap()), Caveat::May(HandlePermissions::NONE)],
    );
    let token = token.to_string();
    for end in 0..token.len() {
        let cut = token.get(..end).unwrap().parse::<HandleToken>();
        assert!(!cut.is_ok_and(|token| token.comes_from(&KEY)), "{end} bytes");
    }
}

#[test]
fn a_token_is_no_longer_than_it_may_be() {
    let step = Caveat::Step(StepNumber::new(3).unwrap());
    let token = HandleToken::issue(&KEY, b"{}".to_vec());
    let full = narrowed(&token, &[step; HandleToken::MAX_CAVEATS]);
    assert!(full.to_string().parse::<HandleToken>().unwrap().comes_from(&KEY));
    assert!(full.clone().narrowed(step).is_none());
    let (begin, tag) = full.to_string().rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(format!("{begin}.{step}.{tag}").parse::<HandleToken>().is_err());
    let long = HandleToken::issue(&KEY, vec![b' '; HandleToken::MAX_BYTES]);
    assert!(long.to_string().parse::<HandleToken>().is_err());
    assert!(long.narrowed(step).is_none());
}

/// A later version, or a holder by the published construction, may sign words that this version cannot heed.
#[test]
fn a_caveat_that_is_not_known_makes_the_token_void_though_it_is_signed() {
    let token = HandleToken::issue(&KEY, b"{}".to_vec()).to_string();
    let (head, tag) = token.rsplit_once('.').unwrap();
    let tag: [u8; 32] = URL_SAFE_NO_PAD.decode(tag).unwrap().try_into().unwrap();
    for (caveat, is_known) in [("step-1", true), ("artifact-report", false), ("step-01", false), ("", false)]
    {
        let mut link = Hmac::<Sha256>::new_from_slice(&tag).unwrap();
        link.update(b"arena/handle/caveat/v1");
        link.update(caveat.as_bytes());
        let child = format!("{head}.{caveat}.{}", URL_SAFE_NO_PAD.encode(link.finalize().into_bytes()));
        let opens = child.parse::<HandleToken>().is_ok_and(|token| token.comes_from(&KEY));
        assert_eq!(opens, is_known, "{caveat}");
    }
}

/// What was given out before tokens could be narrowed stays good: this one was made by the first form.
#[test]
fn a_token_of_the_first_form_is_a_chain_without_caveats() {
    let token: HandleToken = FIRST_FORM.parse().unwrap();
    assert!(token.comes_from(&KEY) && token.caveats().is_empty());
    assert_eq!(token.grant(), br#"{"handle":"x"}"#);
    assert_eq!(token.to_string(), FIRST_FORM);
}

const FIRST_FORM: &str = "arena_handle_eyJoYW5kbGUiOiJ4In0.xS6HZuQAWd-W9ORJBY5zZssQpsaa5avmAo87As3fuC0";

#[test]
fn what_is_shown_for_debugging_is_not_the_token() {
    let token = HandleToken::issue(&KEY, b"{}".to_vec());
    let shown = format!("{token:?}");
    let text = token.to_string();
    let tag = text.rsplit_once('.').unwrap().1;
    assert!(!shown.contains(tag) && !shown.contains(HandleToken::PREFIX), "{shown}");
}
