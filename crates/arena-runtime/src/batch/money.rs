//! How a batch decides what brings money in from outside, or takes it out.

use arena_core::{
    ArenaId,
    ledger::{Account, Posting, Reason},
    registry::{RegistryCommand, RegistryContext, RegistryEvent},
};

use super::{Batch, registry::of_registry};
use crate::{
    ask::Ask,
    error::RuntimeError,
    numbering::{AnswerForm, Decided},
    storage::TransferRow,
    tokens::Principal,
};

impl Batch<'_> {
    /// The transfer that was made under the command's reference, when it is the same one.
    pub(super) fn transferred(
        &self,
        ask: &Ask,
        command: &RegistryCommand,
    ) -> Result<Option<TransferRow>, RuntimeError> {
        let (Principal::Operator, Some((reference, posting))) = (&ask.principal, asked(command)) else {
            return Ok(None);
        };
        let Some(row) = self.shared.storage.transfer_of(reference)? else { return Ok(None) };
        let Posting { debit, credit, amount, reason } = posting;
        if (&row.debit, &row.credit, row.amount, row.reason) == (&debit, &credit, amount, reason) {
            Ok(Some(row))
        } else {
            Err(RuntimeError::IdempotencyMismatch)
        }
    }

    /// A deposit or a withdrawal; a wallet that does not hold enough refuses it.
    pub(super) fn transfer(&mut self, ask: &Ask, command: &RegistryCommand) -> Result<Decided, RuntimeError> {
        if let Principal::Handle(_) = ask.principal {
            return Err(RuntimeError::OutsideHandle);
        }
        if let RegistryCommand::Deposit { .. } = command {
            self.shared.ledger.takes_money()?;
        }
        let now = self.shared.clock.now();
        let caller = ask.principal.caller();
        let inside = self.money.inside()?;
        let context = RegistryContext {
            now,
            caller: &caller,
            caller_role: None,
            subject_role: None,
            open_registration: self.shared.open_registration,
            inside,
        };
        let events = self.registry_draft().decide(command, &context)?;
        let postings: Vec<Posting> = events.iter().filter_map(RegistryEvent::posting).collect();
        let staged = self.money.stage(&postings, &[])?;
        self.money.keep(match asked(command) {
            Some((reference, _)) => staged.under(reference),
            None => staged,
        });
        let actor = ask.principal.agent_id();
        Ok(Decided::new(ArenaId::SYSTEM, now, actor, of_registry(events), AnswerForm::Transfer))
    }
}

/// The reference and the movement that a command asks for.
fn asked(command: &RegistryCommand) -> Option<(&str, Posting)> {
    match command {
        RegistryCommand::Deposit { agent_id, amount, reference } => {
            let (debit, credit) = (Account::External, Account::Wallet(agent_id.clone()));
            Some((reference, Posting { debit, credit, amount: *amount, reason: Reason::Deposit }))
        }
        RegistryCommand::Withdraw { agent_id, amount, reference } => {
            let (debit, credit) = (Account::Wallet(agent_id.clone()), Account::External);
            Some((reference, Posting { debit, credit, amount: *amount, reason: Reason::Withdrawal }))
        }
        RegistryCommand::RegisterAgent { .. }
        | RegistryCommand::ReplaceToken { .. }
        | RegistryCommand::RemoveAgent { .. }
        | RegistryCommand::IssueHandle { .. }
        | RegistryCommand::RevokeHandle { .. } => None,
    }
}
