//! How long a large contest takes from the first entry to the last payout.

use std::{collections::BTreeMap, path::Path};

use arena_core::{
    AgentId,
    contest::{Command, PayoutKind, RoundPage, Score},
};
use arena_runtime::Principal;
use serde::Serialize;

use super::{Pace, clock::Stopwatch, cup, failed, store::Store};
use crate::failure::Failure;

/// How many enter.
const ENTRANTS: usize = 2_000;
/// How many ask at once.
const AT_ONCE: usize = 64;

/// The milliseconds of each part.
#[derive(Debug, Serialize)]
pub(crate) struct Settled {
    pub(crate) entrants: usize,
    /// Payments after the end: a prize for everyone, since all end equal, and the fees.
    pub(crate) payouts: usize,
    pub(crate) enter_ms: u64,
    /// One round, which has a score for everyone.
    pub(crate) round_ms: u64,
    pub(crate) finalize_ms: u64,
    pub(crate) payouts_ms: u64,
    pub(crate) all_ms: u64,
}

/// Plays one contest; afterwards nothing is in it.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Settled, Failure> {
    pace.say(&format!("settle: {ENTRANTS} entrants"));
    let store = Store::open(root, "settle", |_| ())?;
    let manager = &store.manager;
    let agents = cup::agents(manager, ENTRANTS, 1_000).await?;
    let contest = cup::contest(manager, ENTRANTS).await?;
    let by = |agent_id: AgentId, command| {
        let manager = manager.clone();
        async move { cup::submit(&manager, contest, Principal::Agent(agent_id), command).await.map(|_| ()) }
    };
    let as_oracle = |command| cup::submit(manager, contest, Principal::Operator, command);
    let whole = Stopwatch::start();
    let part = Stopwatch::start();
    cup::each(&agents, AT_ONCE, |agent_id| by(agent_id, Command::Enter)).await?;
    let enter_ms = ms(part);
    as_oracle(Command::Start).await.map_err(failed)?;
    let part = Stopwatch::start();
    as_oracle(Command::SubmitPage(round(&agents))).await.map_err(failed)?;
    let round_ms = ms(part);
    let part = Stopwatch::start();
    as_oracle(Command::Finalize { seed: None }).await.map_err(failed)?;
    let finalize_ms = ms(part);
    let part = Stopwatch::start();
    let prize = |agent_id: AgentId| by(agent_id, Command::Payout { kind: PayoutKind::Prize, payee: None });
    cup::each(&agents, AT_ONCE, prize).await?;
    for kind in [PayoutKind::CreatorFee, PayoutKind::ProtocolFee] {
        as_oracle(Command::Payout { kind, payee: None }).await.map_err(failed)?;
    }
    let (payouts_ms, all_ms) = (ms(part), ms(whole));
    let found = manager.contest(&Principal::Operator, contest).await.map_err(failed)?;
    if found.contest.escrow_due() != 0 {
        return Err(failed("a contest that paid everything still owes"));
    }
    manager.shutdown().await;
    let payouts = agents.len() + 2;
    Ok(Settled { entrants: ENTRANTS, payouts, enter_ms, round_ms, finalize_ms, payouts_ms, all_ms })
}

/// One score for everyone.
fn round(agents: &[AgentId]) -> RoundPage {
    let scores: BTreeMap<AgentId, Score> =
        agents.iter().map(|agent_id| (agent_id.clone(), Score::new(1).unwrap_or_default())).collect();
    RoundPage { round: 1, page: None, eliminated: Vec::new(), scores, actions_root: None, last: true }
}

fn ms(since: Stopwatch) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Settled {
    /// Entrants a second, from the first entry to the last payout.
    pub(crate) fn entrants_per_s(&self) -> f64 {
        self.entrants as f64 * 1_000.0 / self.all_ms.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_a_score_for_everyone() {
        let agents: Vec<AgentId> = ["a", "b"].iter().map(|agent| agent.parse().unwrap()).collect();
        let round = round(&agents);
        assert_eq!((round.scores.len(), round.last), (2, true));
    }
}
