//! The seed of a game: all of its chance, committed to before anyone enters and revealed at the end.

use std::{fmt, str::FromStr};

use arena_core::{AgentId, Hash, contest::opened_seed};

/// Domain tag of the random value that a player is told with its turn.
const TURN: &[u8] = b"arena/turn/v1";

/// 1 to 128 bytes from which all randomness of a game is derived.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed {
    /// How it is spelled.
    text: String,
    /// What was committed to; the text's own bytes, unless the text spells others.
    bytes: Vec<u8>,
}

/// A text that cannot be a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a seed is a text of 1 to 128 bytes")]
pub struct BadSeed;

/// The source of randomness gave nothing.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandomness(getrandom::Error);

impl Seed {
    /// The one that a contest was committed to and that its end revealed, whichever way that spelled it.
    #[must_use]
    pub fn revealed(seed: &str, commitment: &Hash) -> Option<Self> {
        opened_seed(seed, commitment).map(|bytes| Self { text: seed.to_owned(), bytes })
    }

    /// A new one that nobody can guess: 32 random bytes as hexadecimal digits.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        Ok(Self::spelled(Hash::from_bytes(bytes).to_string()))
    }

    fn spelled(text: String) -> Self {
        Self { bytes: text.clone().into_bytes(), text }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is published before anyone enters: the SHA-256 of its bytes.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        Hash::of(&self.bytes)
    }

    /// The random value that a player is told with its turn, below 2^53: the same when it is asked again.
    #[must_use]
    pub fn for_turn(&self, round: u32, agent_id: &AgentId) -> u64 {
        let hash = self.derive(TURN, &[&round.to_be_bytes(), agent_id.as_str().as_bytes()]);
        let (head, _) = hash.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
        u64::from_be_bytes(*head) >> 11
    }

    /// SHA-256 over a domain tag, the seed and `parts`, each preceded by its length (u32 big endian).
    pub(super) fn derive(&self, domain: &[u8], parts: &[&[u8]]) -> Hash {
        let mut bytes = Vec::new();
        for part in [domain, self.bytes.as_slice()].iter().chain(parts) {
            bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Hash::of(&bytes)
    }
}

impl FromStr for Seed {
    type Err = BadSeed;

    fn from_str(text: &str) -> Result<Self, BadSeed> {
        if (1..=128).contains(&text.len()) { Ok(Self::spelled(text.to_owned())) } else { Err(BadSeed) }
    }
}

impl fmt::Debug for Seed {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}
