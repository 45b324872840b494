//! Rounds and the end in pages: as many transactions as it takes, whoever sends them.

use arena_core::Hash;
use arena_escrow_interface::Mark;
use solana_address::Address;

use crate::{
    accounts::{HeldContest, HeldEntry, sort_by_standing},
    action::Action,
    addresses::Addresses,
    error::ChainError,
};

/// How many entries a page of a round names: so many fit a transaction whose payer is another than the oracle.
pub const PAGE_ENTRIES: usize = 18;
/// What the bytes begin with that the program takes the hash of a page of.
const DOMAIN: &[u8] = b"arena.escrow.page.1";

/// A page of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The round: one after the last completed one.
    pub round: u32,
    /// The page of that round, from 1.
    pub page: u32,
    /// Whether the round is complete with this page.
    pub last: bool,
    /// The root of the round's actions; with the last page only.
    pub actions_root: Option<[u8; 32]>,
    /// What it says of each entry, by the entry's address, in entry order.
    pub marks: Vec<(Address, Mark)>,
}

impl Page {
    /// A round as pages: so many entries each, the root with the last; one page at least.
    ///
    /// `marks` says something of entries, by their addresses and in entry order.
    #[must_use]
    pub fn of_round(round: u32, marks: &[(Address, Mark)], actions_root: Option<Hash>) -> Vec<Self> {
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
                Self { round, page, last, actions_root, marks: marks.to_vec() }
            })
            .collect()
    }

    /// The hash by which the program tells this page from another one.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut bytes = DOMAIN.to_vec();
        bytes.extend([u8::from(self.last), u8::from(self.actions_root.is_some())]);
        bytes.extend(self.actions_root.unwrap_or_default());
        bytes.extend(u64::try_from(self.marks.len()).unwrap_or(u64::MAX).to_le_bytes());
        bytes.extend(self.marks.iter().flat_map(|(_, mark)| mark.to_bytes()));
        bytes.extend(self.marks.iter().flat_map(|(entry, _)| entry.to_bytes()));
        *Hash::of(&bytes).as_bytes()
    }
}

/// A page of the end.
#[derive(Debug)]
pub struct Places {
    /// How many entries were placed before it.
    pub placed: u32,
    /// Whether the contest is finished with it.
    pub is_last: bool,
    /// What takes the next entries.
    pub action: Action,
}

impl Addresses {
    /// The end as pages: all entries in standing order after those that are placed already, the seed with the first.
    ///
    /// They are one action after the other, made of one look at the contest. One page at least: of a contest that is finished the program
    /// refuses it.
    ///
    /// # Errors
    /// When the seed is longer than an instruction.
    pub fn finalizing(
        &self,
        contest: &HeldContest,
        oracle: &Address,
        mut entries: Vec<HeldEntry>,
        seed: Option<&str>,
    ) -> Result<Vec<Places>, ChainError> {
        sort_by_standing(&mut entries);
        let entries: Vec<Address> = entries.into_iter().map(|entry| entry.address).collect();
        let mut placed = contest.view().placed();
        let from = usize::try_from(placed).unwrap_or(usize::MAX);
        let mut left = entries.get(from..).unwrap_or_default();
        let mut pages = Vec::new();
        while pages.is_empty() || !left.is_empty() {
            let (page, rest) = left.split_at(left.len().min(PAGE_ENTRIES));
            let seed = seed.filter(|_| placed == 0);
            let action = self.finalize(contest, oracle, placed, seed, page)?;
            pages.push(Places { placed, is_last: rest.is_empty(), action });
            placed = placed.saturating_add(u32::try_from(page.len()).unwrap_or(u32::MAX));
            left = rest;
        }
        Ok(pages)
    }
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
            let pages = Page::of_round(7, &marks, root);
            assert_eq!(pages.len(), expected);
            let named: Vec<_> = pages.iter().flat_map(|page| page.marks.clone()).collect();
            assert_eq!(named, marks);
            let (last, before) = pages.split_last().unwrap();
            assert!(last.last && last.actions_root.is_some());
            assert!(before.iter().all(|page| !page.last && page.actions_root.is_none()));
        }
    }
}
