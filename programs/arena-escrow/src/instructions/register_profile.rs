//! Registers a wallet as an agent.

use arena_core::contest::{bounds, Code};
use arena_escrow_interface::{
    accounts::{Profile, ProfileMut},
    args,
    events::Event,
    instructions::RegisterProfileAccounts,
    seeds, Fault, Key,
};

use crate::{
    accounts::check,
    addresses::{bytes, Padded},
    call::Call,
    chain,
    contests::{rule, write},
    opening::Opening,
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args::RegisterProfile { name } = call.args(args::RegisterProfile::read)?;
    let checked = check(call, &RegisterProfileAccounts::ROLES, None)?;
    let accounts = RegisterProfileAccounts::named(checked.rows);
    rule(bounds::name_in_bounds(name) && bounds::is_plain(name), Code::Invalid)?;
    let at_ms = chain::now_ms()?;
    let agent = bytes(accounts.agent.address());
    let seeds = seeds::profile(agent).padded();
    let bump = RegisterProfileAccounts::named(checked.bumps).profile;
    let opening = Opening {
        payer: accounts.agent,
        account: accounts.profile,
        seeds,
        bump,
        owner: call.program_id,
        size: Profile::SIZE,
    };
    opening.open()?;
    let mut data = write(accounts.profile)?;
    let mut profile = ProfileMut::begin(&mut data, bump).ok_or(Fault::WrongKind)?;
    let mut padded = [0; bounds::NAME_BYTES];
    padded.get_mut(..name.len()).ok_or(Code::Invalid)?.copy_from_slice(name.as_bytes());
    profile.set_agent(Key(*agent));
    profile.set_name(padded);
    profile.set_name_length(u8::try_from(name.len()).map_err(|_| Code::Invalid)?);
    profile.set_registered_at_ms(at_ms);
    chain::log(&Event::ProfileRegistered { agent: Key(*agent), at_ms });
    Ok(())
}
