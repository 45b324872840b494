//! What the oracle submits: pages of rounds, and the actions behind them.

use alloc::{collections::BTreeSet, format, vec, vec::Vec};

use super::{
    super::{
        bounds,
        commands::RoundPage,
        entries::{Entry, Round},
        events::ContestEvent,
        pages::Content,
        rejection::{invalid, Rejection},
        rounds::{self, Turn},
    },
    asking::Asking,
    Answer,
};
use crate::{hash::Hash, ids::AgentId};

impl Asking<'_> {
    pub(super) fn submit_page(&self, page: &RoundPage) -> Answer {
        self.check_oracle_in_time()?;
        let mut eliminated = page.eliminated.clone();
        eliminated.sort_unstable();
        let content = Content {
            eliminated: &eliminated,
            scores: &page.scores,
            actions_root: page.actions_root,
            last: page.last,
        };
        let Some(number) = self.page_due(page, &content)? else { return Ok(Vec::new()) };
        self.check_room(page, number)?;
        self.check_names(page)?;
        self.check_survivors(page)?;
        let alive = self.contest.alive.saturating_sub(count(page.eliminated.len()));
        let mut events = vec![ContestEvent::RoundPageSubmitted {
            round: page.round,
            page: number,
            eliminated,
            scores: page.scores.clone(),
            actions_root: page.actions_root,
            last: page.last,
            timestamp: self.now,
        }];
        if page.last {
            events.push(ContestEvent::RoundCompleted {
                round: page.round,
                alive,
                actions_root: page.actions_root,
                timestamp: self.now,
            });
        }
        Ok(events)
    }

    /// Refuses an oracle that was silent, or went on, for too long.
    pub(super) fn check_oracle_in_time(&self) -> Result<(), Rejection> {
        match self.contest.timeout_at().filter(|timeout| self.is_over(*timeout)) {
            Some(timed_out_at) => Err(Rejection::OracleTimedOut { timed_out_at }),
            None => Ok(()),
        }
    }

    /// The number of a page that is new; `None` when the same page was submitted before.
    fn page_due(&self, page: &RoundPage, content: &Content<'_>) -> Result<Option<u32>, Rejection> {
        let current = self.contest.round();
        let submitted = self.contest.open_round().map_or(0, Round::pages);
        let due = submitted.saturating_add(1);
        let before = self.contest.round_at(page.round);
        // Who leaves the number out means the next page, or of a completed round the only one.
        let is_completed = page.round <= current;
        let only_page = before.filter(|round| is_completed && round.pages() == 1).map(|_| 1);
        let usual = if is_completed { only_page.unwrap_or(0) } else { due };
        let number = page.page.unwrap_or(usual);
        let wrong_round = Rejection::WrongRound { current, expected: current.saturating_add(1) };
        let wrong_page = Rejection::WrongPage { round: page.round, current: submitted, expected: due };
        match rounds::turn(page.round, number, current, submitted) {
            Turn::Due => Ok(Some(number)),
            Turn::WrongRound => Err(wrong_round),
            Turn::WrongPage => Err(wrong_page),
            Turn::Before => {
                before.and_then(|round| repeated(round, number, content)).unwrap_or(Err(wrong_round))
            }
        }
    }

    fn check_room(&self, page: &RoundPage, number: u32) -> Result<(), Rejection> {
        if !rounds::has_room_for_round(page.round) {
            return Err(Rejection::LimitReached { what: "rounds", limit: bounds::MAX_ROUNDS });
        }
        if !rounds::has_room_for_page(number, page.last) {
            return Err(Rejection::LimitReached { what: "pages in a round", limit: bounds::MAX_PAGES });
        }
        Ok(())
    }

    /// Every name is an entrant that was alive when the round began, and is named once.
    fn check_names(&self, page: &RoundPage) -> Result<(), Rejection> {
        let mut named = BTreeSet::new();
        for (index, agent_id) in page.eliminated.iter().enumerate() {
            let field = || format!("eliminated[{index}]");
            let entry = self.alive_at_start(agent_id, page.round, field)?;
            if !rounds::may_eliminate(entry.eliminated_round) || !named.insert(agent_id) {
                return Err(invalid(&field(), &format!("{agent_id} is eliminated in this round already")));
            }
        }
        for agent_id in page.scores.keys() {
            let field = || format!("scores.{agent_id}");
            let entry = self.alive_at_start(agent_id, page.round, field)?;
            if !rounds::may_score(entry.scored_round, page.round) {
                return Err(invalid(&field(), &format!("{agent_id} has a score in this round already")));
            }
        }
        Ok(())
    }

    fn alive_at_start(
        &self,
        agent_id: &AgentId,
        round: u32,
        field: impl Fn() -> alloc::string::String,
    ) -> Result<&Entry, Rejection> {
        let Some(entry) = self.contest.entry(agent_id) else {
            return Err(invalid(&field(), &format!("{agent_id} has no entry in this contest")));
        };
        match entry.eliminated_round {
            Some(out) if !rounds::was_alive_at(entry.eliminated_round, round) => {
                Err(invalid(&field(), &format!("{agent_id} was eliminated in round {out}")))
            }
            Some(_) | None => Ok(entry),
        }
    }

    fn check_survivors(&self, page: &RoundPage) -> Result<(), Rejection> {
        if !rounds::leaves_somebody(self.contest.alive, count(page.eliminated.len())) {
            return Err(invalid("eliminated", "nobody would be left; a round leaves at least one alive"));
        }
        Ok(())
    }

    pub(super) fn store_actions(&self, round: u32, root: Hash, sha256: Hash, size: u64) -> Answer {
        let Some(recorded) = self.contest.round_at(round) else {
            return Err(Rejection::NotFound { what: "completed round" });
        };
        match recorded.actions_root {
            None => Err(invalid("actions", &format!("round {round} was submitted without an actions_root"))),
            Some(expected) if expected != root => {
                let reason = format!("have the root {root}, and round {round} was submitted with {expected}");
                Err(invalid("actions", &reason))
            }
            Some(_) if recorded.actions.is_some() => Ok(Vec::new()),
            Some(_) => {
                Ok(vec![ContestEvent::RoundActionsStored { round, sha256, size, timestamp: self.now }])
            }
        }
    }
}

/// Compares with the page of that number, if it is in: the same again is accepted, another is not.
fn repeated(round: &Round, number: u32, content: &Content<'_>) -> Option<Result<Option<u32>, Rejection>> {
    let before = round.page(number)?;
    if *before == content.hash() {
        Some(Ok(None))
    } else {
        Some(Err(Rejection::PageDiffers { round: round.round, page: number }))
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
