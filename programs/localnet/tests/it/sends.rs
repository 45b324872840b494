//! What is sent is done once, whatever is lost on the way; and what the client reads is what the chain has.

use std::{fs, path::Path, time::Duration};

use arena_chain::{
    Action, Asked, Chain, ChainError, Event, LOCAL_PROGRAM, Note, Rpc, Sending, Signer, associated,
};
use arena_core::contest::{Status, status};
use arena_localnet::TOKENS;
use serde_json::Value;

use crate::{
    cut::{Fault, Line},
    world::{BOND, FEE, World, on_a_chain},
};

pub(crate) const SEND: &str = "sendTransaction";

/// The program through a line that can be cut; nobody waits for it to come back.
pub(crate) fn through(line: &Line) -> Chain {
    let sending = Sending { price_cap: 0, pause: Duration::from_millis(1) };
    Chain::new(Rpc::new(line.url()).unwrap().with_patience(Duration::ZERO), LOCAL_PROGRAM, sending)
}

pub(crate) fn line(world: &World) -> Line {
    Line::to(world.chain.rpc().url())
}

/// The transactions that were handed in, without the numbers of the requests.
fn handed_in(line: &Line) -> Vec<String> {
    let transaction = |body: String| {
        let body: Value = serde_json::from_str(&body).unwrap();
        body["params"][0].as_str().unwrap().to_owned()
    };
    line.asked(SEND).into_iter().map(transaction).collect()
}

pub(crate) fn noted(folder: &Path) -> Note {
    Note::ForGood(folder.join("note.json"))
}

/// Makes a note of an action that was signed and then never arrived, and whose time is over.
pub(crate) async fn left_behind(world: &World, action: &Action, folder: &Path) -> String {
    let line = line(world);
    line.plan(SEND, Fault::NeverArrived);
    let chain = through(&line);
    // Nothing is known after the send that got lost.
    line.cut_after("getEpochInfo");
    let lost = chain.send(action, &[&world.bots[0]], &noted(folder), None).await;
    assert!(matches!(lost, Err(ChainError::Unknown { .. })), "{lost:?}");
    let path = folder.join("note.json");
    let mut note: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    note["last_valid_block_height"] = 0.into();
    note["transaction"] = "".into();
    fs::write(&path, note.to_string()).unwrap();
    // Blocks are made, so that the same action signed anew is another transaction.
    for _ in 0..2 {
        world.pass(1).await;
    }
    note["signature"].as_str().unwrap().to_owned()
}

#[test]
fn an_answer_that_gets_lost_changes_nothing() {
    on_a_chain(1, async |world| {
        let contest = world.create(1).await;
        let (line, bot) = (line(world), &world.bots[0]);
        line.plan(SEND, Fault::AnswerLost);
        let held = world.contest(&contest).await;
        let action = world.chain.at().enter(&held, &bot.pubkey());
        let sent = through(&line).send(&action, &[bot], &Note::Nowhere, None).await.unwrap();
        assert!(sent.signature.is_some() && !sent.before);
        assert_eq!(world.held(bot).await, TOKENS - FEE);
    });
}

#[test]
fn what_never_arrived_is_handed_in_again_as_the_same_transaction() {
    on_a_chain(1, async |world| {
        let contest = world.create(1).await;
        let (line, bot) = (line(world), &world.bots[0]);
        for _ in 0..3 {
            line.plan(SEND, Fault::NeverArrived);
        }
        let held = world.contest(&contest).await;
        let action = world.chain.at().enter(&held, &bot.pubkey());
        through(&line).send(&action, &[bot], &Note::Nowhere, None).await.unwrap();
        let sent = handed_in(&line);
        assert!(sent.len() > 3, "it was lost three times");
        assert!(sent.iter().all(|one| *one == sent[0]), "never another one while that one may still come in");
        assert_eq!(world.held(bot).await, TOKENS - FEE);
    });
}

