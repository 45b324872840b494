//! Rounds page by page: their order, what a page may say, and a page that comes twice.

use arena_core::contest::{Code, Status};
use arena_escrow_interface::{accounts::status_of, Fault, Key};

use crate::{
    asks::Page,
    chain::Refused,
    world::{terms, Said, World},
};

/// A started contest of three.
fn started() -> (World, [Key; 3]) {
    let mut world = World::created(&terms());
    let agents = world.entrants(3);
    world.start().unwrap();
    (world, [agents[0], agents[1], agents[2]])
}

fn page(round: u32, page: u32, last: bool, said: &[Said]) -> Page<'_> {
    Page { round, page, last, actions_root: None, said }
}

fn refused(code: Code) -> Refused {
    code.into()
}

#[test]
fn a_round_is_open_from_its_first_page_to_its_last() {
    let (mut world, [a, b, c]) = started();
    world.chain.pass_s(50);
    world.page(page(1, 1, false, &[(a, false, Some(3))])).unwrap();
    assert_eq!(status_of(world.see(|contest| contest.status())), Some(Status::Eliminating));
    assert_eq!(world.finalize(0, &[a, b, c]), Err(refused(Code::WrongState)));
    assert_eq!(world.page(page(1, 3, false, &[])), Err(refused(Code::WrongPage)));
    assert_eq!(world.page(page(2, 1, false, &[])), Err(refused(Code::WrongRound)));
    assert_eq!(world.page(page(0, 1, false, &[])), Err(refused(Code::WrongRound)));
    world.page(page(1, 2, true, &[(b, true, Some(1))])).unwrap();
    assert_eq!(status_of(world.see(|contest| contest.status())), Some(Status::Active));
    assert_eq!(world.see(|contest| (contest.rounds(), contest.alive(), contest.open_pages())), (1, 2, 0));
    // Two intervals of a minute begin anew with the completed round, not with an open page.
    world.chain.pass_s(119);
    world.page(page(2, 1, false, &[])).unwrap();
    world.chain.pass_s(1);
    assert_eq!(world.page(page(2, 2, true, &[])), Err(refused(Code::OracleTimedOut)));
    world.abandon().unwrap();
}

#[test]
fn the_last_page_again_changes_nothing_and_another_is_refused() {
    let (mut world, [a, b, c]) = started();
    let (said, said_last) = ([(a, false, Some(3)), (b, true, None)], [(c, false, Some(1))]);
    let first = page(1, 1, false, &said);
    world.page(first).unwrap();
    let before = world.chain.data(world.contest());
    let again = world.page(first).unwrap();
    assert!(again.events.is_empty());
    assert_eq!(world.chain.data(world.contest()), before);
    assert_eq!(
        world.page(page(1, 1, false, &[(a, false, Some(4)), (b, true, None)])),
        Err(refused(Code::WrongPage))
    );
    assert_eq!(
        world.page(page(1, 1, true, &[(a, false, Some(3)), (b, true, None)])),
        Err(refused(Code::WrongPage))
    );
    assert_eq!(
        world.page(page(1, 1, false, &[(c, false, Some(3)), (b, true, None)])),
        Err(refused(Code::WrongPage))
    );
    let last = Page { actions_root: Some([5; 32]), ..page(1, 2, true, &said_last) };
    world.page(last).unwrap();
    assert_eq!(world.see(|contest| contest.actions_root()), [5; 32]);
    world.page(last).unwrap();
    assert_eq!(world.page(Page { actions_root: Some([6; 32]), ..last }), Err(refused(Code::WrongPage)));
    assert_eq!(
        world.page(first),
        Err(refused(Code::WrongRound)),
        "of a page before the last nothing is kept"
    );
    assert_eq!(world.see(|contest| contest.rounds()), 1);
}

