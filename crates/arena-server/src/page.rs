//! Parts of lists: how many, from where, and what comes next.

use std::{fmt::Display, str::FromStr};

use arena_api::{List, Problem};

use crate::error::Failure;

const LARGEST: u32 = 1_000;
const USUAL: u32 = 100;

/// How many items were asked for.
pub(crate) fn limit(asked: Option<u32>) -> Result<usize, Failure> {
    let limit = asked.unwrap_or(USUAL);
    if !(1..=LARGEST).contains(&limit) {
        return Err(Problem::invalid("limit", "a page holds 1 to 1000 items").into());
    }
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

/// After which item to go on.
pub(crate) fn cursor<T: FromStr>(asked: Option<&str>) -> Result<Option<T>, Failure> {
    let read = |text: &str| {
        text.parse().map_err(|_| Problem::invalid("cursor", "send the next_cursor of a page").into())
    };
    asked.map(read).transpose()
}

/// A page of what is known to go on or not.
pub(crate) fn list<T>(items: Vec<T>, more: bool, id: impl Fn(&T) -> String) -> List<T> {
    let next_cursor = items.last().filter(|_| more).map(id);
    List { items, next_cursor }
}

/// The first `limit` of a sorted sequence.
pub(crate) fn cut<T, C: Display>(
    items: impl Iterator<Item = T>,
    limit: usize,
    id: impl Fn(&T) -> C,
) -> List<T> {
    let mut items: Vec<T> = items.take(limit.saturating_add(1)).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    list(items, more, |item| id(item).to_string())
}

/// The `limit` items of a whole list after the first `after`; the cursor counts them.
pub(crate) fn counted<T, U>(items: &[T], after: usize, limit: usize, shape: impl Fn(&T) -> U) -> List<U> {
    let rest = items.get(after..).unwrap_or_default();
    let next = after.saturating_add(limit);
    let items = rest.iter().take(limit).map(shape).collect();
    List { items, next_cursor: (rest.len() > limit).then(|| next.to_string()) }
}
