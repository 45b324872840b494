//! How much of a list is wanted, and from where.

use arena_api::list::PageQuery;
use clap::Args;

/// How many things at most.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// How many at most: 1 to 1000
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

impl Limit {
    /// The number, as queries take it.
    pub(crate) const fn number(self) -> Option<u32> {
        Some(self.limit)
    }
}

/// Where a list begins and how long it may be.
#[derive(Args, Clone, Debug)]
pub(crate) struct Paging {
    #[command(flatten)]
    pub(crate) limit: Limit,
    /// Where to go on: the `next_cursor` of the page before
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// As a query.
    pub(crate) fn query(&self) -> PageQuery {
        PageQuery { limit: self.limit.number(), cursor: self.cursor.clone() }
    }
}
