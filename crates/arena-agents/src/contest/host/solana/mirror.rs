//! The mirror: the embedded contest is entered by those who entered on the chain, in the same order, with the money that came in there.
//!
//! It is made and entered before the chain's contest is started, so that what refuses it costs no bond. Who enters or leaves on the
//! chain after that, or comes into the mirror alone, makes it wrong; a wrong mirror is not started: it is given up with everyone paid
//! back, and another one is made.

use arena_api::{Code, client::Error, contests::Contest, ledger::MoveMoney};
use arena_core::{
    AgentId, ArenaId,
    amount::Amount,
    contest::{ObligationStatus, Status},
};

use crate::contest::host::{Host, HostError, OPERATOR, error::Doing, state::Deposit};

/// How many mirrors are made in a row.
const MIRRORS: u32 = 8;

impl Host {
    /// Makes and enters the mirror while the chain's contest can still be cancelled; says why that cannot be done, if it never can.
    pub(super) async fn mirrored_early(&mut self) -> Result<Option<String>, HostError> {
        match self.mirrored().await {
            Err(error) if is_for_good(&error) => Ok(Some(error.to_string())),
            mirrored => mirrored.map(|_| None),
        }
    }

    /// Starts the mirror, with the entries of the chain and no other.
    pub(super) async fn mirror_started(&mut self) -> Result<(), HostError> {
        for _ in 0..MIRRORS {
            let mirror = self.mirrored().await?;
            if mirror.status != Status::Registration {
                return Ok(());
            }
            // Whoever came in since its entries were read has changed its sequence.
            let start = self.client.start_contest(mirror.arena_id).if_match(mirror.sequence);
            let started = start.key(self.key("start")).await;
            match started.as_ref().err().and_then(Error::code) {
                Some(Code::VersionMismatch) => {}
                Some(Code::RegistrationExpired) => self.given_up().await?,
                Some(_) | None => return started.map(|_| ()).doing(|| "start the mirror".into()),
            }
        }
        Err(HostError::Intruded)
    }

    /// Sees to it that there is a mirror with the entries of the chain, or one that was started.
    async fn mirrored(&mut self) -> Result<Contest, HostError> {
        for _ in 0..MIRRORS {
            let arena_id = self.contest_made().await?;
            let is_open = match self.status(arena_id).await? {
                Status::Registration => self.entered_as_on_chain(arena_id).await?,
                // An earlier host was cut off while it gave it up.
                Status::Cancelled => false,
                Status::Active | Status::Eliminating | Status::Finished | Status::Abandoned => true,
            };
            let mirror = self.client.contest(arena_id).await.doing(|| "read the mirror".into())?;
            let is_started = mirror.status != Status::Registration;
            if is_open && (is_started || self.players(arena_id).await?.iter().eq(self.names())) {
                return Ok(mirror);
            }
            self.given_up().await?;
        }
        Err(HostError::Intruded)
    }

    /// Who entered on the chain, in entry order.
    pub(super) fn names(&self) -> impl Iterator<Item = &AgentId> {
        self.money.iter().flat_map(|money| &money.entrants).map(|entrant| &entrant.agent_id)
    }

    /// Enters those of the chain who are missing at the end; says whether the mirror takes them.
    async fn entered_as_on_chain(&mut self, arena_id: ArenaId) -> Result<bool, HostError> {
        let here = self.players(arena_id).await?;
        let missing: Vec<AgentId> = self.names().skip(here.len()).cloned().collect();
        for agent_id in &missing {
            let token = match self.cup.bots.iter().find(|bot| bot.name == *agent_id) {
                Some(bot) => self.token(bot).await?,
                None => self.token_of(agent_id).await?,
            };
            let what = self.state.of_this_contest(&format!("enter-{agent_id}"));
            self.mirrored_deposit(agent_id, self.cup.terms.entry_fee, &what).await?;
            let entry = self.client.with_token(&token).enter(arena_id).key(self.key(&what)).await;
            match entry.as_ref().err().and_then(Error::code) {
                Some(Code::ContestFull | Code::RegistrationExpired) => return Ok(false),
                Some(Code::AlreadyEntered) => {}
                Some(_) | None => {
                    entry.doing(|| format!("enter {agent_id} in the mirror"))?;
                }
            }
        }
        Ok(true)
    }

