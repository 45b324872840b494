//! Lists in instruction data: the shares of a prize split, and what a page says of each entry.

use arena_core::contest::{bounds::MAX_PLACES, Score};

use crate::wire::{Reader, Type, Wire, Writer};

/// The share of each prize place, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    bps: [u16; MAX_PLACES],
    places: u8,
}

impl Shares {
    /// Takes the shares of at most ten places.
    #[must_use]
    pub fn new(split_bps: &[u16]) -> Option<Self> {
        let mut bps = [0; MAX_PLACES];
        bps.get_mut(..split_bps.len())?.copy_from_slice(split_bps);
        Some(Self { bps, places: u8::try_from(split_bps.len()).ok()? })
    }

    /// The shares.
    #[must_use]
    pub fn as_slice(&self) -> &[u16] {
        self.bps.get(..usize::from(self.places)).unwrap_or_default()
    }

    /// The shares, zero beyond the last place.
    #[must_use]
    pub const fn padded(&self) -> [u16; MAX_PLACES] {
        self.bps
    }

    /// How many places there are.
    #[must_use]
    pub const fn places(&self) -> u8 {
        self.places
    }
}

impl<'a> Wire<'a> for Shares {
    const TYPE: Type = Type::Shares;

    #[inline(always)]
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let places = u8::read(reader)?;
        let mut bps = [0; MAX_PLACES];
        for share in bps.get_mut(..usize::from(places))? {
            *share = u16::read(reader)?;
        }
        Some(Self { bps, places })
    }

    #[inline(always)]
    fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        self.places.write(writer)?;
        self.as_slice().iter().try_for_each(|share| share.write(writer))
    }
}

/// What a page says of one entry; the entry's account stands at the same place among the accounts after the fixed ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Whether the round puts it out.
    pub is_eliminated: bool,
    /// Its new score, if it has one.
    pub score: Option<Score>,
}

impl Mark {
    /// Bytes of a mark.
    pub const SIZE: usize = 9;

    /// Its form in bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let flags = u8::from(self.is_eliminated) | u8::from(self.score.is_some()) << 1;
        let [a, b, c, d, e, f, g, h] = self.score.unwrap_or(Score::ZERO).get().to_le_bytes();
        [flags, a, b, c, d, e, f, g, h]
    }

    /// Reads it; `None` for what no mark looks like. A mark without a score has zero in its place, so that one mark has one form.
    #[inline(always)]
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::SIZE]) -> Option<Self> {
        let [flags, score @ ..] = *bytes;
        let score = i64::from_le_bytes(score);
        let is_eliminated = flags & 1 == 1;
        match flags {
            1 if score == 0 => Some(Self { is_eliminated, score: None }),
            2 | 3 => Some(Self { is_eliminated, score: Some(Score::new(score)?) }),
            _ => None,
        }
    }
}

/// What a page says of its entries, in entry order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks<'a>(&'a [u8]);

impl<'a> Marks<'a> {
    /// Takes marks as [`Mark::to_bytes`] gives them, one after the other; at most 255.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len().is_multiple_of(Mark::SIZE) && bytes.len() / Mark::SIZE <= 255 {
            Some(Self(bytes))
        } else {
            None
        }
    }

    /// How many.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len() / Mark::SIZE
    }

    /// Their bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Each in turn; `None` for one that is no mark.
    pub fn iter(&self) -> impl Iterator<Item = Option<Mark>> + 'a {
        let (chunks, _) = self.0.as_chunks::<{ Mark::SIZE }>();
        chunks.iter().map(Mark::from_bytes)
    }
}

impl<'a> Wire<'a> for Marks<'a> {
    const TYPE: Type = Type::Marks;

    #[inline(always)]
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let count = usize::from(u8::read(reader)?);
        Some(Self(reader.take(count * Mark::SIZE)?))
    }

    #[inline(always)]
    fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        u8::try_from(self.count()).ok()?.write(writer)?;
        writer.put(self.0)
    }
}
