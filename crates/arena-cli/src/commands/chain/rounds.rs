//! `arena chain submit` and `arena chain finalize`: the oracle's part, page by page.

use std::{collections::BTreeMap, str::FromStr};

use arena_chain::{Action, Address, Asked, HeldEntry, Keypair, Mark, Page, Places, ShownContest, Signer};
use arena_core::{
    Hash,
    contest::{Score, status},
};
use clap::Args;
use serde::Serialize;

use super::{reach::Session, text};
use crate::{exit::Exit, failure::Failure};

/// A round.
#[derive(Args, Debug)]
#[command(after_help = "Example: arena chain submit CONTEST 1 --score WALLET=7,WALLET=3 --out WALLET")]
pub(super) struct Submit {
    /// The contest's address
    contest: Address,
    /// The round: one after the last completed one
    round: u32,
    /// Who is out
    #[arg(long, value_name = "WALLETS", value_delimiter = ',')]
    out: Vec<Address>,
    /// New scores; a wallet without one keeps its former one
    #[arg(long, value_name = "WALLET=SCORE", value_delimiter = ',')]
    score: Vec<Scored>,
    /// The root of the round's actions
    #[arg(long, value_name = "HASH")]
    actions_root: Option<Hash>,
}

/// The end.
#[derive(Args, Debug)]
pub(super) struct Finalize {
    /// The contest's address
    contest: Address,
    /// What the commitment in the terms is the hash of
    #[arg(long)]
    seed: Option<String>,
}

/// A wallet and its score.
#[derive(Clone, Copy, Debug)]
struct Scored {
    wallet: Address,
    score: Score,
}

impl FromStr for Scored {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (wallet, score) = text.split_once('=').ok_or("write WALLET=SCORE")?;
        let wallet = wallet.parse().map_err(|_| format!("`{wallet}` is no address"))?;
        let score = score.parse().ok().and_then(Score::new);
        Ok(Self { wallet, score: score.ok_or_else(|| format!("`{text}` has no score"))? })
    }
}

/// What was done, in several transactions.
#[derive(Debug, Serialize)]
pub(super) struct Pages {
    /// The transactions that are known.
    pub(super) signatures: Vec<String>,
    /// The contest as it stands then.
    pub(super) contest: ShownContest,
}

impl Submit {
    /// Submits it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let oracle = session.wallet()?;
        let contest = session.contest(&self.contest).await?;
        let entries = session.chain.entries(&self.contest).await?;
        let pages = self.pages(&entries)?;
        let mut signatures = Vec::new();
        for page in pages {
            let asked = Asked::new(self.contest, status::Action::SubmitPage).page(page.round, page.page);
            let action = session.chain.at().submit_page(&contest, &oracle.pubkey(), &page)?;
            let name = format!("round {} page {}", page.round, page.page);
            signatures.extend(one(session, &action, &name, &oracle, asked).await?);
        }
        answered(session, &self.contest, signatures).await
    }

    /// The pages, with what is said of each entry in entry order.
    fn pages(&self, entries: &[HeldEntry]) -> Result<Vec<Page>, Failure> {
        let usage = |detail: String| Failure::new(Exit::Usage, "usage", detail);
        let mut marks: BTreeMap<u32, (Address, Mark)> = BTreeMap::new();
        let entry = |wallet: &Address| {
            let found = entries.iter().find(|entry| entry.agent() == *wallet);
            found.ok_or_else(|| usage(format!("{wallet} has no entry in this contest")))
        };
        let blank = Mark { is_eliminated: false, score: None };
        for wallet in &self.out {
            let entry = entry(wallet)?;
            marks.entry(entry.view().number()).or_insert((entry.address, blank)).1.is_eliminated = true;
        }
        for Scored { wallet, score } in &self.score {
            let entry = entry(wallet)?;
            marks.entry(entry.view().number()).or_insert((entry.address, blank)).1.score = Some(*score);
        }
        let marks: Vec<(Address, Mark)> = marks.into_values().collect();
        Ok(Page::of_round(self.round, &marks, self.actions_root))
    }
}

impl Finalize {
    /// Takes all entries in standing order, page by page; those that were taken before are passed over.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let oracle = session.wallet()?;
        let entries = session.chain.entries(&self.contest).await?;
        let contest = session.contest(&self.contest).await?;
        let seed = self.seed.as_deref();
        let pages = session.chain.at().finalizing(&contest, &oracle.pubkey(), entries, seed)?;
        let mut signatures = Vec::new();
        for Places { placed, action, .. } in pages {
            let asked = Asked::new(self.contest, status::Action::Finalize);
            signatures.extend(one(session, &action, &format!("after {placed}"), &oracle, asked).await?);
        }
        answered(session, &self.contest, signatures).await
    }
}

async fn one(
    session: &Session,
    action: &Action,
    name: &str,
    oracle: &Keypair,
    asked: Asked,
) -> Result<Option<String>, Failure> {
    let sent = session.send_one_of(action, name, &[oracle], Some(asked)).await?;
    Ok(sent.and_then(|sent| sent.signature).map(|signature| signature.to_string()))
}

async fn answered(session: &Session, at: &Address, signatures: Vec<String>) -> Result<(), Failure> {
    let contest = ShownContest::from(&session.contest(at).await?);
    session.answer(&Pages { signatures, contest }, text::pages)
}
