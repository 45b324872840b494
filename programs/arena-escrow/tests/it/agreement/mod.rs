//! Agreement: the same random commands through the embedded rules and through the program; after each the same verdict, by its
//! code, the same balances and counters, the same contest and entries.

mod both;
mod chance;
mod compared;

use std::collections::BTreeMap;

use arena_core::{
    contest::{Command, ObligationStatus, Payee, PayoutKind},
    AgentId, Contest,
};
use both::{Both, Changed, Difference};
use chance::Chance;

const NAMES: [&str; 7] = ["ann", "ora", "bob", "cat", "dot", "eve", "fay"];
/// Commands to a contest before what is left is paid and closed.
const COMMANDS: usize = 45;
/// Steps that are compared at least.
const STEPS: usize = 12_000;

/// The program with one rule changed each, as `cargo xtask program` builds it.
const MUTANTS: [(&str, &[u8]); 4] = [
    ("alive", include_bytes!("../../../fixture/mutants/alive.so")),
    ("late", include_bytes!("../../../fixture/mutants/late.so")),
    ("ties", include_bytes!("../../../fixture/mutants/ties.so")),
    ("twice", include_bytes!("../../../fixture/mutants/twice.so")),
];

fn mutant(name: &str) -> &'static [u8] {
    MUTANTS.iter().find(|(other, _)| *other == name).unwrap().1
}

/// How often each was asked for and how often it was accepted.
type Tally = BTreeMap<&'static str, (usize, usize)>;

fn names() -> Vec<AgentId> {
    NAMES.map(|name| name.parse().unwrap()).to_vec()
}

fn word(command: &Command) -> &'static str {
    match command {
        Command::Enter => "enter",
        Command::Leave { .. } => "leave",
        Command::Start => "start",
        Command::SubmitPage(_) => "submit_page",
        Command::Finalize { .. } => "finalize",
        Command::StoreActions { .. } => "store_actions",
        Command::Payout { kind, .. } => kind.as_str(),
        Command::Cancel => "cancel",
        Command::Abandon => "abandon",
    }
}

/// Plays contests from one seed until so many steps were compared.
fn play(seed: u64, steps: usize, changed: Changed, tally: &mut Tally) -> Result<usize, Difference> {
    let (mut chance, names) = (Chance::of(seed), names());
    let funds = if chance.percent(30) { 200_010 } else { 1_000_000_000 };
    let mut both = Both::new(&names, funds, changed);
    let mut done = 0;
    while done < steps {
        done += contest(&mut both, &mut chance, &names, tally)?;
    }
    Ok(done)
}

/// One contest, from its making to its closing; how many steps it took.
fn contest(
    both: &mut Both,
    chance: &mut Chance,
    names: &[AgentId],
    tally: &mut Tally,
) -> Result<usize, Difference> {
    let title =
        *chance.one_of(&["a contest", "a contest", "a contest", "", "  ", "a\tb", "ein Wettstreit um Ähren"]);
    let terms = chance::terms(chance, &names[1]);
    let made = both.create(&names[0], title, &terms)?;
    count(tally, "create", made);
    let mut steps = 1;
    if !made {
        return Ok(steps);
    }
    for _ in 0..COMMANDS {
        let contest = both.contest.clone().unwrap();
        let seconds = chance::seconds(chance, &contest, both.world.chain.time_s());
        both.world.chain.pass_s(seconds);
        let command = chance::command(chance, &contest, names, both.last.as_ref());
        let caller = caller(chance, &contest, names, &command);
        let accepted = both.ask(&caller, &command).map_err(|Difference(what)| {
            Difference(format!("{command:?} by {caller} in {:?}: {what}", contest.status()))
        })?;
        count(tally, word(&command), accepted);
        steps += 1;
    }
    Ok(steps + settle(both, names, tally)?)
}

