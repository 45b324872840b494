//! `arena ledger`: money in and out, balances, transfers, and the audit.

use std::{fmt, str::FromStr};

use arena_api::ledger::{Audit, MoveMoney, Transfer, TransferQuery};
use arena_core::{AgentId, Position, amount::Amount, ledger::Account};
use clap::{Args, Subcommand};

use crate::{
    exit::Exit,
    failure::Failure,
    paging::Limit,
    paint::{self, first_line, paint},
    session::Session,
    table::{Rows, item},
    values,
};

/// What can be done with money.
#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Move money from the outside into a wallet, as the operator
    Deposit(Move),
    /// Move money from a wallet to the outside, as the operator
    Withdraw(Move),
    /// Say what an account holds
    Balance {
        /// An agent (its wallet), `escrow:CONTEST`, `bond:CONTEST` or `treasury`
        account: Holder,
    },
    /// List transfers by number
    Transfers {
        /// Only those in or out of this account; unless said all for the operator, your wallet's for an agent
        #[arg(long)]
        account: Option<Holder>,
        /// Only those after this one
        #[arg(long, value_name = "TRANSFER", value_parser = values::position)]
        after: Option<Position>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Recompute the whole ledger from the journal, as the operator
    Audit,
}

/// Money between the outside and a wallet.
#[derive(Args, Debug)]
pub(crate) struct Move {
    /// Whose wallet
    agent: AgentId,
    /// How much, in minor units
    #[arg(value_parser = values::amount)]
    amount: Amount,
    /// What it is known by outside, in 1 to 128 bytes; the same one moves money once
    #[arg(long, value_name = "TEXT")]
    reference: String,
}

/// An account, or the agent whose wallet it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder(Account);

impl FromStr for Holder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wallet = |agent_id| Self(Account::Wallet(agent_id));
        text.parse().map(Self).or_else(|_| text.parse().map(wallet)).map_err(|_| {
            format!("`{text}` is no account; write an agent, wallet:AGENT, escrow:CONTEST, bond:CONTEST or treasury")
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Ledger {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let client = &session.client;
        match self {
            Self::Deposit(asked) => moved(&session.write(client.deposit(&asked.request())).await?, session),
            Self::Withdraw(asked) => moved(&session.write(client.withdraw(&asked.request())).await?, session),
            Self::Balance { account } => {
                let found = session.read(client.account(&account.0)).await?;
                session.output.answer(&found, |found| format!("{} holds {}\n", found.account, found.balance))
            }
            Self::Transfers { account, after, limit } => {
                let account = account.map(|holder| holder.0);
                let query = TransferQuery { account, after, limit: limit.number() };
                let page = session.read(client.transfers(&query)).await?;
                session.output.answer(&page, |page| list(&page.items))?;
                session.more(page.next_cursor.as_deref(), "--after");
                Ok(())
            }
            Self::Audit => {
                let audit = session.read(client.audit()).await?;
                session.output.answer(&audit, audited)?;
                if audit.ok {
                    return Ok(());
                }
                Err(Failure::new(Exit::Damaged, "damaged", "the ledger is not what the journal says").with_hint(
                    "keep the store as it is; `arena verify` names every place, and exits of contests stay open",
                ))
            }
        }
    }
}

impl Move {
    fn request(self) -> MoveMoney {
        MoveMoney { agent_id: self.agent, amount: self.amount, reference: self.reference }
    }
}

fn moved(transfer: &Transfer, session: &Session) -> Result<(), Failure> {
    session.output.answer(transfer, |one| {
        format!("moved {} from {} to {}: transfer {}\n", one.amount, one.debit, one.credit, one.transfer)
    })
}

fn list(transfers: &[Transfer]) -> String {
    let mut rows = Rows::new(&["TRANSFER", "FROM", "TO", "AMOUNT", "REASON", "REFERENCE"]);
    for one in transfers {
        rows.add([
            item(one.transfer),
            item(&one.debit),
            item(&one.credit),
            item(one.amount),
            item(one.reason),
            item(first_line(one.reference.as_deref().unwrap_or_default())),
        ]);
    }
    rows.text()
}

fn audited(audit: &Audit) -> String {
    match &audit.first_divergence {
        None => {
            format!(
                "{}: {} transfers, balances, profiles and contests fit together\n",
                paint(paint::DONE, "ok"),
                audit.checked
            )
        }
        Some(found) => {
            let place =
                format!("position {} ({} sequence {})", found.position, found.arena_id, found.sequence);
            format!("{}: {}\n", paint(paint::WRONG, place), found.reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_stands_for_its_wallet() {
        assert_eq!("bob".parse::<Holder>(), "wallet:bob".parse());
        assert_eq!("treasury".parse::<Holder>().unwrap().0, Account::Treasury);
        assert_eq!("external".parse::<Holder>().unwrap().0, Account::External);
        for bad in ["", "Bob", "wallet:", "escrow:1", "purse:bob"] {
            assert!(bad.parse::<Holder>().is_err(), "{bad}");
        }
    }
}
