//! The typed client speaks what the server speaks, and repeats only what is safe.

use std::time::Duration;

use arena_api::{
    Code,
    agents::RegisterAgent,
    arenas::{ArenaQuery, CreateArena, StateQuery},
    artifacts::{GetArtifactQuery, PutArtifactQuery},
    client::{Client, Error},
    events::EventQuery,
    facts::{FactQuery, PutFact},
    handles::CreateHandle,
    list::PageQuery,
    messages::{MessageQuery, SendMessage},
    participants::{AddParticipant, ChangeRole},
    steps::{AddSteps, ClaimStep, CompleteStep, EditStep, NewStep, RenewLease, StepQuery},
};
use arena_core::{
    Sequence,
    collaboration::{Role, Status, StepStatus},
};
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::world::World;

#[tokio::test]
async fn the_client_walks_a_whole_life() -> Result<(), Error> {
    let world = World::start().await;
    let operator = Client::new(&world.url, &world.operator)?;
    assert_eq!(operator.alive().await?.status, "ok");
    assert!(operator.readiness().await?.ready);
    let bob = "bob".parse().unwrap();
    let token =
        operator.register_agent(&RegisterAgent { agent_id: "bob".parse().unwrap(), name: None }).await?.token;
    let worker = operator.with_token(&token);
    assert_eq!(operator.agents(&PageQuery::default()).await?.items.len(), 2);
    assert_eq!(operator.agent(&bob).await?.agent_id, bob);

    let mut asked = CreateArena::new("ship it");
    asked.steps.push(NewStep::new("one"));
    let arena = operator.create_arena(&asked).key("create").await?;
    assert_eq!(operator.create_arena(&asked).key("create").await?, arena);
    let id = arena.arena_id;
    operator.add_participant(id, &AddParticipant { agent_id: bob.clone(), role: Role::Observer }).await?;
    operator.change_role(id, &bob, &ChangeRole { role: Role::Worker }).await?;
    operator.add_steps(id, &AddSteps { steps: vec![NewStep::new("two")] }).await?;
    let two = worker.steps(id, &StepQuery::default()).await?.items[1].step;
    let edited =
        operator.edit_step(id, two, &EditStep { title: Some("zwei".into()), ..EditStep::default() }).await?;
    assert_eq!(edited.title.as_ref(), "zwei");
    assert_eq!(operator.cancel(id, two).await?.status, StepStatus::Cancelled);
    assert_eq!(operator.activate(id).await?.status, Status::Active);

    let claim = worker.claim(id, &ClaimStep::default()).await?.expect("a step is ready");
    assert_eq!(worker.claim(id, &ClaimStep::default()).await?, None);
    worker.renew(id, claim.step, &RenewLease { fence: claim.fence, lease_ms: None }).await?;
    let name = "out/a b?c#d.txt".parse().unwrap();
    let query =
        PutArtifactQuery { step: Some(claim.step), fence: Some(claim.fence), ..PutArtifactQuery::default() };
    worker.put_artifact(id, &name, &query, "text/plain", "hello").await?;
    let bytes = worker.artifact(id, &name, &GetArtifactQuery { version: Some(1) }).await?;
    assert_eq!(
        (bytes.bytes.as_ref(), bytes.version, bytes.media_type.as_str()),
        (&b"hello"[..], 1, "text/plain")
    );
    assert_eq!(worker.artifacts(id, &PageQuery::default()).await?.items[0].name, name);
    let key = "a/b c".parse().unwrap();
    let fact = PutFact {
        content: "x".into(),
        confidence: Some(5),
        tags: vec!["t".into()],
        expected_version: Some(0),
    };
    assert_eq!(worker.put_fact(id, &key, &fact).await?, worker.fact(id, &key).await?);
    let found = worker.facts(id, &FactQuery { tag: Some("t".into()), ..FactQuery::default() }).await?;
    assert_eq!(found.items.len(), 1);
    let said = worker.send_message(id, &SendMessage { to: vec![], body: "hi".into() }).await?;
    assert_eq!(worker.messages(id, &MessageQuery::default()).await?.items, [said]);
    let done = CompleteStep { fence: claim.fence, result: Some("done".into()), cost: None };
    worker.complete(id, claim.step, &done).await?;
    assert_eq!(worker.step(id, claim.step).await?.result.as_deref(), Some("done"));
    let twice = worker.complete(id, claim.step, &done).await.unwrap_err();
    assert_eq!(twice.code(), Some(Code::WrongState));

    let page = worker.events(id, &EventQuery { limit: Some(1000), ..EventQuery::default() }).await?;
    assert_eq!(page.items.last().map(|event| event.sequence), Some(page.head));
    assert_eq!(worker.brief(id).await?.you.agent_id, bob);
    assert_eq!(
        worker.state(id, &StateQuery { at: Some(Sequence::new(1)) }).await?.arena.sequence,
        Sequence::new(1)
    );
    let handle = CreateHandle { agent_id: bob.clone(), permissions: None, step: None, ttl_ms: None };
    let handle = worker.create_handle(id, &handle).await?;
    assert_eq!(worker.with_token(&handle.token).arena(id).await?.arena_id, id);
    assert_eq!(worker.revoke_handle(id, handle.handle).await?.handle, handle.handle);
    let stale = operator.settle(id).if_match(Sequence::new(1)).await.unwrap_err();
    assert_eq!(stale.code(), Some(Code::VersionMismatch));
    operator.settle(id).await?;
    operator.archive(id).await?;
    assert_eq!(worker.report(id).await?.steps.len(), 2);
    assert!(worker.verify(id).await?.ok);
    let archived =
        worker.arenas(&ArenaQuery { status: Some(Status::Archived), ..ArenaQuery::default() }).await?;
    assert_eq!(archived.items.len(), 1);
    Ok(())
}

