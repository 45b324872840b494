//! What holds for every game: the same inputs give the same outcome, nothing illegal stands, and it ends.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::contest::{
    bots::Turn,
    strategies::{STRATEGIES, Strategy as BuiltIn},
};
use arena_core::AgentId;

fn names(count: usize) -> Vec<AgentId> {
    (0..count).map(|index| format!("p{index}").parse().unwrap()).collect()
}

fn begin(rules: Value, players: usize, seed: &str) -> Box<dyn Game> {
    let rules = Rules::from_value(rules).unwrap();
    rules.begin(&names(players), &seed.parse().unwrap()).unwrap()
}

/// What the strategies of a game do, player `n` following the `n`th.
fn decided(game: &dyn Game, by: &[BuiltIn], seed: &Seed) -> Actions {
    let round = game.round() + 1;
    let names = names(by.len());
    game.alive()
        .into_iter()
        .map(|player| {
            let turn = Turn {
                round,
                you: names[player.0].clone(),
                random: seed.for_turn(round, &names[player.0]),
                bank_ms: 0,
                choices: game.choices(player),
                observation: game.observation(player),
            };
            let action = by[player.0].decide(&turn).unwrap();
            game.check(player, &action).unwrap_or_else(|illegal| panic!("{}: {illegal}", by[player.0].name));
            (player, action)
        })
        .collect()
}

/// Plays a whole game among strategies; returns each round's outcome.
fn played(rules: &Value, by: &[BuiltIn], seed: &str) -> Vec<Outcome> {
    let seed: Seed = seed.parse().unwrap();
    let mut game = begin(rules.clone(), by.len(), seed.as_str());
    let mut outcomes = Vec::new();
    while !game.is_finished() {
        let actions = decided(game.as_ref(), by, &seed);
        outcomes.push(game.play(&actions));
    }
    outcomes
}

fn of(game: &str) -> Vec<BuiltIn> {
    STRATEGIES.into_iter().filter(|strategy| strategy.game == game).collect()
}

