//! The end on the chain: everyone is paid, and what is empty is closed, its rent with who paid it.

use arena_api::{Code, payouts::Obligation};
use arena_chain::{Action, Address, ChainError, HeldContest};
use arena_core::{
    AgentId,
    contest::{Payee, PayoutKind, Status, status},
};

use super::{DoingOnChain, OnChain};
use crate::contest::host::{Ending, Host, HostError, HostReport, error::Doing};

/// Whom the host's wallet is in the mirror.
const OPERATOR: &str = "operator";

impl Host {
    /// Has everyone paid on the chain. `owed` is what the mirror says of a contest that was played; the chain has to owe the same.
    pub(in super::super) async fn paid_on_chain(&self, owed: &[Obligation]) -> Result<(), HostError> {
        let Some(money) = self.money.as_ref().filter(|money| !money.is_closed) else { return Ok(()) };
        let held = self.held(money).await?;
        if held.status() == Status::Finished {
            self.compare(money, &held, owed).await?;
        }
        for (kind, payee, wallet, action) in self.open_payouts(money, &held).await? {
            let doing = || format!("pay {payee} its {kind} on the chain");
            let chain = &money.with.chain;
            let action = match wallet {
                None => action,
                Some(wallet) => {
                    chain.with_tokens_of(action, &money.own(), &wallet, &held).await.on_chain(doing)?
                }
            };
            let asked = Some(status::Action::Pay(kind));
            let paid =
                self.step(money, &format!("pay-{kind}-{payee}"), &action, &[&money.with.key], asked).await;
            if !is_done(&paid) {
                paid.on_chain(doing)?;
            }
        }
        Ok(())
    }

    /// What is open, by the names of the mirror.
    async fn open_payouts(
        &self,
        money: &OnChain,
        held: &HeldContest,
    ) -> Result<Vec<(PayoutKind, Payee, Option<Address>, Action)>, HostError> {
        let at = money.with.chain.at();
        let entries = money.with.chain.entries(&held.address).await.on_chain(|| "read the entries".into())?;
        let creator = Payee::Agent(operator());
        let mut open = Vec::new();
        for entry in entries.iter().filter(|entry| !entry.is_paid()) {
            let Some((kind, _)) = held.owed_to(entry) else { continue };
            let Some(entrant) = money.entrants.iter().find(|one| one.entry == entry.address) else {
                continue;
            };
            let action = match kind {
                PayoutKind::Prize => at.claim_prize(held, &entrant.wallet),
                PayoutKind::Refund | PayoutKind::Bond | PayoutKind::CreatorFee | PayoutKind::ProtocolFee => {
                    at.refund(held, &entrant.wallet)
                }
            };
            open.push((kind, Payee::Agent(entrant.agent_id.clone()), Some(entrant.wallet), action));
        }
        if held.creator_fee_owed() > 0 {
            let action = at.pay_creator_fee(held);
            open.push((PayoutKind::CreatorFee, creator.clone(), Some(held.creator()), action));
        }
        if held.bond_is_owed() {
            open.push((PayoutKind::Bond, creator, Some(held.creator()), at.return_bond(held)));
        }
        if held.protocol_fee_owed() > 0 {
            open.push((PayoutKind::ProtocolFee, Payee::Treasury, None, at.pay_protocol_fee(held)));
        }
        Ok(open)
    }

    /// The mirror owes what the chain owes, to everyone: else nothing is paid.
    async fn compare(
        &self,
        money: &OnChain,
        held: &HeldContest,
        owed: &[Obligation],
    ) -> Result<(), HostError> {
        let entries = money.with.chain.entries(&held.address).await.on_chain(|| "read the entries".into())?;
        let view = held.view();
        for entrant in &money.entrants {
            let entry = entries.iter().find(|entry| entry.address == entrant.entry);
            let there = entry.and_then(|entry| held.owed_to(entry)).map_or(0, |(_, amount)| amount);
            // An entry that was closed has been paid.
            if entry.is_some() {
                same(owed, PayoutKind::Prize, &Payee::Agent(entrant.agent_id.clone()), there)?;
            }
        }
        same(owed, PayoutKind::CreatorFee, &Payee::Agent(operator()), view.creator_fee())?;
        same(owed, PayoutKind::Bond, &Payee::Agent(operator()), view.bond())?;
        same(owed, PayoutKind::ProtocolFee, &Payee::Treasury, view.protocol_fee())
    }

    /// Counts each result, and closes the entries and the contest: the last step, after which the chain knows nothing more of it.
    pub(in super::super) async fn closed_on_chain(&self) -> Result<(), HostError> {
        let Some(money) = self.money.as_ref().filter(|money| !money.is_closed) else { return Ok(()) };
        let (chain, held) = (&money.with.chain, &self.held(money).await?);
        let at = chain.at();
        let doing = || "close what is settled on the chain".to_owned();
        for entry in chain.entries(&held.address).await.on_chain(doing)? {
            let agent = entry.agent();
            if held.status() == Status::Finished && !entry.is_recorded() {
                let recorded = at.record_result(&entry);
                self.closing(money, &format!("record-{agent}"), &recorded).await?;
            }
            self.closing(money, &format!("close-{agent}"), &at.close_entry(&entry)).await?;
        }
        self.closing(money, "close_contest", &at.close_contest(held)).await
    }

    async fn closing(&self, money: &OnChain, name: &str, action: &Action) -> Result<(), HostError> {
        let sent = self.step(money, name, action, &[&money.with.key], None).await;
        sent.map(|_| ()).on_chain(|| "close what is settled on the chain".into())
    }
}

impl Host {
    /// Takes a payment out of the mirror: its payee has it on the chain.
    pub(in super::super) async fn taken_out(&self, owed: &Obligation) -> Result<(), HostError> {
        match &owed.payee {
            Payee::Agent(agent_id) => {
                let what = format!("pay-{}-{}", owed.kind, owed.payee);
                self.mirrored_withdrawal(agent_id, owed.amount, &what).await
            }
            Payee::Treasury => Ok(()),
        }
    }

    /// A contest that is not played to its end: everyone is paid on the chain, and its mirror, if there is one, is ended too.
    pub(in super::super) async fn never_played(&mut self, why: String) -> Result<HostReport, HostError> {
        self.paid_on_chain(&[]).await?;
        let report = match self.state.arena_id() {
            Some(arena_id) => {
                let doing = || "end the contest that mirrors the chain's".to_owned();
                match self.status(arena_id).await? {
                    Status::Registration => {
                        self.client.cancel_contest(arena_id).key(self.key("cancel")).await.doing(doing)?;
                    }
                    Status::Active | Status::Eliminating => {
                        self.client.abandon_contest(arena_id).key(self.key("abandon")).await.doing(doing)?;
                    }
                    Status::Finished | Status::Cancelled | Status::Abandoned => {}
                }
                self.paid_out(arena_id, self.recorded_faults()?, Some(why)).await?
            }
            None => {
                self.closed_on_chain().await?;
                let report = HostReport::interrupted(None, &self.cup.title);
                HostReport { outcome: Ending::Cancelled, why: Some(why), ..report }
            }
        };
        self.state.set_done()?;
        Ok(report)
    }
}

/// Whether somebody else had it paid meanwhile.
fn is_done<T>(paid: &Result<T, ChainError>) -> bool {
    paid.as_ref().is_err_and(|error| error.code() == Code::AlreadyPaid)
}

fn operator() -> AgentId {
    OPERATOR.parse().expect("it is an agent's id")
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
