//! Others pay out and close the host's contest, at whatever moment: the host goes on to its end; and what cannot be played is cancelled.

use arena_localnet::TOKENS;

use crate::{
    host::{BOND, CUP, FEE, Hosting, Notes, is_settled, stranger_closes, stranger_pays, the_contest},
    host_line::{Asked, Line},
    world::{World, on_a_chain},
};

/// A moment at which others are faster: on which line, and at which request.
enum Moment {
    /// At a write to Arena's server.
    Write(&'static str),
    /// At the first look at what a transaction comes to, once a step is noted.
    Transaction(&'static str),
}

/// Before anything is paid; while it is being paid; before anything is closed; while it is being closed.
const MOMENTS: [Moment; 4] = [
    Moment::Write("/finalize"),
    Moment::Transaction("finalize"),
    Moment::Write("/receipt"),
    Moment::Transaction("record_result"),
];

impl Moment {
    fn line<'a>(&self, node: &'a Line, server: &'a Line) -> &'a Line {
        match self {
            Self::Write(_) => server,
            Self::Transaction(_) => node,
        }
    }

    fn at(&self, notes: Notes) -> impl FnMut(&Asked) -> bool + Send + 'static {
        let (path, step) = match *self {
            Self::Write(path) => (Some(path), ""),
            Self::Transaction(step) => (None, step),
        };
        move |asked| match path {
            Some(path) => asked.what.ends_with(path),
            None => asked.is("simulateTransaction") && notes.has(step),
        }
    }
}

async fn all_is_paid_and_closed(world: &World) {
    stranger_pays(world).await;
    stranger_closes(world).await;
}

#[test]
fn while_it_waits() {
    for moment in MOMENTS {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, CUP);
            let (node, (_server, server)) = (hosting.line(), hosting.serve(&[]));
            let waiting = moment.line(&node, &server).wait(moment.at(hosting.notes()));
            let said = hosting.meanwhile(waiting, async || all_is_paid_and_closed(world).await).await;
            is_settled(world, &hosting, &said.of_the_end()).await;
        });
    }
}

#[test]
fn while_it_is_dead() {
    for moment in MOMENTS {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, CUP);
            let (node, (_server, server)) = (hosting.line(), hosting.serve(&[]));
            let process = moment.line(&node, &server).end(false, moment.at(hosting.notes()));
            assert!(hosting.cut_off(&process).is_none(), "it is ended at this moment");
            all_is_paid_and_closed(world).await;
            is_settled(world, &hosting, &hosting.ended()).await;
        });
    }
}

#[test]
fn while_it_goes_on() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (_server, server) = hosting.serve(&[]);
        let process = server.end(false, |asked| asked.what.ends_with("/finalize"));
        assert!(hosting.cut_off(&process).is_none());
        // It has seen the finalized contest, and submits the last round once more.
        let waiting = server.wait(|asked| asked.what.ends_with("/eliminations"));
        let said = hosting.meanwhile(waiting, async || all_is_paid_and_closed(world).await).await;
        is_settled(world, &hosting, &said.of_the_end()).await;
    });
}

#[test]
fn a_contest_that_was_cancelled_and_closed_is_not_made_again() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (line, notes) = (hosting.line(), hosting.notes());
        let process = line.end(false, move |asked| asked.is("sendTransaction") && notes.has("enter-cycler"));
        assert!(hosting.cut_off(&process).is_none());
        let contest = world.contest(&the_contest(world).await).await;
        world.does(&world.creator, world.chain.at().cancel(&contest)).await;
        all_is_paid_and_closed(world).await;
        let said = hosting.said();
        assert!(!said.is_played);
        assert_eq!(said.result["outcome"], "cancelled", "{}", said.errors);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0, "it was made again");
        // Two bots had their fees, and have them still; the bond is back.
        for name in ["rocky", "cycler"] {
            assert_eq!(world.held(&hosting.wallet(name)).await, FEE, "{name}");
        }
        assert_eq!(world.held(&world.creator).await, TOKENS - 2 * FEE);
    });
}

#[test]
fn strangers_that_took_every_place_have_it_cancelled() {
    on_a_chain(3, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (line, notes) = (hosting.line(), hosting.notes());
        let waiting = line.wait(move |asked| asked.is("simulateTransaction") && notes.has("create"));
        let enter = async || world.enter(&the_contest(world).await, &world.bots).await;
        let said = hosting.meanwhile(waiting, enter).await;
        assert!(!said.is_played);
        assert_eq!(said.result["why"], "strangers took every place, and no bot of the cup plays");
        assert_eq!(said.result["outcome"], "cancelled");
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
        for stranger in &world.bots {
            assert_eq!(world.held(stranger).await, TOKENS);
        }
        assert_eq!(world.held(&world.creator).await, TOKENS - 3 * FEE, "with the bond of {BOND}");
    });
}

#[test]
fn gates_that_a_bot_does_not_meet_have_it_cancelled() {
    on_a_chain(0, async |world| {
        let hosting = Hosting::new(world, &CUP.replace("[terms]", "[terms]\ngates = { min_wins = 1 }"));
        let said = hosting.said();
        assert_eq!(said.result["outcome"], "cancelled", "{}", said.errors);
        assert!(said.result["why"].as_str().unwrap().starts_with("rocky cannot enter: "), "{}", said.result);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
        assert_eq!(world.held(&world.creator).await, TOKENS - FEE, "with the bond of {BOND}");
    });
}
