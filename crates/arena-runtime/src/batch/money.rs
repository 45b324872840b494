//! How a batch decides what brings money in from outside, or takes it out.

use arena_core::{
    ArenaId,
    ledger::{Account, Posting, Reason},
    registry::{RegistryCommand, RegistryContext, RegistryEvent},
};

use super::{Batch, registry::of_registry};
use crate::{
    ask::Ask,
    error::RuntimeError,
    numbering::{AnswerForm, Decided},
    storage::TransferRow,
    tokens::Principal,
};

impl Batch<'_> {
    /// The transfer that was made under the command's reference, when it is the same one.
    pub(super) fn transferred(
        &self,
        ask: &Ask,
        command: &RegistryCommand,
    ) -> Result<Option<TransferRow>, RuntimeError> {
        let (Principal::Operator, Some((reference, posting))) = (&ask.principal, asked(command)) else {
            return Ok(None);
        };
        let Some(row) = self.shared.storage.transfer_of(reference)? else { return Ok(None) };
        let Posting { debit, credit, amount, reason } = posting;
        if (&row.debit, &row.credit, row.amount, row.reason) == (&debit, &credit, amount, reason) {
            Ok(Some(row))
        } else {
            Err(RuntimeError::IdempotencyMismatch)
        }
    }

    /// A deposit or a withdrawal; a wallet that does not hold enough refuses it.
    pub(super) fn transfer(&mut self, ask: &Ask, command: &RegistryCommand) -> Result<Decided, RuntimeError> {
        if let Principal::Handle(_) = ask.principal {
            return Err(RuntimeError::OutsideHandle);
        }
        if let RegistryCommand::Deposit { .. } = command {
            self.shared.ledger.takes_money()?;
        }
        let now = self.shared.clock.now();
        let caller = ask.principal.caller();
        let inside = self.money.inside()?;
        let context = RegistryContext {
            now,
            caller: &caller,
            caller_role: None,
            subject_role: None,
            open_registration: self.shared.open_registration,
            inside,
        };
        let events = self.registry_draft().decide(command, &context)?;
        let postings: Vec<Posting> = events.iter().filter_map(RegistryEvent::posting).collect();
        let staged = self.money.stage(&postings, &[])?;
        self.money.keep(match asked(command) {
            Some((reference, _)) => staged.under(reference),
            None => staged,
        });
        let actor = ask.principal.agent_id();
        Ok(Decided::new(ArenaId::SYSTEM, now, actor, of_registry(events), AnswerForm::Transfer))
    }
}

