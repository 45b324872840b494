//! The instructions: the tag of each, its arguments, and what each of its accounts must be.
//!
//! The program checks the accounts by these tables with one routine, a client makes its lists of accounts from the same structs,
//! and a description for other languages is made from [`INSTRUCTIONS`].

pub use crate::roles::{Holds, InstructionSpec, Meta, Place, Role, RoleSpec, Stored};
use crate::{
    args,
    layout::Kind,
    wire::{FieldSpec, Key},
};

const fn read(holds: Holds, place: Place) -> Role {
    Role { is_signer: false, is_writable: false, holds, place }
}

const fn write(holds: Holds, place: Place) -> Role {
    Role { is_signer: false, is_writable: true, holds, place }
}

const fn sign(holds: Holds, place: Place) -> Role {
    Role { is_signer: true, is_writable: false, holds, place }
}

const fn pay(holds: Holds, place: Place) -> Role {
    Role { is_signer: true, is_writable: true, holds, place }
}

/// Makes the tags, the structs of accounts with their tables, and the description.
macro_rules! instructions {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $tag:literal, $text:literal, $fields:expr, $accounts:ident {
            $($(#[doc = $row_doc:literal])+ $row:ident: $access:ident($holds:expr, $place:expr);)+
        } $(then $rest:ident: $rest_access:ident($rest_holds:expr, $rest_place:expr))?
    )+) => {
        /// Which instruction it is: the first byte of its data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Tag { $($(#[doc = $doc])+ $name = $tag),+ }

        impl Tag {
            /// The instruction of a tag.
            #[inline(always)]
            #[must_use]
            pub const fn of(tag: u8) -> Option<Self> {
                match tag { $($tag => Some(Self::$name),)+ _ => None }
            }
        }

        /// Every instruction, by tag.
        pub const INSTRUCTIONS: &[InstructionSpec] = &[$(InstructionSpec {
            name: $text,
            tag: $tag,
            doc: concat!($($doc),+),
            args: $fields,
            accounts: &[$(RoleSpec {
                name: stringify!($row),
                role: $access($holds, $place),
                doc: concat!($($row_doc),+),
            }),+],
            rest: rest!($($rest $rest_access $rest_holds, $rest_place)?),
        }),+];

        $(
            #[doc = concat!("The accounts of `", $text, "`, in order:", $($doc),+)]
            #[derive(Clone, Copy, Debug)]
            pub struct $accounts<T> { $($(#[doc = $row_doc])+ pub $row: T),+ }

            impl $accounts<Key> {
                /// What each must be.
                pub const ROLES: [Role; count!($($row)+)] = [$($access($holds, $place)),+];

                /// How a transaction lists them.
                #[must_use]
                pub fn metas(&self) -> [Meta; count!($($row)+)] {
                    [$({
                        let Role { is_signer, is_writable, .. } = $access($holds, $place);
                        Meta { address: self.$row, is_signer, is_writable }
                    }),+]
                }
            }

            impl<T> $accounts<T> {
                /// Names what is in order.
                #[inline(always)]
                pub fn named(accounts: [T; count!($($row)+)]) -> Self {
                    let [$($row),+] = accounts;
                    Self { $($row),+ }
                }
            }
        )+
    };
}

macro_rules! count {
    ($($row:ident)+) => { [$(stringify!($row)),+].len() };
}

macro_rules! rest {
    () => {
        None
    };
    ($rest:ident $access:ident $holds:expr, $place:expr) => {
        Some(RoleSpec { name: stringify!($rest), role: $access($holds, $place), doc: "" })
    };
}

use Holds::{EntryOrNothing, Mint, Nothing, Subject, SystemProgram, TokenProgram, Tokens, Wallet};
use Place::{Anywhere, Associated, InContest, OfSubject};

const PROTOCOL: Holds = Holds::Account(Kind::Protocol);
const PROFILE: Holds = Holds::Account(Kind::Profile);
const CONTEST: Holds = Holds::Account(Kind::Contest);
const ENTRY: Holds = Holds::Account(Kind::Entry);

instructions! {
    /// Names the wallet that takes out of the treasury; only who may upgrade the program can, once.
    InitProtocol = 0, "init_protocol", args::Nothing::FIELDS, InitProtocolAccounts {
        /// Who may upgrade the program; takes out of the treasury, and pays.
        authority: pay(Subject, Anywhere);
        /// The protocol's account, made here.
        protocol: write(Nothing, Place::Protocol);
        /// The loader's account of the program, which names who may upgrade it.
        program_data: read(Holds::ProgramData, Place::ProgramData);
        /// The system program.
        system_program: read(SystemProgram, Anywhere);
    }

    /// Names another wallet that takes out of the treasury: who has the right does, or who may upgrade the program.
    SetAuthority = 1, "set_authority", args::SetAuthority::FIELDS, SetAuthorityAccounts {
        /// Who has the right, or who may upgrade the program.
        authority: sign(Wallet, Anywhere);
        /// The protocol's account.
        protocol: write(PROTOCOL, Anywhere);
        /// The loader's account of the program, which names who may upgrade it.
        program_data: read(Holds::ProgramData, Place::ProgramData);
    }

    /// Opens the treasury's token account of a mint, which a contest of that mint needs; anyone can, once.
    OpenTreasury = 2, "open_treasury", args::Nothing::FIELDS, OpenTreasuryAccounts {
        /// Who pays for the account.
        payer: pay(Wallet, Anywhere);
        /// The protocol's account.
        protocol: read(PROTOCOL, Anywhere);
        /// The treasury's token account, made here.
        treasury: write(Nothing, Place::Treasury);
        /// The mint.
        mint: read(Mint, Anywhere);
        /// The mint's program.
        token_program: read(TokenProgram, Anywhere);
        /// The system program.
        system_program: read(SystemProgram, Anywhere);
    }

    /// Registers a wallet as an agent.
    RegisterProfile = 3, "register_profile", args::RegisterProfile::FIELDS, RegisterProfileAccounts {
        /// The wallet; pays.
        agent: pay(Subject, Anywhere);
        /// Its profile, made here.
        profile: write(Nothing, Place::Profile);
        /// The system program.
        system_program: read(SystemProgram, Anywhere);
    }

    /// Makes a contest and puts its bond up.
    CreateContest = 4, "create_contest", CREATE_CONTEST, CreateContestAccounts {
        /// Who makes it; pays.
        creator: pay(Subject, Anywhere);
        /// The creator's profile.
        profile: read(PROFILE, OfSubject);
        /// The contest, made here.
        contest: write(Nothing, Place::NewContest);
        /// The token account for the entry fees, made here.
        escrow: write(Nothing, Place::Escrow);
        /// The token account for the bond, made here.
        bond_vault: write(Nothing, Place::BondVault);
        /// The treasury's token account of the mint.
        treasury: read(Tokens, Place::Treasury);
        /// The mint.
        mint: read(Mint, Anywhere);
        /// The token account that the bond is taken from.
        creator_tokens: write(Tokens, Anywhere);
        /// The mint's program.
        token_program: read(TokenProgram, Anywhere);
        /// The system program.
        system_program: read(SystemProgram, Anywhere);
    }

    /// Enters a contest and pays the fee.
    Enter = 5, "enter", args::Enter::FIELDS, EnterAccounts {
        /// Who enters; pays.
        agent: pay(Subject, Anywhere);
        /// Its profile.
        profile: write(PROFILE, OfSubject);
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The entry, made here.
        entry: write(EntryOrNothing, Place::Entry);
        /// The token account that the fee is taken from.
        agent_tokens: write(Tokens, Anywhere);
        /// The contest's token account for entry fees.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
        /// The system program.
        system_program: read(SystemProgram, Anywhere);
    }

    /// Takes an entry back, and the fee with it.
    Leave = 6, "leave", args::Nothing::FIELDS, LeaveAccounts {
        /// The entrant; gets the entry's rent back.
        agent: pay(Subject, Anywhere);
        /// Its profile.
        profile: write(PROFILE, OfSubject);
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The entry, closed here.
        entry: write(EntryOrNothing, InContest);
        /// The entrant's associated token account.
        agent_tokens: write(Tokens, Associated);
        /// The contest's token account for entry fees.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Ends registration and begins play.
    Start = 7, "start", args::Nothing::FIELDS, StartAccounts {
        /// The oracle.
        oracle: sign(Wallet, Anywhere);
        /// The contest.
        contest: write(CONTEST, Anywhere);
    }

    /// Submits a page of a round.
    SubmitPage = 8, "submit_page", args::SubmitPage::FIELDS, SubmitPageAccounts {
        /// The oracle.
        oracle: sign(Wallet, Anywhere);
        /// The contest.
        contest: write(CONTEST, Anywhere);
    } then entries: write(ENTRY, InContest)

    /// Takes the next entries in standing order; the last of them finishes the contest and opens its obligations.
    Finalize = 9, "finalize", args::Finalize::FIELDS, FinalizeAccounts {
        /// The oracle.
        oracle: sign(Wallet, Anywhere);
        /// The contest.
        contest: write(CONTEST, Anywhere);
    } then entries: write(ENTRY, InContest)

    /// Ends a contest before it started.
    Cancel = 10, "cancel", args::Nothing::FIELDS, CancelAccounts {
        /// The creator.
        creator: sign(Wallet, Anywhere);
        /// The contest.
        contest: write(CONTEST, Anywhere);
    }

    /// Ends a contest whose oracle is timed out; the bond goes to the treasury. Anyone can.
    Abandon = 11, "abandon", args::Nothing::FIELDS, AbandonAccounts {
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The contest's token account for the bond.
        bond_vault: write(Tokens, Place::Contest(Stored::BondVault));
        /// The treasury's token account of the mint.
        treasury: write(Tokens, Place::Contest(Stored::Treasury));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Pays a prize to its winner, whoever asks.
    ClaimPrize = 12, "claim_prize", args::Nothing::FIELDS, ClaimPrizeAccounts {
        /// The winner.
        agent: read(Subject, Anywhere);
        /// Its profile.
        profile: write(PROFILE, OfSubject);
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The entry.
        entry: write(EntryOrNothing, OfSubject);
        /// The winner's associated token account.
        agent_tokens: write(Tokens, Associated);
        /// The contest's token account for entry fees.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Pays the creator's part of the pot to the creator, whoever asks.
    PayCreatorFee = 13, "pay_creator_fee", args::Nothing::FIELDS, PayCreatorFeeAccounts {
        /// The creator.
        creator: read(Subject, Place::Contest(Stored::Creator));
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The creator's associated token account.
        creator_tokens: write(Tokens, Associated);
        /// The contest's token account for entry fees.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Pays the bond back to the creator, whoever asks; where nobody has paid a fee it ends an expired contest too.
    ReturnBond = 14, "return_bond", args::Nothing::FIELDS, ReturnBondAccounts {
        /// The creator.
        creator: read(Subject, Place::Contest(Stored::Creator));
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The creator's associated token account.
        creator_tokens: write(Tokens, Associated);
        /// The contest's token account for the bond.
        bond_vault: write(Tokens, Place::Contest(Stored::BondVault));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Pays the treasury's part of the pot, whoever asks.
    PayProtocolFee = 15, "pay_protocol_fee", args::Nothing::FIELDS, PayProtocolFeeAccounts {
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The treasury's token account of the mint.
        treasury: write(Tokens, Place::Contest(Stored::Treasury));
        /// The contest's token account for entry fees.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Pays an entry fee back to its entrant, whoever asks; the first after registration expired ends the contest too.
    Refund = 16, "refund", args::Nothing::FIELDS, RefundAccounts {
        /// The entrant.
        agent: read(Subject, Anywhere);
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The entry.
        entry: write(EntryOrNothing, OfSubject);
        /// The entrant's associated token account.
        agent_tokens: write(Tokens, Associated);
        /// The contest's token account for entry fees.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Counts what an entry of a finished contest came to in its agent's profile, once. Anyone can.
    RecordResult = 17, "record_result", args::Nothing::FIELDS, RecordResultAccounts {
        /// The entrant.
        agent: read(Subject, Anywhere);
        /// Its profile.
        profile: write(PROFILE, OfSubject);
        /// The contest.
        contest: read(CONTEST, Anywhere);
        /// The entry.
        entry: write(ENTRY, OfSubject);
    }

    /// Closes an entry that nothing is owed for; its rent goes back to the entrant. Anyone can.
    CloseEntry = 18, "close_entry", args::Nothing::FIELDS, CloseEntryAccounts {
        /// The entrant; gets the entry's rent back.
        agent: write(Subject, Anywhere);
        /// The contest.
        contest: write(CONTEST, Anywhere);
        /// The entry, closed here.
        entry: write(ENTRY, OfSubject);
    }

    /// Closes a contest that owes nothing, and its vaults; their rent goes back to the creator. Anyone can.
    ///
    /// What strangers sent to the vaults goes to the treasury.
    CloseContest = 19, "close_contest", args::Nothing::FIELDS, CloseContestAccounts {
        /// The creator; gets the rent back.
        creator: write(Subject, Place::Contest(Stored::Creator));
        /// The contest, closed here.
        contest: write(CONTEST, Anywhere);
        /// The contest's token account for entry fees, closed here.
        escrow: write(Tokens, Place::Contest(Stored::Escrow));
        /// The contest's token account for the bond, closed here.
        bond_vault: write(Tokens, Place::Contest(Stored::BondVault));
        /// The treasury's token account of the mint.
        treasury: write(Tokens, Place::Contest(Stored::Treasury));
        /// The contest's mint.
        mint: read(Mint, Place::Contest(Stored::Mint));
        /// The mint's program.
        token_program: read(TokenProgram, Place::Contest(Stored::TokenProgram));
    }

    /// Takes tokens out of the treasury.
    WithdrawTreasury = 20, "withdraw_treasury", args::WithdrawTreasury::FIELDS, WithdrawTreasuryAccounts {
        /// Who has the right.
        authority: sign(Wallet, Anywhere);
        /// The protocol's account, which counts withdrawals.
        protocol: write(PROTOCOL, Anywhere);
        /// The treasury's token account of the mint.
        treasury: write(Tokens, Place::Treasury);
        /// Where the tokens go.
        destination: write(Tokens, Anywhere);
        /// The mint.
        mint: read(Mint, Anywhere);
        /// The mint's program.
        token_program: read(TokenProgram, Anywhere);
    }
}

/// What stands before the terms when a contest is made.
const CREATE_CONTEST: &[FieldSpec] = &[
    FieldSpec { name: "id", ty: crate::wire::Type::Bytes(16), doc: " The id that the creator gives it." },
    FieldSpec { name: "title", ty: crate::wire::Type::Text, doc: " What it is called: 1 to 128 bytes." },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_places_in_the_table() {
        for (index, spec) in INSTRUCTIONS.iter().enumerate() {
            assert_eq!(usize::from(spec.tag), index);
            assert_eq!(Tag::of(spec.tag).map(|tag| tag as u8), Some(spec.tag));
        }
        assert_eq!(Tag::of(u8::try_from(INSTRUCTIONS.len()).unwrap()), None);
    }
}
