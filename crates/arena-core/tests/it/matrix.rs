//! The whole table of section 5 of the design: every command in every status by every caller.

use std::{collections::BTreeSet, fmt::Write};

use arena_core::{
    collaboration::{Caller, Command, NewStep, Role, Status, StepEdit},
    ArenaConfig, Fence, Millis,
};

use crate::world::{
    adopt, agent, approve, artifact, cancel, claim, claim_next, code, complete, config, edit, fact, fail, id,
    join, leave, number, operator, plain, release, renew, reopen, role, say, World,
};

/// C coordinator, W worker, O observer, S stranger, P operator that takes no part, T timer; one group for each status.
/// `ok` accepted, `wst` wrong_state, `frb` forbidden, `nfd` not_found, `opn` leases_open, `alr` already_joined.
///
/// Whoever may hold a step holds one, there is an orphan, and nothing else stands in the way.
const TABLE: &str = "
                         | created                 | active                  | settling                | archived
                         | C   W   O   S   P   T   | C   W   O   S   P   T   | C   W   O   S   P   T   | C   W   O   S   P   T
activate                 | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst | wst wst wst nfd wst wst
join an open arena       | alr alr alr ok  ok  frb | alr alr alr ok  ok  frb | wst wst wst wst wst wst | wst wst wst wst wst wst
join a closed arena      | alr alr alr nfd frb frb | alr alr alr nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
invite                   | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
leave                    | ok  ok  ok  nfd nfd nfd | ok  ok  ok  nfd nfd nfd | ok  ok  ok  nfd nfd nfd | wst wst wst nfd nfd nfd
remove                   | ok  frb frb nfd ok  frb | ok  frb frb nfd ok  frb | ok  frb frb nfd ok  frb | wst wst wst nfd wst wst
set role                 | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
update goal              | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
add steps                | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
edit step                | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
cancel step              | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
claim                    | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
claim next               | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
renew                    | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst
release                  | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst
approve                  | wst wst wst nfd wst wst | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst
complete                 | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst
fail                     | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst
reopen                   | wst wst wst nfd wst wst | ok  frb frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
put artifact             | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
put artifact, claim      | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst
put fact                 | wst wst wst nfd wst wst | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
send message             | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | ok  ok  frb nfd frb frb | wst wst wst nfd wst wst
adopt                    | wst wst wst nfd wst wst | ok  frb frb nfd frb frb | ok  frb frb nfd frb frb | wst wst wst nfd wst wst
settle                   | wst wst wst nfd wst wst | ok  frb frb nfd ok  frb | wst wst wst nfd wst wst | wst wst wst nfd wst wst
archive, leases open     | wst wst wst nfd wst wst | wst wst wst nfd wst wst | opn frb frb nfd opn frb | wst wst wst nfd wst wst
archive, none open       | wst wst wst nfd wst wst | wst wst wst nfd wst wst | ok  frb frb nfd ok  frb | wst wst wst nfd wst wst
archive, deadline over   | wst wst wst nfd wst wst | wst wst wst nfd wst wst | ok  ok  ok  nfd ok  frb | wst wst wst nfd wst wst
expire                   | wst wst wst nfd wst wst | frb frb frb nfd frb ok  | frb frb frb nfd frb ok  | wst wst wst nfd wst wst
timer, deadline over     | wst wst wst nfd wst wst | frb frb frb nfd frb ok  | frb frb frb nfd frb ok  | wst wst wst nfd wst wst
";

const STATUSES: [Status; 4] = [Status::Created, Status::Active, Status::Settling, Status::Archived];