    /// Gives the mirror up, which was not started: everyone in it is paid back, and what came in for it goes out again.
    pub(super) async fn given_up(&mut self) -> Result<(), HostError> {
        if !self.state.deposits().is_empty() {
            // It may be that it was made and the answer lost: then it is found by asking again, or made to be given up.
            match self.contest_made().await {
                Err(error) if is_for_good(&error) => {}
                made => {
                    made?;
                }
            }
        }
        if let Some(arena_id) = self.state.arena_id() {
            if self.status(arena_id).await? == Status::Registration {
                let key = self.state.key(&self.state.of_this_contest("give-up"));
                let cancelled = self.client.cancel_contest(arena_id).key(key);
                cancelled.await.doing(|| "give the mirror up".into())?;
            }
            for owed in self.obligations(arena_id).await? {
                if owed.status == ObligationStatus::Open {
                    self.paid(arena_id, &owed).await?;
                }
            }
        }
        for deposit in self.state.deposits() {
            // It may be that it was only noted: then it comes in first, unless the server will not have it.
            match self.deposited(deposit).await {
                Err(error) if is_for_good(&error) => continue,
                deposited => deposited?,
            }
            let Deposit { agent_id, amount, what } = deposit;
            self.mirrored_withdrawal(agent_id, *amount, &format!("out-{what}")).await?;
        }
        self.state.give_up()
    }

    /// Brings into the mirror what came in on the chain, once.
    pub(in super::super) async fn mirrored_deposit(
        &mut self,
        agent_id: &AgentId,
        amount: Amount,
        what: &str,
    ) -> Result<(), HostError> {
        if amount.is_zero() {
            return Ok(());
        }
        let deposit = Deposit { agent_id: agent_id.clone(), amount, what: what.to_owned() };
        self.state.keep_deposit(&deposit)?;
        self.deposited(&deposit).await
    }

    async fn deposited(&self, deposit: &Deposit) -> Result<(), HostError> {
        let Deposit { agent_id, amount, what } = deposit;
        let asked = MoveMoney { agent_id: agent_id.clone(), amount: *amount, reference: self.key(what) };
        let deposit = self.client.deposit(&asked).key(self.key(what));
        deposit
            .await
            .map(|_| ())
            .doing(|| format!("record what {agent_id} paid on the chain (this takes the operator's token)"))
    }

    /// Takes out of the mirror what was paid out on the chain, so that it is nowhere twice.
    pub(super) async fn mirrored_withdrawal(
        &self,
        agent_id: &AgentId,
        amount: Amount,
        what: &str,
    ) -> Result<(), HostError> {
        let asked = MoveMoney { agent_id: agent_id.clone(), amount, reference: self.key(what) };
        match self.client.withdraw(&asked).key(self.key(what)).await {
            // Whoever has its token has spent it there: that holds up nobody.
            Err(error) if error.code() == Some(Code::InsufficientFunds) => Ok(()),
            withdrawn => {
                withdrawn.map(|_| ()).doing(|| format!("record what {agent_id} was paid on the chain"))
            }
        }
    }

    /// Whether an agent of the mirror stands for a wallet of the chain.
    pub(super) fn is_own(&self, agent_id: &AgentId) -> Result<bool, HostError> {
        let is_known = agent_id.as_str() == OPERATOR || self.cup.bots.iter().any(|bot| bot.name == *agent_id);
        Ok(is_known || self.state.token(agent_id)?.is_some())
    }
}

/// Whether the mirror would be refused again; a token that is not good may be put right.
fn is_for_good(error: &HostError) -> bool {
    let code = error.server().and_then(Error::code);
    let is_refusal = code.is_some_and(|code| code.status() < 500 && !code.is_retryable());
    let is_of_token = matches!(code, Some(Code::Unauthenticated | Code::Forbidden));
    matches!(error, HostError::Intruded) || is_refusal && !is_of_token
}
