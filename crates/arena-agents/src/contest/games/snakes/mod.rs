//! Snakes on a grid with a shrinking zone: all move at once, the last alive wins.

mod board;
mod picture;
mod start;
mod zone;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use arena_core::AgentId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use board::{Cell, Direction};
pub use zone::Zone;

use super::{
    Actions, Dice, Game, Illegal, Outcome, Player, RulesError, Seed,
    rules::{first_version, within},
};

/// The parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnakesRules {
    /// How many pieces of food lie on the grid, 0 to 100.
    #[serde(default = "default_food")]
    pub food: u32,
    /// The grid's height in cells, 5 to 64.
    #[serde(default = "default_height")]
    pub height: u32,
    /// Rounds from one shrinking of the zone to the next, 1 to 50.
    #[serde(default = "default_shrink_every")]
    pub shrink_every: u32,
    /// The round of the first shrinking, 1 to 500.
    #[serde(default = "default_shrink_from")]
    pub shrink_from: u32,
    /// The version of these rules: 1.
    #[serde(default = "first_version")]
    pub version: u32,
    /// The grid's width in cells, 5 to 64.
    #[serde(default = "default_width")]
    pub width: u32,
}

fn default_food() -> u32 {
    6
}

fn default_height() -> u32 {
    18
}

fn default_shrink_every() -> u32 {
    6
}

fn default_shrink_from() -> u32 {
    30
}

fn default_width() -> u32 {
    30
}

impl SnakesRules {
    pub(super) fn check(&self) -> Result<(), RulesError> {
        within("version", self.version, 1, 1)?;
        within("width", self.width, 5, 64)?;
        within("height", self.height, 5, 64)?;
        within("food", self.food, 0, 100)?;
        within("shrink_from", self.shrink_from, 1, 500)?;
        within("shrink_every", self.shrink_every, 1, 50)
    }

    /// The last round there can be: the zone is gone then, and nobody survives it.
    #[must_use]
    pub fn last_round(&self) -> u32 {
        let shrinkings = self.width.min(self.height).div_ceil(2);
        self.shrink_from + (shrinkings - 1) * self.shrink_every
    }
}

/// A snake; one that is dead is not on the grid any more.
#[derive(Clone, Debug)]
struct Snake {
    name: AgentId,
    alive: bool,
    /// From the head to the tail; at first all of it in one cell.
    body: VecDeque<Cell>,
    direction: Direction,
}

impl Snake {
    fn head(&self) -> Option<Cell> {
        self.body.front().copied()
    }
}

/// A game of it.
#[derive(Debug)]
pub struct Snakes {
    rules: SnakesRules,
    seed: Seed,
    snakes: Vec<Snake>,
    food: BTreeSet<Cell>,
    round: u32,
    finished: bool,
}

impl Snakes {
    pub(super) const MOST_PLAYERS: usize = 64;

    pub(super) fn begin(rules: SnakesRules, players: &[AgentId], seed: &Seed) -> Self {
        let mut dice = Dice::of(seed, 0);
        let snakes = start::snakes(&rules, players, &mut dice);
        let mut game =
            Self { rules, seed: seed.clone(), snakes, food: BTreeSet::new(), round: 0, finished: false };
        game.lay_food(&mut dice);
        game
    }

    /// Where a head may be after the round that comes next.
    fn zone(&self) -> Zone {
        Zone::of_round(&self.rules, self.round + 1)
    }

    /// Moves every snake that is alive; one that finds food grows by its tail staying where it is.
    fn advance(&mut self, actions: &Actions) {
        let mut eaten = BTreeSet::new();
        for (index, snake) in self.snakes.iter_mut().enumerate().filter(|(_, snake)| snake.alive) {
            let wanted = actions.get(&Player(index)).and_then(Direction::parse);
            // Whoever forfeits its move goes straight on.
            snake.direction =
                wanted.filter(|direction| is_open(snake, *direction)).unwrap_or(snake.direction);
            let Some(head) = snake.head().map(|head| head.to(snake.direction)) else { continue };
            snake.body.push_front(head);
            if self.food.contains(&head) {
                eaten.insert(head);
            } else {
                snake.body.pop_back();
            }
        }
        self.food.retain(|cell| !eaten.contains(cell));
    }

