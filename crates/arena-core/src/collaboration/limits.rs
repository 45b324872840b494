//! The bounds of a shared arena.

use crate::time::Millis;

/// Bounds of a shared arena: configurable, always finite (defaults: section 5 of the design).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Participants of an arena.
    pub participants: usize,
    /// Steps of an arena.
    pub steps: usize,
    /// Facts of an arena.
    pub facts: usize,
    /// Dependencies of a step.
    pub dependencies: usize,
    /// Artifacts of an arena, by name.
    pub artifacts: usize,
    /// Bytes of a goal.
    pub goal_bytes: usize,
    /// Bytes of a step's title.
    pub title_bytes: usize,
    /// Bytes of a step's description.
    pub description_bytes: usize,
    /// Bytes of a message, a fact's content, a result or a reason.
    pub text_bytes: usize,
    /// Bytes of an artifact.
    pub artifact_bytes: u64,
}

impl Limits {
    /// The lease a claim gets when nobody says otherwise.
    pub const DEFAULT_LEASE: Millis = Millis::from_secs(60);
    /// The shortest lease.
    pub const MIN_LEASE: Millis = Millis::from_secs(1);
    /// The longest lease.
    pub const MAX_LEASE: Millis = Millis::from_secs(24 * 60 * 60);
    /// How long settling waits when nobody says otherwise.
    pub const DEFAULT_SETTLE_GRACE: Millis = Millis::from_secs(60);
    /// The longest settling.
    pub const MAX_SETTLE_GRACE: Millis = Millis::from_secs(24 * 60 * 60);
    /// How often a step may be tried when nobody says otherwise.
    pub const DEFAULT_ATTEMPTS: u32 = 3;
    /// The most attempts a step may have.
    pub const MAX_ATTEMPTS: u32 = 1_000;
    /// Late results kept of a step, adopted ones included: each is up to `text_bytes` in the journal for ever.
    pub const MAX_ORPHANS: usize = 64;
    /// The largest integer that is exact in every client language: 2^53 - 1.
    pub const MAX_INTEGER: u64 = (1 << 53) - 1;
    /// Tags of a fact.
    pub const MAX_TAGS: usize = 32;
    /// Bytes of a tag, and of a media type.
    pub const MAX_WORD_BYTES: usize = 128;
    /// The highest confidence, in whole per mille.
    pub const MAX_CONFIDENCE: u16 = 1_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            participants: 1_000,
            steps: 10_000,
            facts: 100_000,
            dependencies: 64,
            artifacts: 100_000,
            goal_bytes: 16 << 10,
            title_bytes: 1 << 10,
            description_bytes: 64 << 10,
            text_bytes: 64 << 10,
            artifact_bytes: 16 << 20,
        }
    }
}
