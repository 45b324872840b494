//! The oracle ends registration and begins play.

use arena_core::contest::{gates::are_enough, status::Action, Code};
use arena_escrow_interface::{accounts::status_number, events::Event, instructions::StartAccounts, Key};

use crate::{
    accounts::check,
    addresses::bytes,
    call::Call,
    chain,
    contests::{after, contest_mut, is_oracle, registration_is_over, rule, write},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &StartAccounts::ROLES, None)?;
    let accounts = StartAccounts::named(checked.rows);
    let now_ms = chain::now_ms()?;
    let mut data = write(accounts.contest)?;
    let mut contest = contest_mut(&mut data)?;
    let view = contest.view();
    let started = after(&view, Action::Start)?;
    is_oracle(&view, accounts.oracle)?;
    rule(!registration_is_over(&view, now_ms), Code::RegistrationExpired)?;
    rule(are_enough(view.entrants(), view.min_agents()), Code::NotEnoughEntrants)?;
    let entrants = view.entrants();
    contest.set_status(status_number(started));
    contest.set_started_at_ms(now_ms);
    contest.set_last_submission_at_ms(now_ms);
    chain::log(&Event::ContestStarted {
        contest: Key(*bytes(accounts.contest.address())),
        entrants,
        at_ms: now_ms,
    });
    Ok(())
}