/// The order of all players at the end, best first, and how many rounds it took.
fn result(rules: &Value, by: &[BuiltIn], seed: &str) -> (usize, Vec<(&'static str, i64)>) {
    let outcomes = played(rules, by, seed);
    let mut last: BTreeMap<Player, (usize, i64)> = BTreeMap::new();
    for (round, outcome) in outcomes.iter().enumerate() {
        for (player, score) in &outcome.scores {
            last.insert(
                *player,
                (if outcome.eliminated.contains(player) { round } else { usize::MAX }, *score),
            );
        }
    }
    let mut order: Vec<_> = last.into_iter().collect();
    order.sort_by_key(|(_, key)| std::cmp::Reverse(*key));
    (outcomes.len(), order.into_iter().map(|(player, (_, score))| (by[player.0].name, score)).collect())
}

/// A game of which every action is drawn among the choices: how many rounds it took, the scores of the last, and a hash of all that was
/// seen on the way.
fn drawn(rules: Value, players: usize) -> (u32, Vec<i64>, String) {
    let mut game = begin(rules, players, "golden");
    let mut seen = Vec::new();
    let mut scores = Vec::new();
    while !game.is_finished() {
        let mut dice = Dice::of(&"actions".parse().unwrap(), game.round());
        let actions: Actions = game
            .alive()
            .into_iter()
            .map(|player| {
                seen.extend(game.observation(player).to_string().into_bytes());
                let mut choices: Vec<Value> = serde_json::from_value(game.choices(player)).unwrap();
                (player, dice.take(&mut choices).unwrap())
            })
            .collect();
        scores = game.play(&actions).scores.into_values().collect();
    }
    (game.round(), scores, arena_core::Hash::of(&seen).to_string())
}

#[test]
fn each_game_and_seed_has_its_outcome_for_ever() {
    let golden = [
        drawn(json!({ "game": "snakes", "shrink_from": 3, "shrink_every": 1 }), 8),
        drawn(json!({ "game": "rock-paper-scissors" }), 8),
        drawn(json!({ "game": "prisoners-dilemma", "rounds": 20 }), 8),
    ];
    let expected = [
        (8, vec![3, 3], "86c0b106fc12b43e89a401a2c759ce167e194a0f332686f5f9ce679bf8fbe6a6".to_owned()),
        (35, vec![23, 18], "5d87ed120897f58475f84ee29934cbad344a5ee7f245cc60075c8b63353811c2".to_owned()),
        (
            20,
            vec![346, 304, 345, 291, 294, 330, 276, 237],
            "98538db95eb65c0ccf2ae90fe2cce839c0d18860bcbf81b6d5050417d5b6d7aa".to_owned(),
        ),
    ];
    assert_eq!(golden.as_slice(), expected);
}

#[test]
fn the_text_of_rules_is_canonical_and_complete() {
    let rules = Rules::from_value(json!({ "game": "snakes", "width": 12 })).unwrap();
    let text =
        r#"{"food":6,"game":"snakes","height":18,"shrink_every":6,"shrink_from":30,"version":1,"width":12}"#;
    assert_eq!(rules.text(), text);
    assert_eq!(Rules::parse(text), Ok(rules));
    let spaced = text.replace(":12", ": 12");
    assert_eq!(Rules::parse(&spaced), Err(RulesError::NotCanonical(text.into())));
    let shorter = r#"{"game":"snakes","version":1}"#;
    assert!(matches!(Rules::parse(shorter), Err(RulesError::NotCanonical(_))));
    for wrong in [
        json!({ "game": "chess" }),
        json!({ "game": "snakes", "version": 2 }),
        json!({ "game": "snakes", "width": 4 }),
        json!({ "game": "snakes", "walls": 4 }),
        json!({ "game": "rock-paper-scissors", "stage": 0 }),
        json!({ "game": "prisoners-dilemma", "rounds": 301 }),
        json!({}),
    ] {
        assert!(Rules::from_value(wrong.clone()).is_err(), "{wrong}");
    }
    assert!(Rules::names_a_game(r#"{"game":"snakes","walls":4}"#));
    assert!(!Rules::names_a_game(r#"{"game":"chess"}"#) && !Rules::names_a_game("snakes"));
    for game in ["snakes", "rock-paper-scissors", "prisoners-dilemma"] {
        let rules = Rules::from_value(json!({ "game": game })).unwrap();
        assert_eq!(rules.name(), game);
        let most = rules.most_players();
        assert!(rules.begin(&names(most), &"s".parse().unwrap()).is_ok());
        assert!(rules.begin(&names(most + 1), &"s".parse().unwrap()).is_err());
        assert!(rules.begin(&names(1), &"s".parse().unwrap()).is_err());
    }
}

#[test]
fn in_rock_paper_scissors_points_are_given_round_and_the_lowest_go() {
    let mut game = begin(json!({ "game": "rock-paper-scissors", "stage": 2, "rounds": 9 }), 4, "s");
    let first: Actions = [(0, "rock"), (1, "paper"), (2, "paper")].map(|(p, a)| (Player(p), json!(a))).into();
    let outcome = game.play(&first);
    // Rock beats the one who threw nothing, and loses to both papers.
    let scores = |outcome: &Outcome| outcome.scores.values().copied().collect::<Vec<_>>();
    assert_eq!((scores(&outcome), outcome.eliminated), (vec![-1, 2, 2, -3], vec![]));
    assert_eq!(game.observation(Player(0))["players"][3]["history"], "-");
    let outcome = game.play(&Actions::from([(Player(3), json!("rock"))]));
    assert_eq!(scores(&outcome), [-2, 1, 1, 0]);
    assert_eq!(outcome.eliminated, [Player(0)]);
    // All equal after a stage: everyone stays.
    let mut equal = begin(json!({ "game": "rock-paper-scissors", "stage": 1, "rounds": 2 }), 3, "s");
    let outcome = equal.play(&Actions::new());
    assert_eq!((scores(&outcome), outcome.eliminated, outcome.finished), (vec![0; 3], vec![], false));
    assert!(equal.play(&Actions::new()).finished);
}

#[test]
fn in_the_dilemma_payoffs_are_the_usual_ones_and_silence_earns_nothing() {
    let mut game = begin(json!({ "game": "prisoners-dilemma", "rounds": 2 }), 3, "s");
    let both = json!({ "p1": "defect", "p2": "cooperate" });
    let outcome = game.play(&Actions::from([(Player(0), both), (Player(1), json!("cooperate"))]));
    assert_eq!(outcome.scores, [(Player(0), 8), (Player(1), 3), (Player(2), 0)].into());
    let seen = game.observation(Player(1));
    assert_eq!(seen["opponents"]["p0"], json!({ "mine": "C", "theirs": "D", "score": 8 }));
    assert_eq!(seen["opponents"]["p2"]["theirs"], "-");
    for illegal in [
        json!("rock"),
        json!(1),
        json!({ "p1": "defect" }),
        json!({ "p1": "defect", "p2": "x" }),
        json!({ "p1": "defect", "p2": "defect", "p0": "defect" }),
    ] {
        assert!(game.check(Player(0), &illegal).is_err(), "{illegal}");
    }
    let outcome = game.play(&Actions::from([(Player(0), json!("defect")), (Player(1), json!("defect"))]));
    assert_eq!(outcome.scores, [(Player(0), 14), (Player(1), 9), (Player(2), 0)].into());
    assert!(outcome.finished);
}

#[test]
fn snakes_that_all_die_at_once_tie() {
    let mut game = begin(
        json!({ "game": "snakes", "width": 7, "height": 5, "shrink_from": 1, "shrink_every": 1, "food": 0 }),
        2,
        "s",
    );
    let mut last = None;
    while !game.is_finished() {
        let round = game.round();
        // Round and round on the spot is impossible: going straight on, both leave the zone, or it leaves them.
        last = Some((round, game.play(&Actions::new())));
    }
    let (_, outcome) = last.unwrap();
    assert!(outcome.eliminated.len() < 2);
    assert!(!game.alive().is_empty());
}

/// What a player may do in each game, and things it may not.
fn any_action() -> impl Strategy<Value = Option<Value>> {
    prop::sample::select(vec![
        Some(json!("up")),
        Some(json!("down")),
        Some(json!("left")),
        Some(json!("right")),
        Some(json!("rock")),
        Some(json!("paper")),
        Some(json!("scissors")),
        Some(json!("cooperate")),
        Some(json!("defect")),
        Some(json!({ "p0": "defect" })),
        Some(json!(null)),
        Some(json!([1, { "a": [] }])),
        None,
    ])
}

fn any_rules() -> impl Strategy<Value = Value> {
    prop_oneof![
        (1..30u32, 1..6u32).prop_map(|(rounds, stage)| json!({ "game": "rock-paper-scissors", "rounds": rounds, "stage": stage })),
        (1..20u32).prop_map(|rounds| json!({ "game": "prisoners-dilemma", "rounds": rounds })),
        (5..14u32, 5..14u32, 0..5u32, 1..9u32, 1..4u32).prop_map(|(width, height, food, from, every)| {
            json!({ "game": "snakes", "width": width, "height": height, "food": food, "shrink_from": from, "shrink_every": every })
        }),
    ]
}

/// The most rounds that rules allow.
fn bound(rules: &Value) -> u32 {
    match Rules::from_value(rules.clone()).unwrap() {
        Rules::RockPaperScissors(rules) => rules.rounds,
        Rules::PrisonersDilemma(rules) => rules.rounds,
        Rules::Snakes(rules) => rules.last_round(),
    }
}

proptest! {
    #[test]
    fn whatever_is_played_the_game_is_the_same_again_stays_legal_and_ends(
        rules in any_rules(),
        players in 2..9usize,
        seed in "[a-z]{1,8}",
        played in prop::collection::vec(prop::collection::vec(any_action(), 8), 1..30),
    ) {
        let mut one = begin(rules.clone(), players, &seed);
        let mut other = begin(rules.clone(), players, &seed);
        let mut rounds = played.iter().cycle();
        while !one.is_finished() {
            let before: BTreeSet<Player> = one.alive().into_iter().collect();
            let actions: Actions = rounds
                .next()
                .unwrap()
                .iter()
                .take(players)
                .enumerate()
                .filter_map(|(index, action)| Some((Player(index), action.clone()?)))
                .collect();
            for player in &before {
                let value = json!([one.observation(*player), one.choices(*player)]);
                prop_assert_eq!(value, json!([other.observation(*player), other.choices(*player)]));
            }
            let outcome = one.play(&actions);
            prop_assert_eq!(&outcome, &other.play(&actions));
            let after: BTreeSet<Player> = one.alive().into_iter().collect();
            let out: BTreeSet<Player> = outcome.eliminated.iter().copied().collect();
            prop_assert!(!after.is_empty());
            prop_assert!(out.is_subset(&before) && outcome.eliminated.is_sorted());
            prop_assert_eq!(&before - &out, after);
            prop_assert_eq!(outcome.scores.keys().copied().collect::<BTreeSet<_>>(), before);
            prop_assert_eq!(outcome.finished, one.is_finished());
            prop_assert!(one.round() <= bound(&rules));
            if let Some(picture) = one.picture() {
                let cells: Vec<Vec<i64>> = one.observation(Player(0))["snakes"].as_array().unwrap().iter()
                    .flat_map(|snake| serde_json::from_value::<Vec<Vec<i64>>>(snake["body"].clone()).unwrap()).collect();
                prop_assert_eq!(picture.lines().count() as u64, rules["height"].as_u64().unwrap());
                if !one.is_finished() {
                    let (width, height) = (rules["width"].as_i64().unwrap(), rules["height"].as_i64().unwrap());
                    prop_assert!(cells.iter().all(|cell| (0..width).contains(&cell[0]) && (0..height).contains(&cell[1])));
                    let heads = picture.chars().filter(char::is_ascii_uppercase).count();
                    prop_assert_eq!(heads, one.alive().len());
                }
            }
        }
        let still = one.play(&Actions::new());
        prop_assert_eq!(still, Outcome { eliminated: vec![], scores: BTreeMap::new(), finished: true });
    }
}

#[test]
fn a_game_goes_on_the_same_when_it_is_played_again_from_its_actions() {
    for (rules, by) in [
        (json!({ "game": "snakes", "width": 16, "height": 12 }), of("snakes")),
        (json!({ "game": "rock-paper-scissors" }), of("rock-paper-scissors")),
    ] {
        assert_eq!(played(&rules, &by, "once"), played(&rules, &by, "once"));
        assert_ne!(played(&rules, &by, "once"), played(&rules, &by, "twice"));
    }
}

#[test]
fn the_better_strategies_beat_chance() {
    let snakes = json!({ "game": "snakes" });
    let by: Vec<BuiltIn> = ["hunter", "space", "forager", "random", "random", "random"]
        .iter()
        .map(|name| BuiltIn::find("snakes", name).unwrap())
        .collect();
    let chance_wins = (0..5).filter(|seed| result(&snakes, &by, &format!("seed {seed}")).1[0].0 == "random");
    assert!(chance_wins.count() <= 1);
    let throws = json!({ "game": "rock-paper-scissors", "stage": 60 });
    let by: Vec<BuiltIn> = ["pattern", "cycle", "random"]
        .iter()
        .map(|name| BuiltIn::find("rock-paper-scissors", name).unwrap())
        .collect();
    assert_eq!(result(&throws, &by, "s").1[0].0, "pattern");
}
