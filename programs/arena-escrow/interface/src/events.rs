//! What the program logs of each change: one `sol_log_data` item each, a byte for the event and then its fields.

use arena_core::contest::CancelReason;

use crate::wire::{FieldSpec, Key, Reader, Wire, Writer};

/// An event, for those who describe the program to other languages.
#[derive(Clone, Copy, Debug)]
pub struct EventSpec {
    /// Its name.
    pub name: &'static str,
    /// Its first byte.
    pub tag: u8,
    /// What it says.
    pub doc: &'static str,
    /// Its fields, in order.
    pub fields: &'static [FieldSpec],
}

/// Makes the events with their encoding and their description.
macro_rules! events {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $tag:literal, $text:literal { $($field:ident: $type:ty),* $(,)? }
    )+) => {
        /// A change that the program made.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the fields are the words of the glossary; each variant says what happened")]
        pub enum Event { $($(#[doc = $doc])+ $name { $($field: $type),* }),+ }

        /// Every event, by tag.
        pub const EVENTS: &[EventSpec] = &[$(EventSpec {
            name: $text,
            tag: $tag,
            doc: concat!($($doc),+),
            fields: &[$(FieldSpec { name: stringify!($field), ty: <$type as Wire>::TYPE, doc: "" }),*],
        }),+];

        impl Event {
            /// The most bytes of an event.
            pub const MOST_BYTES: usize = 192;

            /// Writes its bytes into `room` and gives those that were written; `None` when there is no room.
            #[inline(always)]
            #[must_use]
            pub fn encode<'a>(&self, room: &'a mut [u8; Self::MOST_BYTES]) -> Option<&'a [u8]> {
                let mut writer = Writer::new(room);
                match self {
                    $(Self::$name { $($field),* } => {
                        writer.put(&[$tag])?;
                        $($field.write(&mut writer)?;)*
                    }),+
                }
                let length = writer.length();
                room.get(..length)
            }

            /// Reads an event; `None` for bytes that are none.
            #[must_use]
            pub fn decode(bytes: &[u8]) -> Option<Self> {
                let mut reader = Reader::new(bytes);
                let event = match u8::read(&mut reader)? {
                    $($tag => Self::$name { $($field: Wire::read(&mut reader)?),* },)+
                    _ => return None,
                };
                reader.rest().is_empty().then_some(event)
            }
        }
    };
}

events! {
    /// The protocol was initialised.
    ProtocolInitialised = 0, "protocol_initialised" { authority: Key }
    /// The right to take out of the treasury was handed on.
    AuthoritySet = 1, "authority_set" { authority: Key }
    /// The treasury can hold a mint.
    TreasuryOpened = 2, "treasury_opened" { mint: Key, treasury: Key }
    /// A wallet is an agent.
    ProfileRegistered = 3, "profile_registered" { agent: Key, at_ms: u64 }
    /// A contest was made, and its bond put up.
    ContestCreated = 4, "contest_created" {
        contest: Key, creator: Key, mint: Key, terms_hash: [u8; 32], bond: u64, at_ms: u64,
    }
    /// An agent entered and paid the amount.
    AgentEntered = 5, "agent_entered" { contest: Key, agent: Key, number: u32, amount: u64, at_ms: u64 }
    /// An entrant left and got the amount back.
    EntryWithdrawn = 6, "entry_withdrawn" { contest: Key, agent: Key, amount: u64, at_ms: u64 }
    /// Play began.
    ContestStarted = 7, "contest_started" { contest: Key, entrants: u32, at_ms: u64 }
    /// A page of a round came in; the marks and entries are those of the instruction.
    RoundPageSubmitted = 8, "round_page_submitted" {
        contest: Key, round: u32, page: u32, last: bool, hash: [u8; 32], at_ms: u64,
    }
    /// A round is complete; so many are left.
    RoundCompleted = 9, "round_completed" {
        contest: Key, round: u32, alive: u32, actions_root: Option<[u8; 32]>, at_ms: u64,
    }
    /// So many entries have their place; the contest is not finished before all have.
    EntriesPlaced = 10, "entries_placed" { contest: Key, placed: u32, entrants: u32, at_ms: u64 }
    /// The recorded rounds count; obligations are open.
    ContestFinalized = 11, "contest_finalized" {
        contest: Key, pot: u64, protocol_fee: u64, creator_fee: u64, at_ms: u64,
    }
    /// It ended before it started: 0 by its creator, 1 because registration was over; refunds and bond are owed.
    ContestCancelled = 12, "contest_cancelled" { contest: Key, reason: u8, at_ms: u64 }
    /// The oracle timed out; the bond went to the treasury; refunds are owed.
    ContestAbandoned = 13, "contest_abandoned" { contest: Key, amount: u64, at_ms: u64 }
    /// An obligation was paid: 0 prize, 1 creator fee, 2 bond, 3 protocol fee, 4 refund. The payee is a wallet, or the treasury's account.
    ObligationPaid = 14, "obligation_paid" { contest: Key, kind: u8, payee: Key, amount: u64, at_ms: u64 }
    /// An entry's result stands in its agent's profile.
    ResultRecorded = 15, "result_recorded" { contest: Key, agent: Key, standing: u32 }
    /// An entry's account was closed.
    EntryClosed = 16, "entry_closed" { contest: Key, agent: Key }
    /// A contest's accounts were closed; so much of what strangers had sent went to the treasury.
    ContestClosed = 17, "contest_closed" { contest: Key, swept: u64 }
    /// The authority took so much out of the treasury, by the withdrawal of this number.
    TreasuryWithdrawn = 18, "treasury_withdrawn" { number: u64, mint: Key, amount: u64, destination: Key }
}

/// The number of the reason for a cancellation.
#[must_use]
pub const fn reason_number(reason: CancelReason) -> u8 {
    match reason {
        CancelReason::Creator => 0,
        CancelReason::RegistrationExpired => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_as_it_was_written() {
        let event = Event::ObligationPaid {
            contest: Key([1; 32]),
            kind: 4,
            payee: Key([2; 32]),
            amount: 3,
            at_ms: 4,
        };
        let mut room = [0; Event::MOST_BYTES];
        let bytes = event.encode(&mut room).unwrap();
        assert_eq!(Event::decode(bytes), Some(event));
        assert_eq!(Event::decode(&bytes[1..]), None);
        let created = Event::ContestCreated {
            contest: Key([1; 32]),
            creator: Key([1; 32]),
            mint: Key([1; 32]),
            terms_hash: [1; 32],
            bond: u64::MAX,
            at_ms: u64::MAX,
        };
        assert!(created.encode(&mut [0; Event::MOST_BYTES]).is_some(), "the longest has room");
    }
}