/// Withdrawing is the one action that no account shows, and that the program does as often as it is asked.
#[test]
fn whoever_goes_on_after_a_lost_confirmation_does_it_once() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let treasury = world.chain.at().treasury(&world.mint);
        fill(world).await;
        let before = world.treasury().await;
        let own = world.authority.pubkey();
        let to = associated(&own, &world.token_program, &world.mint);
        let (mint, token_program) = (&world.mint, &world.token_program);
        let action = world.chain.at().withdraw_treasury(&own, mint, token_program, &to, 7, 1);
        let line = line(world);
        line.cut_after(SEND);
        let lost = through(&line).send(&action, &[&world.authority], &noted(folder.path()), None).await;
        let Err(ChainError::Unknown { signature, .. }) = lost else { panic!("{lost:?}") };
        // Another process, later, over a line that works.
        let sent = world.chain.send(&action, &[&world.authority], &noted(folder.path()), None).await.unwrap();
        assert_eq!((sent.signature, sent.before), (Some(signature), true));
        assert_eq!(world.chain.tokens_at(&treasury).await.unwrap(), before - 7);
        let again =
            world.chain.send(&action, &[&world.authority], &noted(folder.path()), None).await.unwrap();
        assert_eq!(again, sent, "the same key, the same answer");
        assert_eq!(world.chain.tokens_at(&treasury).await.unwrap(), before - 7);
    });
}

/// A bond that was slashed, so that the treasury holds something.
pub(crate) async fn fill(world: &World) {
    let contest = world.create(1).await;
    let held = world.contest(&contest).await;
    for agent in [&world.bots[0], &world.stranger] {
        if agent.pubkey() == world.stranger.pubkey() {
            let action = world.chain.at().register_profile(&agent.pubkey(), "stranger").unwrap();
            world.does(agent, action).await;
        }
        world.does(agent, world.chain.at().enter(&held, &agent.pubkey())).await;
    }
    world.start(&contest).await;
    world.pass(2 * u64::from(crate::world::INTERVAL_S)).await;
    world.does(&world.stranger, world.chain.at().abandon(&held)).await;
    assert_eq!(world.treasury().await, BOND);
}

#[test]
fn an_action_whose_transaction_expired_is_signed_anew() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let contest = world.create(1).await;
        let held = world.contest(&contest).await;
        let action = world.chain.at().enter(&held, &world.bots[0].pubkey());
        let lost = left_behind(world, &action, folder.path()).await;
        assert_eq!(world.held(&world.bots[0]).await, TOKENS);
        let sent = world.chain.send(&action, &[&world.bots[0]], &noted(folder.path()), None).await.unwrap();
        assert!(!sent.before && sent.signature.is_some_and(|signature| signature.to_string() != lost));
        assert_eq!(world.held(&world.bots[0]).await, TOKENS - FEE);
    });
}

#[test]
fn what_the_accounts_show_as_done_is_not_signed_anew() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let contest = world.create(1).await;
        let held = world.contest(&contest).await;
        let action = world.chain.at().enter(&held, &world.bots[0].pubkey());
        left_behind(world, &action, folder.path()).await;
        // By a transaction that nobody knows of any more.
        world.does(&world.bots[0], world.chain.at().enter(&held, &world.bots[0].pubkey())).await;
        let sent = world.chain.send(&action, &[&world.bots[0]], &noted(folder.path()), None).await.unwrap();
        assert_eq!((sent.signature, sent.before), (None, true));
        assert_eq!(world.held(&world.bots[0]).await, TOKENS - FEE);
    });
}

#[test]
fn a_key_in_the_nodes_address_is_not_shown() {
    on_a_chain(0, async |world| {
        let line = line(world);
        let secret = format!("{}/v2/SECRET?api-key=SECRET", line.url());
        let rpc =
            Rpc::new(&secret.replace("http://", "http://SECRET@")).unwrap().with_patience(Duration::ZERO);
        let chain = Chain::new(rpc, LOCAL_PROGRAM, Sending::default());
        line.cut();
        let failed = chain.protocol().await.unwrap_err();
        let said = format!("{failed} {failed:?} {chain:?}");
        assert!(said.contains(line.url()) && !said.contains("SECRET"), "{said}");
        let wrong = Rpc::new("SECRET").unwrap_err();
        assert!(!wrong.to_string().contains("SECRET"), "{wrong}");
    });
}

#[test]
fn a_node_that_is_away_is_named_and_nothing_was_done() {
    on_a_chain(1, async |world| {
        let line = line(world);
        let chain = through(&line);
        line.cut();
        let action = world.chain.at().register_profile(&world.stranger.pubkey(), "late").unwrap();
        let failed = chain.send(&action, &[&world.stranger], &Note::Nowhere, None).await.unwrap_err();
        assert!(matches!(failed, ChainError::Unreachable { .. }), "{failed}");
        assert!(failed.to_string().contains(line.url()) && failed.to_string().contains("--rpc"), "{failed}");
        assert!(line.asked(SEND).is_empty());
        assert!(world.chain.profile(&world.stranger.pubkey()).await.is_err());
    });
}

