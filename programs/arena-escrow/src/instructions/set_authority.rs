//! Hands the right to take out of the treasury on.

use arena_core::contest::Code;
use arena_escrow_interface::{
    accounts::ProtocolMut, args, events::Event, instructions::SetAuthorityAccounts, Fault,
};

use crate::{
    accounts::check,
    addresses::{bytes, same},
    call::Call,
    chain,
    contests::{rule, write},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args::SetAuthority { authority } = call.args(args::SetAuthority::read)?;
    let checked = check(call, &SetAuthorityAccounts::ROLES, None)?;
    let accounts = SetAuthorityAccounts::named(checked.rows);
    let mut data = write(accounts.protocol)?;
    let mut protocol = ProtocolMut::open(&mut data).ok_or(Fault::WrongKind)?;
    rule(same(bytes(accounts.authority.address()), &protocol.view().authority().0), Code::Forbidden)?;
    protocol.set_authority(authority);
    chain::log(&Event::AuthoritySet { authority });
    Ok(())
}
