//! Which mints a contest may be played in: extensions that leave the accounting alone, and no other.
//!
//! A transfer fee takes from what was paid, a permanent delegate takes all, a closable mint can come back as another, a hook
//! or a pause can keep everybody's money inside. What is not on the list is refused, so that an extension nobody has
//! thought of is refused too. A freeze authority is allowed, because the coins that people pay with have one; whoever has that right can
//! hold back one payee or a whole vault, and entering trusts it not to.

use arena_escrow_interface::Fault;
use pinocchio::AccountView;

use crate::{accounts::or, tokens::KIND, Answer};

/// Extensions that only describe: pointers to metadata and to groups, and these themselves.
const HARMLESS: [u16; 6] = [18, 19, 20, 21, 22, 23];
/// What follows the last extension.
const END: u16 = 0;

/// Refuses a mint with any other extension.
pub(crate) fn check(mint: &AccountView) -> Answer {
    let data = mint.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    let mut rest = data.get(KIND.wrapping_add(1)..).unwrap_or_default();
    while let Some((kind, after)) = rest.split_first_chunk::<2>() {
        let kind = u16::from_le_bytes(*kind);
        if kind == END {
            return Ok(());
        }
        or(HARMLESS.contains(&kind), Fault::MintNotAllowed)?;
        let (length, after) = after.split_first_chunk::<2>().ok_or(Fault::MintNotAllowed)?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..).ok_or(Fault::MintNotAllowed)?;
    }
    Ok(())
}
