//! Plays the rounds: those that are decided from their record, then the next ones, each on disk before it goes in.

use std::collections::BTreeMap;

use arena_api::rounds::SubmitRound;
use arena_core::{AgentId, ArenaId};
use tokio::time;

use super::{
    Host, HostError,
    crew::Crew,
    error::Doing,
    report::Faults,
    show::{Happening, Standing},
    state::RoundRecord,
};
use crate::{
    clock::Stopwatch,
    contest::{
        actions::{self, ActionLine},
        bots::Over,
        table::{RoundResult, Table},
    },
};

/// How many names go into a page of a round.
const PAGE_NAMES: usize = 200;

impl Host {
    /// Plays until the game is over, from wherever it was left.
    pub(super) async fn all_rounds(&self, arena_id: ArenaId) -> Result<Faults, HostError> {
        let players = self.players(arena_id).await?;
        let seed = self.state.seed()?;
        let mut crew = Crew::new(&self.cup, &self.options.program, arena_id, &players);
        let mut table = Table::begin(arena_id, players, &self.cup.rules, &seed)?;
        let mut faults = Faults::default();
        let mut scores = BTreeMap::new();
        for record in self.decided(arena_id).await? {
            let result = replayed(&mut table, &record)?;
            faults.count(&record.lines);
            crew.resume(&record);
            crew.dismiss(&result.eliminated, &over(record.round, true, &result), &self.guard).await;
            scores.extend(result.scores);
        }
        while !table.game().is_finished() {
            let watch = Stopwatch::start();
            let answers = crew.answers(&table, &seed, &self.guard).await?;
            let round = table.game().round() + 1;
            let lines: Vec<String> = answers
                .into_iter()
                .map(|(name, answer)| ActionLine::new(arena_id, round, name, answer).text())
                .collect();
            let result = table.play(&lines).map_err(|reason| HostError::Diverged { round, reason })?;
            let record = RoundRecord {
                round,
                eliminated: result.eliminated.clone(),
                scores: result.scores.clone(),
                actions_root: actions::root(&lines),
                bots: crew.used(),
                lines,
            };
            self.state.keep_round(&record)?;
            self.submitted(arena_id, &record).await?;
            faults.count(&record.lines);
            scores.extend(result.scores.clone());
            self.show_round(&table, &result, &scores, &record.lines);
            crew.dismiss(&result.eliminated, &over(round, true, &result), &self.guard).await;
            time::sleep(self.options.pace.saturating_sub(watch.elapsed())).await;
        }
        let left = crew.names();
        let last = RoundResult { eliminated: Vec::new(), scores };
        crew.dismiss(&left, &over(table.game().round(), false, &last), &self.guard).await;
        Ok(faults)
    }

    /// The records of all rounds that are decided. The last goes in again: what of it the server has is answered as before.
    async fn decided(&self, arena_id: ArenaId) -> Result<Vec<RoundRecord>, HostError> {
        let completed = self.client.contest(arena_id).await.doing(|| "read the contest".into())?.round;
        let mut records = Vec::new();
        for round in 1.. {
            let record = match self.state.round(round)? {
                Some(record) => record,
                None if round <= completed => self.fetched(arena_id, round).await?,
                None => break,
            };
            records.push(record);
        }
        if let Some(last) = records.last()
            && last.round >= completed
        {
            self.submitted(arena_id, last).await?;
        }
        Ok(records)
    }

    /// A completed round that is not kept here, from the actions that the server has.
    async fn fetched(&self, arena_id: ArenaId, round: u32) -> Result<RoundRecord, HostError> {
        let bytes = self
            .client
            .actions(arena_id, round)
            .await
            .doing(|| format!("read the actions of round {round}"))?;
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        Ok(RoundRecord {
            round,
            actions_root: actions::root(&lines),
            lines,
            eliminated: Vec::new(),
            scores: BTreeMap::new(),
            bots: BTreeMap::new(),
        })
    }

    /// Submits a round page by page, and then its actions; what went in before is answered as before.
    async fn submitted(&self, arena_id: ArenaId, record: &RoundRecord) -> Result<(), HostError> {
        #[cfg(feature = "solana")]
        self.round_on_chain(record).await?;
        let round = record.round;
        let pages = pages(record);
        for (number, page) in (1..).zip(pages) {
            let key = self.key(&format!("round-{round}-{number}"));
            let asked = SubmitRound { page: Some(number), ..page };
            let submitted = self.client.submit_round(arena_id, &asked).key(key).await;
            if self.is_written_off(&submitted) {
                return Ok(());
            }
            submitted.doing(|| format!("submit round {round}"))?;
        }
        let key = self.state.key(&format!("actions-{round}"));
        let stored = self.client.put_actions(arena_id, round, actions::bytes(&record.lines)).key(key);
        stored.await.doing(|| format!("store the actions of round {round}"))?;
        Ok(())
    }

