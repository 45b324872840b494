//! One stored event: how it is encoded, hashed and chained.

use std::sync::Arc;

use arena_core::{AgentId, ArenaId, CommandId, Hash, Position, Sequence, Timestamp, collaboration::Head};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::error::StorageError;

/// The domain tag of an event's hash; a change of the hash's definition changes it.
const DOMAIN: &[u8] = b"arena/event/v1";

/// An event as the journal holds it (section 4.8 of the design).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// The stream.
    pub arena_id: ArenaId,
    /// Its number in the stream.
    pub sequence: Sequence,
    /// Its number in the journal.
    pub position: Position,
    /// When it was decided.
    pub recorded_at: Timestamp,
    /// Who caused it: an agent, or `system`.
    pub actor: AgentId,
    /// The caller's key, if there was one.
    pub command_id: Option<CommandId>,
    /// The snake_case name of the variant.
    pub kind: String,
    /// The variant's fields as JSON, as stored.
    pub payload: String,
    /// The hash of the event before it in the stream; zeros at first.
    pub previous_hash: Hash,
    /// The hash of this event.
    pub hash: Hash,
}

impl StoredEvent {
    /// The hash that the other fields give.
    #[must_use]
    pub fn computed_hash(&self) -> Hash {
        let mut digest = Sha256::new();
        let mut field = |bytes: &[u8]| {
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            digest.update(length.to_be_bytes());
            digest.update(bytes);
        };
        field(DOMAIN);
        field(self.previous_hash.as_bytes());
        field(self.arena_id.as_bytes());
        field(&self.sequence.get().to_be_bytes());
        field(&self.position.get().to_be_bytes());
        field(&self.recorded_at.as_millis().to_be_bytes());
        field(self.actor.as_str().as_bytes());
        field(self.command_id.as_ref().map_or("", CommandId::as_str).as_bytes());
        field(self.kind.as_bytes());
        field(self.payload.as_bytes());
        Hash::from_bytes(digest.finalize().into())
    }

    /// Where its stream stands after it.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { sequence: self.sequence, hash: self.hash }
    }

    /// The event itself.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] when the payload is not that of its type.
    pub fn decode<E: DeserializeOwned>(&self) -> Result<E, StorageError> {
        let tagged = format!("{{\"{}\":{}}}", self.kind, self.payload);
        serde_json::from_str(&tagged)
            .map_err(|error| self.damaged(&format!("payload of {}: {error}", self.kind)))
    }

    /// Itself, when it follows `before` and its hash is right.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] saying what does not fit.
    pub fn check_after(&self, before: Head) -> Result<(), StorageError> {
        if self.sequence != before.sequence.next() {
            return Err(self.damaged(&format!("sequence {} was expected", before.sequence.next())));
        }
        if self.previous_hash != before.hash {
            return Err(self.damaged("previous_hash is not the hash of the event before"));
        }
        self.check_hash()
    }

    /// Itself, when its hash is right.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] when it is not.
    pub fn check_hash(&self) -> Result<(), StorageError> {
        if self.computed_hash() == self.hash {
            Ok(())
        } else {
            Err(self.damaged("hash is not that of the event"))
        }
    }

    fn damaged(&self, reason: &str) -> StorageError {
        StorageError::Damaged { arena_id: self.arena_id, sequence: self.sequence, reason: reason.to_owned() }
    }
}

/// What all events of one command share.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) recorded_at: Timestamp,
    pub(crate) actor: AgentId,
    pub(crate) command_id: Option<CommandId>,
}

/// Numbers and hashes the event that follows `head`.
pub(crate) fn chain(
    arena_id: ArenaId,
    head: Head,
    position: Position,
    origin: &Origin,
    event: &impl Serialize,
) -> Arc<StoredEvent> {
    let (kind, payload) = encode(event);
    let mut stored = StoredEvent {
        arena_id,
        sequence: head.sequence.next(),
        position,
        recorded_at: origin.recorded_at,
        actor: origin.actor.clone(),
        command_id: origin.command_id.clone(),
        kind,
        payload,
        previous_hash: head.hash,
        hash: Hash::ZERO,
    };
    stored.hash = stored.computed_hash();
    Arc::new(stored)
}

/// Takes apart the externally tagged JSON `{"kind":payload}`.
fn encode(event: &impl Serialize) -> (String, String) {
    let tagged =
        serde_json::to_string(event).expect("events have no maps with odd keys and no failing fields");
    let (kind, payload) = tagged
        .strip_prefix("{\"")
        .and_then(|rest| rest.strip_suffix('}'))
        .and_then(|rest| rest.split_once("\":"))
        .expect("an event is an externally tagged enum of struct variants");
    (kind.to_owned(), payload.to_owned())
}

#[cfg(test)]
mod tests {
    use arena_core::ArenaEvent;

    use super::*;

    fn sample() -> StoredEvent {
        let origin = Origin {
            recorded_at: Timestamp::from_millis(1_000),
            actor: "alice".parse().unwrap(),
            command_id: Some("key-1".parse().unwrap()),
        };
        let event = ArenaEvent::GoalUpdated { new_goal: "win \"it\"".into() };
        let head = Head { sequence: Sequence::ZERO, hash: Hash::ZERO };
        let arena_id = ArenaId::from_bytes([7; 16]);
        Arc::unwrap_or_clone(chain(arena_id, head, Position::new(3), &origin, &event))
    }

    #[test]
    fn an_encoded_event_decodes_to_itself() {
        let stored = sample();
        assert_eq!(
            (stored.kind.as_str(), stored.payload.as_str()),
            ("goal_updated", r#"{"new_goal":"win \"it\""}"#)
        );
        let event: ArenaEvent = stored.decode().unwrap();
        assert_eq!(event, ArenaEvent::GoalUpdated { new_goal: "win \"it\"".into() });
    }

    #[test]
    fn every_field_is_in_the_hash() {
        let stored = sample();
        let mut changed: Vec<StoredEvent> = vec![stored.clone(); 9];
        changed[0].arena_id = ArenaId::from_bytes([8; 16]);
        changed[1].sequence = Sequence::new(2);
        changed[2].position = Position::new(4);
        changed[3].recorded_at = Timestamp::from_millis(1_001);
        changed[4].actor = "alicf".parse().unwrap();
        changed[5].command_id = None;
        changed[6].kind = "goal_updatee".into();
        changed[7].payload.push(' ');
        changed[8].previous_hash = Hash::of(b"x");
        for (index, event) in changed.iter().enumerate() {
            assert!(event.check_hash().is_err(), "field {index} is not in the hash");
        }
        assert!(stored.check_hash().is_ok());
    }

    #[test]
    fn the_hash_is_pinned() {
        // Computed from the definition with another implementation of SHA-256 over the same bytes.
        assert_eq!(sample().hash, Hash::of(&pinned_bytes()));
    }

    fn pinned_bytes() -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in [
            &b"arena/event/v1"[..],
            &[0; 32],
            &[7; 16],
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0, 0, 0, 0, 0, 0, 0, 3],
            &[0, 0, 0, 0, 0, 0, 3, 232],
            b"alice",
            b"key-1",
            b"goal_updated",
            br#"{"new_goal":"win \"it\""}"#,
        ] {
            bytes.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }
}
