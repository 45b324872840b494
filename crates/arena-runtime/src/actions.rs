//! The actions of a round: JSON lines in UTF-8, each bound to its contest, round and agent.

use arena_core::{
    AgentId, ArenaId, Hash,
    contest::{Contest, Rejection, merkle},
};
use bytes::Bytes;
use serde::Deserialize;

/// The lines that were handed in, and what they come to.
#[derive(Debug)]
pub(crate) struct Lines {
    /// As they came.
    pub(crate) bytes: Bytes,
    /// The root over the lines, each without its newline.
    pub(crate) root: Hash,
    /// The hash of the bytes.
    pub(crate) sha256: Hash,
    /// Whether every line says of itself what it must.
    pub(crate) checked: Result<(), Rejection>,
}

/// What every line says of itself, whatever else it says.
#[derive(Deserialize)]
struct Bound {
    arena_id: ArenaId,
    round: u32,
    agent_id: AgentId,
}

impl Lines {
    /// Looks through the actions of a round.
    pub(crate) fn of(contest: &Contest, round: u32, bytes: Bytes) -> Self {
        let root = merkle::root_of(lines(&bytes));
        let sha256 = Hash::of(&bytes);
        let checked = is_text(&bytes).and_then(|()| {
            lines(&bytes).zip(1u64..).try_for_each(|(line, number)| {
                check(contest, round, line).map_err(|reason| Rejection::Invalid {
                    field: "body".to_owned(),
                    reason: format!("line {number}: {reason}"),
                })
            })
        });
        Self { root, sha256, checked, bytes }
    }
}

/// The lines, without their newlines; the last one may end with one.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let none = bytes.is_empty();
    whole.split(|byte| *byte == b'\n').filter(move |_| !none)
}

/// A receipt holds the lines as text. Whoever reads a line as JSON need not look at the strings that it passes over, so
/// that the lines alone do not say it.
fn is_text(bytes: &[u8]) -> Result<(), Rejection> {
    let Err(error) = std::str::from_utf8(bytes) else { return Ok(()) };
    let reason = format!("the body is not UTF-8 from byte {} on", error.valid_up_to());
    Err(Rejection::Invalid { field: "actions".to_owned(), reason })
}

fn check(contest: &Contest, round: u32, line: &[u8]) -> Result<(), String> {
    let Bound { arena_id, round: bound, agent_id } =
        serde_json::from_slice(line).map_err(|error| format!("no action of a round: {error}"))?;
    if arena_id != contest.arena_id() {
        return Err(format!("arena_id is {arena_id}, not {}", contest.arena_id()));
    }
    if bound != round {
        return Err(format!("round is {bound}, not {round}"));
    }
    if contest.entry(&agent_id).is_none() {
        return Err(format!("agent_id {agent_id} has no entry"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_newline_makes_no_line_and_nothing_has_none() {
        let count = |text: &str| lines(text.as_bytes()).count();
        assert_eq!(
            [count(""), count("a"), count("a\n"), count("a\nb"), count("a\n\n"), count("\n")],
            [0, 1, 1, 2, 2, 1]
        );
    }
}
