//! The events: numbered without gaps, chained by hashes over every field, each of a shape that is known.

use arena_api::receipt::{Receipt, ReceiptEvent};
use arena_core::{ArenaId, CommandId, Hash, Position, Sequence, contest::ContestEvent};

use super::{Divergence, NotedHead};

/// Domain tag of an event's hash.
const DOMAIN: &[u8] = b"arena/event/v1";

/// The events in order, their chain checked to the head.
pub(super) fn checked(receipt: &Receipt) -> Result<Vec<ContestEvent>, Divergence> {
    let mut events = Vec::new();
    let (mut sequence, mut hash, mut position, mut recorded_at_ms) =
        (Sequence::ZERO, Hash::ZERO, Position::ZERO, 0);
    for event in &receipt.events {
        let wrong = |reason: String| Divergence::at(place(event.sequence), reason);
        if event.sequence != sequence.next() {
            return Err(wrong(format!("sequence {} was expected", sequence.next())));
        }
        if event.previous_hash != hash {
            return Err(wrong("previous_hash is not the hash of the event before".into()));
        }
        let computed = computed_hash(receipt.arena_id, event);
        if event.hash != computed {
            return Err(wrong(format!("its hash is {}, but the event has {computed}", event.hash)));
        }
        if event.position <= position {
            return Err(wrong("its position is not after that of the event before".into()));
        }
        if event.recorded_at_ms < recorded_at_ms {
            return Err(wrong("it was recorded before the event before it".into()));
        }
        events.push(decoded(event).map_err(wrong)?);
        (sequence, hash, position, recorded_at_ms) =
            (event.sequence, event.hash, event.position, event.recorded_at_ms);
    }
    if (receipt.head.sequence, receipt.head.hash) != (sequence, hash) {
        return Err(Divergence::at("head", format!("it is not the last event, {sequence}:{hash}")));
    }
    Ok(events)
}

/// A noted head stands in the receipt.
pub(super) fn holds(receipt: &Receipt, noted: &NotedHead) -> Result<(), Divergence> {
    let found = receipt.events.iter().find(|event| event.sequence == noted.sequence);
    if noted.arena_id == receipt.arena_id && found.is_some_and(|event| event.hash == noted.hash) {
        return Ok(());
    }
    let reason = format!("{}:{}:{} was noted and is not in it", noted.arena_id, noted.sequence, noted.hash);
    Err(Divergence::at(place(noted.sequence), reason))
}

/// How an event is named.
pub(super) fn place(sequence: Sequence) -> String {
    format!("event {sequence}")
}

fn decoded(event: &ReceiptEvent) -> Result<ContestEvent, String> {
    let kind = serde_json::to_string(&event.kind).map_err(|error| error.to_string())?;
    let text = format!("{{{kind}:{}}}", event.payload);
    let decoded: ContestEvent = serde_json::from_str(&text)
        .map_err(|error| format!("its payload is not that of {}: {error}", event.kind))?;
    // One event has one text: whatever else the payload says, nothing checks.
    if serde_json::to_string(&decoded).is_ok_and(|canonical| canonical == text) {
        Ok(decoded)
    } else {
        Err(format!("its payload is not the text of the {} that it holds", event.kind))
    }
}

/// SHA-256 over each field after its length (u32 big endian), integers as u64 big endian.
pub(super) fn computed_hash(arena_id: ArenaId, event: &ReceiptEvent) -> Hash {
    let mut bytes = Vec::new();
    let mut field = |field: &[u8]| {
        bytes.extend(u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(field);
    };
    field(DOMAIN);
    field(event.previous_hash.as_bytes());
    field(arena_id.as_bytes());
    field(&event.sequence.get().to_be_bytes());
    field(&event.position.get().to_be_bytes());
    field(&event.recorded_at_ms.to_be_bytes());
    field(event.actor.as_bytes());
    field(event.command_id.as_ref().map_or("", CommandId::as_str).as_bytes());
    field(event.kind.as_bytes());
    field(event.payload.as_bytes());
    Hash::of(&bytes)
}
