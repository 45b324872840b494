//! Rounds and the end on the chain, page by page.

use arena_chain::{Address, Mark, Page};
use arena_core::contest::{Status, status};

use super::{DoingOnChain, OnChain};
use crate::contest::host::{Host, HostError, state::RoundRecord};

impl Host {
    /// Submits a decided round; what the chain has of it is passed over.
    pub(in super::super) async fn round_on_chain(&self, record: &RoundRecord) -> Result<(), HostError> {
        let Some(money) = self.unclosed() else { return Ok(()) };
        let (with, round) = (&money.with, record.round);
        let doing = || format!("submit round {round} to the chain");
        let held = self.held_now(with).await?;
        if held.view().rounds() >= round {
            return Ok(());
        }
        let pages = Page::of_round(round, &marks(money, record), Some(record.actions_root));
        for page in pages.iter().filter(|page| page.page > held.view().open_pages()) {
            let action = with.chain.at().submit_page(&held, &with.own(), page).on_chain(doing)?;
            let name = if page.last {
                format!("round-{round}-1")
            } else {
                format!("round-{round}-1-page-{}", page.page)
            };
            let asked = Some(status::Action::SubmitPage);
            self.step(with, &name, &action, &[&with.key], asked).await.on_chain(doing)?;
        }
        Ok(())
    }

    /// Takes the entries in standing order until the contest is finished, and reveals the seed with the first.
    pub(in super::super) async fn finalized_on_chain(&self) -> Result<(), HostError> {
        let Some(money) = self.unclosed() else { return Ok(()) };
        let (with, doing) = (&money.with, || "finalize the contest on the chain".to_owned());
        let held = match self.held(with).await? {
            // Paid and closed by others since this host finalized it.
            None if self.note("finalize").is_there() => return Ok(()),
            None => self.held_now(with).await?,
            Some(held) => held,
        };
        if held.status() == Status::Finished {
            return Ok(());
        }
        let entries = with.chain.entries(&held.address).await.on_chain(doing)?;
        let seed = self.state.seed()?;
        let pages = with.chain.at().finalizing(&held, &with.own(), entries, Some(seed.as_str()));
        for page in pages.on_chain(doing)? {
            let name =
                if page.is_last { "finalize".to_owned() } else { format!("finalize-after-{}", page.placed) };
            let asked = Some(status::Action::Finalize);
            self.step(with, &name, &page.action, &[&with.key], asked).await.on_chain(doing)?;
        }
        Ok(())
    }
}

/// What a round says of each entry, in entry order.
fn marks(money: &OnChain, record: &RoundRecord) -> Vec<(Address, Mark)> {
    let marked = money.entrants.iter().filter_map(|entrant| {
        let score = record.scores.get(&entrant.agent_id).copied();
        let is_eliminated = record.eliminated.contains(&entrant.agent_id);
        (score.is_some() || is_eliminated).then_some((entrant.entry, Mark { is_eliminated, score }))
    });
    marked.collect()
}
