//! The protocol, its treasury, and agents' profiles.

use arena_escrow_interface::{accounts::Protocol, args, instructions as table, instructions::Tag};
use solana_address::Address;

use crate::{
    action::Action,
    addresses::{Addresses, SYSTEM, key},
    error::ChainError,
    shows::is_there,
};

impl Addresses {
    /// Names the wallet that takes out of the treasury; only who may upgrade the program can, once.
    #[must_use]
    pub fn init_protocol(&self, authority: &Address) -> Action {
        let accounts = table::InitProtocolAccounts {
            authority: key(authority),
            protocol: key(&self.protocol()),
            program_data: key(&self.program_data()),
            system_program: key(&SYSTEM),
        };
        let action = self.plain("init_protocol", Tag::InitProtocol, &accounts.metas());
        action.once(self.protocol(), is_there)
    }

    /// Names another wallet that takes out of the treasury; who has the right does, or who may upgrade the program.
    #[must_use]
    pub fn set_authority(&self, authority: &Address, new: &Address) -> Action {
        let accounts = table::SetAuthorityAccounts {
            authority: key(authority),
            protocol: key(&self.protocol()),
            program_data: key(&self.program_data()),
        };
        let args = args::SetAuthority { authority: key(new) };
        let action =
            self.fixed("set_authority", Tag::SetAuthority, &accounts.metas(), |writer| args.write(writer));
        action.once(self.protocol(), move |account| {
            account
                .and_then(|account| Protocol::read(&account.data))
                .is_some_and(|protocol| protocol.authority() == args.authority)
        })
    }

    /// Opens the treasury's token account of a mint, which a contest of that mint needs.
    #[must_use]
    pub fn open_treasury(&self, payer: &Address, mint: &Address, token_program: &Address) -> Action {
        let treasury = self.treasury(mint);
        let accounts = table::OpenTreasuryAccounts {
            payer: key(payer),
            protocol: key(&self.protocol()),
            treasury: key(&treasury),
            mint: key(mint),
            token_program: key(token_program),
            system_program: key(&SYSTEM),
        };
        let action = self.plain("open_treasury", Tag::OpenTreasury, &accounts.metas());
        action.once(treasury, is_there)
    }

    /// Registers a wallet as an agent.
    ///
    /// # Errors
    /// When the name is longer than an instruction.
    pub fn register_profile(&self, agent: &Address, name: &str) -> Result<Action, ChainError> {
        let profile = self.profile(agent);
        let accounts = table::RegisterProfileAccounts {
            agent: key(agent),
            profile: key(&profile),
            system_program: key(&SYSTEM),
        };
        let args = args::RegisterProfile { name };
        let action = self.action("register_profile", Tag::RegisterProfile, &accounts.metas(), |writer| {
            args.write(writer)
        })?;
        Ok(action.once(profile, is_there))
    }

    /// Takes tokens out of the treasury, as the withdrawal of this number ([`crate::HeldProtocol::next_withdrawal`]).
    ///
    /// That the protocol counts so many says that somebody took something out, not who what. So no account shows that this one is done;
    /// but the program refuses it under a number that was taken.
    #[must_use]
    pub fn withdraw_treasury(
        &self,
        authority: &Address,
        mint: &Address,
        token_program: &Address,
        destination: &Address,
        amount: u64,
        number: u64,
    ) -> Action {
        let accounts = table::WithdrawTreasuryAccounts {
            authority: key(authority),
            protocol: key(&self.protocol()),
            treasury: key(&self.treasury(mint)),
            destination: key(destination),
            mint: key(mint),
            token_program: key(token_program),
        };
        let args = args::WithdrawTreasury { amount, number };
        let action = self.fixed("withdraw_treasury", Tag::WithdrawTreasury, &accounts.metas(), |writer| {
            args.write(writer)
        });
        action.numbered(number)
    }
}
