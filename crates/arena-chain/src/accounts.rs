//! The program's accounts as they are read from the chain: checked once, then seen through the program's own layouts.

use arena_core::contest::{Counters, PayoutKind, Status, standings, timing};
use arena_escrow_interface::accounts::{Contest, Entry, Profile, Protocol};
use solana_address::Address;

use crate::{addresses::address, error::ChainError, rpc::Account};

/// Makes the holder of one kind of account.
macro_rules! held {
    ($(#[doc = $doc:literal])+ $held:ident, $view:ident, $what:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $held {
            /// Where it is.
            pub address: Address,
            bytes: Vec<u8>,
        }

        impl $held {
            /// Takes the account that stands at `address`, if it is the program's and of this kind.
            ///
            /// # Errors
            /// [`ChainError::NotFound`] for no account, one of another program, or one of another kind or version.
            pub fn read(
                program: &Address,
                address: Address,
                account: Option<Account>,
            ) -> Result<Self, ChainError> {
                let none = || ChainError::NotFound { what: $what, address };
                let account = account.filter(|account| account.owner == *program).ok_or_else(none)?;
                let held = Self { address, bytes: account.data };
                if $view::read(&held.bytes).is_some() { Ok(held) } else { Err(none()) }
            }

            /// What it holds.
            #[must_use]
            pub fn view(&self) -> $view<'_> {
                $view::read(&self.bytes).expect("it was read as one before")
            }
        }
    };
}

held! {
    /// The protocol's account.
    HeldProtocol, Protocol, "protocol account"
}
held! {
    /// An agent's profile.
    HeldProfile, Profile, "profile"
}
held! {
    /// A contest.
    HeldContest, Contest, "contest"
}
held! {
    /// An entry.
    HeldEntry, Entry, "entry"
}

impl HeldProtocol {
    /// The number of the next withdrawal from the treasury.
    #[must_use]
    pub fn next_withdrawal(&self) -> u64 {
        self.view().withdrawals().saturating_add(1)
    }
}

impl HeldProfile {
    /// The display name.
    #[must_use]
    pub fn name(&self) -> String {
        let view = self.view();
        text(&view.name(), usize::from(view.name_length()))
    }

    /// What it counts.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.view().counters()
    }
}

impl HeldContest {
    /// Its bytes.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where it stands; a number that no status has counts as abandoned, where only refunds are left.
    #[must_use]
    pub fn status(&self) -> Status {
        self.view().stands().unwrap_or(Status::Abandoned)
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self) -> String {
        let view = self.view();
        text(&view.title(), usize::from(view.title_length()))
    }

    /// What actions look like, if the terms say so.
    #[must_use]
    pub fn action_schema(&self) -> Option<String> {
        let view = self.view();
        let length = usize::from(view.action_schema_length());
        (length > 0).then(|| text(&view.action_schema(), length))
    }

    /// Who made it.
    #[must_use]
    pub fn creator(&self) -> Address {
        address(self.view().creator())
    }

    /// Who starts, submits and finalizes.
    #[must_use]
    pub fn oracle(&self) -> Address {
        address(self.view().oracle())
    }

    /// What its money is.
    #[must_use]
    pub fn mint(&self) -> Address {
        address(self.view().mint())
    }

    /// The program of that mint.
    #[must_use]
    pub fn token_program(&self) -> Address {
        address(self.view().token_program())
    }

    /// The split, one share a place.
    #[must_use]
    pub fn prize_split_bps(&self) -> Vec<u16> {
        let view = self.view();
        view.prize_split_bps().into_iter().take(usize::from(view.places())).collect()
    }

    /// When registration is over, in milliseconds.
    #[must_use]
    pub fn registration_ends_ms(&self) -> u64 {
        timing::registration_ends_ms(self.view().created_at_ms())
    }

    /// When a started contest is timed out, in milliseconds.
    #[must_use]
    pub fn timeout_ms(&self) -> u64 {
        let view = self.view();
        timing::timeout_ms(
            view.started_at_ms(),
            view.last_submission_at_ms(),
            view.duration_s(),
            view.elimination_interval_s(),
        )
    }

    /// What an entry of it is or was owed, by kind: its prize once finished, its fee once cancelled or abandoned.
    #[must_use]
    pub fn owed_to(&self, entry: &HeldEntry) -> Option<(PayoutKind, u64)> {
        self.view().owed_to(&entry.view()).map(|owed| (owed.kind, owed.amount))
    }

    /// Whether the creator's bond can be paid back.
    #[must_use]
    pub fn bond_is_owed(&self) -> bool {
        self.open(PayoutKind::Bond) > 0
    }

    /// What is open of the creator's fee.
    #[must_use]
    pub fn creator_fee_owed(&self) -> u64 {
        self.open(PayoutKind::CreatorFee)
    }

    /// What is open of the treasury's fee.
    #[must_use]
    pub fn protocol_fee_owed(&self) -> u64 {
        self.open(PayoutKind::ProtocolFee)
    }

    /// What is open of what it owes to its creator or the treasury.
    fn open(&self, kind: PayoutKind) -> u64 {
        let owed = self.view().obligation(kind, None);
        owed.filter(|owed| !owed.is_paid).map_or(0, |owed| owed.amount)
    }
}

impl HeldEntry {
    /// Whose it is.
    #[must_use]
    pub fn agent(&self) -> Address {
        address(self.view().agent())
    }

    /// Of which contest.
    #[must_use]
    pub fn contest(&self) -> Address {
        address(self.view().contest())
    }

    /// Whether its prize or its refund was paid.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.view().is_paid() != 0
    }

    /// Whether what it came to stands in the profile.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.view().is_recorded() != 0
    }
}

/// Entries in standing order, the order in which finalizing takes them.
pub fn sort_by_standing(entries: &mut [HeldEntry]) {
    let order = |entry: &HeldEntry| -> (std::cmp::Reverse<standings::Key>, u32) {
        let view = entry.view();
        (std::cmp::Reverse(view.key()), view.number())
    };
    entries.sort_by_key(order);
}

fn text(bytes: &[u8], length: usize) -> String {
    String::from_utf8_lossy(bytes.get(..length).unwrap_or(bytes)).into_owned()
}
