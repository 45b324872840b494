//! Names another wallet that takes out of the treasury.
//!
//! Who may upgrade the program can do so too, so that a mistyped address locks nothing in: it could do as much by an upgrade.

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
    deployer::is_deployer,
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args::SetAuthority { authority } = call.args(args::SetAuthority::read)?;
    let checked = check(call, &SetAuthorityAccounts::ROLES, None)?;
    let accounts = SetAuthorityAccounts::named(checked.rows);
    let mut data = write(accounts.protocol)?;
    let mut protocol = ProtocolMut::open(&mut data).ok_or(Fault::WrongKind)?;
    let has_right = same(bytes(accounts.authority.address()), &protocol.view().authority().0);
    rule(has_right || is_deployer(accounts.authority, accounts.program_data)?, Code::Forbidden)?;
    protocol.set_authority(authority);
    chain::log(&Event::AuthoritySet { authority });
    Ok(())
}
