//! Nodes that lag behind, forget, or take back what they said: nothing is done twice, and what was dropped is done.

use std::{fs, path::Path};

use arena_chain::{Action, ChainError, Sent, Signature, Signer, associated};
use arena_localnet::TOKENS;
use serde_json::{Value, json};

use crate::{
    sends::{SEND, fill, left_behind, line, noted, through},
    world::{BOND, FEE, World, on_a_chain},
};

/// Rewrites a note, as if its transaction's time were over.
fn outdated(folder: &Path) {
    let path = folder.join("note.json");
    let mut note: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    note["last_valid_block_height"] = 0.into();
    fs::write(&path, note.to_string()).unwrap();
}

/// What a node says of a transaction, `null` for nothing, when it has come to this slot.
fn said(slot: u64, status: Value) -> Value {
    json!({ "context": { "slot": slot }, "value": [status] })
}

/// A withdrawal that was carried out, its confirmation lost; with its note, which looks outdated.
async fn withdrawn_unseen(world: &World, folder: &Path) -> (Action, Signature) {
    fill(world).await;
    let own = world.authority.pubkey();
    let to = associated(&own, &world.token_program, &world.mint);
    let (mint, token_program) = (&world.mint, &world.token_program);
    let action = world.chain.at().withdraw_treasury(&own, mint, token_program, &to, 7, 1);
    let line = line(world);
    line.cut_after(SEND);
    let lost = through(&line).send(&action, &[&world.authority], &noted(folder), None).await;
    let Err(ChainError::Unknown { signature, .. }) = lost else { panic!("{lost:?}") };
    outdated(folder);
    (action, signature)
}

#[test]
fn a_node_that_lags_behind_does_not_decide_that_a_transaction_never_came() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let (action, signature) = withdrawn_unseen(world, folder.path()).await;
        let line = line(world);
        line.lie("getSignatureStatuses", said(0, Value::Null));
        let sent = through(&line).send(&action, &[&world.authority], &noted(folder.path()), None).await;
        assert_eq!(sent.unwrap(), Sent { signature: Some(signature), before: true });
        assert_eq!(world.treasury().await, BOND - 7);
    });
}

#[test]
fn a_node_that_forgot_leaves_it_unknown_and_nothing_is_signed_anew() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let (action, signature) = withdrawn_unseen(world, folder.path()).await;
        let line = line(world);
        line.lie("getSignatureStatuses", said(u64::MAX, Value::Null));
        line.lie("getFirstAvailableBlock", u64::MAX.into());
        let (signer, note) = ([&world.authority], noted(folder.path()));
        let unknown = through(&line).send(&action, &signer, &note, None).await.unwrap_err();
        assert!(unknown.to_string().contains("a longer history"), "{unknown}");
        assert!(line.asked(SEND).is_empty());
        let sent = world.chain.send(&action, &signer, &note, None).await.unwrap();
        assert_eq!(sent, Sent { signature: Some(signature), before: true }, "another node remembers");
        assert_eq!(world.treasury().await, BOND - 7);
    });
}

/// However wrong the node is: the program counts withdrawals.
#[test]
fn a_withdrawal_that_is_signed_anew_is_refused_under_its_number() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let (action, _) = withdrawn_unseen(world, folder.path()).await;
        assert_eq!(noted(folder.path()).number(), Some(1));
        let line = line(world);
        line.lie("getSignatureStatuses", said(u64::MAX, Value::Null));
        let refused = through(&line).send(&action, &[&world.authority], &noted(folder.path()), None).await;
        assert_eq!(refused.unwrap_err().code().as_str(), "version_mismatch");
        // However often, and by whatever node: it keeps its number.
        assert_eq!(noted(folder.path()).number(), Some(1));
        let again = world.chain.send(&action, &[&world.authority], &noted(folder.path()), None).await;
        assert_eq!(again.unwrap_err().code().as_str(), "version_mismatch");
        assert_eq!(world.treasury().await, BOND - 7);
    });
}

#[test]
fn what_was_confirmed_and_then_dropped_is_done_again() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let contest = world.create(1).await;
        let (bot, note) = (&world.bots[0], noted(folder.path()));
        let action = world.chain.at().enter(&world.contest(&contest).await, &bot.pubkey());
        let confirmed = json!({
            "slot": 1, "confirmations": 1, "status": { "Ok": null }, "err": null, "confirmationStatus": "confirmed",
        });
        let line = line(world);
        line.lie("getSignatureStatuses", said(1, confirmed));
        let sent = through(&line).send(&action, &[bot], &note, None).await.unwrap();
        assert_eq!(note.done_by(), sent.signature, "it counts as done");
        assert!(line.asked(SEND).is_empty() && world.held(bot).await == TOKENS, "but it was taken back");
        outdated(folder.path());
        // Blocks are made, so that the same action signed anew is another transaction.
        world.pass(1).await;
        world.pass(1).await;
        let again = world.chain.send(&action, &[bot], &note, None).await.unwrap();
        assert_ne!(again.signature, sent.signature);
        assert_eq!(world.held(bot).await, TOKENS - FEE);
        assert_eq!(world.chain.send(&action, &[bot], &note, None).await.unwrap().signature, again.signature);
    });
}

#[test]
fn what_is_final_is_answered_from_its_note_alone() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let contest = world.create(1).await;
        let (bot, note) = (&world.bots[0], noted(folder.path()));
        let action = world.chain.at().enter(&world.contest(&contest).await, &bot.pubkey());
        let is_final = json!({
            "slot": 1, "confirmations": null, "status": { "Ok": null }, "err": null, "confirmationStatus": "finalized",
        });
        let line = line(world);
        line.lie("getSignatureStatuses", said(1, is_final));
        let sent = through(&line).send(&action, &[bot], &note, None).await.unwrap();
        line.cut();
        let again = through(&line).send(&action, &[bot], &note, None).await.unwrap();
        assert_eq!(again, Sent { before: true, ..sent });
    });
}

#[test]
fn whoever_goes_on_finds_no_note_of_what_can_no_longer_come() {
    on_a_chain(1, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let contest = world.create(1).await;
        let held = world.contest(&contest).await;
        let action = world.chain.at().enter(&held, &world.bots[0].pubkey());
        left_behind(world, &action, folder.path()).await;
        let note = noted(folder.path());
        assert!(note.is_there());
        world.chain.caught_up(&note).await.unwrap();
        assert!(!note.is_there());
        world.chain.send(&action, &[&world.bots[0]], &note, None).await.unwrap();
        world.chain.caught_up(&note).await.unwrap();
        assert!(note.is_there() && note.done_by().is_some(), "what is done stays noted");
    });
}
