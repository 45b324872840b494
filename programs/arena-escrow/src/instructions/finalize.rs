//! The oracle settles, page by page: entries are taken in standing order, and the last of them finishes the contest.

use arena_core::contest::{bounds::MAX_PLACES, payout, seed, standings::Walk, status::Action, Code};
use arena_escrow_interface::{
    accounts::{Contest, ContestMut, EntryMut},
    args,
    events::Event,
    instructions::FinalizeAccounts,
    Key,
};
use pinocchio::{AccountView, Address};

use crate::{
    accounts::{check, or},
    addresses::{bytes, same},
    call::Call,
    chain,
    contests::{self, after, contest_mut, is_oracle, is_timed_out, rule, write},
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
    rule(view.rounds() > 0, Code::WrongRound)?;
    check_seed(&view, args.seed)?;
    rule(args.placed == view.placed(), Code::WrongPage)?;
    rule(!checked.rest.is_empty(), Code::Invalid)?;
    let contest_key = Key(*bytes(accounts.contest.address()));
    let page = Page { program_id: call.program_id, contest: contest_key, entries: checked.rest };
    let walk = place_all(&page, &mut contest)?;
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
    match seed {
        None => rule(!is_due, Code::Invalid),
        Some(seed) => {
            rule(is_due, Code::Invalid)?;
            let commitment = contest.seed_commitment();
            if same(&chain::sha256(&[seed.as_bytes()])?, &commitment) {
                return Ok(());
            }
            let spelled = seed::spelled(seed).ok_or(Code::Invalid)?;
            rule(same(&chain::sha256(&[spelled.as_bytes()])?, &commitment), Code::Invalid)
        }
    }
}

/// The entries to be placed next.
struct Page<'a> {
    program_id: &'a Address,
    contest: Key,
    entries: &'a [AccountView],
}

/// Gives each entry its place; groups of equal ones are counted for those places that win something.
#[inline(never)]
fn place_all(page: &Page<'_>, contest: &mut ContestMut<'_>) -> Answer<Walk> {
    let mut walk = contest.view().walk();
    let mut tied = contest.view().tied();
    for account in page.entries {
        or(account.is_writable(), arena_escrow_interface::Fault::NotWritable)?;
        rule(account.owned_by(page.program_id), Code::Invalid)?;
        let mut data = write(account)?;
        let mut entry = EntryMut::open(&mut data).ok_or(Code::Invalid)?;
        let view = entry.view();
        rule(same(&view.contest().0, &page.contest.0), Code::Invalid)?;
        let place = walk.take(view.key(), view.number()).ok_or(Code::Invalid)?;
        entry.set_standing(place.standing);
        entry.set_before(place.before);
        if let Some(group) = group_of(&mut tied, place.standing) {
            *group = walk.tied;
        }
    }
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
