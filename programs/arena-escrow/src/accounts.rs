//! The one check of accounts: each must be what the instruction's table says, where it says.

use arena_escrow_interface::{
    accounts::{Contest, Entry, Profile},
    instructions::{Holds, Place, Role, Stored},
    layout::Kind,
    seeds, Error, Fault, Key, ASSOCIATED_TOKEN_PROGRAM, LOADER, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
};
use pinocchio::{AccountView, Address};

use crate::{
    addresses::{bytes, derive, same, Derived, Padded},
    call::Call,
    tokens, Answer,
};

/// The accounts of an instruction, each checked by its row, in order, and those after them, which are not checked yet.
pub(crate) struct Checked<'a, const N: usize> {
    pub(crate) rows: [&'a AccountView; N],
    /// The bump of each address that was derived.
    pub(crate) bumps: [u8; N],
    pub(crate) rest: &'a [AccountView],
}

/// Checks the accounts of a call; `id` is the one in the arguments of making a contest.
///
/// In this order for each: it is there, it is not another one again, it signs and may change as the table wants, it is what it must be,
/// it is where it must be.
#[inline(always)]
pub(crate) fn check<'a, const N: usize>(
    call: &Call<'a>,
    roles: &[Role; N],
    id: Option<&[u8; 16]>,
) -> Answer<Checked<'a, N>> {
    let (fixed, rest) = call.accounts.split_first_chunk::<N>().ok_or(Fault::AccountMissing)?;
    let mut bumps = [0; N];
    check_all(call, Table { roles, id, bumps: &mut bumps })?;
    Ok(Checked { rows: fixed.each_ref(), bumps, rest })
}

/// What the accounts of a call must be: one parameter, because the chain's calls have no room for more than five.
struct Table<'a> {
    roles: &'a [Role],
    id: Option<&'a [u8; 16]>,
    bumps: &'a mut [u8],
}

#[inline(never)]
fn check_all(call: &Call<'_>, table: Table<'_>) -> Answer {
    let Table { roles, id, bumps } = table;
    let accounts = call.accounts.get(..roles.len()).ok_or(Fault::AccountMissing)?;
    let known = Known::among(call.program_id, accounts, roles, id);
    for (index, ((account, role), bump)) in accounts.iter().zip(roles).zip(bumps).enumerate() {
        if accounts.iter().take(index).any(|before| before.account_ptr() == account.account_ptr()) {
            return Err(Fault::DuplicateAccount.into());
        }
        *bump = check_row(&known, account, role)?;
    }
    Ok(())
}

/// What accounts are checked against.
struct Known<'a> {
    program_id: &'a Address,
    id: Option<&'a [u8; 16]>,
    subject: Option<&'a AccountView>,
    contest: Option<&'a AccountView>,
    mint: Option<&'a AccountView>,
    token_program: Option<&'a AccountView>,
}

impl<'a> Known<'a> {
    #[inline(always)]
    fn among(
        program_id: &'a Address,
        accounts: &'a [AccountView],
        roles: &[Role],
        id: Option<&'a [u8; 16]>,
    ) -> Self {
        let mut known =
            Self { program_id, id, subject: None, contest: None, mint: None, token_program: None };
        for (account, role) in accounts.iter().zip(roles) {
            let place = match role.holds {
                Holds::Subject => &mut known.subject,
                Holds::Account(Kind::Contest) => &mut known.contest,
                Holds::Nothing if role.place == Place::NewContest => &mut known.contest,
                Holds::Mint => &mut known.mint,
                Holds::TokenProgram => &mut known.token_program,
                _ => continue,
            };
            *place = Some(account);
        }
        known
    }
}

#[inline(always)]
fn check_row(known: &Known<'_>, account: &AccountView, role: &Role) -> Answer<u8> {
    if role.is_signer && !account.is_signer() {
        return Err(Fault::NotSigner.into());
    }
    if role.is_writable && !account.is_writable() {
        return Err(Fault::NotWritable.into());
    }
    check_content(known, account, role.holds)?;
    check_place(known, account, role)
}

#[inline(always)]
fn check_content(known: &Known<'_>, account: &AccountView, holds: Holds) -> Answer {
    let program_id = known.program_id;
    match holds {
        Holds::Wallet | Holds::Subject => Ok(()),
        Holds::Account(kind) => is_of_kind(program_id, account, kind),
        Holds::EntryOrNothing if account.owned_by(program_id) => is_of_kind(program_id, account, Kind::Entry),
        Holds::EntryOrNothing => is_nothing(account),
        Holds::Nothing => is_nothing(account),
        Holds::Mint => tokens::is_mint(account, given(known.token_program)?),
        Holds::Tokens => tokens::is_of_mint(account, given(known.mint)?, given(known.token_program)?),
        Holds::TokenProgram => {
            let is_known = same(bytes(account.address()), &TOKEN_PROGRAM.0)
                || same(bytes(account.address()), &TOKEN_2022_PROGRAM.0);
            or(is_known, Fault::WrongProgram)
        }
        Holds::SystemProgram => or(same(bytes(account.address()), &SYSTEM_PROGRAM.0), Fault::WrongProgram),
        Holds::ProgramData => or(is_owned_by(account, &LOADER), Fault::WrongOwner),
    }
}