/// A server that takes `answers.len()` connections, one request on each, and gives each its answer, or none.
async fn scripted(answers: Vec<&'static str>) -> (String, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut served = 0;
        for answer in answers {
            let Ok(accepted) = tokio::time::timeout(Duration::from_secs(2), listener.accept()).await else {
                break;
            };
            let (mut stream, _) = accepted.unwrap();
            let mut head = [0; 4_096];
            let _ = stream.read(&mut head).await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await.unwrap();
            served += 1;
        }
        served
    });
    (url, serving)
}

const LOST: &str = "";
const OVERLOADED: &str = "HTTP/1.1 503 x\r\nconnection: close\r\ncontent-length: 93\r\n\r\n\
{\"type\":\"x\",\"title\":\"x\",\"status\":503,\"code\":\"overloaded\",\"detail\":\"wait\",\"retryable\":true}    ";
const NOTHING: &str = "HTTP/1.1 204 x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_keyed_write_is_sent_again_after_a_lost_connection() {
    let (url, served) = scripted(vec![LOST, NOTHING]).await;
    let client = Client::new(&url, "t").unwrap();
    let arena = arena_core::ArenaId::SYSTEM;
    assert_eq!(client.claim(arena, &ClaimStep::default()).key("k").await.unwrap(), None);
    assert_eq!(served.await.unwrap(), 2);
}

#[tokio::test]
async fn a_write_without_a_key_is_not_sent_again_after_a_lost_connection() {
    let (url, served) = scripted(vec![LOST, NOTHING]).await;
    let client = Client::new(&url, "t").unwrap();
    let lost = client.claim(arena_core::ArenaId::SYSTEM, &ClaimStep::default()).await.unwrap_err();
    assert!(matches!(lost, Error::Connection { before_sending: false, .. }), "{lost:?}");
    served.abort();
}

#[tokio::test]
async fn an_overloaded_server_is_asked_again() {
    let (url, served) = scripted(vec![OVERLOADED, NOTHING]).await;
    let client = Client::new(&url, "t").unwrap();
    assert_eq!(client.claim(arena_core::ArenaId::SYSTEM, &ClaimStep::default()).await.unwrap(), None);
    assert_eq!(served.await.unwrap(), 2);
}

#[tokio::test]
async fn patience_has_an_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&url, "t").unwrap().with_patience(Duration::from_millis(100));
    let error = client.alive().await.unwrap_err();
    assert!(matches!(error, Error::Connection { before_sending: true, .. }), "{error:?}");
    assert!(matches!(Client::new("nonsense", "t"), Err(Error::Url(_))));
}