/// Mostly who may, sometimes anybody.
fn caller(chance: &mut Chance, contest: &Contest, names: &[AgentId], command: &Command) -> AgentId {
    let may = match command {
        Command::Start | Command::SubmitPage(_) | Command::Finalize { .. } => Some(contest.oracle()),
        Command::Cancel => Some(contest.creator()),
        Command::Leave { agent_id } => Some(agent_id),
        _ => None,
    };
    may.filter(|_| chance.percent(90)).unwrap_or_else(|| chance.one_of(names)).clone()
}

/// Brings a contest to its end with nobody's help, pays what is owed, and closes all there is.
fn settle(both: &mut Both, names: &[AgentId], tally: &mut Tally) -> Result<usize, Difference> {
    let mut steps = 0;
    let mut ask = |both: &mut Both, command: Command| {
        let accepted = both.ask(&names[6], &command)?;
        count(tally, word(&command), accepted);
        steps += 1;
        Ok(())
    };
    both.world.chain.pass_s(70 * 86_400);
    ask(both, Command::Abandon)?;
    for name in names {
        for kind in [PayoutKind::Refund, PayoutKind::Bond] {
            let payee = if kind == PayoutKind::Bond { &names[0] } else { name };
            ask(both, Command::Payout { kind, payee: Some(Payee::Agent(payee.clone())) })?;
        }
    }
    let contest = both.contest.clone().unwrap();
    if !contest.status().is_terminal() {
        // A free contest without a bond owes nothing, so that only its creator ends it.
        let cancelled = both.ask(&names[0], &Command::Cancel)?;
        assert!(cancelled);
    }
    for owed in both.contest.clone().unwrap().obligations() {
        if owed.status == ObligationStatus::Open {
            ask(both, Command::Payout { kind: owed.kind, payee: Some(owed.payee) })?;
        }
    }
    close(both)?;
    Ok(steps)
}

fn close(both: &mut Both) -> Result<(), Difference> {
    let contest = both.contest.take().unwrap();
    let fault = |refused| Difference(format!("closing: {refused:?}"));
    for entry in contest.entries() {
        both.world.close_entry(both.names[&entry.agent_id]).map_err(fault)?;
    }
    both.world.close_contest().map_err(fault)?;
    let (contest, escrow, bond) = (both.world.contest(), both.world.escrow(), both.world.bond_vault());
    assert!([contest, escrow, bond].into_iter().all(|at| both.world.chain.is_gone(at)));
    Ok(())
}

fn count(tally: &mut Tally, word: &'static str, accepted: bool) {
    let (asked, agreed) = tally.entry(word).or_default();
    *asked += 1;
    *agreed += usize::from(accepted);
}

#[test]
fn both_sides_give_the_same_verdict_and_the_same_balances() {
    let mut tally = Tally::new();
    let mut steps = 0;
    for seed in 1.. {
        steps += play(seed, 1_000, Changed::Nothing, &mut tally)
            .unwrap_or_else(|Difference(what)| panic!("seed {seed} after {steps} steps: {what}"));
        println!("seed {seed}: {steps} steps without a difference");
        if steps >= STEPS {
            break;
        }
    }
    for (word, (asked, accepted)) in &tally {
        println!("{word}: asked {asked}, accepted {accepted}");
        assert!(*accepted > 0 && accepted < asked, "{word} was never accepted, or never refused");
    }
}

/// What notices a change, in one of a few plays.
fn noticed(changed: Changed) -> String {
    let play = |seed| play(seed, 2_000, changed, &mut Tally::new()).err();
    let Difference(what) = (1..=5).find_map(play).unwrap_or_else(|| panic!("{changed:?} was not noticed"));
    what
}

#[test]
fn a_rule_that_is_changed_in_the_program_is_noticed() {
    for (name, _) in MUTANTS {
        println!("{name}: {}", noticed(Changed::Program(name)));
    }
}

#[test]
fn an_embedded_answer_that_is_changed_is_noticed() {
    for changed in [Changed::Clock, Changed::Prize, Changed::Refund, Changed::Code] {
        println!("{changed:?}: {}", noticed(changed));
    }
}