#[test]
fn a_page_names_each_once_and_only_who_is_in_play() {
    let (mut world, [a, b, c]) = started();
    let stranger = world.agent();
    let names: [&[Said]; 5] = [
        &[(stranger, false, Some(1))],
        &[(b, false, Some(1)), (a, false, Some(1))],
        &[(a, true, None), (a, true, None)],
        &[(a, false, Some(1)), (a, false, Some(2))],
        &[(a, true, None), (b, true, None), (c, true, None)],
    ];
    for said in names {
        assert_eq!(world.page(page(1, 1, true, said)), Err(refused(Code::Invalid)), "{said:?}");
    }
    world.page(page(1, 1, false, &[(a, true, Some(1)), (b, false, Some(2))])).unwrap();
    assert_eq!(world.page(page(1, 2, true, &[(b, false, Some(3))])), Err(refused(Code::Invalid)), "scored");
    assert_eq!(world.page(page(1, 2, true, &[(a, true, None)])), Err(refused(Code::Invalid)), "eliminated");
    assert_eq!(
        world.page(page(1, 2, true, &[(b, true, None), (c, true, None)])),
        Err(refused(Code::Invalid))
    );
    world.page(page(1, 2, true, &[(b, true, None)])).unwrap();
    assert_eq!(
        world.page(page(2, 1, true, &[(a, false, Some(9))])),
        Err(refused(Code::Invalid)),
        "out before"
    );
    world.page(page(2, 1, true, &[(c, false, Some(9))])).unwrap();
    assert_eq!(world.see_entry(c, |entry| (entry.score(), entry.scored_round())), (9, 2));
}

#[test]
fn a_root_comes_with_the_last_page_and_only_the_oracle_submits() {
    let (mut world, [a, b, _]) = started();
    let early = Page { actions_root: Some([1; 32]), ..page(1, 1, false, &[]) };
    assert_eq!(world.page(early), Err(refused(Code::Invalid)));
    let asked = world.ask_page(a, page(1, 1, true, &[]));
    assert_eq!(world.chain.send(&[asked]).map(drop), Err(refused(Code::Forbidden)));
    let mut more = world.ask_page(world.creator, page(1, 1, true, &[(a, true, None)]));
    more.metas.push(more.metas[2]);
    assert_eq!(world.chain.send(&[more]).map(drop), Err(Fault::Malformed.into()));
    let mut fewer = world.ask_page(world.creator, page(1, 1, true, &[(a, true, None), (b, false, Some(1))]));
    fewer.metas.pop();
    assert_eq!(world.chain.send(&[fewer]).map(drop), Err(Fault::Malformed.into()));
    let mut flags = world.ask_page(world.creator, page(1, 1, true, &[(a, true, None)]));
    let at = flags.data.len() - 9;
    for (mark, score) in [(4, 0), (0, 0), (1, 1)] {
        flags.data[at] = mark;
        flags.data[at + 1] = score;
        assert_eq!(world.chain.send(std::slice::from_ref(&flags)).map(drop), Err(Fault::Malformed.into()));
    }
}

#[test]
fn a_named_oracle_runs_the_contest_and_the_creator_does_not() {
    let mut terms = terms();
    let mut world = World::new();
    let oracle = world.agent();
    terms.oracle = Some(oracle);
    world.create(&terms).unwrap();
    assert_eq!(world.enter(oracle), Err(refused(Code::Forbidden)));
    assert_eq!(world.start(), Err(refused(Code::Forbidden)));
    let asked = world.ask_start(oracle);
    assert_eq!(
        world.chain.send(std::slice::from_ref(&asked)).map(drop),
        Err(refused(Code::NotEnoughEntrants))
    );
    let agents = world.entrants(2);
    world.chain.send(&[asked]).unwrap();
    assert_eq!(world.round(1, &[]), Err(refused(Code::Forbidden)));
    let asked = world.ask_page(oracle, page(1, 1, true, &[]));
    world.chain.send(&[asked]).unwrap();
    assert_eq!(world.finalize(0, &agents), Err(refused(Code::Forbidden)));
    let asked = world.ask_cancel(oracle);
    assert_eq!(world.chain.send(&[asked]).map(drop), Err(refused(Code::WrongState)));
}
