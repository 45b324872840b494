//! The typed client speaks what the server speaks, through a whole contest.

use arena_api::{
    Code,
    client::{Client, Error},
    contests::{ContestQuery, CreateContest, ExitAction, Finalize},
    events::EventQuery,
    ledger::{MoveMoney, TransferQuery},
    list::PageQuery,
    payouts::RequestPayout,
    receipt::Receipt,
    rounds::SubmitRound,
    terms::NewTerms,
};
use arena_core::{
    Hash, Sequence,
    contest::{ObligationStatus, PayoutKind, Score, Status, merkle},
    ledger::Account,
};
use serde_json::json;

use super::cup::{Cup, terms};

#[tokio::test]
async fn the_client_walks_a_whole_contest() -> Result<(), Error> {
    let cup = Cup::new().await;
    let operator = Client::new(&cup.world.url, &cup.world.operator)?;
    let of = |name: &str| operator.with_token(cup.token(name));
    let (host, judge, ann, ben) = (of("host"), of("judge"), of("ann"), of("ben"));
    let seed = "dice";
    let mut asked: NewTerms = serde_json::from_value(terms()).unwrap();
    asked.seed_commitment = Some(Hash::of(seed.as_bytes()));
    let asked = CreateContest { title: "cup".into(), terms: asked };
    let made = host.create_contest(&asked).key("make").await?;
    assert_eq!(host.create_contest(&asked).key("make").await?, made);
    let id = made.arena_id;
    assert_eq!((made.status, made.exit_action), (Status::Registration, Some(ExitAction::Cancel)));

    let entry = ann.enter(id).await?.entry;
    assert_eq!(entry.number, 1);
    assert_eq!(ann.leave_contest(id, &entry.agent_id).await?.entrants, 0);
    ann.enter(id).await?;
    let last = ben.enter(id).await?.entry;
    assert_eq!(operator.entries(id, &PageQuery::default()).await?.items.last(), Some(&last));
    let stale = judge.start_contest(id).if_match(Sequence::new(1)).await.unwrap_err();
    assert_eq!(stale.code(), Some(Code::VersionMismatch));
    judge.start_contest(id).await?;

    let line = json!({"arena_id": id, "round": 1, "agent_id": "ann", "move": 1}).to_string();
    let mut round = SubmitRound::new(1);
    round.eliminated.push(last.agent_id.clone());
    round.scores.insert(entry.agent_id.clone(), Score::new(5).unwrap());
    round.actions_root = Some(merkle::root_of([line.as_bytes()]));
    let played = judge.submit_round(id, &round).await?;
    assert_eq!((played.round, played.alive), (1, 1));
    let stored = judge.put_actions(id, 1, line.clone()).await?;
    assert_eq!(ann.actions(id, 1).await?, line);
    assert_eq!(ann.rounds(id, &PageQuery::default()).await?.items, [stored]);
    let early = ann.receipt(id).await.unwrap_err();
    assert_eq!(early.code(), Some(Code::WrongState));
    let finished = judge.finalize_contest(id, &Finalize { seed: Some(seed.into()) }).await?;
    assert_eq!(finished.status, Status::Finished);
    let standings = ann.standings(id, &PageQuery::default()).await?.items;
    assert_eq!(standings[0].agent_id, entry.agent_id);

    let prize = RequestPayout { kind: PayoutKind::Prize, agent: None };
    let paid = ann.payout(id, &prize).await?;
    let twice = ann.payout(id, &prize).await.unwrap_err();
    assert_eq!(twice.code(), Some(Code::AlreadyPaid));
    let owed = ann.obligations(id, &PageQuery::default()).await?.items;
    assert_eq!(owed.iter().filter(|one| one.status == ObligationStatus::Paid).count(), 1);
    let wallet = Account::Wallet(entry.agent_id.clone());
    let query = TransferQuery { account: Some(wallet.clone()), ..TransferQuery::default() };
    let transfers = ann.transfers(&query).await?.items;
    assert_eq!(transfers.last().map(|one| (one.transfer, one.amount)), Some((paid.transfer, paid.amount)));

    let moved = MoveMoney { agent_id: entry.agent_id.clone(), amount: paid.amount, reference: "cash".into() };
    let before = operator.account(&wallet).await?.balance;
    operator.withdraw(&moved).await?;
    operator.deposit(&MoveMoney { reference: "back".into(), ..moved }).await?;
    assert_eq!(operator.account(&wallet).await?.balance, before);
    assert!(operator.audit().await?.ok);
    assert_eq!(operator.agent(&entry.agent_id).await?.wins, 1);
    let receipt = Receipt::open(&ann.receipt(id).await?).unwrap();
    assert_eq!(receipt.rounds[0].actions.as_deref(), Some(&[line][..]));
    let events = ann.contest_events(id, &EventQuery { limit: Some(1000), ..EventQuery::default() }).await?;
    assert_eq!((events.head, events.items.len()), (receipt.head.sequence, receipt.events.len()));

    let listed =
        ann.contests(&ContestQuery { status: Some(Status::Finished), ..ContestQuery::default() }).await?;
    assert_eq!(listed.items[0].arena_id, id);
    assert_eq!(ann.contest(id).await?.exit_at, None);
    let other = host.create_contest(&CreateContest { title: "other".into(), terms: asked.terms }).await?;
    host.cancel_contest(other.arena_id).await?;
    let over = host.abandon_contest(other.arena_id).await.unwrap_err();
    assert_eq!(over.code(), Some(Code::WrongState));
    Ok(())
}
