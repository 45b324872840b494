//! What the accounts of an instruction must be.

use crate::{
    layout::Kind,
    wire::{FieldSpec, Key},
};

/// What an account is used for in an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Whether it must sign.
    pub is_signer: bool,
    /// Whether it is changed.
    pub is_writable: bool,
    /// What it must be.
    pub holds: Holds,
    /// Where it must be.
    pub place: Place,
}

/// What an account must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Anything: a wallet.
    Wallet,
    /// The wallet that profile, entry and associated account of the instruction belong to.
    Subject,
    /// An account of the program.
    Account(Kind),
    /// An entry, or an account that was never made.
    EntryOrNothing,
    /// An account that was never made; it may hold lamports.
    Nothing,
    /// A mint of the instruction's token program.
    Mint,
    /// A token account of the instruction's mint.
    Tokens,
    /// SPL Token or Token-2022.
    TokenProgram,
    /// The system program.
    SystemProgram,
    /// The loader's account of the program.
    ProgramData,
}

/// Where an account must be; a derived address is always the one of the canonical bump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// Where the contest says.
    Contest(Stored),
    /// At the address derived for the protocol.
    Protocol,
    /// At the address derived for the treasury of the instruction's mint.
    Treasury,
    /// At the address derived for the subject's profile.
    Profile,
    /// At the address derived for the subject and the id in the arguments.
    NewContest,
    /// At the address derived for the contest's escrow vault.
    Escrow,
    /// At the address derived for the contest's bond vault.
    BondVault,
    /// At the address derived for the subject's entry in the contest.
    Entry,
    /// Anywhere, and of the instruction's contest.
    InContest,
    /// Anywhere, and the subject's; an entry is of the instruction's contest too.
    OfSubject,
    /// At the subject's associated token account of the instruction's mint.
    Associated,
    /// At the address derived for the loader's account of the program.
    ProgramData,
}

/// An address that a contest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Who made it.
    Creator,
    /// The mint.
    Mint,
    /// The mint's program.
    TokenProgram,
    /// The escrow vault.
    Escrow,
    /// The bond vault.
    BondVault,
    /// The treasury of the mint.
    Treasury,
}

/// An account of an instruction, for those who describe the program to other languages.
#[derive(Clone, Copy, Debug)]
pub struct RoleSpec {
    /// Its name.
    pub name: &'static str,
    /// What it must be.
    pub role: Role,
    /// What is to be said of it.
    pub doc: &'static str,
}

/// An instruction, for those who describe the program to other languages.
#[derive(Clone, Copy, Debug)]
pub struct InstructionSpec {
    /// Its name.
    pub name: &'static str,
    /// The first byte of its data.
    pub tag: u8,
    /// What it does.
    pub doc: &'static str,
    /// What stands after the tag; for `create_contest` the terms' fields follow these.
    pub args: &'static [FieldSpec],
    /// Its accounts, in order.
    pub accounts: &'static [RoleSpec],
    /// What may come after them, any number of times.
    pub rest: Option<RoleSpec>,
}

/// An account of an instruction as the chain's transactions list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Its address.
    pub address: Key,
    /// Whether it must sign.
    pub is_signer: bool,
    /// Whether it is changed.
    pub is_writable: bool,
}
