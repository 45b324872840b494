//! The end on the chain: everyone is paid, and what is empty is closed, its rent with who paid it.

use arena_api::payouts::Obligation;
use arena_chain::{ChainError, HeldContest, HeldEntry, Payout, associated};
use arena_core::{
    ArenaId,
    contest::{Payee, PayoutKind, Status, status},
};

use super::{DoingOnChain, OnChain, Over};
use crate::contest::host::{Ending, Host, HostError, HostReport, OPERATOR, error::Doing, report::Unpaid};

impl Host {
    /// Has everyone paid on the chain, and says who cannot be: each for itself. `owed` is what the mirror says of a contest that was
    /// played; the chain has to owe the same.
    pub(in super::super) async fn paid_on_chain(
        &self,
        owed: &[Obligation],
    ) -> Result<Vec<Unpaid>, HostError> {
        let mut unpaid = Vec::new();
        let Some(money) = self.unclosed() else { return Ok(unpaid) };
        let (with, doing) = (&money.with, || "read what is owed on the chain".to_owned());
        // A contest that somebody closed meanwhile has paid everyone.
        let Some(held) = self.held(with).await? else { return Ok(unpaid) };
        let entries = with.chain.entries(&held.address).await.on_chain(doing)?;
        if held.status() == Status::Finished {
            compare(money, &held, &entries, owed)?;
        }
        let now_ms = with.chain.now_ms().await.on_chain(doing)?;
        for payout in held.owed_now(&entries, now_ms) {
            let Some(payee) = payee(money, &payout) else { continue };
            let reason = match self.paid_to(money, &held, &payout, &payee).await {
                Ok(None) => continue,
                Ok(Some(reason)) => reason,
                Err(error @ (ChainError::Refused(_) | ChainError::Transaction { .. })) => error.to_string(),
                Err(error) => {
                    return Err(error).on_chain(|| format!("pay {payee} its {} on the chain", payout.kind));
                }
            };
            let amount = amount(&held, &entries, &payout);
            unpaid.push(Unpaid { kind: payout.kind, payee, amount, reason });
        }
        Ok(unpaid)
    }

    /// Pays one payee; says why this host does not, if so. It pays for the token accounts of its own wallets only: a stranger could take
    /// the rent for as many as it has wallets.
    async fn paid_to(
        &self,
        money: &OnChain,
        held: &HeldContest,
        payout: &Payout,
        payee: &Payee,
    ) -> Result<Option<String>, ChainError> {
        let (with, at) = (&money.with, money.with.chain.at());
        let stranger = money
            .entrants
            .iter()
            .find(|entrant| Some(entrant.wallet) == payout.payee() && !entrant.is_bot)
            .filter(|_| matches!(payout.kind, PayoutKind::Prize | PayoutKind::Refund));
        let action = match stranger {
            None => payout.action_making_tokens(at, held, &with.own()),
            Some(stranger) => {
                let tokens = associated(&stranger.wallet, &held.token_program(), &held.mint());
                let account = with.chain.rpc().account(&tokens).await?;
                if account.is_none_or(|account| account.owner != held.token_program()) {
                    let wallet = stranger.wallet;
                    let reason = format!("wallet {wallet} has no token account; it can claim for itself");
                    return Ok(Some(reason));
                }
                payout.action(at, held)
            }
        };
        let name = format!("pay-{}-{payee}", payout.kind);
        self.step_of_anyone(with, &name, &action, Some(status::Action::Pay(payout.kind))).await?;
        Ok(None)
    }

    /// Counts each result, and closes the entries and the contest, as far as everyone was paid: the last step, after which the chain knows
    /// nothing more of it.
    pub(in super::super) async fn closed_on_chain(&self, unpaid: &[Unpaid]) -> Result<(), HostError> {
        let Some(money) = self.unclosed() else { return Ok(()) };
        let (with, doing) = (&money.with, || "close what is settled on the chain".to_owned());
        let Some(held) = self.held(with).await? else { return Ok(()) };
        let mut entries = with.chain.entries(&held.address).await.on_chain(doing)?;
        entries.retain(|entry| entry.is_paid() || held.owed_to(entry).is_none());
        let mut steps = with.chain.at().closing(&held, &entries);
        if !unpaid.is_empty() {
            // The contest itself, the last step, holds what is still owed.
            steps.pop();
        }
        for step in steps {
            let name = format!("{}-{}", step.action.name, step.wallet);
            self.step_of_anyone(with, &name, &step.action, None).await.on_chain(doing)?;
        }
        Ok(())
    }