    /// How often each bot was at fault, by the rounds that are kept here.
    pub(super) fn recorded_faults(&self) -> Result<Faults, HostError> {
        let mut faults = Faults::default();
        for round in 1.. {
            let Some(record) = self.state.round(round)? else { break };
            faults.count(&record.lines);
        }
        Ok(faults)
    }

    fn show_round(
        &self,
        table: &Table,
        result: &RoundResult,
        scores: &BTreeMap<AgentId, arena_core::contest::Score>,
        lines: &[String],
    ) {
        let alive: Vec<&AgentId> = table.alive().into_iter().map(|(_, name)| name).collect();
        let standings: Vec<Standing<'_>> = table
            .players()
            .iter()
            .filter_map(|name| {
                Some(Standing { name, alive: alive.contains(&name), score: scores.get(name)?.get() })
            })
            .collect();
        let faults: Vec<ActionLine> = lines
            .iter()
            .filter_map(|line| ActionLine::parse(line).ok())
            .filter(|line| line.fault.is_some())
            .collect();
        self.show.that(&Happening::Round {
            round: table.game().round(),
            standings: &standings,
            eliminated: &result.eliminated,
            faults: &faults,
            picture: table.game().picture().as_deref(),
        });
    }
}

/// Plays a decided round again; what was recorded of it has to come out.
fn replayed(table: &mut Table, record: &RoundRecord) -> Result<RoundResult, HostError> {
    let round = record.round;
    let result = table.play(&record.lines).map_err(|reason| HostError::Diverged { round, reason })?;
    let is_kept = !record.scores.is_empty();
    if is_kept && (&result.eliminated, &result.scores) != (&record.eliminated, &record.scores) {
        return Err(HostError::Diverged { round, reason: "played again, it comes out otherwise".into() });
    }
    Ok(result)
}

/// The pages of a round: so many names each, in order, the root with the last.
fn pages(record: &RoundRecord) -> Vec<SubmitRound> {
    let names: Vec<&AgentId> = record.scores.keys().collect();
    let mut pages: Vec<SubmitRound> = names
        .chunks(PAGE_NAMES)
        .map(|names| SubmitRound {
            eliminated: record.eliminated.iter().filter(|name| names.contains(name)).cloned().collect(),
            scores: names
                .iter()
                .filter_map(|name| Some(((*name).clone(), *record.scores.get(*name)?)))
                .collect(),
            last: false,
            ..SubmitRound::new(record.round)
        })
        .collect();
    if let Some(last) = pages.last_mut() {
        last.last = true;
        last.actions_root = Some(record.actions_root);
    }
    pages
}

fn over(round: u32, eliminated: bool, result: &RoundResult) -> Over {
    let scores = result.scores.iter().map(|(name, score)| (name.clone(), score.get())).collect();
    Over { round, eliminated, scores }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arena_core::{Hash, contest::Score};

    use super::*;

    #[test]
    fn every_name_is_on_one_page_and_the_root_on_the_last() {
        let name = |index: usize| format!("p{index:04}").parse::<AgentId>().unwrap();
        for (players, expected) in [(2, 1), (200, 1), (201, 2), (450, 3)] {
            let record = RoundRecord {
                round: 7,
                lines: Vec::new(),
                eliminated: vec![name(0), name(players - 1)],
                scores: (0..players).map(|index| (name(index), Score::ZERO)).collect(),
                actions_root: Hash::of(b"root"),
                bots: BTreeMap::new(),
            };
            let pages = pages(&record);
            assert_eq!(pages.len(), expected);
            let named: Vec<&AgentId> = pages.iter().flat_map(|page| page.scores.keys()).collect();
            assert_eq!((named.len(), named.iter().collect::<BTreeSet<_>>().len()), (players, players));
            let out: Vec<&AgentId> = pages.iter().flat_map(|page| &page.eliminated).collect();
            assert_eq!(out, [&name(0), &name(players - 1)]);
            let (last, before) = pages.split_last().unwrap();
            assert!(last.last && last.actions_root == Some(record.actions_root));
            assert!(before.iter().all(|page| !page.last && page.actions_root.is_none()));
        }
    }
}
