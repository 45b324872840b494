//! `arena chain init` and `arena chain treasury`: the protocol's own part.

use arena_api::Code;
use arena_chain::{Address, ShownProtocol, Signer, associated};
use arena_core::amount::Amount;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::{act::Done, reach::Session, text};
use crate::{failure::Failure, values};

/// The protocol and a mint.
#[derive(Args, Debug)]
#[command(
    after_help = "Initialises the protocol unless that was done, which only who may upgrade the program can; then opens the treasury of a mint, which anyone can."
)]
pub(super) struct Init {
    /// Open the treasury of this mint, so that contests of it can be made
    #[arg(long, value_name = "ADDRESS")]
    mint: Option<Address>,
}

/// The treasury.
#[derive(Debug, Subcommand)]
pub(super) enum Treasury {
    /// Say who has the right, and with a mint what the treasury holds
    Show {
        /// The mint
        mint: Option<Address>,
    },
    /// Take tokens out, as the authority
    Withdraw(Withdraw),
    /// Hand the right on, as the authority
    HandOn {
        /// The wallet that has it from now on
        wallet: Address,
    },
}

/// Tokens out of the treasury.
#[derive(Args, Debug)]
#[command(
    after_help = "It can be done any number of times. Cut off and given again, it first sees to the one that was sent; with --key it is done once for good."
)]
pub(super) struct Withdraw {
    /// The mint
    mint: Address,
    /// How much, in minor units
    #[arg(value_parser = values::amount)]
    amount: Amount,
    /// The token account that takes it; your own associated one unless said
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
}

/// What initialising came to.
#[derive(Debug, Serialize)]
struct Initialised {
    #[serde(flatten)]
    protocol: ShownProtocol,
    done: Vec<Done>,
}

impl Init {
    /// Does what is left of it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let wallet = session.wallet()?;
        let (chain, at) = (&session.chain, session.chain.at());
        let mut todo = Vec::new();
        if chain.rpc().account(&at.protocol()).await?.is_none_or(|account| account.data.is_empty()) {
            todo.push(("protocol", at.init_protocol(&wallet.pubkey())));
        }
        if let Some(mint) = self.mint {
            let token_program = chain.token_program_of(&mint).await?;
            let treasury = chain.rpc().account(&at.treasury(&mint)).await?;
            if treasury.is_none_or(|account| account.data.is_empty()) {
                todo.push(("treasury", at.open_treasury(&wallet.pubkey(), &mint, &token_program)));
            }
        }
        let mut done = Vec::new();
        for (name, action) in todo {
            let sent = session.send_one_of(&action, name, &[&wallet], None).await?;
            done.extend(sent.map(|sent| Done::of(&action, sent, None)));
        }
        let protocol = ShownProtocol::of(&chain.protocol().await?, at.program());
        session.answer(&Initialised { protocol, done }, |initialised| {
            let lines: String = initialised.done.iter().map(text::done).collect();
            format!(
                "{lines}program {}, authority {}\n",
                initialised.protocol.program, initialised.protocol.authority
            )
        })
    }
}

impl Treasury {
    /// Does it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Show { mint } => show(mint, session).await,
            Self::Withdraw(verb) => verb.run(session).await,
            Self::HandOn { wallet } => {
                let authority = session.wallet()?;
                let action = session.chain.at().set_authority(&authority.pubkey(), &wallet);
                let sent = session.send(&action, &[&authority], None).await?;
                session.answer(&Done::of(&action, sent, None), text::done)
            }
        }
    }
}

async fn show(mint: Option<Address>, session: &Session) -> Result<(), Failure> {
    let at = session.chain.at();
    let protocol = ShownProtocol::of(&session.chain.protocol().await?, at.program());
    let mut shown = serde_json::to_value(&protocol).unwrap_or_default();
    let mut line = format!("authority {}\n", protocol.authority);
    if let (Some(mint), Some(fields)) = (mint, shown.as_object_mut()) {
        let balance = session.chain.tokens_at(&at.treasury(&mint)).await?;
        fields.extend([("mint".to_owned(), json!(mint.to_string())), ("balance".to_owned(), json!(balance))]);
        line += &format!("holds {balance} of {mint}\n");
    }
    session.output.answer(&shown, |_| line)
}

impl Withdraw {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let authority = session.wallet()?;
        let (chain, own) = (&session.chain, authority.pubkey());
        let token_program = chain.token_program_of(&self.mint).await?;
        let to = self.to.unwrap_or_else(|| associated(&own, &token_program, &self.mint));
        let amount = self.amount.get();
        let numbered = |number| {
            let at = chain.at();
            let action = at.withdraw_treasury(&own, &self.mint, &token_program, &to, amount, number);
            if self.to.is_some() {
                return action;
            }
            action.making_tokens_of(&own, &self.mint, &token_program, &own)
        };
        // One that was cut off is asked for under the number that it was signed with.
        let note = session.note(&numbered(0), "");
        let _alone = note.alone().await?;
        let number = match note.number() {
            Some(number) => number,
            None => chain.protocol().await?.next_withdrawal(),
        };
        let action = numbered(number);
        let sent = chain.send(&action, &[&authority], &note, None).await.map_err(|error| {
            let taken = error.code() == Code::VersionMismatch;
            let failure = Failure::from(error);
            let hint = "another withdrawal was made since this one was asked for, or this one was made before; see what is there with `arena chain treasury show MINT`, and ask for another with a --key of its own";
            if taken { failure.with_hint(hint) } else { failure }
        })?;
        session.answer(&Done::of(&action, sent, None), |done| {
            format!("withdrew {amount} of {} to {to}\n{}", self.mint, text::done(done))
        })
    }
}
