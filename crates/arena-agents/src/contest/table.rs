//! A game at its table: played from recorded lines, by the host as it goes and by whoever checks a receipt.

use std::collections::BTreeMap;

use arena_core::{AgentId, ArenaId, contest::Score};

use super::{
    actions::ActionLine,
    games::{Actions, Game, Player, Rules, RulesError, Seed},
};

/// A game with its players' names.
#[derive(Debug)]
pub(super) struct Table {
    arena_id: ArenaId,
    /// In entry order.
    players: Vec<AgentId>,
    game: Box<dyn Game>,
}

/// What a round came to, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RoundResult {
    /// Who is out, in entry order.
    pub(super) eliminated: Vec<AgentId>,
    /// The scores of those who were alive when it began.
    pub(super) scores: BTreeMap<AgentId, Score>,
}

impl Table {
    /// Seats the players, in entry order.
    pub(super) fn begin(
        arena_id: ArenaId,
        players: Vec<AgentId>,
        rules: &Rules,
        seed: &Seed,
    ) -> Result<Self, RulesError> {
        let game = rules.begin(&players, seed)?;
        Ok(Self { arena_id, players, game })
    }

    /// The game.
    pub(super) fn game(&self) -> &dyn Game {
        self.game.as_ref()
    }

    /// All players, in entry order.
    pub(super) fn players(&self) -> &[AgentId] {
        &self.players
    }

    /// Who still plays, in entry order.
    pub(super) fn alive(&self) -> Vec<(Player, &AgentId)> {
        let named = |player: Player| Some((player, self.players.get(player.0)?));
        self.game.alive().into_iter().filter_map(named).collect()
    }

    /// Plays the next round from its lines.
    ///
    /// # Errors
    ///
    /// When the lines are not exactly one for each player that is alive, in entry order, with a legal action or a fault; nothing is
    /// played then.
    pub(super) fn play(&mut self, lines: &[String]) -> Result<RoundResult, String> {
        let round = self.game.round() + 1;
        let alive = self.alive();
        if lines.len() != alive.len() {
            return Err(format!("{} lines stand for {} players", lines.len(), alive.len()));
        }
        let mut actions = Actions::new();
        for (number, (text, (player, name))) in (1..).zip(lines.iter().zip(alive)) {
            let wrong = |reason: String| format!("line {number}: {reason}");
            let line = ActionLine::parse(text).map_err(wrong)?;
            if (line.arena_id, line.round, &line.agent_id) != (self.arena_id, round, name) {
                return Err(wrong(format!("it is not that of {name} in round {round} of {}", self.arena_id)));
            }
            if !line.is_consistent() {
                return Err(wrong("a move is either made or forfeited".into()));
            }
            if let Some(action) = line.action {
                self.game.check(player, &action).map_err(|illegal| wrong(illegal.to_string()))?;
                actions.insert(player, action);
            }
        }
        let outcome = self.game.play(&actions);
        let name = |player: Player| self.players.get(player.0).cloned();
        Ok(RoundResult {
            eliminated: outcome.eliminated.into_iter().filter_map(name).collect(),
            scores: outcome
                .scores
                .into_iter()
                .filter_map(|(player, score)| Some((name(player)?, Score::new(score)?)))
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contest::bots::{Answer, Fault};

    const ARENA: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    fn table() -> Table {
        let rules = Rules::from_value(json!({ "game": "rock-paper-scissors" })).unwrap();
        let players = ["one", "two"].map(|name| name.parse().unwrap()).into();
        Table::begin(ARENA.parse().unwrap(), players, &rules, &"seed".parse().unwrap()).unwrap()
    }

    fn line(name: &str, action: Option<&str>, fault: Option<Fault>) -> ActionLine {
        let answer = Answer { action: action.map(Into::into), fault, reason: None };
        ActionLine::new(ARENA.parse().unwrap(), 1, name.parse().unwrap(), answer)
    }

    #[test]
    fn only_one_good_line_for_each_player_in_order_is_played() {
        let one = || line("one", Some("rock"), None).text();
        let two = || line("two", None, Some(Fault::Timeout)).text();
        let other_arena = ArenaId::from_bytes([7; 16]);
        for (lines, said) in [
            (vec![one()], "1 lines stand for 2 players"),
            (vec![one(), two(), two()], "3 lines stand for 2 players"),
            (vec![two(), one()], "line 1: it is not that of one"),
            (vec![one(), one()], "line 2: it is not that of two"),
            (
                vec![ActionLine { round: 2, ..line("one", Some("rock"), None) }.text(), two()],
                "line 1: it is not",
            ),
            (
                vec![ActionLine { arena_id: other_arena, ..line("one", Some("rock"), None) }.text(), two()],
                "line 1: it is not",
            ),
            (vec![line("one", Some("well"), None).text(), two()], "line 1: the action is none of"),
            (vec![line("one", None, None).text(), two()], "line 1: a move is either made or forfeited"),
            (vec![line("one", None, Some(Fault::Host)).text(), two()], "line 1: a move is either"),
            (vec![line("one", Some("rock"), Some(Fault::Crash)).text(), two()], "line 1: a move is either"),
            (vec![one().replace(':', ": "), two()], "line 1: it is not canonical JSON"),
            (vec![one().replace("{", "{\"aside\":1,"), two()], "line 1: unknown field"),
        ] {
            let mut table = table();
            let refused = table.play(&lines).unwrap_err();
            assert!(refused.starts_with(said), "{said}: {refused}");
            assert_eq!(table.game().round(), 0);
        }
        let result = table().play(&[line("one", Some("rock"), Some(Fault::Host)).text(), two()]).unwrap();
        assert_eq!(result.scores.values().map(|score| score.get()).collect::<Vec<_>>(), [1, -1]);
    }
}
