//! The arguments of each instruction, as they stand after its tag.

use crate::{
    lists::Marks,
    terms::Terms,
    wire::{Key, Reader, Wire, Writer},
};

/// Makes a struct of values that stand one after the other, with its description.
macro_rules! args {
    ($(#[doc = $doc:literal])+ $name:ident $(<$life:lifetime>)? {
        $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty;)*
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name $(<$life>)? {
            $($(#[doc = $field_doc])+ pub $field: $type),*
        }

        impl $(<$life>)? $name $(<$life>)? {
            /// Its fields, in order.
            pub const FIELDS: &'static [$crate::wire::FieldSpec] = &[
                $($crate::wire::FieldSpec {
                    name: stringify!($field),
                    ty: <$type as $crate::wire::Wire>::TYPE,
                    doc: concat!($($field_doc),+),
                }),*
            ];

            /// Takes it from the front; `None` when the bytes are none of it.
            #[inline(always)]
            pub fn read(reader: &mut $crate::wire::Reader $(<$life>)?) -> Option<Self> {
                let _ = &reader;
                Some(Self { $($field: <$type as $crate::wire::Wire>::read(reader)?),* })
            }

            /// Puts it at the end; `None` when there is no room.
            #[inline(always)]
            pub fn write(&self, writer: &mut $crate::wire::Writer<'_>) -> Option<()> {
                let _ = &writer;
                $(<$type as $crate::wire::Wire>::write(&self.$field, writer)?;)*
                Some(())
            }
        }
    };
}
pub(crate) use args;

args! {
    /// Of an instruction that needs none.
    Nothing {}
}

args! {
    /// Of registering a profile.
    RegisterProfile<'a> {
        /// The display name: 1 to 32 bytes.
        name: &'a str;
    }
}

/// Of making a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateContest<'a> {
    /// The id that the creator gives it; with the creator it makes the contest's address.
    pub id: [u8; 16],
    /// What it is called: 1 to 128 bytes.
    pub title: &'a str,
    /// What it is made under.
    pub terms: Terms<'a>,
}

impl<'a> CreateContest<'a> {
    /// Takes it from the front; `None` when the bytes are none of it.
    #[inline(always)]
    pub fn read(reader: &mut Reader<'a>) -> Option<Self> {
        Some(Self { id: Wire::read(reader)?, title: Wire::read(reader)?, terms: Terms::read(reader)? })
    }

    /// Puts it at the end; `None` when there is no room.
    pub fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        self.id.write(writer)?;
        self.title.write(writer)?;
        self.terms.write(writer)
    }
}

args! {
    /// Of entering.
    Enter {
        /// The hash of the terms that the entrant agrees to.
        terms_hash: [u8; 32];
    }
}

args! {
    /// Of submitting a page of a round; the accounts after the fixed ones are the entries that it marks, in entry order.
    SubmitPage<'a> {
        /// The round: one after the last completed one.
        round: u32;
        /// The page of that round, from 1.
        page: u32;
        /// Whether the round is complete with this page.
        last: bool;
        /// The root of the round's actions; with the last page only.
        actions_root: Option<[u8; 32]>;
        /// What it says of each entry.
        marks: Marks<'a>;
    }
}

args! {
    /// Of taking the next entries in standing order; the accounts after the fixed ones are these entries.
    Finalize<'a> {
        /// How many were taken before.
        placed: u32;
        /// What the commitment in the terms is the hash of; with the first page only.
        seed: Option<&'a str>;
    }
}

args! {
    /// Of taking out of the treasury.
    WithdrawTreasury {
        /// How much.
        amount: u64;
        /// Which withdrawal it is: one after what the protocol counts. Any other is refused (`version_mismatch`), so that one that is
        /// signed anew under its number, because nobody knows what became of it, is never done twice.
        number: u64;
    }
}

args! {
    /// Of handing the protocol on.
    SetAuthority {
        /// The wallet that takes out of the treasury from now on.
        authority: Key;
    }
}

/// Reads the arguments of an instruction and nothing after them.
///
/// `None` when the bytes are none of it, or too many.
#[inline(always)]
pub fn whole<'a, T>(data: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::new(data);
    let args = read(&mut reader)?;
    reader.rest().is_empty().then_some(args)
}
