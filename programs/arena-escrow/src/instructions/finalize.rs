//! The oracle settles, page by page: entries are taken in standing order, and the last of them finishes the contest.

use arena_core::contest::{
    bounds::MAX_PLACES, payout, rounds::may_finalize, seed, standings::Walk, status::Action, Code,
};
use arena_escrow_interface::{
    accounts::{Contest, ContestMut},
    args,
    events::Event,
    instructions::FinalizeAccounts,
    Key,
};

use crate::{
    accounts::check,
    addresses::{bytes, same},
    call::Call,
    chain,
    contests::{self, after, contest_mut, is_oracle, is_timed_out, rule, write, Entries},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args = call.args(args::Finalize::read)?;
    let checked = check(call, &FinalizeAccounts::ROLES, None)?;
    let accounts = FinalizeAccounts::named(checked.rows);
    rule(args.seed.is_none_or(seed::in_bounds), Code::Invalid)?;
    let at_ms = chain::now_ms()?;
    let mut data = write(accounts.contest)?;
    let mut contest = contest_mut(&mut data)?;
    let view = contest.view();
    let finished = after(&view, Action::Finalize)?;
    is_oracle(&view, accounts.oracle)?;
    rule(!is_timed_out(&view, at_ms), Code::OracleTimedOut)?;
    rule(may_finalize(view.rounds()), Code::WrongRound)?;
    check_seed(&view, args.seed)?;
    rule(args.placed == view.placed(), Code::WrongPage)?;
    rule(!checked.rest.is_empty(), Code::Invalid)?;
    let contest_key = Key(*bytes(accounts.contest.address()));
    let entries = Entries { program_id: call.program_id, contest: contest_key, accounts: checked.rest };
    let walk = place_all(&entries, &mut contest)?;
    let entrants = contest.view().entrants();
    chain::log(&Event::EntriesPlaced { contest: contest_key, placed: walk.taken, entrants, at_ms });
    if walk.taken < entrants {
        return Ok(());
    }
    contests::end(&mut contest, finished, at_ms);
    settle(&mut contest, contest_key, at_ms);
    Ok(())
}

/// The seed comes with the first page, and opens the commitment if there is one.
fn check_seed(contest: &Contest<'_>, seed: Option<&str>) -> Answer {
    let is_due = contest.placed() == 0 && contest.has_seed_commitment() == 1;
    rule(seed.is_some() == is_due, Code::Invalid)?;
    let commitment = contest.seed_commitment();
    let is_committed = |bytes: &[u8]| chain::sha256(&[bytes]).is_ok_and(|hash| same(&hash, &commitment));
    rule(seed.is_none_or(|seed| seed::opened(seed, is_committed).is_some()), Code::Invalid)
}

/// Gives each entry its place; groups of equal ones are counted for those places that win something.
#[inline(never)]
fn place_all(entries: &Entries<'_>, contest: &mut ContestMut<'_>) -> Answer<Walk> {
    let mut walk = contest.view().walk();
    let mut tied = contest.view().tied();
    entries.change(|entry| {
        let (key, number) = (entry.view().key(), entry.view().number());
        let place = walk.take(key, number).ok_or(Code::Invalid)?;
        entry.set_standing(place.standing);
        entry.set_before(place.before);
        if let Some(group) = group_of(&mut tied, place.standing) {
            *group = walk.tied;
        }
        Ok(())
    })?;
    contest.set_walk(walk);
    contest.set_tied(tied);
    Ok(walk)
}

fn group_of(tied: &mut [u32; MAX_PLACES], standing: u32) -> Option<&mut u32> {
    tied.get_mut(usize::try_from(standing.checked_sub(1)?).ok()?)
}

/// Divides the pot.
#[inline(never)]
fn settle(contest: &mut ContestMut<'_>, contest_key: Key, at_ms: u64) {
    let view = contest.view();
    let pot = view.pot();
    let division = payout::division(pot, view.creator_fee_bps());
    let split = view.prize_split_bps();
    let split = split.get(..usize::from(view.places())).unwrap_or_default();
    let prizes = payout::prizes(division.pool, split, view.entrants());
    contest.set_protocol_fee(division.protocol_fee);
    contest.set_creator_fee(division.creator_fee);
    contest.set_prizes(prizes);
    chain::log(&Event::ContestFinalized {
        contest: contest_key,
        pot,
        protocol_fee: division.protocol_fee,
        creator_fee: division.creator_fee,
        at_ms,
    });
}