    /// Who does not survive where it went.
    fn dead(&self, zone: Zone) -> Vec<Player> {
        let playing = || self.snakes.iter().enumerate().filter(|(_, snake)| snake.alive);
        let bodies: BTreeSet<Cell> =
            playing().flat_map(|(_, snake)| snake.body.iter().skip(1)).copied().collect();
        let mut longest: BTreeMap<Cell, (usize, usize)> = BTreeMap::new();
        for (_, snake) in playing() {
            let Some(head) = snake.head() else { continue };
            let met = longest.entry(head).or_default();
            match snake.body.len().cmp(&met.0) {
                std::cmp::Ordering::Greater => *met = (snake.body.len(), 1),
                std::cmp::Ordering::Equal => met.1 += 1,
                std::cmp::Ordering::Less => {}
            }
        }
        let dies = |snake: &Snake| {
            snake.head().is_none_or(|head| {
                // Where heads meet, only a single longest snake survives.
                let wins = longest.get(&head) == Some(&(snake.body.len(), 1));
                !zone.holds(head) || bodies.contains(&head) || !wins
            })
        };
        playing().filter(|(_, snake)| dies(snake)).map(|(index, _)| Player(index)).collect()
    }

    /// Lays food on free cells of the zone until there is as much as the rules say, or no room.
    fn lay_food(&mut self, dice: &mut Dice) {
        let zone = self.zone();
        self.food.retain(|cell| zone.holds(*cell));
        let taken: BTreeSet<Cell> = self
            .snakes
            .iter()
            .filter(|snake| snake.alive)
            .flat_map(|snake| snake.body.iter())
            .copied()
            .collect();
        let mut free: Vec<Cell> =
            zone.cells().filter(|cell| !taken.contains(cell) && !self.food.contains(cell)).collect();
        let wanted = usize::try_from(self.rules.food).unwrap_or_default();
        while self.food.len() < wanted {
            let Some(cell) = dice.take(&mut free) else { break };
            self.food.insert(cell);
        }
    }

    fn open_directions(&self, player: Player) -> Vec<Direction> {
        let Some(snake) = self.snakes.get(player.0) else { return Vec::new() };
        Direction::ALL.into_iter().filter(|direction| is_open(snake, *direction)).collect()
    }
}

/// Whether a snake may turn so: everywhere but straight back into its own neck.
fn is_open(snake: &Snake, direction: Direction) -> bool {
    let mut body = snake.body.iter();
    let ahead = body.next().map(|head| head.to(direction));
    body.next().copied() != ahead
}

impl Game for Snakes {
    fn round(&self) -> u32 {
        self.round
    }

    fn is_finished(&self) -> bool {
        self.finished
    }

    fn alive(&self) -> Vec<Player> {
        let playing = self.snakes.iter().enumerate().filter(|(_, snake)| snake.alive);
        playing.map(|(index, _)| Player(index)).collect()
    }

    fn observation(&self, _: Player) -> Value {
        let snakes: Vec<Value> = self
            .snakes
            .iter()
            .filter(|snake| snake.alive)
            .map(|snake| json!({ "name": snake.name, "body": snake.body, "direction": snake.direction }))
            .collect();
        let (next, shrinks_in) = self.zone().next(&self.rules, self.round + 1);
        json!({
            "width": self.rules.width,
            "height": self.rules.height,
            "zone": self.zone(),
            "next_zone": next,
            "shrinks_in": shrinks_in,
            "food": self.food,
            "snakes": snakes,
        })
    }

    fn choices(&self, player: Player) -> Value {
        json!(self.open_directions(player))
    }

    fn check(&self, player: Player, action: &Value) -> Result<(), Illegal> {
        let open = self.open_directions(player);
        if Direction::parse(action).is_some_and(|direction| open.contains(&direction)) {
            return Ok(());
        }
        let words: Vec<&str> = open.iter().map(|direction| direction.word()).collect();
        Err(Illegal::none_of(&words))
    }

    fn play(&mut self, actions: &Actions) -> Outcome {
        if self.finished {
            return Outcome { eliminated: Vec::new(), scores: BTreeMap::new(), finished: true };
        }
        let zone = self.zone();
        let alive = self.alive();
        self.advance(actions);
        self.round += 1;
        let mut eliminated = self.dead(zone);
        // Whoever dies together with all the others survives with them, and the game is over.
        self.finished = alive.len() - eliminated.len() < 2;
        if eliminated.len() == alive.len() {
            eliminated.clear();
        }
        let length = |player: &Player| {
            let length = self.snakes.get(player.0).map_or(0, |snake| snake.body.len());
            i64::try_from(length).unwrap_or(i64::MAX)
        };
        let scores = alive.iter().map(|player| (*player, length(player))).collect();
        for player in &eliminated {
            if let Some(snake) = self.snakes.get_mut(player.0) {
                snake.alive = false;
            }
        }
        if !self.finished {
            self.lay_food(&mut Dice::of(&self.seed, self.round));
        }
        Outcome { eliminated, scores, finished: self.finished }
    }

    fn picture(&self) -> Option<String> {
        Some(picture::draw(self))
    }
}