/// The reference and the movement that a command asks for.
fn asked(command: &RegistryCommand) -> Option<(&str, Posting)> {
    match command {
        RegistryCommand::Deposit { agent_id, amount, reference } => {
            let (debit, credit) = (Account::External, Account::Wallet(agent_id.clone()));
            Some((reference, Posting { debit, credit, amount: *amount, reason: Reason::Deposit }))
        }
        RegistryCommand::Withdraw { agent_id, amount, reference } => {
            let (debit, credit) = (Account::Wallet(agent_id.clone()), Account::External);
            Some((reference, Posting { debit, credit, amount: *amount, reason: Reason::Withdrawal }))
        }
        RegistryCommand::RegisterAgent { .. }
        | RegistryCommand::ReplaceToken { .. }
        | RegistryCommand::RemoveAgent { .. }
        | RegistryCommand::IssueHandle { .. }
        | RegistryCommand::RevokeHandle { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use arena_core::{
        AgentId, Amount,
        contest::{Command, Gates, Terms},
    };
    use tokio::sync::oneshot;

    use super::*;
    use crate::{
        NewContest, Options,
        batch::{Ahead, Done, Job, Submission},
        manager::ArenaManager,
    };

    type Answer = oneshot::Receiver<Result<Done, RuntimeError>>;

    fn coins(units: u64) -> Amount {
        Amount::new(units).unwrap()
    }

    fn decide(batch: &mut Batch<'_>, name: &str, job: Job) -> (Answer, bool) {
        let principal =
            if name == "operator" { Principal::Operator } else { Principal::Agent(name.parse().unwrap()) };
        let (reply, answer) = oneshot::channel();
        let waits = batch.decide(Submission { ask: Ask::by(principal), job, reply }).is_some();
        (answer, waits)
    }

    fn enter(batch: &mut Batch<'_>, name: &str, arena_id: ArenaId) -> Answer {
        let render = |_: &crate::ContestApplied, _: &AgentId| Vec::new();
        let job = Job::Contest { arena_id, command: Command::Enter, actions: None, render };
        decide(batch, name, job).0
    }

    fn refused(mut answer: Answer) -> Option<&'static str> {
        answer.try_recv().unwrap().err().map(|error| error.code())
    }

    async fn manager() -> (ArenaManager, Vec<ArenaId>) {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let operator = || Ask::by(Principal::Operator);
        let mut cups = Vec::new();
        for name in ["alice", "bob"] {
            manager.register_agent(operator(), name.parse().unwrap(), None).await.unwrap();
            let reference = format!("bank {name}");
            manager.deposit(operator(), name.parse().unwrap(), coins(10), reference).await.unwrap();
        }
        for _ in 0..4 {
            let terms = Terms {
                entry_fee: coins(5),
                bond: Amount::ZERO,
                min_agents: 2,
                max_agents: 9,
                prize_split_bps: vec![10_000],
                creator_fee_bps: 0,
                elimination_interval_s: 60,
                duration_s: 60,
                action_schema: None,
                rules_hash: None,
                seed_commitment: None,
                oracle: None,
                creator_may_enter: false,
                gates: Gates::default(),
            };
            let new = NewContest { title: "cup".to_owned(), terms };
            cups.push(manager.open_contest(Principal::Operator, new).await.unwrap().arena_id);
        }
        (manager, cups)
    }

    #[tokio::test]
    async fn a_wallet_bears_what_the_commands_before_in_the_batch_left_in_it() {
        let (manager, cups) = manager().await;
        let mut batch = Batch::new(manager.shared(), Ahead::default());
        let alice: Vec<Answer> = cups.iter().map(|cup| enter(&mut batch, "alice", *cup)).collect();
        let bob = enter(&mut batch, "bob", cups[2]);
        batch.number(arena_core::Position::new(99));
        batch.answer();
        let told: Vec<_> = alice.into_iter().map(refused).collect();
        assert_eq!(told, [None, None, Some("insufficient_funds"), Some("insufficient_funds")]);
        assert_eq!(refused(bob), None, "its neighbour is not refused");
        manager.shutdown().await;
    }

    #[tokio::test]
    async fn a_wallet_bears_what_a_batch_that_is_being_stored_leaves_in_it() {
        let (manager, cups) = manager().await;
        let mut first = Batch::new(manager.shared(), Ahead::default());
        let before = enter(&mut first, "alice", cups[0]);
        let ahead = first.close();
        // Nothing of the first batch is durable when the second is decided.
        let mut second = Batch::new(manager.shared(), ahead);
        let alice: Vec<Answer> = cups[1..].iter().map(|cup| enter(&mut second, "alice", *cup)).collect();
        let mut third = Batch::new(manager.shared(), second.close());
        let late = enter(&mut third, "bob", cups[1]);
        for mut batch in [first, second, third] {
            batch.number(arena_core::Position::new(99));
            batch.answer();
        }
        assert_eq!((refused(before), refused(late)), (None, None));
        let told: Vec<_> = alice.into_iter().map(refused).collect();
        assert_eq!(told, [None, Some("insufficient_funds"), Some("insufficient_funds")]);
        manager.shutdown().await;
    }

    #[tokio::test]
    async fn a_movement_waits_behind_one_on_its_way_that_bears_the_same_reference() {
        let (manager, _) = manager().await;
        let deposit = |reference: &str| {
            let agent_id = "alice".parse().unwrap();
            Job::Transfer(RegistryCommand::Deposit {
                agent_id,
                amount: coins(1),
                reference: reference.into(),
            })
        };
        let mut first = Batch::new(manager.shared(), Ahead::default());
        let (_one, waits) = decide(&mut first, "operator", deposit("new"));
        assert!(!waits);
        assert!(decide(&mut first, "operator", deposit("new")).1, "in the same batch");
        assert!(!decide(&mut first, "operator", deposit("another")).1);
        let mut second = Batch::new(manager.shared(), first.close());
        assert!(decide(&mut second, "operator", deposit("new")).1, "in the batch that is being stored");
        manager.shutdown().await;
    }
}
