//! The end on the chain: everyone is paid, and what is empty is closed, its rent with who paid it.

use arena_api::payouts::Obligation;
use arena_chain::{ChainError, HeldContest, HeldEntry, Payout, associated};
use arena_core::{
    amount::Amount,
    contest::{Payee, PayoutKind, Status, status},
};

use super::{DoingOnChain, Entrant, OnChain, Over};
use crate::contest::host::{Host, HostError, HostReport, OPERATOR, Paid, Unpaid, error::Doing};

impl Host {
    /// Has everyone paid on the chain, each for itself; says who is paid, and who cannot be. Where `owed` is what the mirror says of a
    /// contest that was played, the chain has to owe the same.
    pub(in super::super) async fn paid_on_chain(
        &self,
        owed: Option<&[Obligation]>,
    ) -> Result<(Vec<Paid>, Vec<Unpaid>), HostError> {
        let (mut paid, mut unpaid) = (Vec::new(), Vec::new());
        let Some(money) = self.unclosed() else { return Ok((paid, unpaid)) };
        let (with, doing) = (&money.with, || "read what is owed on the chain".to_owned());
        // A contest that somebody closed meanwhile has paid everyone.
        let Some(held) = self.held(with).await? else { return Ok((paid, unpaid)) };
        let entries = with.chain.entries(&held.address).await.on_chain(doing)?;
        let there = owed_there(money, &held, &entries);
        if let Some(owed) = owed.filter(|_| held.status() == Status::Finished) {
            compare(&there, owed)?;
        }
        let now_ms = with.chain.now_ms().await.on_chain(doing)?;
        for payout in held.owed_now(&entries, now_ms) {
            let Some(payee) = payee(money, &payout) else { continue };
            let doing = || format!("pay {payee} its {} on the chain", payout.kind);
            if let Some(reason) = self.paid_to(money, &held, &payout, &payee).await.on_chain(doing)? {
                let is = |one: &&(PayoutKind, Payee, u64)| (one.0, &one.1) == (payout.kind, &payee);
                let amount = there.iter().find(is).map_or(0, |one| one.2);
                unpaid.push(Unpaid { kind: payout.kind, payee, amount, reason });
            }
        }
        for (kind, payee, amount) in there {
            let is_unpaid = unpaid.iter().any(|one| (one.kind, &one.payee) == (kind, &payee));
            if amount > 0 && !is_unpaid {
                paid.push(Paid { kind, payee, amount: Amount::at_most(amount) });
            }
        }
        Ok((paid, unpaid))
    }

