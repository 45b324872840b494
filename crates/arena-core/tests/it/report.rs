//! The report: a pure function of the events before archiving.

use arena_core::{
    collaboration::{Command, Head, Report, ReportCounts, Status},
    Hash, Sequence,
};

use crate::world::{adopt, artifact, cancel, complete, fact, id, number, steps, World};

/// An arena in which there is something of everything.
fn eventful() -> World {
    let mut world = World::active(steps(4));
    world.done("bob", 1);
    let fence = world.claimed("cat", 2);
    world.pass(60);
    world.cat(complete(2, fence)).unwrap_err();
    world.ann(adopt(2, fence)).unwrap();
    world.ann(cancel(3)).unwrap();
    world.bob(artifact("z", None, None)).unwrap();
    world.bob(artifact("a", None, None)).unwrap();
    world.cat(fact("k", None)).unwrap();
    world
}

#[test]
fn the_same_state_and_head_give_the_same_report() {
    let world = eventful();
    let report = world.arena.report(world.head());
    assert_eq!(report, world.arena.report(world.head()));
    assert_eq!(report, world.replayed().report(world.head()));
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[test]
fn the_report_names_what_came_out() {
    let world = eventful();
    let head = Head { sequence: Sequence::new(5), hash: Hash::of(b"x") };
    let report = world.arena.report(head);
    assert_eq!(report.head, head);
    assert_eq!(
        report.counts,
        ReportCounts {
            participants: 4,
            total_steps: 3,
            completed_steps: 2,
            failed_steps: 0,
            cancelled_steps: 1,
            artifacts: 2,
            facts: 1,
            orphans: 1,
        }
    );
    assert_eq!(report.steps[1].holder, Some(id("cat")));
    assert_eq!(report.steps[1].result_sequence, Some(report.orphans[0].sequence));
    assert_eq!((report.steps[0].cost, report.spent.cost), (3, 6));
    assert_eq!(report.artifacts.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["a", "z"]);
    assert_eq!(report.facts[0].sha256, Hash::of(b"so it is"));
    assert_eq!(report.orphans[0].step, number(2));
}

#[test]
fn making_a_report_changes_nothing() {
    let world = eventful();
    let before = world.arena.clone();
    let _report = world.arena.report(world.head());
    assert_eq!(world.arena, before);
}

#[test]
fn the_seal_holds_the_hash_of_the_report_before_it() {
    let mut world = eventful();
    world.ann(Command::Settle).unwrap();
    let sealed = world.arena.report(world.head());
    world.ann(Command::Archive).unwrap();
    assert_eq!(world.arena.status(), Status::Archived);
    assert_eq!(world.arena.report_hash(), Some(Hash::of(&serde_json::to_vec(&sealed).unwrap())));
    let again = world.arena.report(sealed.head);
    assert_eq!(again, sealed, "it reads the same once archived");
}
