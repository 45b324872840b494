//! The mirror: the embedded contest is entered by those who entered on the chain, in the same order, with the money that came in there.

use arena_api::{Code, client::Error, ledger::MoveMoney};
use arena_core::{AgentId, ArenaId, amount::Amount};

use crate::contest::host::{Host, HostError, error::Doing};

impl Host {
    /// Sees to it that the mirror has the entries of the chain, in their order.
    pub(in super::super) async fn mirrored_entries(&self, arena_id: ArenaId) -> Result<(), HostError> {
        let Some(money) = self.money.as_ref() else { return Ok(()) };
        let entered = self.players(arena_id).await?;
        for entrant in money.entrants.iter().skip(entered.len()) {
            let name = &entrant.agent_id;
            let token = self.token_of(name).await?;
            let what = format!("enter-{name}");
            self.mirrored_deposit(name, self.cup.terms.entry_fee, &what).await?;
            let entry = self.client.with_token(&token).enter(arena_id).key(self.key(&what)).await;
            if entry.as_ref().err().and_then(Error::code) != Some(Code::AlreadyEntered) {
                entry.doing(|| format!("enter {name}"))?;
            }
        }
        let entered = self.players(arena_id).await?;
        let expected: Vec<&AgentId> = money.entrants.iter().map(|entrant| &entrant.agent_id).collect();
        if entered.iter().eq(expected) {
            return Ok(());
        }
        let reason = "others than those of the chain entered the contest that mirrors it; nobody but the host may, so take the chain's \
                      entrants out with `arena chain exits` and begin anew with --new";
        Err(HostError::Diverged { round: 0, reason: reason.into() })
    }

    /// Brings into the mirror what came in on the chain, once.
    pub(in super::super) async fn mirrored_deposit(
        &self,
        agent_id: &AgentId,
        amount: Amount,
        what: &str,
    ) -> Result<(), HostError> {
        if amount.is_zero() {
            return Ok(());
        }
        let asked = MoveMoney { agent_id: agent_id.clone(), amount, reference: self.key(what) };
        let deposit = self.client.deposit(&asked).key(self.key(what));
        deposit.await.doing(|| {
            format!("record what {agent_id} paid on the chain (this takes the operator's token)")
        })?;
        Ok(())
    }

    /// Takes out of the mirror what was paid out on the chain, so that it is nowhere twice.
    pub(in super::super) async fn mirrored_withdrawal(
        &self,
        agent_id: &AgentId,
        amount: Amount,
        what: &str,
    ) -> Result<(), HostError> {
        if self.money.is_none() {
            return Ok(());
        }
        let asked = MoveMoney { agent_id: agent_id.clone(), amount, reference: self.key(what) };
        let withdrawal = self.client.withdraw(&asked).key(self.key(what));
        withdrawal.await.doing(|| format!("record what {agent_id} was paid on the chain"))?;
        Ok(())
    }
}
