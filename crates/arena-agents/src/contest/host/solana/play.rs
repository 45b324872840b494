//! Rounds and the end on the chain, page by page.

use arena_chain::{Address, Mark, PAGE_ENTRIES, Page, sort_by_standing};
use arena_core::contest::{Status, status};

use super::{DoingOnChain, OnChain};
use crate::contest::host::{Host, HostError, state::RoundRecord};

impl Host {
    /// Submits a decided round; what the chain has of it is passed over.
    pub(in super::super) async fn round_on_chain(&self, record: &RoundRecord) -> Result<(), HostError> {
        let Some(money) = self.money.as_ref().filter(|money| !money.is_closed) else { return Ok(()) };
        let (round, doing) = (record.round, || format!("submit round {} to the chain", record.round));
        let held = self.held(money).await?;
        if held.view().rounds() >= round {
            return Ok(());
        }
        let pages = pages(money, record);
        let last = pages.len();
        for page in pages {
            if page.page <= held.view().open_pages() {
                continue;
            }
            let action = money.with.chain.at().submit_page(&held, &money.own(), &page).on_chain(doing)?;
            let name = if usize::try_from(page.page) == Ok(last) {
                format!("round-{round}-1")
            } else {
                format!("round-{round}-1-page-{}", page.page)
            };
            let sent =
                self.step(money, &name, &action, &[&money.with.key], Some(status::Action::SubmitPage)).await;
            sent.on_chain(doing)?;
        }
        Ok(())
    }

    /// Takes the entries in standing order until the contest is finished, and reveals the seed with the first.
    pub(in super::super) async fn finalized_on_chain(&self) -> Result<(), HostError> {
        let Some(money) = self.money.as_ref().filter(|money| !money.is_closed) else { return Ok(()) };
        let doing = || "finalize the contest on the chain".to_owned();
        let chain = &money.with.chain;
        let mut entries = chain.entries(&self.chain_contest(money)).await.on_chain(doing)?;
        sort_by_standing(&mut entries);
        let seed = self.state.seed()?;
        loop {
            let held = self.held(money).await?;
            if held.status() == Status::Finished {
                return Ok(());
            }
            let placed = held.view().placed();
            let from = usize::try_from(placed).unwrap_or(usize::MAX);
            let next: Vec<Address> =
                entries.iter().skip(from).take(PAGE_ENTRIES).map(|entry| entry.address).collect();
            let is_last = from.saturating_add(next.len()) >= entries.len();
            let name = if is_last { "finalize".to_owned() } else { format!("finalize-after-{placed}") };
            let seed = Some(seed.as_str()).filter(|_| placed == 0);
            let action = chain.at().finalize(&held, &money.own(), placed, seed, &next).on_chain(doing)?;
            self.step(money, &name, &action, &[&money.with.key], Some(status::Action::Finalize))
                .await
                .on_chain(doing)?;
        }
    }
}

/// The pages of a round: so many entries each, in entry order, the root with the last.
fn pages(money: &OnChain, record: &RoundRecord) -> Vec<Page> {
    let marked = money.entrants.iter().filter_map(|entrant| {
        let score = record.scores.get(&entrant.agent_id).copied();
        let is_eliminated = record.eliminated.contains(&entrant.agent_id);
        (score.is_some() || is_eliminated).then_some((entrant.entry, Mark { is_eliminated, score }))
    });
    let marks: Vec<(Address, Mark)> = marked.collect();
    let count = marks.len().div_ceil(PAGE_ENTRIES);
    let numbered = (1..).zip(marks.chunks(PAGE_ENTRIES));
    numbered
        .map(|(page, marks)| {
            let last = usize::try_from(page) == Ok(count);
            let actions_root = last.then(|| *record.actions_root.as_bytes());
            Page { round: record.round, page, last, actions_root, marks: marks.to_vec() }
        })
        .collect()
}
