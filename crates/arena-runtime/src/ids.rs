//! The only place that makes ids and secrets.

use arena_core::{AgentId, ArenaId, HandleId, Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parking_lot::Mutex;

use crate::error::RuntimeError;

/// Makes UUIDs of version 7 that grow strictly, even while the clock stands still and across restarts.
#[derive(Debug)]
pub(crate) struct IdSource {
    /// The last id's 48 bits of milliseconds and 74 bits of tail, as one number.
    last: Mutex<u128>,
}

const TAIL_BITS: u32 = 74;

impl IdSource {
    /// Every id made will be greater than `last`.
    pub(crate) fn after(last: ArenaId) -> Self {
        Self { last: Mutex::new(ordinal(*last.as_bytes())) }
    }

    /// The next arena id.
    ///
    /// # Errors
    /// [`RuntimeError::NoRandomness`] when the machine gives none.
    pub(crate) fn arena(&self, now: Timestamp) -> Result<ArenaId, RuntimeError> {
        self.next(now).map(ArenaId::from_bytes)
    }

    /// The next handle id.
    ///
    /// # Errors
    /// [`RuntimeError::NoRandomness`] when the machine gives none.
    pub(crate) fn handle(&self, now: Timestamp) -> Result<HandleId, RuntimeError> {
        self.next(now).map(HandleId::from_bytes)
    }

    fn next(&self, now: Timestamp) -> Result<[u8; 16], RuntimeError> {
        let tail = u128::from_be_bytes(random()?) >> (128 - TAIL_BITS);
        let fresh = u128::from(now.as_millis() & 0xffff_ffff_ffff) << TAIL_BITS | tail;
        let mut last = self.last.lock();
        *last = fresh.max(last.saturating_add(1));
        Ok(uuid_of(*last))
    }
}

/// Spreads 122 bits over a UUID: 48 bits, version 7, 12 bits, the variant, 62 bits.
fn uuid_of(ordinal: u128) -> [u8; 16] {
    let head = ordinal >> 62;
    let low = ordinal & ((1 << 62) - 1);
    let ms = head >> 12;
    (ms << 80 | 7 << 76 | (head & 0xfff) << 64 | 0b10 << 62 | low).to_be_bytes()
}

/// The 122 bits of a UUID that [`uuid_of`] spreads.
fn ordinal(uuid: [u8; 16]) -> u128 {
    let bits = u128::from_be_bytes(uuid);
    bits >> 80 << 74 | (bits >> 64 & 0xfff) << 62 | bits & ((1 << 62) - 1)
}

/// `N` bytes nobody can guess.
///
/// # Errors
/// [`RuntimeError::NoRandomness`] when the machine gives none.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], RuntimeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| RuntimeError::NoRandomness)?;
    Ok(bytes)
}

/// A token's text: a word that says whose it is, and 256 random bits.
///
/// # Errors
/// [`RuntimeError::NoRandomness`] when the machine gives none.
pub(crate) fn secret(prefix: &str) -> Result<String, RuntimeError> {
    Ok(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// The agent that the operator's token acts as.
#[must_use]
pub fn operator() -> AgentId {
    "operator".parse().expect("it is a slug")
}

/// The actor of what the runtime's timer does.
#[must_use]
pub fn system() -> AgentId {
    "system".parse().expect("it is a slug")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_while_the_clock_stands_still_and_after_a_restart() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let source = IdSource::after(ArenaId::SYSTEM);
        let ids: Vec<_> = (0..1_000).map(|_| source.arena(now).unwrap()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        let restarted = IdSource::after(*ids.last().unwrap());
        assert!(restarted.arena(now).unwrap() > *ids.last().unwrap());
    }

    #[test]
    fn an_id_is_a_uuid_of_version_seven_that_shows_its_time() {
        let now = Timestamp::from_millis(0x0123_4567_89ab);
        let id = IdSource::after(ArenaId::SYSTEM).arena(now).unwrap().to_string();
        assert!(id.starts_with("01234567-89ab-7"), "{id}");
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
    }
}
