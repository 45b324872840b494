//! Rock, paper, scissors for n players: everyone against everyone, the lowest out after each stage.

use std::collections::BTreeMap;

use arena_core::AgentId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Actions, Game, Illegal, Outcome, Player, RulesError,
    rules::{first_version, within},
};

/// The parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RockPaperScissorsRules {
    /// The game is over after so many rounds, 1 to 500.
    #[serde(default = "default_rounds")]
    pub rounds: u32,
    /// After every so many rounds the players with the lowest score are out.
    #[serde(default = "default_stage")]
    pub stage: u32,
    /// The version of these rules: 1.
    #[serde(default = "first_version")]
    pub version: u32,
}

fn default_rounds() -> u32 {
    60
}

fn default_stage() -> u32 {
    5
}

impl RockPaperScissorsRules {
    pub(super) fn check(&self) -> Result<(), RulesError> {
        within("version", self.version, 1, 1)?;
        within("rounds", self.rounds, 1, 500)?;
        within("stage", self.stage, 1, 500)
    }
}

/// What can be thrown; nothing thrown loses against all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Throw {
    Rock,
    Paper,
    Scissors,
    Nothing,
}

const WORDS: [&str; 3] = ["rock", "paper", "scissors"];

impl Throw {
    fn parse(action: &Value) -> Option<Self> {
        match action.as_str() {
            Some("rock") => Some(Self::Rock),
            Some("paper") => Some(Self::Paper),
            Some("scissors") => Some(Self::Scissors),
            _ => None,
        }
    }

    /// How it is written in a player's history.
    const fn letter(self) -> char {
        match self {
            Self::Rock => 'R',
            Self::Paper => 'P',
            Self::Scissors => 'S',
            Self::Nothing => '-',
        }
    }
}

/// How many threw what.
#[derive(Default)]
struct Counts {
    rock: i64,
    paper: i64,
    scissors: i64,
    nothing: i64,
}

impl Counts {
    fn add(&mut self, throw: Throw) {
        match throw {
            Throw::Rock => self.rock += 1,
            Throw::Paper => self.paper += 1,
            Throw::Scissors => self.scissors += 1,
            Throw::Nothing => self.nothing += 1,
        }
    }

    /// A point for each player beaten, one less for each that beats.
    const fn points(&self, throw: Throw) -> i64 {
        match throw {
            Throw::Rock => self.scissors + self.nothing - self.paper,
            Throw::Paper => self.rock + self.nothing - self.scissors,
            Throw::Scissors => self.paper + self.nothing - self.rock,
            Throw::Nothing => -(self.rock + self.paper + self.scissors),
        }
    }
}

#[derive(Debug)]
struct Seat {
    name: AgentId,
    alive: bool,
    score: i64,
    history: String,
}

/// A game of it.
#[derive(Debug)]
pub struct RockPaperScissors {
    rules: RockPaperScissorsRules,
    seats: Vec<Seat>,
    round: u32,
    finished: bool,
}

impl RockPaperScissors {
    pub(super) const MOST_PLAYERS: usize = 200;

    pub(super) fn begin(rules: RockPaperScissorsRules, players: &[AgentId]) -> Self {
        let seat =
            |name: &AgentId| Seat { name: name.clone(), alive: true, score: 0, history: String::new() };
        Self { rules, seats: players.iter().map(seat).collect(), round: 0, finished: false }
    }

    /// After a stage: those with the lowest score, unless that is everyone.
    fn lowest(&self) -> Vec<Player> {
        if !self.round.is_multiple_of(self.rules.stage) {
            return Vec::new();
        }
        let playing = || self.seats.iter().enumerate().filter(|(_, seat)| seat.alive);
        let low = playing().map(|(_, seat)| seat.score).min();
        let high = playing().map(|(_, seat)| seat.score).max();
        if low == high {
            return Vec::new();
        }
        playing().filter(|(_, seat)| Some(seat.score) == low).map(|(index, _)| Player(index)).collect()
    }
}

impl Game for RockPaperScissors {
    fn round(&self) -> u32 {
        self.round
    }

    fn is_finished(&self) -> bool {
        self.finished
    }

    fn alive(&self) -> Vec<Player> {
        let playing = self.seats.iter().enumerate().filter(|(_, seat)| seat.alive);
        playing.map(|(index, _)| Player(index)).collect()
    }

    fn observation(&self, _: Player) -> Value {
        let players: Vec<Value> = self
            .seats
            .iter()
            .map(|seat| json!({ "name": seat.name, "alive": seat.alive, "score": seat.score, "history": seat.history }))
            .collect();
        json!({ "rounds": self.rules.rounds, "stage": self.rules.stage, "players": players })
    }

    fn choices(&self, _: Player) -> Value {
        json!(WORDS)
    }

    fn check(&self, _: Player, action: &Value) -> Result<(), Illegal> {
        Throw::parse(action).map(|_| ()).ok_or_else(|| Illegal::none_of(&WORDS))
    }

    fn play(&mut self, actions: &Actions) -> Outcome {
        if self.finished {
            return Outcome { eliminated: Vec::new(), scores: BTreeMap::new(), finished: true };
        }
        self.round += 1;
        let alive = self.alive();
        let throw = |player| actions.get(&player).and_then(Throw::parse).unwrap_or(Throw::Nothing);
        let mut counts = Counts::default();
        alive.iter().for_each(|player| counts.add(throw(*player)));
        let mut scores = BTreeMap::new();
        for player in alive {
            if let Some(seat) = self.seats.get_mut(player.0) {
                seat.score += counts.points(throw(player));
                seat.history.push(throw(player).letter());
                scores.insert(player, seat.score);
            }
        }
        let eliminated = self.lowest();
        for player in &eliminated {
            if let Some(seat) = self.seats.get_mut(player.0) {
                seat.alive = false;
            }
        }
        self.finished = self.round >= self.rules.rounds || self.alive().len() < 2;
        Outcome { eliminated, scores, finished: self.finished }
    }

    fn picture(&self) -> Option<String> {
        None
    }
}
