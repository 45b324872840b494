//! Calls about the ledger.

use reqwest::Method;

use super::{
    Client,
    call::{Body, Call, json},
};
use crate::{
    ledger::{AccountBalance, Audit, MoveMoney, Transfer, TransferQuery},
    list::List,
};
use arena_core::ledger::Account;

impl Client {
    /// Moves money from the outside into a wallet.
    pub fn deposit(&self, asked: &MoveMoney) -> Call<Transfer> {
        self.send(Method::POST, &["v1", "ledger", "deposits"], Body::json(asked), json)
    }

    /// Moves money from a wallet to the outside.
    pub fn withdraw(&self, asked: &MoveMoney) -> Call<Transfer> {
        self.send(Method::POST, &["v1", "ledger", "withdrawals"], Body::json(asked), json)
    }

    /// Reads what an account holds.
    pub fn account(&self, account: &Account) -> Call<AccountBalance> {
        self.get(&["v1", "ledger", "accounts", &account.to_string()], json)
    }

    /// Lists transfers by number.
    pub fn transfers(&self, query: &TransferQuery) -> Call<List<Transfer>> {
        self.get_with(&["v1", "ledger", "transfers"], query, json)
    }

    /// Has the ledger recomputed from the journal.
    pub fn audit(&self) -> Call<Audit> {
        self.get(&["v1", "ledger", "audit"], json)
    }
}
