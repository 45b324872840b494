//! The mirror: who is let in on the chain is let into it, others are not, and what cannot be mirrored costs no bond.

use std::sync::{Arc, Mutex};

use arena_chain::Signer;
use arena_localnet::TOKENS;
use serde_json::Value;

use crate::{
    host::{CUP, FEE, Hosting, Server, holds_nothing, is_settled, the_contest},
    host_killed::killed_at_each,
    host_line::Asked,
    world::on_a_chain,
};

/// A cup with a place more than bots.
fn open_cup() -> String {
    CUP.replace("[terms]", "[terms]\nmax_agents = 4")
}

/// An agent of the server's, with money there for one fee, which enters the mirror at requests to it.
struct Intruder {
    server: String,
    data: std::path::PathBuf,
    token: String,
}

impl Intruder {
    fn new(hosting: &Hosting, server: &Server) -> Self {
        let token = hosting.answer(&["agent", "register", "intruder"])["token"].as_str().unwrap().to_owned();
        hosting.answer(&["ledger", "deposit", "intruder", &FEE.to_string(), "--reference", "its own"]);
        Self { server: server.url.clone(), data: hosting.data(), token }
    }

    /// Enters the contest of a path.
    fn enters(&self, what: &str) {
        let contest = what.split('/').nth(3).unwrap();
        let mut enter = Hosting::binary();
        enter.args(["contest", "enter", contest, "--json", "--url", &self.server, "--token", &self.token]);
        let output = enter.arg("--data").arg(&self.data).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn contests(hosting: &Hosting, status: &str) -> usize {
    let items = hosting.answer(&["contest", "list"])["items"].take();
    let is = |contest: &&Value| contest["status"] == status;
    items.as_array().unwrap().iter().filter(is).count()
}

#[test]
fn a_gate_that_its_entrants_meet_on_the_chain_is_none_in_the_mirror() {
    on_a_chain(1, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        hosting.ended();
        world.pass(200).await;
        // The bots' wallets are old enough now, and the stranger's; agents of the mirror are as old as this test.
        hosting.cup(&CUP.replace("[terms]", "[terms]\nmax_agents = 4\ngates = { min_age_s = 100 }"));
        let (line, notes) = (hosting.line(), hosting.notes());
        let waiting = line.wait(move |asked| asked.is("simulateTransaction") && notes.count("create") == 2);
        let enter = async || world.enter(&the_contest(world).await, &world.bots).await;
        let result = hosting.meanwhile(waiting, enter).await.of_the_end();
        assert_eq!(result["standings"].as_array().unwrap().len(), 4);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
    });
}

#[test]
fn nobody_can_take_the_name_of_an_entrant_before() {
    on_a_chain(1, async |world| {
        let mut hosting = Hosting::new(world, &open_cup());
        let (_server, _) = hosting.serve(&[]);
        // All that can be made of an address.
        let hex: String =
            world.bots[0].pubkey().to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        for digits in [32, 40, 56] {
            hosting.answer(&["agent", "register", &format!("wallet-{}", &hex[..digits])]);
        }
        let (line, notes) = (hosting.line(), hosting.notes());
        let waiting = line.wait(move |asked| asked.is("simulateTransaction") && notes.has("create"));
        let enter = async || world.enter(&the_contest(world).await, &world.bots).await;
        let result = hosting.meanwhile(waiting, enter).await.of_the_end();
        let strangers = result["standings"].as_array().unwrap().iter();
        let stranger =
            strangers.filter_map(|one| one["agent_id"].as_str()).find(|name| name.contains(&hex[..32]));
        holds_nothing(&hosting, &[stranger.unwrap(), "rocky", "cycler", "randy"]);
    });
}

#[test]
fn whoever_comes_into_the_mirror_alone_is_left_with_one_that_is_given_up() {
    // Where there is no place to spare, a bot of the cup finds none.
    for (cup, at) in [(open_cup(), "/entries"), (open_cup(), "/start"), (CUP.to_owned(), "/entries")] {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, &cup);
            let (server, line) = hosting.serve(&[]);
            let intruder = Intruder::new(&hosting, &server);
            let path = Arc::new(Mutex::new(String::new()));
            let met = path.clone();
            let waiting = line.wait(move |asked| {
                let is = asked.what.starts_with("POST") && asked.what.ends_with(at);
                if is {
                    asked.what.clone_into(&mut met.lock().unwrap());
                }
                is
            });
            let said = hosting.meanwhile(waiting, async || intruder.enters(&path.lock().unwrap())).await;
            let result = said.of_the_end();
            assert_eq!(result["standings"].as_array().unwrap().len(), 3, "{result}");
            assert_eq!((contests(&hosting, "cancelled"), contests(&hosting, "finished")), (1, 1));
            is_settled(world, &hosting, &result).await;
            assert_eq!(hosting.answer(&["ledger", "balance", "intruder"])["balance"], FEE, "its own");
        });
    }
}

#[test]
fn a_host_that_is_killed_while_it_gives_a_mirror_up_comes_to_the_same_end() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, &open_cup());
        let (server, line) = hosting.serve(&[]);
        let intruder = Arc::new(Mutex::new(Some(Intruder::new(&hosting, &server))));
        let writes = move |asked: &Asked| {
            if asked.what.ends_with("/entries")
                && asked.what.starts_with("POST")
                && let Some(intruder) = intruder.lock().unwrap().take()
            {
                intruder.enters(&asked.what);
            }
            asked.write()
        };
        let (kills, result) = killed_at_each(&hosting, &line, writes);
        assert!(kills.iter().any(|kill| kill.contains("give-up")), "{kills:?}");
        assert_eq!((contests(&hosting, "cancelled"), contests(&hosting, "finished")), (1, 1));
        is_settled(world, &hosting, &result).await;
        assert_eq!(hosting.answer(&["ledger", "balance", "intruder"])["balance"], FEE, "its own");
    });
}

