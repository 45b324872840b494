//! Strategies for rock, paper, scissors.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Strategy, chance::Chance};
use crate::contest::bots::Turn;

const GAME: &str = "rock-paper-scissors";

pub(super) const PATTERN: Strategy = Strategy {
    game: GAME,
    name: "pattern",
    about: "expects what followed each opponent's last throws before",
    decide: |turn| predict(turn, after_the_same),
};
pub(super) const FREQUENCY: Strategy = Strategy {
    game: GAME,
    name: "frequency",
    about: "expects what each opponent threw most often",
    decide: |turn| predict(turn, overall),
};
pub(super) const RANDOM: Strategy = Strategy {
    game: GAME,
    name: "random",
    about: "cannot be predicted, and predicts nothing",
    decide: random,
};
pub(super) const CYCLE: Strategy = Strategy {
    game: GAME,
    name: "cycle",
    about: "rock, paper, scissors, rock, paper, scissors",
    decide: cycle,
};

/// In the order in which each is beaten by the next.
const WORDS: [&str; 3] = ["rock", "paper", "scissors"];

#[derive(Deserialize)]
struct Seen {
    players: Vec<Opponent>,
}

#[derive(Deserialize)]
struct Opponent {
    name: String,
    alive: bool,
    history: String,
}

/// How likely each throw is, in no particular unit.
type Weights = [i64; 3];

fn place(letter: char) -> Option<usize> {
    ['R', 'P', 'S'].iter().position(|other| *other == letter)
}

fn weigh(weights: &mut Weights, letter: char, weight: i64) {
    if let Some(place) = place(letter).and_then(|place| weights.get_mut(place)) {
        *place += weight;
    }
}

/// How often it threw what.
fn overall(history: &[char]) -> Weights {
    let mut weights = [0; 3];
    history.iter().for_each(|letter| weigh(&mut weights, *letter, 1));
    weights
}

/// What followed where its last one to three throws were the same, longer matches counting more.
fn after_the_same(history: &[char]) -> Weights {
    let mut weights = overall(history);
    for (length, weight) in [(1, 2), (2, 6), (3, 18)] {
        let Some(last) = history.len().checked_sub(length).and_then(|from| history.get(from..)) else {
            break;
        };
        for window in history.windows(length + 1) {
            if let Some((next, before)) = window.split_last()
                && before == last
            {
                weigh(&mut weights, *next, weight);
            }
        }
    }
    weights
}

/// Throws what is best against everyone's expected throws; equals are left to chance.
fn predict(turn: &Turn, expected: fn(&[char]) -> Weights) -> Result<Value, serde_json::Error> {
    let seen = Seen::deserialize(&turn.observation)?;
    let mut gains = [0; 3];
    for other in seen.players.iter().filter(|other| other.alive && other.name != turn.you.as_str()) {
        let history: Vec<char> = other.history.chars().collect();
        let weights = expected(&history);
        let total = weights.iter().sum::<i64>().max(1);
        let [rock, paper, scissors] = weights.map(|weight| weight * 1_000 / total);
        for (gain, points) in gains.iter_mut().zip([scissors - paper, rock - scissors, paper - rock]) {
            *gain += points;
        }
    }
    let best = gains.iter().max().copied().unwrap_or_default();
    let equal: Vec<&str> =
        WORDS.into_iter().zip(gains).filter(|(_, gain)| *gain == best).map(|(word, _)| word).collect();
    Ok(json!(Chance::new(turn.random).one_of(&equal)))
}

fn random(turn: &Turn) -> Result<Value, serde_json::Error> {
    Ok(json!(Chance::new(turn.random).one_of(&WORDS)))
}

fn cycle(turn: &Turn) -> Result<Value, serde_json::Error> {
    Ok(json!(WORDS.into_iter().cycle().nth(usize::try_from(turn.round % 3).unwrap_or_default())))
}