    /// Takes a payment out of the mirror: its payee has it on the chain.
    pub(in super::super) async fn taken_out(&self, owed: &Obligation) -> Result<(), HostError> {
        if self.money.is_none() {
            return Ok(());
        }
        let what = format!("pay-{}-{}", owed.kind, owed.payee);
        self.mirrored_withdrawal(&owed.payee, owed.amount, &what).await
    }

    /// A contest that is not played to its end: everyone is paid on the chain, and its mirror, if there is one, is ended too.
    pub(in super::super) async fn never_played(&mut self, over: Over) -> Result<HostReport, HostError> {
        let unpaid = self.paid_on_chain(&[]).await?;
        let report = match self.state.arena_id() {
            Some(arena_id) => {
                self.mirror_ended(arena_id, over.ending).await?;
                self.paid_out(arena_id, self.recorded_faults()?, Some(over.why)).await?
            }
            None => {
                self.closed_on_chain(&unpaid).await?;
                let report = HostReport::interrupted(None, &self.cup.title);
                HostReport { outcome: over.ending, why: Some(over.why), unpaid, ..report }
            }
        };
        self.state.set_done()?;
        Ok(report)
    }

    async fn mirror_ended(&self, arena_id: ArenaId, ending: Ending) -> Result<(), HostError> {
        let doing = || "end the contest that mirrors the chain's".to_owned();
        let mut status = self.status(arena_id).await?;
        if status == Status::Registration && ending == Ending::Abandoned {
            // It was started on the chain before it was abandoned.
            status = self.client.start_contest(arena_id).key(self.key("start")).await.doing(doing)?.status;
        }
        match status {
            Status::Registration => {
                self.client.cancel_contest(arena_id).key(self.key("cancel")).await.doing(doing)?;
            }
            Status::Active | Status::Eliminating => {
                self.client.abandon_contest(arena_id).key(self.key("abandon")).await.doing(doing)?;
            }
            Status::Finished | Status::Cancelled | Status::Abandoned => {}
        }
        Ok(())
    }
}

/// Whom a payout goes to, by the names of the mirror.
fn payee(money: &OnChain, payout: &Payout) -> Option<Payee> {
    match payout.kind {
        PayoutKind::Prize | PayoutKind::Refund => {
            let found = money.entrants.iter().find(|entrant| Some(entrant.wallet) == payout.payee());
            found.map(|entrant| Payee::Agent(entrant.agent_id.clone()))
        }
        PayoutKind::Bond | PayoutKind::CreatorFee => Some(operator()),
        PayoutKind::ProtocolFee => Some(Payee::Treasury),
    }
}

fn amount(held: &HeldContest, entries: &[HeldEntry], payout: &Payout) -> u64 {
    let view = held.view();
    match payout.kind {
        PayoutKind::Prize | PayoutKind::Refund => {
            let entry = entries.iter().find(|entry| Some(entry.agent()) == payout.payee());
            entry.and_then(|entry| held.owed_to(entry)).map_or(0, |(_, amount)| amount)
        }
        PayoutKind::Bond => view.bond(),
        PayoutKind::CreatorFee => view.creator_fee(),
        PayoutKind::ProtocolFee => view.protocol_fee(),
    }
}

/// The mirror owes what the chain owes, to everyone: else nothing is paid.
fn compare(
    money: &OnChain,
    held: &HeldContest,
    entries: &[HeldEntry],
    owed: &[Obligation],
) -> Result<(), HostError> {
    for entrant in &money.entrants {
        // An entry that was closed has been paid.
        if let Some(entry) = entries.iter().find(|entry| entry.address == entrant.entry) {
            let there = held.owed_to(entry).map_or(0, |(_, amount)| amount);
            same(owed, PayoutKind::Prize, &Payee::Agent(entrant.agent_id.clone()), there)?;
        }
    }
    let view = held.view();
    same(owed, PayoutKind::CreatorFee, &operator(), view.creator_fee())?;
    same(owed, PayoutKind::Bond, &operator(), view.bond())?;
    same(owed, PayoutKind::ProtocolFee, &Payee::Treasury, view.protocol_fee())
}

/// Whom the host's wallet is in the mirror.
fn operator() -> Payee {
    Payee::Agent(OPERATOR.parse().expect("it is an agent's id"))
}

fn same(owed: &[Obligation], kind: PayoutKind, payee: &Payee, there: u64) -> Result<(), HostError> {
    let here =
        owed.iter().find(|one| one.kind == kind && one.payee == *payee).map_or(0, |one| one.amount.get());
    if here == there {
        return Ok(());
    }
    let reason = format!("the chain owes {payee} {there} as {kind}, and the mirror {here}; nothing was paid");
    Err(HostError::Diverged { round: 0, reason })
}
