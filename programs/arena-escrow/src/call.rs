//! One call of the program: what was asked, with which accounts.

use arena_escrow_interface::{args, instructions::Tag, wire::Reader, Fault};
use pinocchio::{AccountView, Address};

use crate::Answer;

/// An instruction as the chain hands it over.
pub(crate) struct Call<'a> {
    /// The address that the program has here.
    pub(crate) program_id: &'a Address,
    /// Which instruction it is.
    pub(crate) tag: Tag,
    /// All accounts, none checked.
    pub(crate) accounts: &'a [AccountView],
    /// What stands after the tag.
    data: &'a [u8],
}

impl<'a> Call<'a> {
    pub(crate) fn read(program_id: &'a Address, accounts: &'a [AccountView], data: &'a [u8]) -> Answer<Self> {
        let (tag, data) = data.split_first().ok_or(Fault::Malformed)?;
        let tag = Tag::of(*tag).ok_or(Fault::Malformed)?;
        Ok(Self { program_id, tag, accounts, data })
    }

    /// The arguments, which are all of the data.
    #[inline(always)]
    pub(crate) fn args<T>(&self, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Answer<T> {
        args::whole(self.data, read).ok_or_else(|| Fault::Malformed.into())
    }

    /// Refuses data after the tag.
    #[inline(always)]
    pub(crate) fn no_args(&self) -> Answer {
        self.args(args::Nothing::read).map(|_| ())
    }
}
