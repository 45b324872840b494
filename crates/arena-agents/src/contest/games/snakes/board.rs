//! Cells and directions; x grows to the right, y downwards.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A cell, written `[x, y]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell(pub i32, pub i32);

impl Cell {
    /// The cell next to it.
    #[must_use]
    pub const fn to(self, direction: Direction) -> Self {
        match direction {
            Direction::Up => Self(self.0, self.1 - 1),
            Direction::Down => Self(self.0, self.1 + 1),
            Direction::Left => Self(self.0 - 1, self.1),
            Direction::Right => Self(self.0 + 1, self.1),
        }
    }

    /// How many moves lie between two cells.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        self.0.abs_diff(other.0) + self.1.abs_diff(other.1)
    }
}

/// Where a snake goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To a smaller y.
    Up,
    /// To a greater y.
    Down,
    /// To a smaller x.
    Left,
    /// To a greater x.
    Right,
}

impl Direction {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Up, Self::Down, Self::Left, Self::Right];

    /// The action that means it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The direction that an action means.
    pub(super) fn parse(action: &Value) -> Option<Self> {
        let word = action.as_str()?;
        Self::ALL.into_iter().find(|direction| direction.word() == word)
    }
}
