//! `arena chain submit` and `arena chain finalize`: the oracle's part, page by page.

use std::{collections::BTreeMap, str::FromStr};

use arena_chain::{
    Action, Address, Asked, HeldContest, HeldEntry, Keypair, Mark, PAGE_ENTRIES, Page, ShownContest, Signer,
    sort_by_standing,
};
use arena_core::{
    Hash,
    contest::{Score, Status, status},
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

    /// The pages: so many entries each, in entry order, the root with the last.
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
        Ok(pages(self.round, &marks, self.actions_root))
    }
}

/// Marks as pages of a round; one page at least.
fn pages(round: u32, marks: &[(Address, Mark)], actions_root: Option<Hash>) -> Vec<Page> {
    let mut chunks: Vec<&[(Address, Mark)]> = marks.chunks(PAGE_ENTRIES).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    let count = chunks.len();
    let numbered = (1..).zip(chunks);
    numbered
        .map(|(page, marks)| {
            let last = usize::try_from(page).is_ok_and(|page| page == count);
            let actions_root = actions_root.filter(|_| last).map(|hash| *hash.as_bytes());
            Page { round, page, last, actions_root, marks: marks.to_vec() }
        })
        .collect()
}

impl Finalize {
    /// Takes all entries in standing order, page by page; those that were taken before are passed over.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let oracle = session.wallet()?;
        let mut entries = session.chain.entries(&self.contest).await?;
        sort_by_standing(&mut entries);
        let mut signatures = Vec::new();
        loop {
            let contest = session.contest(&self.contest).await?;
            let placed = contest.view().placed();
            if !signatures.is_empty() && contest.status() == Status::Finished {
                break;
            }
            let action = self.page(session, &contest, &oracle, placed, &entries)?;
            let asked = Asked::new(self.contest, status::Action::Finalize);
            signatures.push(one(session, &action, &format!("after {placed}"), &oracle, asked).await?);
        }
        answered(session, &self.contest, signatures.into_iter().flatten().collect()).await
    }

    fn page(
        &self,
        session: &Session,
        contest: &HeldContest,
        oracle: &Keypair,
        placed: u32,
        entries: &[HeldEntry],
    ) -> Result<Action, Failure> {
        let from = usize::try_from(placed).unwrap_or(usize::MAX);
        let next: Vec<Address> =
            entries.iter().skip(from).take(PAGE_ENTRIES).map(|entry| entry.address).collect();
        let seed = self.seed.as_deref().filter(|_| placed == 0);
        Ok(session.chain.at().finalize(contest, &oracle.pubkey(), placed, seed, &next)?)
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
    session.output.answer(&Pages { signatures, contest }, text::pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_as_many_pages_as_it_takes_and_one_at_least() {
        let mark = Mark { is_eliminated: true, score: None };
        let root = Some(Hash::of(b"root"));
        for (marks, expected) in [(0, 1), (1, 1), (18, 1), (19, 2), (100, 6)] {
            let marks: Vec<_> =
                (0..marks).map(|number| (Address::new_from_array([number; 32]), mark)).collect();
            let pages = pages(7, &marks, root);
            assert_eq!(pages.len(), expected);
            let named: Vec<_> = pages.iter().flat_map(|page| page.marks.clone()).collect();
            assert_eq!(named, marks);
            let (last, before) = pages.split_last().unwrap();
            assert!(last.last && last.actions_root.is_some());
            assert!(before.iter().all(|page| !page.last && page.actions_root.is_none()));
        }
    }
}
