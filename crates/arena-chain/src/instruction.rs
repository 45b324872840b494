//! How an instruction is made: its tag and arguments as bytes, and its accounts by the program's own tables.

use arena_escrow_interface::{
    instructions::{Meta, Tag},
    wire::Writer,
};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{
    action::Action,
    addresses::{Addresses, address},
    error::ChainError,
};

/// The most bytes of an instruction's data.
const MOST_DATA: usize = 1_232;

impl Addresses {
    /// An action without arguments.
    pub(crate) fn plain(&self, name: &'static str, tag: Tag, metas: &[Meta]) -> Action {
        self.fixed(name, tag, metas, |_| Some(()))
    }

    /// An action whose arguments always have the same length.
    pub(crate) fn fixed(
        &self,
        name: &'static str,
        tag: Tag,
        metas: &[Meta],
        write: impl FnOnce(&mut Writer<'_>) -> Option<()>,
    ) -> Action {
        self.action(name, tag, metas, write).expect("a few numbers and addresses have room")
    }

    /// An action of one instruction.
    ///
    /// # Errors
    /// When the arguments have more bytes than an instruction.
    pub(crate) fn action(
        &self,
        name: &'static str,
        tag: Tag,
        metas: &[Meta],
        write: impl FnOnce(&mut Writer<'_>) -> Option<()>,
    ) -> Result<Action, ChainError> {
        let mut room = [0; MOST_DATA];
        let mut writer = Writer::new(&mut room);
        let written = writer.put(&[tag as u8]).and_then(|()| write(&mut writer));
        let length = writer.length();
        let data = written.and_then(|()| room.get(..length)).ok_or_else(|| too_long("arguments"))?.to_vec();
        let accounts = metas.iter().map(account_meta).collect();
        Ok(Action::new(name, Instruction { program_id: self.program(), accounts, data }))
    }
}

fn account_meta(meta: &Meta) -> AccountMeta {
    let pubkey = address(meta.address);
    let (is_signer, is_writable) = (meta.is_signer, meta.is_writable);
    AccountMeta { pubkey, is_signer, is_writable }
}

/// Adds the entries that come after the fixed accounts, to be changed.
pub(crate) fn also(action: &mut Action, entries: impl Iterator<Item = Address>) {
    if let Some(instruction) = action.instructions.first_mut() {
        instruction.accounts.extend(entries.map(|entry| AccountMeta::new(entry, false)));
    }
}

pub(crate) fn too_long(field: &'static str) -> ChainError {
    ChainError::Invalid { field, reason: "has more than fits an instruction".into() }
}
