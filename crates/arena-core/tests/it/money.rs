//! Deposits and withdrawals: the operator's alone.

use arena_core::{
    collaboration::Caller,
    ledger::{Account, Posting, Reason},
    registry::{Registry, RegistryCommand, RegistryContext, RegistryEvent, RegistryRejection},
    Amount,
};

use crate::world::{agent, id, operator, START};

const MOST: u64 = Amount::MAX.get();

fn amount(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

fn deposit(name: &str, units: u64, reference: &str) -> RegistryCommand {
    RegistryCommand::Deposit { agent_id: id(name), amount: amount(units), reference: reference.into() }
}

fn withdraw(name: &str, units: u64, reference: &str) -> RegistryCommand {
    RegistryCommand::Withdraw { agent_id: id(name), amount: amount(units), reference: reference.into() }
}

/// What is told of a command while so much is inside the ledger; `bob` is registered, `old` was removed.
fn told(
    caller: &Caller,
    command: &RegistryCommand,
    inside: u64,
) -> Result<Vec<RegistryEvent>, RegistryRejection> {
    let mut registry = Registry::default();
    for agent_id in ["bob", "old"].map(id) {
        let (name, token_hash, timestamp) = (None, None, START);
        registry.evolve(&RegistryEvent::AgentRegistered { agent_id, name, token_hash, timestamp });
    }
    registry.evolve(&RegistryEvent::AgentRemoved { agent_id: id("old"), timestamp: START });
    let (caller_role, subject_role, open_registration) = (None, None, false);
    let context =
        RegistryContext { now: START, caller, caller_role, subject_role, open_registration, inside };
    let events = registry.decide(command, &context)?;
    let before = registry.clone();
    events.iter().for_each(|event| registry.evolve(event));
    assert_eq!(registry, before, "balances are the ledger's");
    Ok(events)
}

fn code(caller: &Caller, command: &RegistryCommand, inside: u64) -> &'static str {
    told(caller, command, inside).as_ref().map_or_else(RegistryRejection::code, |_| "ok")
}

#[test]
fn the_operator_brings_money_in_and_takes_it_out() {
    let (agent_id, reference) = (id("bob"), "wire 1".to_owned());
    let came = RegistryEvent::Deposited {
        agent_id: agent_id.clone(),
        amount: amount(7),
        reference,
        timestamp: START,
    };
    assert_eq!(told(&operator(), &deposit("bob", 7, "wire 1"), 0), Ok(vec![came.clone()]));
    let wallet = Account::Wallet(agent_id);
    let movement = Posting {
        debit: Account::External,
        credit: wallet.clone(),
        amount: amount(7),
        reason: Reason::Deposit,
    };
    assert_eq!(came.posting(), Some(movement));
    let went = told(&operator(), &withdraw("bob", 7, "wire 2"), 7).unwrap();
    let movement =
        Posting { debit: wallet, credit: Account::External, amount: amount(7), reason: Reason::Withdrawal };
    assert_eq!(went[0].posting(), Some(movement));
    let removed = RegistryEvent::AgentRemoved { agent_id: id("bob"), timestamp: START };
    assert_eq!(removed.posting(), None);
}

#[test]
fn values_then_existence_then_the_caller() {
    let bob = agent("bob");
    for movement in [deposit, withdraw] {
        assert_eq!(code(&bob, &movement("new", 0, "r"), 0), "invalid");
        assert_eq!(code(&bob, &movement("new", 1, ""), 0), "invalid");
        assert_eq!(code(&bob, &movement("new", 1, " "), 0), "invalid");
        assert_eq!(code(&bob, &movement("new", 1, &"r".repeat(129)), 0), "invalid");
        assert_eq!(code(&bob, &movement("new", 1, &"r".repeat(128)), 0), "not_found");
        assert_eq!(code(&bob, &movement("bob", 1, "r"), 0), "forbidden");
        assert_eq!(code(&Caller::System, &movement("bob", 1, "r"), 0), "forbidden");
        assert_eq!(code(&operator(), &movement("bob", 1, "r"), 0), "ok");
    }
}

/// A wallet outlives its agent, so that no money is shut in.
#[test]
fn a_removed_agent_can_be_paid_out_and_not_in() {
    assert_eq!(code(&operator(), &withdraw("old", 1, "r"), 0), "ok");
    assert_eq!(code(&operator(), &deposit("old", 1, "r"), 0), "not_found");
}

#[test]
fn no_more_comes_in_than_is_exact_everywhere() {
    for (inside, units, expected) in [
        (0, MOST, "ok"),
        (MOST - 1, 1, "ok"),
        (MOST, 1, "invalid"),
        (1, MOST, "invalid"),
        (u64::MAX, 1, "invalid"),
    ] {
        assert_eq!(code(&operator(), &deposit("bob", units, "r"), inside), expected, "{inside} {units}");
    }
    assert!(matches!(
        told(&operator(), &deposit("bob", 1, "r"), MOST),
        Err(RegistryRejection::Invalid { field: "amount", .. })
    ));
    assert_eq!(code(&operator(), &withdraw("bob", MOST, "r"), MOST), "ok");
}