/// The callers in the order of the columns, and the agent each acts as.
fn callers() -> [(&'static str, Caller); 6] {
    [
        ("ann", agent("ann")),
        ("bob", agent("bob")),
        ("oz", agent("oz")),
        ("zed", agent("zed")),
        ("operator", operator()),
        ("system", Caller::System),
    ]
}

/// An arena in a status: step 1 is ann's and 2 bob's, 3 is ready, 4 failed, 5 has an orphan.
fn setting(status: Status, open: bool) -> World {
    let steps =
        vec![plain("1"), plain("2"), plain("3"), NewStep { max_attempts: Some(1), ..plain("4") }, plain("5")];
    let mut participants = config().participants;
    participants.push((id("dot"), Role::Coordinator));
    let mut world = World::of(ArenaConfig { steps, participants, open, ..config() });
    if status == Status::Created {
        return world;
    }
    world.ann(Command::Activate).unwrap();
    let four = world.claimed("cat", 4);
    world.cat(fail(4, four)).unwrap();
    world.cat(Command::ClaimStep { step: Some(number(5)), lease: Some(Millis::from_secs(1)) }).unwrap();
    let five = world.fence(5);
    world.pass(2);
    world.cat(complete(5, five)).unwrap_err();
    world.claimed("ann", 1);
    world.claimed("bob", 2);
    if status == Status::Active {
        return world;
    }
    world.ann(Command::Settle).unwrap();
    if status == Status::Archived {
        world.pass(60);
        world.timer().unwrap();
    }
    world
}

/// The command of a row, as the caller of a column would give it.
fn command(row: &str, name: &str) -> Command {
    let (step, fence) = if name == "ann" { (1, Fence::new(3)) } else { (2, Fence::new(4)) };
    match row {
        "activate" => Command::Activate,
        "join an open arena" => join(name, Role::Worker),
        "join a closed arena" => join(name, Role::Worker),
        "invite" => join("new", Role::Worker),
        "leave" => leave(name),
        "remove" => leave("cat"),
        "set role" => role("cat", Role::Observer),
        "update goal" => Command::UpdateGoal { goal: "another".into() },
        "add steps" => Command::AddSteps { steps: vec![plain("more")] },
        "edit step" => edit(3, StepEdit { title: Some("new".into()), ..StepEdit::default() }),
        "cancel step" => cancel(3),
        "claim" => claim(3),
        "claim next" => claim_next(),
        "renew" => renew(step, fence),
        "release" => release(step, fence),
        "approve" => approve(3),
        "complete" => complete(step, fence),
        "fail" => fail(step, fence),
        "reopen" => reopen(4),
        "put artifact" => artifact("a", None, None),
        "put artifact, claim" => artifact("a", Some((step, fence)), None),
        "put fact" => fact("k", None),
        "send message" => say("hello"),
        "adopt" => adopt(5, Fence::new(2)),
        "settle" => Command::Settle,
        "archive, leases open" | "archive, none open" | "archive, deadline over" => Command::Archive,
        "expire" | "timer, deadline over" => Command::PassDeadlines,
        other => panic!("no such row: {other}"),
    }
}

fn prepared(row: &str, status: Status) -> World {
    let mut world = setting(status, row == "join an open arena");
    match row {
        "archive, none open" if status == Status::Settling => {
            world.ann(release(1, Fence::new(3))).unwrap();
            world.bob(release(2, Fence::new(4))).unwrap();
        }
        "archive, deadline over" | "timer, deadline over" => world.pass(60),
        _ => {}
    }
    world
}

fn short(code: &str) -> &str {
    match code {
        "ok" => "ok",
        "wrong_state" => "wst",
        "forbidden" => "frb",
        "not_found" => "nfd",
        "leases_open" => "opn",
        "already_joined" => "alr",
        other => other,
    }
}

/// The line of the table that the rules really give.
fn line(row: &str) -> String {
    let mut line = format!("{row:<25}");
    for status in STATUSES {
        line.push('|');
        for (name, caller) in callers() {
            let told = prepared(row, status).tell(&caller, &command(row, name));
            write!(line, " {:<3}", short(code(&told))).unwrap();
        }
        line.push(' ');
    }
    line.trim_end().to_owned()
}

#[test]
fn every_command_in_every_status_by_every_caller() {
    let expected: Vec<&str> = TABLE.lines().skip(3).collect();
    let real: Vec<String> = expected.iter().map(|row| line(row.split('|').next().unwrap().trim())).collect();
    assert!(real == expected, "the rules say\n{}\n", real.join("\n"));
}

/// A command that is not in the table does not compile here, and one without a row fails here.
#[test]
fn the_table_names_every_command() {
    let kind = |command: &Command| match command {
        Command::Activate => 0,
        Command::AddParticipant { .. } => 1,
        Command::RemoveParticipant { .. } => 2,
        Command::ChangeRole { .. } => 3,
        Command::UpdateGoal { .. } => 4,
        Command::AddSteps { .. } => 5,
        Command::EditStep { .. } => 6,
        Command::CancelStep { .. } => 7,
        Command::ClaimStep { .. } => 8,
        Command::RenewLease { .. } => 9,
        Command::ReleaseStep { .. } => 10,
        Command::ApproveStep { .. } => 11,
        Command::CompleteStep { .. } => 12,
        Command::FailStep { .. } => 13,
        Command::ReopenStep { .. } => 14,
        Command::AdoptResult { .. } => 15,
        Command::PutArtifact { .. } => 16,
        Command::PutFact { .. } => 17,
        Command::SendMessage { .. } => 18,
        Command::Settle => 19,
        Command::Archive => 20,
        Command::PassDeadlines => 21,
    };
    let rows = TABLE.lines().skip(3).map(|row| row.split('|').next().unwrap().trim());
    let named: BTreeSet<i32> = rows.map(|row| kind(&command(row, "bob"))).collect();
    assert_eq!(named, (0..22).collect());
}
