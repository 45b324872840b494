//! Where a cup is settled: it goes on there and nowhere else.

use std::{fs, process::Command};

use arena_chain::{Signer, write_keypair};

use crate::{
    host::{CUP, Hosting, is_settled},
    world::on_a_chain,
};

#[test]
fn a_cup_goes_on_only_where_it_was_begun() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (line, notes) = (hosting.line(), hosting.notes());
        let process = line.end(false, move |asked| asked.is("sendTransaction") && notes.has("round-1-1"));
        assert!(hosting.cut_off(&process).is_none());
        let (own, other) = (world.creator.pubkey().to_string(), world.stranger.pubkey().to_string());
        let refused = |mut command: Command, here: &str| {
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains(&own) && said.contains(here), "{said}");
        };
        refused(hosting.arena(&["contest", "host", "cup.toml"]), "in Arena's own ledger");
        let mut on_another = hosting.command();
        on_another.args(["--program", &other]);
        refused(on_another, &format!("and not at program {other}"));
        let mint = std::mem::replace(&mut hosting.mint, other.clone());
        refused(hosting.command(), &format!("mint {other}"));
        hosting.mint = mint;
        fs::write(hosting.folder().join("host.json"), write_keypair(&world.stranger)).unwrap();
        refused(hosting.command(), &format!("wallet {other}"));
        fs::write(hosting.folder().join("host.json"), write_keypair(&world.creator)).unwrap();
        // To end the mirror would not end the contest of a cup that was changed.
        hosting.cup(&CUP.replace("bond = 500", "bond = 501"));
        let changed = hosting.said().errors;
        assert!(
            changed.contains("cup was changed") && !changed.contains("arena contest cancel"),
            "{changed}"
        );
        hosting.cup(CUP);
        is_settled(world, &hosting, &hosting.ended()).await;
    });
}

#[test]
fn a_cup_that_was_begun_in_arenas_ledger_goes_on_there() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (_server, line) = hosting.serve(&[]);
        let mut embedded = hosting.arena(&["contest", "host", "cup.toml", "--url", line.url()]);
        let process = line.end(true, |asked| asked.what.ends_with("/entries"));
        let mut child = embedded.spawn().unwrap();
        process.send(child.id()).unwrap();
        assert!(!child.wait().unwrap().success());
        let said = hosting.said();
        assert!(said.errors.contains("under way with its money in Arena's own ledger"), "{}", said.errors);
        assert!(embedded.status().unwrap().success(), "with bond and fees that were not touched");
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
    });
}

#[test]
fn a_bot_whose_token_others_know_is_refused() {
    on_a_chain(0, async |world| {
        let hosting =
            Hosting::new(world, &CUP.replace("name = 'randy'", "name = 'randy'\ntoken_file = 'randy.token'"));
        let said = hosting.said();
        assert!(said.errors.contains("bot randy has a token_file"), "{}", said.errors);
    });
}
