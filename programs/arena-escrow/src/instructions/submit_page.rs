//! The oracle submits a page of a round.

use arena_core::contest::{
    rounds::{self, Turn},
    status::Action,
    Code,
};
use arena_escrow_interface::{
    accounts::{status_number, Contest, EntryMut},
    args,
    events::Event,
    instructions::SubmitPageAccounts,
    Fault, Key, Mark,
};
use pinocchio::AccountView;

use crate::{
    accounts::{check, or},
    addresses::{bytes, same},
    books,
    call::Call,
    chain,
    contests::{after, contest_mut, is_oracle, is_timed_out, rule, write, Entries},
    Answer,
};

/// What the bytes begin with that the hash of a page is taken of.
const DOMAIN: &[u8] = b"arena.escrow.page.1";
/// What is hashed before the entries' addresses.
const PARTS: usize = 5;
/// The most entries of a page, which is the most accounts that the program looks at.
const MOST_ENTRIES: usize = 62;

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let page = call.args(args::SubmitPage::read)?;
    let checked = check(call, &SubmitPageAccounts::ROLES, None)?;
    let accounts = SubmitPageAccounts::named(checked.rows);
    or(page.marks.count() == checked.rest.len(), Fault::Malformed)?;
    rule(rounds::may_have_root(page.actions_root.is_some(), page.last), Code::Invalid)?;
    let at_ms = chain::now_ms()?;
    let mut data = write(accounts.contest)?;
    let mut contest = contest_mut(&mut data)?;
    let view = contest.view();
    let eliminating = after(&view, Action::SubmitPage)?;
    rule(view.placed() == 0, Code::WrongState)?;
    is_oracle(&view, accounts.oracle)?;
    rule(!is_timed_out(&view, at_ms), Code::OracleTimedOut)?;
    let hash = hash(&page, checked.rest)?;
    if !is_due(&view, &page, &hash)? {
        return Ok(());
    }
    rule(rounds::has_room_for_round(page.round), Code::LimitReached)?;
    rule(rounds::has_room_for_page(page.page, page.last), Code::LimitReached)?;
    let contest_key = Key(*bytes(accounts.contest.address()));
    let entries = Entries { program_id: call.program_id, contest: contest_key, accounts: checked.rest };
    let eliminated = mark_all(&entries, &page)?;
    rule(rounds::leaves_somebody(view.alive(), eliminated), Code::Invalid)?;
    let alive = books::put_out(&mut contest, eliminated)?;
    contest.set_last_page_round(page.round);
    contest.set_last_page(page.page);
    contest.set_last_page_hash(hash);
    contest.set_open_pages(page.page);
    contest.set_status(status_number(eliminating));
    let (round, last) = (page.round, page.last);
    chain::log(&Event::RoundPageSubmitted {
        contest: contest_key,
        round,
        page: page.page,
        last,
        hash,
        at_ms,
    });
    if !last {
        return Ok(());
    }
    let active = after(&contest.view(), Action::CompleteRound)?;
    contest.set_status(status_number(active));
    contest.set_rounds(round);
    contest.set_open_pages(0);
    contest.set_last_submission_at_ms(at_ms);
    contest.set_actions_root(page.actions_root.unwrap_or_default());
    chain::log(&Event::RoundCompleted {
        contest: contest_key,
        round,
        alive,
        actions_root: page.actions_root,
        at_ms,
    });
    Ok(())
}

/// Whether the page is the next one; the last one again is accepted and changes nothing.
fn is_due(contest: &Contest<'_>, page: &args::SubmitPage<'_>, hash: &[u8; 32]) -> Answer<bool> {
    let completed = contest.rounds();
    match rounds::turn(page.round, page.page, completed, contest.open_pages()) {
        Turn::Due => Ok(true),
        Turn::WrongRound => Err(Code::WrongRound.into()),
        Turn::WrongPage => Err(Code::WrongPage.into()),
        Turn::Before if page.round == contest.last_page_round() && page.page == contest.last_page() => {
            rule(same(hash, &contest.last_page_hash()), Code::WrongPage)?;
            Ok(false)
        }
        // Of the pages before the last one nothing is kept here.
        Turn::Before if page.round <= completed => Err(Code::WrongRound.into()),
        Turn::Before => Err(Code::WrongPage.into()),
    }
}

/// The hash by which a page that is submitted again is told from another one.
#[inline(never)]
fn hash(page: &args::SubmitPage<'_>, entries: &[AccountView]) -> Answer<[u8; 32]> {
    let flags = [u8::from(page.last), u8::from(page.actions_root.is_some())];
    let root = page.actions_root.unwrap_or_default();
    let count = (page.marks.count() as u64).to_le_bytes();
    let mut parts: [&[u8]; PARTS + MOST_ENTRIES] = [&[]; PARTS + MOST_ENTRIES];
    let own = [DOMAIN, &flags, &root, &count, page.marks.as_bytes()];
    let all = own.into_iter().chain(entries.iter().map(|entry| bytes(entry.address()).as_slice()));
    let length = PARTS.wrapping_add(entries.len());
    for (part, bytes) in parts.iter_mut().zip(all) {
        *part = bytes;
    }
    chain::sha256(parts.get(..length).ok_or(Fault::Malformed)?)
}

/// Writes what the page says of each entry; gives how many it puts out. The entries come in entry order, so that none comes twice.
#[inline(never)]
fn mark_all(entries: &Entries<'_>, page: &args::SubmitPage<'_>) -> Answer<u32> {
    let (mut last_number, mut eliminated) = (0, 0_u32);
    let mut marks = page.marks.iter();
    entries.change(|entry| {
        let mark = marks.next().flatten().ok_or(Fault::Malformed)?;
        let number = entry.view().number();
        rule(number > last_number, Code::Invalid)?;
        last_number = number;
        apply(entry, mark, page.round)?;
        eliminated = eliminated.saturating_add(u32::from(mark.is_eliminated));
        Ok(())
    })?;
    Ok(eliminated)
}

#[inline(always)]
fn apply(entry: &mut EntryMut<'_>, mark: Mark, round: u32) -> Answer {
    let out = entry.view().out();
    rule(rounds::was_alive_at(out, round), Code::Invalid)?;
    if mark.is_eliminated {
        rule(rounds::may_eliminate(out), Code::Invalid)?;
        entry.set_eliminated_round(round);
    }
    if let Some(score) = mark.score {
        rule(rounds::may_score(entry.view().scored_round(), round), Code::Invalid)?;
        entry.set_score(score.get());
        entry.set_scored_round(round);
    }
    Ok(())
}
