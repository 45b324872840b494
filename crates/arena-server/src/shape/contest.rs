//! How contests look on the wire.

use arena_api::{
    arenas::Kind,
    contests::{Contest, ExitAction},
    entries::Entry,
    payouts::Obligation,
    rounds::Round,
    terms::Terms,
};
use arena_core::{AgentId, contest as core};

/// A contest as `caller` sees it.
pub(crate) fn contest(contest: &core::Contest, caller: &AgentId) -> Contest {
    let exit = contest.exit_for(caller);
    Contest {
        arena_id: contest.arena_id(),
        kind: Kind::Contest,
        status: contest.status(),
        title: contest.title().to_string(),
        terms: Terms::from(contest.terms().as_ref()),
        terms_hash: contest.terms_hash(),
        creator: contest.creator().clone(),
        oracle: contest.oracle().clone(),
        entrants: contest.entrants(),
        alive: contest.alive(),
        round: contest.round(),
        pot: contest.pot(),
        sequence: contest.sequence(),
        created_at: contest.created_at(),
        registration_ends_at: contest.registration_ends_at(),
        started_at: contest.started_at(),
        last_submission_at: contest.last_submission_at(),
        times_out_at: contest.timeout_at(),
        ended_at: contest.ended_at(),
        seed: contest.seed().map(str::to_owned),
        exit_at: exit.map(|exit| exit.at),
        exit_action: exit.map(|exit| ExitAction::from(exit.action)),
    }
}

/// An entry; its standing once the contest is finished.
pub(crate) fn entry(entry: &core::Entry) -> Entry {
    Entry {
        agent_id: entry.agent_id.clone(),
        number: entry.number,
        alive: entry.is_alive(),
        score: entry.score,
        eliminated_round: entry.eliminated_round,
        standing: entry.result.map(|result| result.standing),
        prize: entry.result.map(|result| result.prize),
        amount: entry.amount,
        terms_hash: entry.terms_hash,
        entered_at: entry.entered_at,
    }
}

/// An entry with the place that the rounds so far show.
pub(crate) fn standing(standing: &core::Standing) -> Entry {
    Entry { standing: Some(standing.standing), prize: standing.prize, ..entry(&standing.entry) }
}

/// A round.
pub(crate) fn round(round: &core::Round) -> Round {
    Round {
        round: round.round,
        pages: round.pages(),
        eliminated: round.eliminated,
        actions_root: round.actions_root,
        actions_sha256: round.actions.map(|actions| actions.sha256),
        completed_at: round.completed_at,
    }
}

/// What is owed, or was.
pub(crate) fn obligation(obligation: &core::Obligation) -> Obligation {
    let core::Obligation { kind, payee, amount, status } = obligation.clone();
    Obligation { kind, payee, amount, status }
}
