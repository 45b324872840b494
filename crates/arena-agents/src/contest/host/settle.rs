//! Ends a contest: finalizes it, has every open obligation paid, and fetches the receipt.

use arena_api::{
    Code,
    client::all_pages,
    contests::Finalize,
    entries::Entry,
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

/// Why the receipt of a contest that was played to its end on the chain says something else.
const WRITTEN_OFF: &str = "the contest in Arena's own ledger was abandoned before; standings and receipt are of that one, and payments of the chain";

impl Host {
    /// Reveals the seed; standings and obligations follow from the rounds.
    pub(super) async fn finalized(&self, arena_id: ArenaId) -> Result<(), HostError> {
        #[cfg(feature = "solana")]
        self.finalized_on_chain().await?;
        let asked = Finalize { seed: Some(self.state.seed()?.as_str().to_owned()) };
        let finalized = self.client.finalize_contest(arena_id, &asked).key(self.key("finalize")).await;
        if !self.is_written_off(&finalized) {
            return finalized.map(|_| ()).doing(|| "finalize the contest".into());
        }
        let abandoned = self.client.abandon_contest(arena_id).key(self.key("abandon")).await;
        // Somebody else may have been faster.
        if self.is_written_off(&abandoned) {
            return Ok(());
        }
        abandoned.map(|_| ()).doing(|| "abandon the contest that mirrors the chain's".into())
    }

    /// Has everyone paid what they are owed, and keeps the receipt.
    pub(super) async fn paid_out(
        &self,
        arena_id: ArenaId,
        faults: Faults,
        why: Option<String>,
    ) -> Result<HostReport, HostError> {
        let contest = self.client.contest(arena_id).await.doing(|| "read the contest".into())?;
        // A mirror whose clock ran out owes something else than the chain, which was finished.
        let is_written_off = !self.is_embedded() && why.is_none() && contest.status != Status::Finished;
        let owed = self.obligations(arena_id).await?;
        #[cfg(feature = "solana")]
        let (paid_there, unpaid) =
            self.paid_on_chain(Some(owed.as_slice()).filter(|_| !is_written_off)).await?;
        #[cfg(not(feature = "solana"))]
        let (paid_there, unpaid) = (Vec::new(), Vec::<super::Unpaid>::new());
        let is_held_up = |owed: &&Obligation| {
            unpaid.iter().any(|unpaid| (unpaid.kind, &unpaid.payee) == (owed.kind, &owed.payee))
        };
        for owed in owed.iter().filter(|owed| !is_held_up(owed)) {
            if owed.status == ObligationStatus::Open && self.paid(arena_id, owed).await? {
                self.show.that(&Happening::Paid { owed });
            }
            #[cfg(feature = "solana")]
            self.taken_out(owed).await?;
        }
        let file = self.client.receipt(arena_id).await.doing(|| "read the receipt".into())?;
        receipt::check(&file, None)?;
        let path = self.options.receipt.clone().unwrap_or_else(|| self.state.path("receipt.json"));
        durable::write(&path, &file)?;
        let ending = match contest.status {
            _ if is_written_off => Ending::Finished,
            Status::Cancelled => Ending::Cancelled,
            Status::Abandoned => Ending::Abandoned,
            Status::Finished | Status::Registration | Status::Active | Status::Eliminating => {
                Ending::Finished
            }
        };
        #[cfg(feature = "solana")]
        self.closed_on_chain(&unpaid).await?;
        let settled = self.obligations(arena_id).await?.into_iter();
        let paid = settled.filter(|owed| owed.status == ObligationStatus::Paid).map(|owed| Paid {
            kind: owed.kind,
            payee: owed.payee,
            amount: owed.amount,
        });
        let standings = self.standings(arena_id).await?.into_iter();
        Ok(HostReport {
            outcome: ending,
            arena_id: Some(arena_id),
            why: if is_written_off { Some(WRITTEN_OFF.to_owned()) } else { why },
            title: contest.title,
            rounds: contest.round,
            standings: standings.map(|entry| hosted(entry, &faults)).collect(),
            paid: if is_written_off { paid_there } else { paid.collect() },
            unpaid,
            chain: None,
            receipt: Some(path),
        })
    }

    /// Has an obligation paid, and says whether that was not so before: somebody else may have been faster.
    pub(super) async fn paid(&self, arena_id: ArenaId, owed: &Obligation) -> Result<bool, HostError> {
        let asked = RequestPayout { kind: owed.kind, agent: Some(owed.payee.clone()) };
        let key = self.key(&format!("pay-{}-{}", owed.kind, owed.payee));
        match self.client.payout(arena_id, &asked).key(key).await {
            Err(error) if error.code() == Some(Code::AlreadyPaid) => Ok(false),
            paid => paid.map(|_| true).doing(|| format!("pay {} its {}", owed.payee, owed.kind)),
        }
    }

    pub(super) async fn obligations(&self, arena_id: ArenaId) -> Result<Vec<Obligation>, HostError> {
        let all = all_pages(|page| self.client.obligations(arena_id, &page)).await;
        all.doing(|| "read the obligations".into())
    }

    async fn standings(&self, arena_id: ArenaId) -> Result<Vec<Entry>, HostError> {
        let all = all_pages(|page| self.client.standings(arena_id, &page)).await;
        all.doing(|| "read the standings".into())
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
