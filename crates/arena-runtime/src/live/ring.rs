//! The last events of one stream, shared by all who follow it.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;

use super::{
    LARGEST_INBOX,
    part::{LiveEvent, Part},
};

/// How many events of a stream are kept for its followers: all that the relay may find in its inbox.
const LARGEST_RING: usize = LARGEST_INBOX;
/// How many bytes their payloads have together; the last event is kept whatever its size.
const RING_BYTES: usize = 8 << 20;
/// How many events a follower is given at once.
pub(super) const AT_ONCE: usize = 256;
/// How many bytes of payload it is given at once; one event is given whatever its size.
const BYTES_AT_ONCE: usize = 64 << 10;
/// How many parts are remembered for those who ask for the same.
const REMEMBERED: usize = 8;

/// What the ring holds after a number.
pub(super) enum After {
    /// These.
    Some(Arc<Part>),
    /// Nothing yet: the next one will come.
    Nothing,
    /// That is not known: the journal is.
    Unknown,
}

/// The last events of a stream, without a gap.
#[derive(Debug, Default)]
pub(super) struct Ring {
    events: VecDeque<Arc<LiveEvent>>,
    bytes: usize,
    /// What was given out since the ring grew last, and after which number: almost all followers ask for the same.
    parts: Mutex<VecDeque<(u64, Arc<Part>)>>,
}

impl Ring {
    /// Adds what follows; what does not follow the last one begins anew.
    pub(super) fn push(&mut self, event: Arc<LiveEvent>) {
        if self.events.back().is_some_and(|last| last.number + 1 != event.number) {
            self.clear();
        }
        self.parts.get_mut().clear();
        self.bytes += event.stored.payload.len();
        self.events.push_back(event);
        while self.events.len() > 1 && (self.events.len() > LARGEST_RING || self.bytes > RING_BYTES) {
            let first = self.events.pop_front();
            self.bytes -= first.map_or(0, |first| first.stored.payload.len());
        }
    }

    /// Forgets all: what comes next may not follow.
    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.parts.get_mut().clear();
        self.bytes = 0;
    }

    /// What follows `number`: a part that a follower may hold in memory.
    pub(super) fn after(&self, number: u64) -> After {
        let (Some(first), Some(last)) = (self.events.front(), self.events.back()) else {
            return After::Unknown;
        };
        if number + 1 < first.number {
            return After::Unknown;
        }
        if number >= last.number {
            return After::Nothing;
        }
        let mut parts = self.parts.lock();
        if let Some((_, part)) = parts.iter().find(|(after, _)| *after == number) {
            return After::Some(part.clone());
        }
        let part = self.part(number, first.number);
        if parts.len() == REMEMBERED {
            parts.pop_front();
        }
        parts.push_back((number, part.clone()));
        After::Some(part)
    }

    /// What follows `number` in a ring that begins with `first`.
    fn part(&self, number: u64, first: u64) -> Arc<Part> {
        let skipped = usize::try_from(number + 1 - first).unwrap_or(usize::MAX);
        let mut bytes = 0_usize;
        let events = self.events.iter().skip(skipped).take(AT_ONCE);
        let within = events.take_while(|event| {
            let before = bytes;
            bytes += event.stored.payload.len();
            before == 0 || bytes <= BYTES_AT_ONCE
        });
        Arc::new(Part::of(within.cloned().collect()))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use arena_core::{ArenaId, Hash, Position, Sequence, Timestamp};

    use super::*;
    use crate::record::StoredEvent;

    pub(in crate::live) fn event(number: u64, bytes: usize) -> Arc<LiveEvent> {
        let stored = StoredEvent {
            arena_id: ArenaId::from_bytes([1; 16]),
            sequence: Sequence::new(number),
            position: Position::new(number),
            recorded_at: Timestamp::from_millis(0),
            actor: "alice".parse().unwrap(),
            command_id: None,
            kind: "message_sent".to_owned(),
            payload: "x".repeat(bytes),
            previous_hash: Hash::ZERO,
            hash: Hash::ZERO,
        };
        Arc::new(LiveEvent::new(Arc::new(stored), number))
    }

    fn numbers(ring: &Ring, after: u64) -> Result<Vec<u64>, &'static str> {
        match ring.after(after) {
            After::Some(part) => Ok(part.events().iter().map(|event| event.number).collect()),
            After::Nothing => Err("nothing"),
            After::Unknown => Err("unknown"),
        }
    }

    #[test]
    fn a_ring_knows_what_it_knows() {
        let mut ring = Ring::default();
        assert_eq!(numbers(&ring, 0), Err("unknown"));
        (5..8).for_each(|number| ring.push(event(number, 1)));
        assert_eq!(numbers(&ring, 3), Err("unknown"));
        assert_eq!(numbers(&ring, 4), Ok(vec![5, 6, 7]));
        assert_eq!(numbers(&ring, 6), Ok(vec![7]));
        assert_eq!(numbers(&ring, 7), Err("nothing"));
        assert_eq!(numbers(&ring, 9), Err("nothing"));
    }

    #[test]
    fn a_gap_begins_a_ring_anew() {
        let mut ring = Ring::default();
        [1, 2, 4].into_iter().for_each(|number| ring.push(event(number, 1)));
        assert_eq!(numbers(&ring, 1), Err("unknown"));
        assert_eq!(numbers(&ring, 3), Ok(vec![4]));
    }

    #[test]
    fn a_ring_and_what_is_taken_from_it_at_once_are_bounded() {
        let mut ring = Ring::default();
        (1..=20_000).for_each(|number| ring.push(event(number, 1)));
        assert_eq!(ring.events.len(), LARGEST_RING);
        assert_eq!(numbers(&ring, 19_000).unwrap().len(), AT_ONCE);
        (20_001..=20_020).for_each(|number| ring.push(event(number, 1 << 20)));
        assert!(ring.bytes <= RING_BYTES && ring.events.len() <= 8);
        assert_eq!(numbers(&ring, 20_018), Ok(vec![20_019]));
        ring.push(event(20_021, RING_BYTES * 2));
        assert_eq!(numbers(&ring, 20_020), Ok(vec![20_021]));
    }

    #[test]
    fn who_asks_for_the_same_is_given_the_same_until_the_ring_grows() {
        let mut ring = Ring::default();
        let part = |ring: &Ring, after| match ring.after(after) {
            After::Some(part) => part,
            After::Nothing | After::Unknown => panic!("it is in the ring"),
        };
        (1..=20).for_each(|number| ring.push(event(number, 1)));
        let first = part(&ring, 4);
        assert!(Arc::ptr_eq(&first, &part(&ring, 4)));
        assert_eq!(numbers(&ring, 17), Ok(vec![18, 19, 20]));
        ring.push(event(21, 1));
        assert_eq!(numbers(&ring, 4), Ok((5..=21).collect()));
        assert_eq!(numbers(&ring, 17), Ok((18..=21).collect()));
        (0..20).for_each(|after| drop(part(&ring, after)));
        assert!(ring.parts.lock().len() <= REMEMBERED);
        ring.clear();
        assert!(ring.parts.lock().is_empty());
    }
}
