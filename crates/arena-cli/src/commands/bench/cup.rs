//! Agents with money, and contests for them to enter: what the measurements of the ledger work with.

use arena_core::{
    AgentId, Amount, ArenaId,
    contest::{Command, Gates, Terms},
};
use arena_runtime::{ArenaManager, Ask, ContestApplied, NewContest, Principal, Reply, RuntimeError};
use tokio::task::JoinSet;

use super::failed;
use crate::failure::Failure;

/// What entering costs.
const FEE: Amount = Amount::at_most(100);
/// How many agents are registered and funded at once.
const AT_ONCE: usize = 64;

/// Registers so many agents with `amount` each.
pub(super) async fn agents(
    manager: &ArenaManager,
    count: usize,
    amount: u64,
) -> Result<Vec<AgentId>, Failure> {
    let names = (0..count).map(|number| format!("agent-{number}").parse::<AgentId>());
    let agents = names.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    each(&agents, AT_ONCE, |agent_id| funded(manager.clone(), agent_id, Amount::at_most(amount))).await?;
    Ok(agents)
}

async fn funded(manager: ArenaManager, agent_id: AgentId, amount: Amount) -> Result<(), RuntimeError> {
    let operator = || Ask::by(Principal::Operator);
    manager.register_agent(operator(), agent_id.clone(), None).await?;
    let reference = format!("to {agent_id}");
    manager.deposit(operator(), agent_id, amount, reference).await.map(|_| ())
}

/// Does something with each agent, so many at once.
pub(super) async fn each<F>(
    agents: &[AgentId],
    at_once: usize,
    act: impl Fn(AgentId) -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Result<(), RuntimeError>> + Send + 'static,
{
    let mut tasks: JoinSet<Result<(), RuntimeError>> = JoinSet::new();
    for agent_id in agents {
        if tasks.len() >= at_once
            && let Some(done) = tasks.join_next().await
        {
            done.map_err(failed)?.map_err(failed)?;
        }
        tasks.spawn(act(agent_id.clone()));
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(failed)?.map_err(failed)?;
    }
    Ok(())
}

/// Makes a contest of the operator for so many agents; each of ten places wins a tenth.
pub(super) async fn contest(manager: &ArenaManager, most: usize) -> Result<ArenaId, Failure> {
    let terms = Terms {
        entry_fee: FEE,
        bond: Amount::ZERO,
        min_agents: 2,
        max_agents: u32::try_from(most).map_err(failed)?,
        prize_split_bps: vec![1_000; 10],
        creator_fee_bps: 500,
        elimination_interval_s: 86_400,
        duration_s: 86_400,
        action_schema: None,
        rules_hash: None,
        seed_commitment: None,
        oracle: None,
        creator_may_enter: false,
        gates: Gates::default(),
    };
    let new = NewContest { title: "measure".to_owned(), terms };
    let id_of = |applied: &ContestApplied, _: &AgentId| applied.state.arena_id().as_bytes().to_vec();
    let made = manager.create_contest(Ask::by(Principal::Operator), new, id_of).await.map_err(failed)?;
    let id = made.body.try_into().map_err(|_| failed("a contest was made without an id"))?;
    Ok(ArenaId::from_bytes(id))
}

/// Gives a command to a contest.
pub(super) async fn submit(
    manager: &ArenaManager,
    arena_id: ArenaId,
    principal: Principal,
    command: Command,
) -> Result<Reply, RuntimeError> {
    manager.submit_contest(Ask::by(principal), arena_id, command, |_, _| Vec::new()).await
}
