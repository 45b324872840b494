//! Strategies for snakes: all avoid what kills at once; they differ in what they value among the rest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Strategy, chance::Chance};
use crate::contest::{
    bots::Turn,
    games::{Cell, Direction, Zone},
};

const GAME: &str = "snakes";

/// What a strategy values.
#[derive(Clone, Copy)]
struct Taste {
    /// Each cell that can be reached.
    space: i64,
    /// Each cell that is reached before anyone else gets there.
    territory: i64,
    /// Being near food.
    food: i64,
    /// Being where a shorter snake's head may go next.
    hunt: i64,
    /// Traps, meetings with longer snakes and the shrinking zone, in per cent of what they are worth fearing.
    fear: i64,
}

pub(super) const HUNTER: Strategy = Strategy {
    game: GAME,
    name: "hunter",
    about: "grows early, takes cells before others do, and goes for shorter snakes",
    decide: |turn| decide(turn, Taste { space: 2, territory: 6, food: 6, hunt: 60, fear: 100 }),
};
pub(super) const SPACE: Strategy = Strategy {
    game: GAME,
    name: "space",
    about: "keeps as much room around itself as it can",
    decide: |turn| decide(turn, Taste { space: 4, territory: 4, food: 3, hunt: 0, fear: 100 }),
};
pub(super) const FORAGER: Strategy = Strategy {
    game: GAME,
    name: "forager",
    about: "goes for food, and looks where it can turn afterwards",
    decide: |turn| decide(turn, Taste { space: 2, territory: 0, food: 20, hunt: 0, fear: 100 }),
};
pub(super) const RANDOM: Strategy = Strategy {
    game: GAME,
    name: "random",
    about: "goes anywhere that does not kill it at once",
    decide: |turn| decide(turn, Taste { space: 0, territory: 0, food: 0, hunt: 0, fear: 0 }),
};

#[derive(Deserialize)]
struct Seen {
    zone: Zone,
    next_zone: Zone,
    shrinks_in: u32,
    food: BTreeSet<Cell>,
    snakes: Vec<Snake>,
}

#[derive(Deserialize)]
struct Snake {
    name: String,
    body: Vec<Cell>,
}

/// Where everyone stands, seen by one snake.
struct Field<'a> {
    seen: &'a Seen,
    length: usize,
    others: Vec<&'a Snake>,
    /// In how many moves each cell that is taken now is free again.
    taken: BTreeMap<Cell, u32>,
}

fn decide(turn: &Turn, taste: Taste) -> Result<Value, serde_json::Error> {
    let seen = Seen::deserialize(&turn.observation)?;
    let choices: Vec<Direction> = Vec::deserialize(&turn.choices)?;
    let mine = seen.snakes.iter().find(|snake| snake.name == turn.you.as_str());
    let Some((head, mine)) = mine.and_then(|snake| Some((*snake.body.first()?, snake))) else {
        return Ok(Value::Null);
    };
    let field = Field {
        seen: &seen,
        length: mine.body.len(),
        others: seen.snakes.iter().filter(|snake| snake.name != mine.name).collect(),
        taken: taken(&seen.snakes),
    };
    let mut chance = Chance::new(turn.random);
    let mut valued: Vec<(i64, u64, Direction)> = choices
        .into_iter()
        .map(|direction| (field.value(head.to(direction), taste), chance.below(1_000), direction))
        .collect();
    valued.sort_unstable();
    Ok(json!(valued.last().map(|(_, _, direction)| direction)))
}

/// A tail leaves its cell at the next move, unless its snake has just begun or grown and lies there twice.
fn taken(snakes: &[Snake]) -> BTreeMap<Cell, u32> {
    let mut taken = BTreeMap::new();
    for snake in snakes {
        for (moves, cell) in (0..).zip(snake.body.iter().rev()) {
            taken.insert(*cell, moves);
        }
    }
    taken
}

impl Field<'_> {
    /// How good it is to be in a cell after the next move.
    fn value(&self, cell: Cell, taste: Taste) -> i64 {
        if !self.survives(cell) {
            return i64::MIN;
        }
        let reached = self.reach(cell);
        let food =
            reached.iter().filter(|(cell, _)| self.seen.food.contains(cell)).map(|(_, moves)| *moves).min();
        taste.space * count(reached.len())
            + taste.territory * self.territory(&reached)
            + taste.food * food.map_or(0, |moves| 30 - i64::from(moves.min(30)))
            + taste.hunt * count(self.heads_beside(cell).filter(|length| *length < self.length).count())
            - taste.fear * self.danger(cell, reached.len()) / 100
    }

    /// What there is to fear of a cell from which so many others can be reached.
    fn danger(&self, cell: Cell, room: usize) -> i64 {
        let mut danger =
            1_500 * count(self.heads_beside(cell).filter(|length| *length >= self.length).count());
        // Less room than its own length: a trap, whatever else there is.
        if room < self.length {
            danger += 5_000 - count(room) * 50;
        }
        let away = i64::from(outside(self.seen.next_zone, cell));
        let moves = i64::from(self.seen.shrinks_in.max(1));
        if away >= moves {
            danger += 3_000;
        }
        danger + away * 40 / moves
    }

    fn survives(&self, cell: Cell) -> bool {
        self.seen.zone.holds(cell) && self.free_in(cell, 0)
    }

    /// Whether a cell is free after so many moves besides the next.
    fn free_in(&self, cell: Cell, moves: u32) -> bool {
        self.taken.get(&cell).is_none_or(|busy| *busy <= moves)
    }

    /// The lengths of the snakes whose heads may come to a cell at the same time.
    fn heads_beside(&self, cell: Cell) -> impl Iterator<Item = usize> {
        let heads = self.others.iter().filter_map(|other| Some((other.body.first()?, other.body.len())));
        heads.filter(move |(head, _)| head.distance(cell) == 1).map(|(_, length)| length)
    }

    /// The cells that can be reached from one, with the number of moves, as bodies clear away meanwhile.
    fn reach(&self, from: Cell) -> BTreeMap<Cell, u32> {
        let zone = if self.seen.shrinks_in <= 3 { self.seen.next_zone } else { self.seen.zone };
        let mut reached = BTreeMap::from([(from, 0)]);
        let mut queue = VecDeque::from([(from, 0)]);
        while let Some((cell, moves)) = queue.pop_front() {
            for next in Direction::ALL.map(|direction| cell.to(direction)) {
                let open = zone.holds(next) && self.free_in(next, moves + 1);
                if open && !reached.contains_key(&next) {
                    reached.insert(next, moves + 1);
                    queue.push_back((next, moves + 1));
                }
            }
        }
        reached
    }

    /// How many of the cells nobody else is nearer to.
    fn territory(&self, reached: &BTreeMap<Cell, u32>) -> i64 {
        let heads: Vec<Cell> = self.others.iter().filter_map(|other| other.body.first().copied()).collect();
        let first = |cell: &Cell, moves: u32| heads.iter().all(|head| head.distance(*cell) > moves + 1);
        count(reached.iter().filter(|(cell, moves)| first(cell, **moves)).count())
    }
}

/// How many moves a cell is away from a zone.
fn outside(zone: Zone, cell: Cell) -> u32 {
    let beyond = |place: i32, least: i32, most: i32| (least - place).max(place - most).max(0).unsigned_abs();
    beyond(cell.0, zone.left, zone.right) + beyond(cell.1, zone.top, zone.bottom)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
