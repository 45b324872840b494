//! Games of snakes as this program plays them, kept for those who play them again elsewhere: the console's page does, and its
//! tests hold each of its frames against these.

use std::path::Path;

use arena_core::{AgentId, Hash};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::contest::{
    bots::Turn,
    strategies::{STRATEGIES, Strategy},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/console/snakes.json");
/// Hexadecimal digits that are kept of a frame's hash.
const DIGITS: usize = 12;

/// A game: all it takes to play it, and what it looks like after each round.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Replay {
    rules: String,
    seed: String,
    commitment: Hash,
    players: Vec<AgentId>,
    /// The frame before the first round.
    begun: String,
    /// For each round the moves in entry order (`u d l r`; `.` forfeited, `x` none of the four, `-` out before) and its frame.
    rounds: Vec<String>,
}

/// What the hash of a frame covers.
fn frame(game: &dyn Game, outcome: Option<&Outcome>, players: &[AgentId]) -> String {
    let seen = game.observation(Player(0));
    let name = |player: &Player| &players[player.0];
    let scores: BTreeMap<_, _> = outcome
        .map(|outcome| outcome.scores.iter().map(|(player, score)| (name(player), score)).collect())
        .unwrap_or_default();
    let out: Vec<_> =
        outcome.map(|outcome| outcome.eliminated.iter().map(name).collect()).unwrap_or_default();
    let frame = json!({
        "finished": game.is_finished(), "food": seen["food"], "out": out, "scores": scores, "snakes": seen["snakes"],
        "zone": seen["zone"],
    });
    let text = serde_json_canonicalizer::to_string(&frame).unwrap();
    Hash::of(text.as_bytes()).to_string().chars().take(DIGITS).collect()
}

/// What a snake does: what a strategy would, now and then something careless, against the rules, or nothing.
fn moved(game: &dyn Game, player: Player, by: Strategy, seed: &Seed, players: &[AgentId]) -> Option<Value> {
    let round = game.round() + 1;
    let you = players[player.0].clone();
    let random = seed.for_turn(round, &you);
    let words = ["up", "down", "left", "right"];
    match random % 24 {
        0 => None,
        1 => Some(json!("sideways")),
        2 | 3 => Some(json!(words[usize::try_from(random / 24 % 4).unwrap()])),
        _ => {
            let turn = Turn {
                round,
                you,
                random,
                bank_ms: 0,
                choices: game.choices(player),
                observation: game.observation(player),
            };
            Some(by.decide(&turn).unwrap())
        }
    }
}

fn letter(action: Option<&Value>) -> char {
    match action.map(|action| action.as_str().unwrap()) {
        None => '.',
        Some("sideways") => 'x',
        Some(word) => word.chars().next().unwrap(),
    }
}

fn played(rules: Value, count: usize, seed: &str) -> Replay {
    let rules = Rules::from_value(rules).unwrap();
    let seed: Seed = seed.parse().unwrap();
    let players: Vec<AgentId> = (1..=count).map(|number| format!("p{number}").parse().unwrap()).collect();
    let strategies: Vec<Strategy> =
        STRATEGIES.into_iter().filter(|strategy| strategy.game == "snakes").collect();
    let mut game = rules.begin(&players, &seed).unwrap();
    let begun = frame(game.as_ref(), None, &players);
    let mut rounds = Vec::new();
    while !game.is_finished() {
        let mut letters = vec!['-'; players.len()];
        let mut actions = Actions::new();
        for player in game.alive() {
            let by = strategies[player.0 % strategies.len()];
            let action = moved(game.as_ref(), player, by, &seed, &players);
            letters[player.0] = letter(action.as_ref());
            actions.extend(action.map(|action| (player, action)));
        }
        let outcome = game.play(&actions);
        let letters: String = letters.into_iter().collect();
        rounds.push(format!("{letters} {}", frame(game.as_ref(), Some(&outcome), &players)));
    }
    Replay {
        rules: rules.text(),
        seed: seed.as_str().to_owned(),
        commitment: seed.commitment(),
        players,
        begun,
        rounds,
    }
}

/// To write the file anew after the rules got another version, set `ARENA_WRITE_REPLAYS`.
#[test]
fn the_games_that_the_console_is_held_against_are_these() {
    let snakes = |more: Value| {
        let mut rules = json!({ "game": "snakes" });
        rules.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rules
    };
    let games = [
        played(snakes(json!({})), 8, "a cup"),
        played(snakes(json!({ "width": 5, "height": 5, "food": 0 })), 2, "small"),
        played(
            snakes(json!({ "width": 9, "height": 7, "food": 100, "shrink_from": 12, "shrink_every": 4 })),
            6,
            "fed",
        ),
        played(
            snakes(json!({ "width": 40, "height": 24, "food": 40, "shrink_from": 3, "shrink_every": 1 })),
            64,
            "crowd",
        ),
        played(
            snakes(json!({ "width": 11, "height": 30, "shrink_from": 1, "shrink_every": 1 })),
            5,
            "narrow",
        ),
        played(
            snakes(json!({ "width": 16, "height": 16, "food": 1, "shrink_from": 500 })),
            3,
            "ünïcode 🐍 2",
        ),
        played(snakes(json!({ "width": 6, "height": 6 })), 12, "head on"),
    ];
    let text = format!("{}\n", serde_json::to_string_pretty(&games).unwrap());
    if std::env::var_os("ARENA_WRITE_REPLAYS").is_some() {
        std::fs::write(Path::new(FILE), &text).unwrap();
    }
    let kept: Vec<Replay> = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert_eq!(kept, games);
}