fn is_of_kind(program_id: &Address, account: &AccountView, kind: Kind) -> Answer {
    or(account.owned_by(program_id), Fault::WrongOwner)?;
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    or(kind.is_of(&data), Fault::WrongKind)
}

/// An account that was never made, or was closed: of the system program and empty, whatever lamports were sent there.
fn is_nothing(account: &AccountView) -> Answer {
    or(is_owned_by(account, &SYSTEM_PROGRAM) && account.is_data_empty(), Fault::AccountTaken)
}

/// Gives the bump of the address that was derived, if one was.
#[inline(always)]
fn check_place(known: &Known<'_>, account: &AccountView, role: &Role) -> Answer<u8> {
    let at = bytes(account.address());
    let of_program = bytes(known.program_id);
    let derived: Derived = match role.place {
        Place::Anywhere => return Ok(0),
        Place::Contest(stored) => return is_stored(known, at, stored).map(|()| 0),
        Place::InContest => return is_in_contest(known, account).map(|()| 0),
        Place::OfSubject => return is_of_subject(known, account, role.holds).map(|()| 0),
        Place::Protocol => derive(seeds::protocol().padded(), of_program)?,
        Place::Treasury => derive(seeds::treasury(address(known.mint)?).padded(), of_program)?,
        Place::Profile => derive(seeds::profile(address(known.subject)?).padded(), of_program)?,
        Place::NewContest => {
            let id = known.id.ok_or(Fault::Malformed)?;
            derive(seeds::contest(address(known.subject)?, id), of_program)?
        }
        Place::Escrow => derive(seeds::escrow(address(known.contest)?).padded(), of_program)?,
        Place::BondVault => derive(seeds::bond(address(known.contest)?).padded(), of_program)?,
        Place::Entry => derive(seeds::entry(address(known.contest)?, address(known.subject)?), of_program)?,
        Place::Associated => {
            let (wallet, mint) = (address(known.subject)?, address(known.mint)?);
            let seeds = seeds::associated(wallet, address(known.token_program)?, mint);
            derive(seeds, &ASSOCIATED_TOKEN_PROGRAM.0)?
        }
        Place::ProgramData => derive(seeds::program_data(of_program).padded(), &LOADER.0)?,
    };
    or(same(at, &derived.address), Fault::WrongAddress)?;
    Ok(derived.bump)
}

fn is_stored(known: &Known<'_>, at: &[u8; 32], stored: Stored) -> Answer {
    let data = given(known.contest)?.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    let contest = Contest::read(&data).ok_or(Fault::WrongKind)?;
    let (expected, fault) = match stored {
        Stored::Creator => (contest.creator(), Fault::WrongAddress),
        Stored::Mint => (contest.mint(), Fault::WrongMint),
        Stored::TokenProgram => (contest.token_program(), Fault::WrongProgram),
        Stored::Escrow => (contest.escrow(), Fault::WrongAddress),
        Stored::BondVault => (contest.bond_vault(), Fault::WrongAddress),
        Stored::Treasury => (contest.treasury(), Fault::WrongAddress),
    };
    or(same(at, &expected.0), fault)
}

/// An entry that was never made is in every contest.
fn is_in_contest(known: &Known<'_>, account: &AccountView) -> Answer {
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    match Entry::read(&data) {
        Some(entry) => or(same(&entry.contest().0, address(known.contest)?), Fault::WrongAddress),
        None => or(data.is_empty(), Fault::WrongKind),
    }
}

/// An entry that was never made is everybody's.
fn is_of_subject(known: &Known<'_>, account: &AccountView, holds: Holds) -> Answer {
    let subject = address(known.subject)?;
    if holds == Holds::Account(Kind::Profile) {
        let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
        let profile = Profile::read(&data).ok_or(Fault::WrongKind)?;
        return or(same(&profile.agent().0, subject), Fault::WrongAddress);
    }
    is_in_contest(known, account)?;
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    match Entry::read(&data) {
        Some(entry) => or(same(&entry.agent().0, subject), Fault::WrongAddress),
        None => Ok(()),
    }
}

/// Whether an account belongs to a program.
#[expect(unsafe_code, reason = "the owner is read in place")]
pub(crate) fn is_owned_by(account: &AccountView, program: &Key) -> bool {
    // SAFETY: nothing changes an owner while the reference lives, which is until the end of this line.
    same(bytes(unsafe { account.owner() }), &program.0)
}

fn given(account: Option<&AccountView>) -> Answer<&AccountView> {
    account.ok_or(Error::Account(Fault::AccountMissing))
}

fn address(account: Option<&AccountView>) -> Answer<&[u8; 32]> {
    Ok(bytes(given(account)?.address()))
}

/// The fault unless it is so.
#[inline(always)]
pub(crate) fn or(is_so: bool, fault: Fault) -> Answer {
    if is_so {
        Ok(())
    } else {
        Err(fault.into())
    }
}
