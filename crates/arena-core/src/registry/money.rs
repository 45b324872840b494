//! Money that comes in from outside and goes out again: the operator's alone.

use alloc::{format, string::String, vec, vec::Vec};

use super::{
    aggregate::Registry, commands::RegistryContext, events::RegistryEvent, rejection::RegistryRejection,
};
use crate::{
    amount::Amount,
    collaboration::Caller,
    ids::AgentId,
    ledger::{Account, Posting, Reason},
};

/// Bytes of a reference.
const REFERENCE_BYTES: usize = 128;

impl Registry {
    pub(super) fn deposit(
        &self,
        agent_id: &AgentId,
        amount: Amount,
        reference: &str,
        context: &RegistryContext<'_>,
    ) -> Result<Vec<RegistryEvent>, RegistryRejection> {
        check_values(amount, reference)?;
        if !self.is_registered(agent_id) {
            return Err(RegistryRejection::NotFound { what: "agent" });
        }
        operator_only(context)?;
        if context.inside.saturating_add(amount.get()) > Amount::MAX.get() {
            let room = Amount::MAX.get().saturating_sub(context.inside);
            return Err(invalid(
                "amount",
                format!("the ledger holds at most {}; {room} are left", Amount::MAX),
            ));
        }
        Ok(vec![RegistryEvent::Deposited {
            agent_id: agent_id.clone(),
            amount,
            reference: reference.into(),
            timestamp: context.now,
        }])
    }

    /// An agent that was removed has its wallet still, so that no money is shut in.
    pub(super) fn withdraw(
        &self,
        agent_id: &AgentId,
        amount: Amount,
        reference: &str,
        context: &RegistryContext<'_>,
    ) -> Result<Vec<RegistryEvent>, RegistryRejection> {
        check_values(amount, reference)?;
        if self.agent(agent_id).is_none() {
            return Err(RegistryRejection::NotFound { what: "agent" });
        }
        operator_only(context)?;
        Ok(vec![RegistryEvent::Withdrawn {
            agent_id: agent_id.clone(),
            amount,
            reference: reference.into(),
            timestamp: context.now,
        }])
    }
}

impl RegistryEvent {
    /// What the event moves; `None` where it moves nothing.
    #[must_use]
    pub fn posting(&self) -> Option<Posting> {
        match self {
            Self::Deposited { agent_id, amount, .. } => {
                let wallet = Account::Wallet(agent_id.clone());
                Posting::of(Account::External, wallet, *amount, Reason::Deposit)
            }
            Self::Withdrawn { agent_id, amount, .. } => {
                let wallet = Account::Wallet(agent_id.clone());
                Posting::of(wallet, Account::External, *amount, Reason::Withdrawal)
            }
            Self::AgentRegistered { .. }
            | Self::AgentTokenReplaced { .. }
            | Self::AgentRemoved { .. }
            | Self::HandleIssued { .. }
            | Self::HandleRevoked { .. } => None,
        }
    }
}

fn check_values(amount: Amount, reference: &str) -> Result<(), RegistryRejection> {
    if amount.is_zero() {
        return Err(invalid("amount", "is at least 1".into()));
    }
    if reference.trim().is_empty() || reference.len() > REFERENCE_BYTES {
        return Err(invalid("reference", format!("has 1 to {REFERENCE_BYTES} bytes")));
    }
    Ok(())
}

fn operator_only(context: &RegistryContext<'_>) -> Result<(), RegistryRejection> {
    match context.caller {
        Caller::Operator { .. } => Ok(()),
        Caller::Agent { .. } | Caller::System => Err(RegistryRejection::Forbidden { who: "the operator" }),
    }
}

fn invalid(field: &'static str, reason: String) -> RegistryRejection {
    RegistryRejection::Invalid { field, reason }
}
