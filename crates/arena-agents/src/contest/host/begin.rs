//! Makes the contest of a cup, once.

use arena_api::{contests::CreateContest, ledger::MoveMoney};
use arena_core::{AgentId, ArenaId, amount::Amount, contest::bounds};

use super::{Host, HostError, OPERATOR, error::Doing, show::Happening};

impl Host {
    /// Sees to everything that the bots need to enter, before there is a contest: so that what is missing costs no bond, and the bots
    /// enter as soon as anyone can.
    pub(super) async fn prepared(&self) -> Result<(), HostError> {
        for bot in &self.cup.bots {
            let token = self.token(bot).await?;
            let known = self.client.with_token(&token).agent(&bot.name).await;
            known.doing(|| format!("act as agent {} (by its token)", bot.name))?;
            if self.cup.fund && self.is_embedded() {
                self.funded(&bot.name, self.cup.terms.entry_fee, &format!("fee-{}", bot.name)).await?;
            }
        }
        Ok(())
    }

    /// The contest of this run, made when it is not yet.
    pub(super) async fn contest_made(&mut self) -> Result<ArenaId, HostError> {
        if let Some(arena_id) = self.state.arena_id() {
            return Ok(arena_id);
        }
        let operator = OPERATOR.parse().expect("it is an agent's id");
        let making = self.state.of_this_contest("create");
        #[cfg(feature = "solana")]
        if !self.is_embedded() {
            self.mirrored_deposit(&operator, self.cup.terms.bond, &making).await?;
        }
        if self.cup.fund && self.is_embedded() {
            self.funded(&operator, self.cup.terms.bond, "bond").await?;
        }
        let mut terms = self.cup.terms.clone();
        terms.seed_commitment = Some(self.state.seed()?.commitment());
        if !self.is_embedded() {
            // The chain lets in who may enter, and says when its oracle is timed out: an agent here that stands for a wallet has nothing
            // behind it, and what the chain took is to be taken here too.
            terms.gates = None;
            terms.elimination_interval_s = bounds::MAX_INTERVAL_S;
        }
        let asked = CreateContest { title: self.cup.title.clone(), terms };
        self.state.set_asked(true)?;
        let made = self.client.create_contest(&asked).key(self.key(&making)).await;
        if self.is_embedded() && made.as_ref().is_err_and(|error| error.code().is_some()) {
            // The server refused: nothing was made, and the cup may be put right.
            self.state.set_asked(false)?;
        }
        let arena_id = made.doing(|| "make the contest".into())?.arena_id;
        self.state.set_arena(arena_id)?;
        Ok(arena_id)
    }

    /// Pays into a wallet; what was paid in this run is not paid twice.
    pub(super) async fn funded(
        &self,
        agent_id: &AgentId,
        amount: Amount,
        what: &str,
    ) -> Result<(), HostError> {
        if amount.is_zero() {
            return Ok(());
        }
        let reference = self.state.key(what);
        let asked = MoveMoney { agent_id: agent_id.clone(), amount, reference: reference.clone() };
        self.client.deposit(&asked).key(reference).await.doing(|| {
            format!("pay into the wallet of {agent_id} (fund = true takes the operator's token)")
        })?;
        self.show.that(&Happening::Funded { agent_id, amount });
        Ok(())
    }
}
