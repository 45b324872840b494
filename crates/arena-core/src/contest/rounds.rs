//! What a page of a round may say, as functions over single values, which the chain calls too.

use super::bounds::{MAX_PAGES, MAX_ROUNDS};

/// How a page stands to those that are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is the next one.
    Due,
    /// A page of this number is in, in the open round or a completed one.
    Before,
    /// Another round is due.
    WrongRound,
    /// Another page of this round is due.
    WrongPage,
}

/// Whether a page is the next one, when `completed` rounds and `submitted` pages of the open one are in.
#[must_use]
pub const fn turn(round: u32, page: u32, completed: u32, submitted: u32) -> Turn {
    let due = completed.saturating_add(1);
    if round == 0 || round > due {
        return Turn::WrongRound;
    }
    if round < due {
        return Turn::Before;
    }
    if page == submitted.saturating_add(1) {
        return Turn::Due;
    }
    if page > 0 && page <= submitted {
        Turn::Before
    } else {
        Turn::WrongPage
    }
}

/// Whether a contest may have so many rounds.
#[must_use]
pub const fn has_room_for_round(round: u32) -> bool {
    round <= MAX_ROUNDS
}

/// Whether a round may have so many pages: the last that there may be completes it.
#[must_use]
pub const fn has_room_for_page(page: u32, is_last: bool) -> bool {
    page < MAX_PAGES || is_last
}

/// Whether a page may say so of the root of the round's actions, which comes with the last page only.
#[must_use]
pub const fn may_have_root(has_root: bool, is_last: bool) -> bool {
    is_last || !has_root
}

/// Whether there is anything to settle: a completed round.
#[must_use]
pub const fn may_finalize(completed: u32) -> bool {
    completed > 0
}

/// Whether an entrant was in play when a round began, so that the round may name it.
#[must_use]
pub const fn was_alive_at(eliminated_round: Option<u32>, round: u32) -> bool {
    match eliminated_round {
        Some(out) => out >= round,
        None => true,
    }
}

/// Whether a page may put an entrant out: only one that none has put out, the open round's earlier pages included.
#[must_use]
pub const fn may_eliminate(eliminated_round: Option<u32>) -> bool {
    eliminated_round.is_none()
}

/// Whether a round may give a score to an entrant whose last score is of `scored_round`.
#[must_use]
pub const fn may_score(scored_round: u32, round: u32) -> bool {
    scored_round != round
}

/// Whether somebody is left when so many of those alive are eliminated.
#[must_use]
pub const fn leaves_somebody(alive: u32, eliminated: u32) -> bool {
    eliminated < alive
}
