//! Where snakes begin: spread evenly over the grid, who begins where being drawn.

use std::collections::VecDeque;

use arena_core::AgentId;

use super::{Cell, Dice, Direction, Snake, SnakesRules};

/// How long a snake is at first.
const LENGTH: usize = 3;

/// The snakes in entry order.
pub(super) fn snakes(rules: &SnakesRules, players: &[AgentId], dice: &mut Dice) -> Vec<Snake> {
    let mut places = places(rules, players.len());
    players
        .iter()
        .map(|name| {
            let cell = dice.take(&mut places).unwrap_or(Cell(0, 0));
            let body = VecDeque::from(vec![cell; LENGTH]);
            Snake { name: name.clone(), alive: true, body, direction: inwards(rules, cell) }
        })
        .collect()
}

/// At least so many cells, as far from each other as a square lattice can have them.
fn places(rules: &SnakesRules, wanted: usize) -> Vec<Cell> {
    let mut spacing = rules.width.max(rules.height);
    loop {
        let places: Vec<Cell> = line(rules.height, spacing)
            .flat_map(|y| line(rules.width, spacing).map(move |x| Cell(x, y)))
            .collect();
        if places.len() >= wanted || spacing <= 1 {
            return places;
        }
        spacing -= 1;
    }
}

/// Places `spacing` apart on a line of so many cells, in its middle.
fn line(cells: u32, spacing: u32) -> impl Iterator<Item = i32> + Clone {
    let rest = (cells - 1) % spacing;
    let step = usize::try_from(spacing).unwrap_or(1);
    (rest / 2..cells).step_by(step).filter_map(|place| i32::try_from(place).ok())
}

/// Towards the middle, along the longer way.
fn inwards(rules: &SnakesRules, cell: Cell) -> Direction {
    let offset = |place: i32, cells: u32| place * 2 + 1 - i32::try_from(cells).unwrap_or_default();
    let (x, y) = (offset(cell.0, rules.width), offset(cell.1, rules.height));
    match (x.abs() > y.abs(), x > 0, y > 0) {
        (true, true, _) => Direction::Left,
        (true, false, _) => Direction::Right,
        (false, _, true) => Direction::Up,
        (false, _, false) => Direction::Down,
    }
}
