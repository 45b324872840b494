//! The tools, a file for each concern, and the table of them.

mod contests;
mod hosting;
mod lead;
mod orient;
mod plan;
mod share;
mod store;
pub(super) mod wait;
mod work;

use super::tool::Tool;

/// All tools, in the order in which they are listed.
pub(super) fn all() -> impl Iterator<Item = &'static Tool> {
    [orient::TOOLS, wait::TOOLS, work::TOOLS, store::TOOLS, share::TOOLS, plan::TOOLS, lead::TOOLS]
        .into_iter()
        .chain([contests::TOOLS, hosting::TOOLS])
        .flatten()
}

/// The tool of a name.
pub(super) fn named(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.name == name)
}
