//! The actions of a round: kept when their root is the recorded one and every line belongs there, and read by everyone.

use std::collections::BTreeMap;

use arena_runtime::{
    ArenaManager, Hash, RuntimeError,
    contest::{Payee, PayoutKind, Rejection, RoundPage, merkle},
    offline,
};
use bytes::Bytes;

use crate::{
    cup::{Cup, audited, deposit, terms},
    fixture::{agent, close, code, id, in_dir, in_memory, keyed, managers, register},
};

fn line(cup: &Cup, round: u32, name: &str, say: &str) -> String {
    format!(r#"{{"arena_id":"{}","round":{round},"agent_id":"{name}","say":"{say}"}}"#, cup.arena_id)
}

fn root(lines: &str) -> Hash {
    merkle::root_of(lines.lines().map(str::as_bytes))
}

async fn submit(cup: &Cup, round: u32, actions_root: Hash) {
    let page = RoundPage {
        round,
        page: None,
        eliminated: Vec::new(),
        scores: BTreeMap::new(),
        actions_root: Some(actions_root),
        last: true,
    };
    cup.oracle().submit_page(page).await.unwrap();
}

/// A contest of carol's with the actions of its first round stored; answers them.
pub(crate) async fn stored(manager: &ArenaManager) -> (Cup, String) {
    let cup = Cup::open(manager, "carol", terms(0, 0)).await;
    cup.enter(&["alice", "bob"]).await;
    cup.oracle().start().await.unwrap();
    let lines = format!("{}\n{}\n", line(&cup, 1, "alice", "rock"), line(&cup, 1, "bob", "paper"));
    submit(&cup, 1, root(&lines)).await;
    cup.oracle().put_actions(1, lines.clone().into()).await.unwrap();
    (cup, lines)
}

#[tokio::test]
async fn actions_are_kept_as_they_came_and_read_by_every_agent() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol", "dave"]).await;
        let (cup, lines) = stored(&manager).await;
        let read = manager.round_actions(&agent("dave"), cup.arena_id, 1).await.unwrap();
        assert_eq!(read, lines, "{store}");
        let state = manager.contest(&agent("dave"), cup.arena_id).await.unwrap();
        let kept = state.contest.round_at(1).unwrap().actions.unwrap();
        assert_eq!((kept.sha256, kept.size), (Hash::of(lines.as_bytes()), lines.len().try_into().unwrap()));
        // The same again changes nothing.
        let sequence = state.head.sequence;
        cup.oracle().put_actions(1, lines.clone().into()).await.unwrap();
        assert_eq!(cup.oracle().state().await.unwrap().head.sequence, sequence, "{store}");
        assert_eq!(
            code(manager.round_actions(&agent("dave"), cup.arena_id, 2).await),
            "not_found",
            "{store}"
        );
        submit(&cup, 2, root("")).await;
        assert_eq!(
            code(manager.round_actions(&agent("dave"), cup.arena_id, 2).await),
            "not_found",
            "{store}"
        );
        cup.oracle().put_actions(2, Bytes::new()).await.unwrap();
        assert!(manager.round_actions(&agent("dave"), cup.arena_id, 2).await.unwrap().is_empty(), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn actions_that_are_not_utf_8_are_refused_wherever_that_is() {
    let manager = in_memory();
    register(&manager, &["alice", "bob", "carol"]).await;
    let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
    cup.enter(&["alice", "bob"]).await;
    cup.oracle().start().await.unwrap();
    // In a field that nobody reads, where the rest of the line says what it must.
    let good = line(&cup, 1, "alice", "rock");
    let bad = [good.replace("rock", "").strip_suffix("\"}").unwrap().as_bytes(), b"\xff\xfe\"}"].concat();
    let both = [good.as_bytes(), b"\n", &bad].concat();
    submit(&cup, 1, merkle::root_of(both.split(|byte| *byte == b'\n'))).await;
    let refused = cup.oracle().put_actions(1, both.into()).await;
    let Err(RuntimeError::Contest(Rejection::Invalid { field, reason })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((field.as_str(), reason.contains("UTF-8")), ("actions", true), "{reason}");
    close(manager).await;
}

#[tokio::test]
async fn actions_with_another_root_or_with_lines_that_belong_elsewhere_are_refused() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol", "dave"]).await;
        let (cup, lines) = stored(&manager).await;
        let (other, _) = stored(&manager).await;
        let bad = [
            line(&other, 2, "alice", "rock"),
            line(&cup, 1, "alice", "rock"),
            line(&cup, 2, "dave", "rock"),
            line(&cup, 2, "alice", "rock") + "\n\n" + &line(&cup, 2, "bob", "rock"),
            "[]".to_owned(),
            "{".to_owned(),
            format!(r#"{{"arena_id":"{}","round":"2","agent_id":"bob"}}"#, cup.arena_id),
        ];
        for (lines, round) in bad.iter().zip(2..) {
            // Each time the root fits, so only the lines speak against it.
            let lines = lines.replace("\"round\":2", &format!("\"round\":{round}"));
            submit(&cup, round, root(&lines)).await;
            let before = cup.oracle().state().await.unwrap().head.sequence;
            let refused = cup.oracle().put_actions(round, lines.clone().into()).await;
            assert_eq!(code(refused), "invalid", "{store}: {lines}");
            assert_eq!(cup.oracle().state().await.unwrap().head.sequence, before, "{store}");
        }
        let wrong_root = cup.oracle().put_actions(2, lines.clone().into()).await;
        assert_eq!(code(wrong_root), "invalid", "{store}");
        assert_eq!(code(cup.of("alice").put_actions(1, lines.clone().into()).await), "forbidden", "{store}");
        assert_eq!(code(cup.oracle().put_actions(99, lines.clone().into()).await), "not_found", "{store}");
        let huge = Bytes::from(vec![b' '; (16 << 20) + 1]);
        assert_eq!(code(cup.oracle().put_actions(1, huge).await), "too_large", "{store}");
        let bare = arena_runtime::contest::Command::StoreActions {
            round: 1,
            root: root(&lines),
            sha256: Hash::of(lines.as_bytes()),
            size: 1,
        };
        assert_eq!(code(cup.oracle().submit(bare).await), "invalid", "{store}: without its bytes");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_receipt_is_made_of_everything_and_only_when_all_is_over() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol", "dave"]).await;
        for name in ["alice", "bob"] {
            deposit(&manager, name, 50).await;
        }
        let paid = Cup::open(&manager, "carol", terms(50, 0)).await;
        paid.enter(&["alice", "bob"]).await;
        paid.oracle().start().await.unwrap();
        let lines = line(&paid, 1, "alice", "rock");
        submit(&paid, 1, root(&lines)).await;
        paid.oracle().put_actions(1, lines.clone().into()).await.unwrap();
        let early = manager.receipt(&agent("dave"), paid.arena_id).await.map(|_| ());
        assert_eq!(code(early), "wrong_state", "{store}");
        paid.oracle().finalize(None).await.unwrap();
        let alice = Some(Payee::Agent(id("alice")));
        paid.oracle().payout(PayoutKind::Prize, alice).await.unwrap();
        let parts = manager.receipt(&agent("dave"), paid.arena_id).await.unwrap();
        assert_eq!(parts.actions.into_iter().collect::<Vec<_>>(), [(1, Bytes::from(lines))], "{store}");
        assert_eq!(parts.transfers.len(), 3, "{store}");
        let numbers: Vec<u64> = parts.events.iter().map(|event| event.sequence.get()).collect();
        assert_eq!(numbers, (1..=parts.state.sequence().get()).collect::<Vec<_>>(), "{store}");
        let live = paid.oracle().state().await.unwrap();
        assert_eq!(parts.state.sequence(), live.contest.sequence(), "{store}");
        assert_eq!(parts.state.obligations(), live.contest.obligations(), "{store}");
        assert!(parts.events.iter().all(|event| event.check_hash().is_ok()), "{store}");
        for transfer in &parts.transfers {
            let event = parts.events.iter().find(|event| event.position == transfer.transfer);
            assert!(event.is_some(), "{store}: a transfer is the position of its event");
        }
        close(manager).await;
    }
}

#[tokio::test]
async fn a_contest_goes_through_backup_and_export_with_its_money_and_its_actions() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    register(&manager, &["alice", "bob", "carol"]).await;
    for name in ["alice", "bob", "carol"] {
        deposit(&manager, name, 500).await;
    }
    let cup = Cup::open(&manager, "carol", terms(100, 70)).await;
    cup.enter(&["alice", "bob"]).await;
    cup.play(&["bob"]).await;
    cup.of("alice").payout(PayoutKind::Prize, None).await.unwrap();
    let (played, lines) = stored(&manager).await;
    let said = crate::ledger_restart::said(&manager, &[cup.arena_id, played.arena_id]).await;
    let audit = audited(&manager).await;
    close(manager).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let (copy, kept) = (elsewhere.path().join("copy"), elsewhere.path().join("kept.db"));
    let mut exported = Vec::new();
    offline::export(dir.path(), &mut exported).unwrap();
    offline::import(&exported[..], &copy).unwrap();
    let restored = elsewhere.path().join("restored");
    offline::backup(dir.path(), &kept).unwrap();
    offline::restore(&kept, &restored).unwrap();
    for dir in [copy, restored] {
        assert!(offline::verify(&dir, &[]).unwrap().ok);
        let manager = ArenaManager::open(in_dir(&dir)).unwrap();
        assert_eq!(crate::ledger_restart::said(&manager, &[cup.arena_id, played.arena_id]).await, said);
        assert_eq!(audited(&manager).await, audit);
        let read = manager.round_actions(&agent("alice"), played.arena_id, 1).await.unwrap();
        assert_eq!(read, lines);
        // Money goes on where it stood.
        Cup::of_id(&manager, cup.arena_id).of("bob").payout(PayoutKind::Bond, None).await.unwrap();
        audited(&manager).await;
        close(manager).await;
    }
    // Bytes that an event names and that do not come before it are missed.
    let text = String::from_utf8(exported).unwrap();
    let without: String =
        text.lines().filter(|line| !line.contains("\"blob\"")).map(|l| format!("{l}\n")).collect();
    assert!(offline::import(without.as_bytes(), &elsewhere.path().join("cut")).is_err());
}

#[tokio::test]
async fn a_key_repeats_a_page_and_a_payout_as_they_were_answered() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        for name in ["alice", "bob"] {
            deposit(&manager, name, 50).await;
        }
        let cup = Cup::open(&manager, "carol", terms(50, 0)).await;
        cup.enter(&["alice", "bob"]).await;
        cup.play(&["bob"]).await;
        let pay = || {
            let command = arena_runtime::contest::Command::Payout { kind: PayoutKind::Prize, payee: None };
            let ask = keyed(agent("alice"), "pay", "prize");
            manager.submit_contest(ask, cup.arena_id, command, |applied, _| {
                applied.events.last().unwrap().position.to_string().into_bytes()
            })
        };
        let (first, again) = tokio::join!(pay(), pay());
        let (first, again) = (first.unwrap(), again.unwrap());
        assert_eq!(first.body, again.body, "{store}");
        assert_eq!([first.replayed, again.replayed], [false, true], "{store}");
        close(manager).await;
    }
}