#[test]
fn names_that_end_in_a_number_are_told_from_those_of_a_mirror_made_anew() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, &open_cup().replace("cycler", "rocky-1"));
        let (server, line) = hosting.serve(&[]);
        let mut intruder = Some(Intruder::new(&hosting, &server));
        let _never = line.wait(move |asked| {
            if asked.what.starts_with("POST")
                && asked.what.ends_with("/entries")
                && let Some(intruder) = intruder.take()
            {
                intruder.enters(&asked.what);
            }
            false
        });
        let result = hosting.ended();
        assert_eq!(result["standings"].as_array().unwrap().len(), 3, "{result}");
        assert_eq!((contests(&hosting, "cancelled"), contests(&hosting, "finished")), (1, 1));
        holds_nothing(&hosting, &["rocky", "rocky-1", "randy"]);
    });
}

#[test]
fn what_ends_on_the_chain_while_a_mirror_is_given_up_or_made_anew_ends_once() {
    // Spoiled before or after the start; the host is ended when so many withdrawals, or entries, were made.
    for (spoiled_at, what, number) in
        [("/entries", "/withdrawals", 2), ("/start", "/withdrawals", 2), ("/start", "/entries", 5)]
    {
        on_a_chain(0, async |world| {
            let mut hosting =
                Hosting::new(world, &open_cup().replace("[terms]", "[terms]\nelimination_interval_s = 10"));
            let (server, line) = hosting.serve(&[]);
            let mut intruder = Some(Intruder::new(&hosting, &server));
            let mut made = 0;
            let process = line.end(true, move |asked| {
                let is = |end| asked.what.starts_with("POST") && asked.what.ends_with(end);
                if is(spoiled_at)
                    && let Some(intruder) = intruder.take()
                {
                    let contest = asked.what.rsplit_once('/').unwrap().0;
                    intruder.enters(contest);
                }
                made += usize::from(is(what));
                made == number
            });
            assert!(hosting.cut_off(&process).is_none(), "it is ended at {what}");
            let (at, contest) = (world.chain.at(), world.contest(&the_contest(world).await).await);
            let is_started = spoiled_at == "/start";
            if is_started {
                world.pass(20).await;
                world.does(&world.stranger, at.abandon(&contest)).await;
            } else {
                world.does(&world.creator, at.cancel(&contest)).await;
            }
            let said = hosting.said();
            assert_eq!(
                said.result["outcome"],
                if is_started { "abandoned" } else { "cancelled" },
                "{}",
                said.errors
            );
            assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
            holds_nothing(&hosting, &["rocky", "cycler", "randy"]);
            assert_eq!(hosting.answer(&["ledger", "balance", "intruder"])["balance"], FEE, "its own");
        });
    }
}

#[test]
fn a_mirror_that_others_always_spoil_costs_no_bond() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, &open_cup());
        let (server, line) = hosting.serve(&[]);
        let intruder = Intruder::new(&hosting, &server);
        let mut spoiled = String::new();
        let spoils = move |asked: &Asked| {
            if asked.what.starts_with("POST") && asked.what.ends_with("/entries") && asked.what != spoiled {
                asked.what.clone_into(&mut spoiled);
                intruder.enters(&asked.what);
            }
            false
        };
        let _never = line.wait(spoils);
        let said = hosting.said();
        assert!(!said.is_played);
        assert_eq!(said.result["outcome"], "cancelled", "{}", said.errors);
        let why = said.result["why"].as_str().unwrap();
        assert!(why.starts_with("others than the entrants of the chain"), "{why}");
        // All but the fees, which the bots have back, and the bond among it.
        assert_eq!(world.held(&world.creator).await, TOKENS - 3 * FEE);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
        holds_nothing(&hosting, &["rocky", "cycler", "randy"]);
    });
}

#[test]
fn a_stranger_that_leaves_before_the_start_is_not_in_the_mirror() {
    on_a_chain(1, async |world| {
        let mut hosting = Hosting::new(world, &open_cup());
        let (line, notes) = (hosting.line(), hosting.notes());
        let created = notes.clone();
        let comes = line.wait(move |asked| asked.is("simulateTransaction") && created.has("create"));
        let child = hosting.start();
        comes.reached();
        let contest = the_contest(world).await;
        world.enter(&contest, &world.bots).await;
        // The mirror is entered when the start is tried.
        let leaves = line.wait(move |asked| {
            asked.is("simulateTransaction") && notes.has("enter-randy") && notes.is_mirrored()
        });
        comes.go();
        leaves.reached();
        let held = world.contest(&contest).await;
        world.does(&world.bots[0], world.chain.at().leave(&held, &world.bots[0].pubkey())).await;
        leaves.go();
        let result = hosting.of(child).of_the_end();
        assert_eq!(result["standings"].as_array().unwrap().len(), 3, "{result}");
        assert_eq!(world.held(&world.bots[0]).await, TOKENS);
        holds_nothing(&hosting, &["rocky", "cycler", "randy"]);
    });
}
