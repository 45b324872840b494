//! What a state machine answers to a command that it did not refuse outright.

use alloc::vec::Vec;

/// What follows from a command: events to record, and what to tell the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<E, R> {
    /// The events, in order; the state is as after them.
    pub events: Vec<E>,
    /// What the caller is told.
    pub outcome: Outcome<R>,
}

/// What the caller is told once the events are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<R> {
    /// The command was carried out; with no events there was nothing to do.
    Accepted,
    /// The arena is drained: after the events, `ArenaArchived` follows with the hash of the report whose head is the last of them.
    Sealed,
    /// The events are recorded and the command is refused all the same: a late result is kept, or a lease renewed.
    Refused(R),
}