#[test]
fn refusals_come_in_the_words_of_the_rules() {
    on_a_chain(2, async |world| {
        let contest = world.create(1).await;
        let held = world.contest(&contest).await;
        let (at, creator, bot) = (world.chain.at(), &world.creator, &world.bots[0]);
        let start = Asked::new(contest, status::Action::Start);
        let refused = async |action: Action, by, asked: Asked| {
            let sent = world.chain.send(&action, &[by], &Note::Nowhere, Some(&asked)).await;
            let Err(ChainError::Refused(refusal)) = sent else { panic!("{sent:?}") };
            (refusal.code.as_str(), refusal.detail)
        };
        let (code, detail) = refused(at.start(&held, &creator.pubkey()), creator, start).await;
        assert_eq!(code, "not_enough_entrants");
        assert_eq!(detail, "0 have entered and 2 are needed; wait for more, or cancel");
        world.enter(&contest, &world.bots).await;
        let again = Asked::new(contest, status::Action::Enter).of(bot.pubkey());
        let (code, detail) = refused(at.enter(&held, &bot.pubkey()), bot, again).await;
        assert_eq!(code, "already_entered");
        assert_eq!(detail, format!("{} has an entry already", bot.pubkey()));
        let (code, detail) = refused(at.start(&held, &bot.pubkey()), bot, start).await;
        assert_eq!((code, detail.as_str()), ("forbidden", "only the oracle may do this"));
        world.start(&contest).await;
        let (code, detail) = refused(at.start(&held, &creator.pubkey()), creator, start).await;
        assert_eq!(code, "wrong_state");
        assert_eq!(detail, "the contest is active; this needs it registration");
    });
}

#[test]
fn lists_hold_what_passes_their_filters() {
    on_a_chain(2, async |world| {
        let contests = [world.create(1).await, world.create(2).await];
        world.enter(&contests[0], &world.bots).await;
        world.enter(&contests[1], &world.bots[..1]).await;
        world.start(&contests[0]).await;
        let (creator, stranger) = (world.creator.pubkey(), world.stranger.pubkey());
        let listed = async |status, creator| {
            let found = world.chain.contests(status, creator).await.unwrap();
            found.into_iter().map(|held| held.address).collect::<Vec<_>>()
        };
        let mut both = contests.to_vec();
        both.sort_unstable();
        assert_eq!(listed(None, None).await, both);
        assert_eq!(listed(None, Some(&creator)).await, both);
        assert_eq!(listed(None, Some(&stranger)).await, []);
        assert_eq!(listed(Some(Status::Active), None).await, [contests[0]]);
        assert_eq!(listed(Some(Status::Registration), Some(&creator)).await, [contests[1]]);
        let agents: Vec<_> =
            world.chain.entries(&contests[0]).await.unwrap().iter().map(|entry| entry.agent()).collect();
        assert_eq!(agents, [world.bots[0].pubkey(), world.bots[1].pubkey()], "in entry order");
        assert_eq!(world.chain.entries_of(&world.bots[0].pubkey()).await.unwrap().len(), 2);
        assert_eq!(world.chain.entries_of(&world.bots[1].pubkey()).await.unwrap().len(), 1);
    });
}

#[test]
fn what_happened_to_a_contest_is_read_in_order() {
    on_a_chain(2, async |world| {
        let contest = world.create(1).await;
        world.enter(&contest, &world.bots).await;
        world.start(&contest).await;
        let events = world.chain.events(&contest, None).await.unwrap();
        let numbers: Vec<u32> = events
            .iter()
            .filter_map(|logged| match logged.event {
                Event::AgentEntered { number, .. } => Some(number),
                _ => None,
            })
            .collect();
        assert!(matches!(events.first().unwrap().event, Event::ContestCreated { bond: BOND, .. }));
        assert_eq!(numbers, [1, 2]);
        assert!(matches!(events.last().unwrap().event, Event::ContestStarted { entrants: 2, .. }));
        let after = events[0].signature.parse().unwrap();
        assert_eq!(world.chain.events(&contest, Some(after)).await.unwrap(), events[1..]);
    });
}
