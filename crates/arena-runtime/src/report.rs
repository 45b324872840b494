//! The sealed report: its hash is that of its canonical JSON (RFC 8785), so that others can recompute it.

use arena_core::{
    ArenaEvent, Hash, SharedArena,
    collaboration::{Head, Report},
};
use serde::{Deserialize, Serialize};

/// An archived arena's report and its hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SealedReport {
    /// What came out.
    #[serde(flatten)]
    pub report: Report,
    /// SHA-256 of the canonical JSON of all other fields.
    pub report_hash: Hash,
}

/// SHA-256 of a report's canonical JSON.
#[must_use]
pub fn report_hash(report: &Report) -> Hash {
    let canonical = serde_json_canonicalizer::to_vec(report).expect("a report has a JSON form");
    Hash::of(&canonical)
}

/// The event that seals a drained arena whose last event is `head`.
pub(crate) fn seal(shared: &SharedArena, head: Head) -> ArenaEvent {
    ArenaEvent::ArenaArchived { report_hash: report_hash(&shared.report(head)) }
}
