//! Arena inside a Rust program: two agents race for the steps of one plan, and the sealed report says who did what.
//!
//! Run it with `cargo run -p arena-runtime --example embedded`.

use arena_runtime::{
    AgentId, ArenaConfig, ArenaHandle, ArenaManager, Ask, NewHandle, Options, Principal, RuntimeError,
    collaboration::{NewStep, Role},
};

/// Works until nothing is ready for it; answers how many steps it completed.
async fn work(agent: ArenaHandle) -> Result<u32, RuntimeError> {
    let mut completed = 0;
    while let Some(held) = agent.claim(None, None).await? {
        let result = format!("{} counted the words of chapter {}", agent.agent_id(), held.step);
        agent.complete(held.step, held.fence, Some(&result)).await?;
        completed += 1;
    }
    Ok(completed)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A durable store would be `Options::in_dir(path)`; everything below stays the same.
    let manager = ArenaManager::open(Options::in_memory())?;
    let (alice, bob): (AgentId, AgentId) = ("alice".parse()?, "bob".parse()?);
    for agent_id in [&alice, &bob] {
        manager.register_agent(Ask::by(Principal::Operator), agent_id.clone(), None).await?;
    }

    let arena_id = manager
        .create(ArenaConfig {
            participants: vec![(alice.clone(), Role::Worker), (bob.clone(), Role::Worker)],
            steps: (1..=6).map(|n| NewStep::titled(&format!("count the words of chapter {n}"))).collect(),
            ..ArenaConfig::new("count the words of a book")
        })
        .await?;
    let coordinator = manager.operator(arena_id);
    coordinator.activate().await?;

    // Alice acts with all that her role allows; bob through a handle, whose token could go to another machine.
    let new = NewHandle { agent_id: bob, permissions: None, step: None, ttl: None };
    let issued = manager.issue_handle(Ask::by(Principal::Operator), arena_id, new).await?;
    let bob = manager.authenticate(&issued.token)?;
    let alice = manager.handle(Principal::Agent(alice), arena_id);
    let bob = manager.handle(bob, arena_id);
    let (by_alice, by_bob) = tokio::try_join!(work(alice), work(bob))?;
    println!("alice completed {by_alice} steps, bob {by_bob}");

    coordinator.settle().await?;
    coordinator.archive().await?;
    let sealed = coordinator.report().await?;
    for step in &sealed.report.steps {
        let holder = step.holder.as_ref().map_or("nobody", AgentId::as_str);
        println!(
            "step {} {}: {holder}, fence {}",
            step.step,
            step.status,
            step.fence.map_or(0, |fence| fence.get())
        );
    }
    println!("report {}", sealed.report_hash);
    manager.shutdown().await;
    Ok(())
}
