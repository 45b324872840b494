//! Ends a contest: finalizes it, has every open obligation paid, and fetches the receipt.

use arena_api::{
    Code,
    contests::Finalize,
    entries::Entry,
    list::PageQuery,
    payouts::{Obligation, RequestPayout},
};
use arena_core::{
    ArenaId,
    contest::{ObligationStatus, Status},
};

use super::{
    Host, HostError, durable,
    error::Doing,
    report::{Ending, Faults, HostReport, HostedBot, Paid},
    show::Happening,
};
use crate::contest::receipt;

const PAGE: u32 = 1_000;

impl Host {
    /// Reveals the seed; standings and obligations follow from the rounds.
    pub(super) async fn finalized(&self, arena_id: ArenaId) -> Result<(), HostError> {
        #[cfg(feature = "solana")]
        self.finalized_on_chain().await?;
        let asked = Finalize { seed: Some(self.state.seed()?.as_str().to_owned()) };
        let finalized = self.client.finalize_contest(arena_id, &asked).key(self.key("finalize"));
        finalized.await.doing(|| "finalize the contest".into())?;
        Ok(())
    }

    /// Has everyone paid what they are owed, and keeps the receipt.
    pub(super) async fn paid_out(
        &self,
        arena_id: ArenaId,
        faults: Faults,
        why: Option<String>,
    ) -> Result<HostReport, HostError> {
        let owed = self.obligations(arena_id).await?;
        #[cfg(feature = "solana")]
        self.paid_on_chain(&owed).await?;
        for owed in owed {
            if owed.status == ObligationStatus::Open {
                self.paid(arena_id, &owed).await?;
            }
            #[cfg(feature = "solana")]
            self.taken_out(&owed).await?;
        }
        let file = self.client.receipt(arena_id).await.doing(|| "read the receipt".into())?;
        receipt::check(&file, None)?;
        let path = self.options.receipt.clone().unwrap_or_else(|| self.state.path("receipt.json"));
        durable::write(&path, &file)?;
        let contest = self.client.contest(arena_id).await.doing(|| "read the contest".into())?;
        let ending = match contest.status {
            Status::Cancelled => Ending::Cancelled,
            Status::Abandoned => Ending::Abandoned,
            Status::Finished | Status::Registration | Status::Active | Status::Eliminating => {
                Ending::Finished
            }
        };
        #[cfg(feature = "solana")]
        self.closed_on_chain().await?;
        let paid = self.obligations(arena_id).await?.into_iter().map(|owed| Paid {
            kind: owed.kind,
            payee: owed.payee,
            amount: owed.amount,
        });
        Ok(HostReport {
            outcome: ending,
            arena_id: Some(arena_id),
            why,
            title: contest.title,
            rounds: contest.round,
            standings: self
                .standings(arena_id)
                .await?
                .into_iter()
                .map(|entry| hosted(entry, &faults))
                .collect(),
            paid: paid.collect(),
            receipt: Some(path),
        })
    }

    /// Has an obligation paid; somebody else may have been faster.
    async fn paid(&self, arena_id: ArenaId, owed: &Obligation) -> Result<(), HostError> {
        let asked = RequestPayout { kind: owed.kind, agent: Some(owed.payee.clone()) };
        let key = self.key(&format!("pay-{}-{}", owed.kind, owed.payee));
        match self.client.payout(arena_id, &asked).key(key).await {
            Err(error) if error.code() == Some(Code::AlreadyPaid) => Ok(()),
            paid => {
                paid.doing(|| format!("pay {} its {}", owed.payee, owed.kind))?;
                self.show.that(&Happening::Paid { owed });
                Ok(())
            }
        }
    }

    async fn obligations(&self, arena_id: ArenaId) -> Result<Vec<Obligation>, HostError> {
        let mut query = PageQuery { limit: Some(PAGE), cursor: None };
        let mut all = Vec::new();
        loop {
            let page =
                self.client.obligations(arena_id, &query).await.doing(|| "read the obligations".into())?;
            all.extend(page.items);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return Ok(all);
            }
        }
    }

    async fn standings(&self, arena_id: ArenaId) -> Result<Vec<Entry>, HostError> {
        let mut query = PageQuery { limit: Some(PAGE), cursor: None };
        let mut all = Vec::new();
        loop {
            let page = self.client.standings(arena_id, &query).await.doing(|| "read the standings".into())?;
            all.extend(page.items);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return Ok(all);
            }
        }
    }
}

fn hosted(entry: Entry, faults: &Faults) -> HostedBot {
    HostedBot {
        faults: faults.of(&entry.agent_id),
        agent_id: entry.agent_id,
        standing: entry.standing,
        score: entry.score,
        eliminated_round: entry.eliminated_round,
        prize: entry.prize,
    }
}
