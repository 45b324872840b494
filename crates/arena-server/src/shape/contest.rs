//! How contests look on the wire.

use arena_api::{
    arenas::Kind,
    contests::{Contest, ExitAction},
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
