//! The grid as text: a capital for a head, its small letter for the body, `*` for food, `#` where no head survives.

use std::collections::BTreeMap;

use super::{Cell, Snakes};

/// Draws it, a line a row.
pub(super) fn draw(game: &Snakes) -> String {
    let mut marks: BTreeMap<Cell, char> = game.food.iter().map(|cell| (*cell, '*')).collect();
    for (index, snake) in game.snakes.iter().enumerate().filter(|(_, snake)| snake.alive) {
        for cell in snake.body.iter().skip(1) {
            marks.insert(*cell, letter(index).to_ascii_lowercase());
        }
    }
    for (index, snake) in game.snakes.iter().enumerate().filter(|(_, snake)| snake.alive) {
        snake.head().map(|head| marks.insert(head, letter(index)));
    }
    let zone = game.zone();
    let size = |cells: u32| i32::try_from(cells).unwrap_or_default();
    let mut text = String::new();
    for y in 0..size(game.rules.height) {
        let row = (0..size(game.rules.width)).map(|x| {
            let cell = Cell(x, y);
            marks.get(&cell).copied().unwrap_or(if zone.holds(cell) { '.' } else { '#' })
        });
        text.extend(row.flat_map(|mark| [mark, ' ']));
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// The letter of a snake, by its place among the entries; after Z it begins anew.
fn letter(index: usize) -> char {
    char::from(b'A' + u8::try_from(index % 26).unwrap_or_default())
}