    /// Pays one payee; says why that cannot be, where the reason is the payee's own. This host pays for the token accounts of its own
    /// wallets only: a stranger could take the rent for as many as it has wallets.
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
            Some(_) => payout.action(at, held),
        };
        let name = format!("pay-{}-{payee}", payout.kind);
        let paid = self.step_of_anyone(with, &name, &action, Some(status::Action::Pay(payout.kind))).await;
        match (paid, stranger) {
            (Err(error), _) if error.is_of_token_account() => Ok(Some(error.to_string())),
            (Err(error @ (ChainError::Refused(_) | ChainError::Transaction { .. })), Some(stranger)) => {
                let wallet = stranger.wallet;
                let tokens = associated(&wallet, &held.token_program(), &held.mint());
                let account = with.chain.rpc().account(&tokens).await?;
                if account.is_some_and(|account| account.owner == held.token_program()) {
                    return Err(error);
                }
                Ok(Some(format!("wallet {wallet} has no token account; it can claim for itself")))
            }
            (paid, _) => paid.map(|()| None),
        }
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

    /// Takes a payment out of the mirror: its payee has it on the chain. What somebody brought into the mirror alone stays there.
    pub(in super::super) async fn taken_out(&self, owed: &Obligation) -> Result<(), HostError> {
        match &owed.payee {
            Payee::Agent(agent_id) if self.money.is_some() && self.is_own(agent_id)? => {
                let what = format!("pay-{}-{agent_id}", owed.kind);
                self.mirrored_withdrawal(agent_id, owed.amount, &what).await
            }
            Payee::Agent(_) | Payee::Treasury => Ok(()),
        }
    }

    /// A contest that is not played to its end: everyone is paid on the chain, which has nothing more of it then, and its mirror, if
    /// there is one, is ended too.
    pub(in super::super) async fn never_played(&mut self, over: Over) -> Result<HostReport, HostError> {
        let (paid, unpaid) = self.paid_on_chain(None).await?;
        self.closed_on_chain(&unpaid).await?;
        let arena_id = self.state.arena_id();
        let status = match arena_id {
            Some(arena_id) => self.status(arena_id).await?,
            None => Status::Cancelled,
        };
        if let (Status::Active | Status::Eliminating, Some(arena_id)) = (status, arena_id) {
            let abandoned = self.client.abandon_contest(arena_id).key(self.key("abandon")).await;
            abandoned.doing(|| "abandon the contest that mirrors the chain's".into())?;
        }
        let report = match (status, arena_id) {
            (Status::Registration | Status::Cancelled, _) | (_, None) => {
                self.given_up().await?;
                let report = HostReport::interrupted(arena_id, &self.cup.title);
                HostReport { outcome: over.ending, why: Some(over.why), paid, unpaid, ..report }
            }
            (_, Some(arena_id)) => self.paid_out(arena_id, self.recorded_faults()?, Some(over.why)).await?,
        };
        self.state.set_done()?;
        Ok(report)
    }

    /// Whether the game goes on on the chain, whatever the mirror says.
    pub(in super::super) async fn goes_on_on_chain(&self) -> Result<bool, HostError> {
        let Some(money) = self.unclosed() else { return Ok(false) };
        let held = self.held(&money.with).await?;
        Ok(held.is_some_and(|held| matches!(held.status(), Status::Active | Status::Eliminating)))
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

/// What the chain owes or has paid, to whom by the names of the mirror. An entry that was closed has been paid, and says no more.
fn owed_there(money: &OnChain, held: &HeldContest, entries: &[HeldEntry]) -> Vec<(PayoutKind, Payee, u64)> {
    let of_entrant = |entrant: &Entrant| {
        let entry = entries.iter().find(|entry| entry.address == entrant.entry)?;
        let (kind, amount) = held.owed_to(entry).unwrap_or((PayoutKind::Prize, 0));
        Some((kind, Payee::Agent(entrant.agent_id.clone()), amount))
    };
    let of_contest = |kind| held.view().obligation(kind, None).map_or(0, |owed| owed.amount);
    let rest = [
        (PayoutKind::Bond, operator()),
        (PayoutKind::CreatorFee, operator()),
        (PayoutKind::ProtocolFee, Payee::Treasury),
    ];
    let rest = rest.into_iter().map(|(kind, payee)| (kind, payee, of_contest(kind)));
    money.entrants.iter().filter_map(of_entrant).chain(rest).collect()
}

/// The mirror owes what the chain owes, to everyone: else nothing is paid.
fn compare(there: &[(PayoutKind, Payee, u64)], owed: &[Obligation]) -> Result<(), HostError> {
    for (kind, payee, there) in there {
        let same = |one: &&Obligation| (one.kind, &one.payee) == (*kind, payee);
        let here = owed.iter().find(same).map_or(0, |one| one.amount.get());
        if here != *there {
            let reason =
                format!("the chain owes {payee} {there} as {kind}, and the mirror {here}; nothing was paid");
            return Err(HostError::Diverged { round: 0, reason });
        }
    }
    Ok(())
}

/// Whom the host's wallet is in the mirror.
fn operator() -> Payee {
    Payee::Agent(OPERATOR.parse().expect("it is an agent's id"))
}
