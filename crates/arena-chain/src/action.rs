//! An action: the instructions that carry it out, and what the accounts look like once it is done.

use std::fmt;

use solana_address::Address;
use solana_instruction::Instruction;

use crate::{
    error::ChainError,
    funding::make_associated,
    rpc::{Account, Rpc},
};

/// Tells from an account whether something is done.
type Test = Box<dyn Fn(Option<&Account>) -> bool + Send + Sync>;

/// Something to have carried out on the chain.
pub struct Action {
    /// What it is, in the words of the program's instructions.
    pub name: &'static str,
    /// What carries it out, in one transaction.
    pub instructions: Vec<Instruction>,
    /// Which one it is of those that can be done again and again.
    pub(crate) number: Option<u64>,
    /// What shows that it is done; nothing does for what can be done twice.
    done: Option<(Address, Test)>,
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Action {
    /// An action of one instruction that no account shows.
    pub(crate) fn new(name: &'static str, instruction: Instruction) -> Self {
        Self { name, instructions: vec![instruction], number: None, done: None }
    }

    /// Says which one it is of those that can be done again and again.
    pub(crate) fn numbered(self, number: u64) -> Self {
        Self { number: Some(number), ..self }
    }

    /// Says what shows that it is done.
    pub(crate) fn once(
        mut self,
        at: Address,
        is: impl Fn(Option<&Account>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.done = Some((at, Box::new(is)));
        self
    }

    /// Has a wallet's associated token account of a mint made first, unless it is there; `payer` pays the rent.
    ///
    /// The instruction is part of the action whether or not the account is there, so that it is the same action when it is asked for again.
    #[must_use]
    pub fn making_tokens_of(
        mut self,
        wallet: &Address,
        mint: &Address,
        token_program: &Address,
        payer: &Address,
    ) -> Self {
        self.instructions.insert(0, make_associated(payer, wallet, mint, token_program));
        self
    }

    /// Has something else done then, in the same transaction.
    #[must_use]
    pub(crate) fn and(mut self, then: Instruction) -> Self {
        self.instructions.push(then);
        self
    }

    /// Whether the accounts show that it is done, by whomever.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn is_done(&self, rpc: &Rpc) -> Result<bool, ChainError> {
        match &self.done {
            None => Ok(false),
            Some((at, is)) => Ok(is(rpc.account(at).await?.as_ref())),
        }
    }

    /// Whether this account, found where the action shows, says that it is done.
    #[cfg(test)]
    pub(crate) fn shows(&self, account: Option<&Account>) -> bool {
        self.done.as_ref().is_some_and(|(_, is)| is(account))
    }
}
