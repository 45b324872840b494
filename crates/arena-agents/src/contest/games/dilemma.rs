//! The iterated prisoner's dilemma: in each round everyone meets everyone, and points add up.

use std::collections::BTreeMap;

use arena_core::AgentId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Actions, Game, Illegal, Outcome, Player, RulesError,
    rules::{first_version, within},
};

/// The parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DilemmaRules {
    /// The game is over after so many rounds, 1 to 300.
    #[serde(default = "default_rounds")]
    pub rounds: u32,
    /// The version of these rules: 1.
    #[serde(default = "first_version")]
    pub version: u32,
}

fn default_rounds() -> u32 {
    50
}

impl DilemmaRules {
    pub(super) fn check(&self) -> Result<(), RulesError> {
        within("version", self.version, 1, 1)?;
        within("rounds", self.rounds, 1, 300)
    }
}

/// What one does to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Cooperate,
    Defect,
    Nothing,
}

const WORDS: [&str; 2] = ["cooperate", "defect"];

impl Choice {
    fn parse(value: &Value) -> Option<Self> {
        match value.as_str() {
            Some("cooperate") => Some(Self::Cooperate),
            Some("defect") => Some(Self::Defect),
            _ => None,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Cooperate => 'C',
            Self::Defect => 'D',
            Self::Nothing => '-',
        }
    }

    /// What it earns against `other`. Who does nothing earns nothing, and whoever meets that is paid as if it cooperated.
    const fn points(self, other: Self) -> i64 {
        match (self, other) {
            (Self::Nothing, _) => 0,
            (Self::Cooperate, Self::Cooperate | Self::Nothing) => 3,
            (Self::Cooperate, Self::Defect) => 0,
            (Self::Defect, Self::Cooperate | Self::Nothing) => 5,
            (Self::Defect, Self::Defect) => 1,
        }
    }
}

#[derive(Debug)]
struct Seat {
    name: AgentId,
    score: i64,
    /// What it did to each player so far, a letter a round; its own place stays empty.
    history: Vec<String>,
}

/// A game of it.
#[derive(Debug)]
pub struct Dilemma {
    rules: DilemmaRules,
    seats: Vec<Seat>,
    round: u32,
}

impl Dilemma {
    pub(super) const MOST_PLAYERS: usize = 50;

    pub(super) fn begin(rules: DilemmaRules, players: &[AgentId]) -> Self {
        let seat = |name: &AgentId| Seat {
            name: name.clone(),
            score: 0,
            history: vec![String::new(); players.len()],
        };
        Self { rules, seats: players.iter().map(seat).collect(), round: 0 }
    }

    fn opponents(&self, player: Player) -> impl Iterator<Item = (usize, &Seat)> {
        self.seats.iter().enumerate().filter(move |(index, _)| *index != player.0)
    }

    /// What a player does to each other, if it is legal: one word for all, or a word for each by name.
    fn choices_of(&self, player: Player, action: &Value) -> Result<BTreeMap<usize, Choice>, Illegal> {
        let wanted =
            || Illegal(format!("an action is one of {}, or one of them for each opponent", WORDS.join(", ")));
        if action.is_string() {
            let choice = Choice::parse(action).ok_or_else(wanted)?;
            return Ok(self.opponents(player).map(|(index, _)| (index, choice)).collect());
        }
        let by_name = action.as_object().ok_or_else(wanted)?;
        let mut choices = BTreeMap::new();
        for (index, seat) in self.opponents(player) {
            let choice = by_name.get(seat.name.as_str()).and_then(Choice::parse);
            let choice = choice.ok_or_else(|| {
                Illegal(format!("the action for {} is none of {}", seat.name, WORDS.join(", ")))
            })?;
            choices.insert(index, choice);
        }
        if by_name.len() == choices.len() {
            Ok(choices)
        } else {
            Err(Illegal("the action names somebody who is no opponent".into()))
        }
    }
}

impl Game for Dilemma {
    fn round(&self) -> u32 {
        self.round
    }

    fn is_finished(&self) -> bool {
        self.round >= self.rules.rounds
    }

    fn alive(&self) -> Vec<Player> {
        (0..self.seats.len()).map(Player).collect()
    }

    fn observation(&self, player: Player) -> Value {
        let own = self.seats.get(player.0);
        let opponents: Map<String, Value> = self
            .opponents(player)
            .map(|(index, seat)| {
                let mine = own.and_then(|own| own.history.get(index));
                let theirs = seat.history.get(player.0);
                (seat.name.to_string(), json!({ "mine": mine, "theirs": theirs, "score": seat.score }))
            })
            .collect();
        json!({ "rounds": self.rules.rounds, "score": own.map(|own| own.score), "opponents": opponents })
    }

    fn choices(&self, _: Player) -> Value {
        json!(WORDS)
    }

    fn check(&self, player: Player, action: &Value) -> Result<(), Illegal> {
        self.choices_of(player, action).map(|_| ())
    }

    fn play(&mut self, actions: &Actions) -> Outcome {
        if self.is_finished() {
            return Outcome { eliminated: Vec::new(), scores: BTreeMap::new(), finished: true };
        }
        self.round += 1;
        let made: Vec<BTreeMap<usize, Choice>> = (0..self.seats.len())
            .map(|index| {
                let action = actions.get(&Player(index));
                action.and_then(|action| self.choices_of(Player(index), action).ok()).unwrap_or_default()
            })
            .collect();
        let choice = |from: usize, to: usize| {
            made.get(from).and_then(|choices| choices.get(&to)).copied().unwrap_or(Choice::Nothing)
        };
        for (index, seat) in self.seats.iter_mut().enumerate() {
            for (other, history) in seat.history.iter_mut().enumerate().filter(|(other, _)| *other != index) {
                seat.score += choice(index, other).points(choice(other, index));
                history.push(choice(index, other).letter());
            }
        }
        let scores = self.seats.iter().enumerate().map(|(index, seat)| (Player(index), seat.score)).collect();
        Outcome { eliminated: Vec::new(), scores, finished: self.is_finished() }
    }

    fn picture(&self) -> Option<String> {
        None
    }
}
