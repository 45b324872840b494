//! How values stand in instruction data, account data and events: little endian, one after the other.

/// What a value is, for those who describe the program to other languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One byte.
    U8,
    /// Two bytes, little endian.
    U16,
    /// Four bytes, little endian.
    U32,
    /// Eight bytes, little endian.
    U64,
    /// Eight bytes, little endian, two's complement.
    I64,
    /// One byte, 0 or 1.
    Bool,
    /// The 32 bytes of an address.
    Key,
    /// So many bytes.
    Bytes(usize),
    /// So many numbers of two, four or eight bytes.
    Numbers {
        /// Bytes of each.
        width: usize,
        /// How many.
        count: usize,
    },
    /// UTF-8 after its length in bytes (u16).
    Text,
    /// The other type after a byte that says whether it is there.
    OptionText,
    /// 32 bytes after a byte that says whether they are there.
    OptionHash,
    /// An address after a byte that says whether it is there.
    OptionKey,
    /// Numbers of two bytes after their count (u8).
    Shares,
    /// After their count (u8): a byte of flags (1: eliminated, 2: scored) and a score (i64).
    Marks,
}

/// A field of an account, of arguments or of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub ty: Type,
    /// What is to be said of it.
    pub doc: &'static str,
}

/// An address: a wallet, an account or a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub [u8; 32]);

/// Reads values from the front of bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins at the front.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Takes so many bytes.
    #[inline(always)]
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes so many bytes as an array.
    #[inline(always)]
    pub fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    /// What was not taken yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }
}

/// Writes values one after the other into bytes that have room for them.
#[derive(Debug)]
pub struct Writer<'a> {
    bytes: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    /// Begins at the front.
    #[must_use]
    pub const fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, length: 0 }
    }

    /// How many bytes were written.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Writes bytes; `None` when there is no room.
    #[inline(always)]
    pub fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.length.checked_add(bytes.len())?;
        self.bytes.get_mut(self.length..end)?.copy_from_slice(bytes);
        self.length = end;
        Some(())
    }
}

/// A value with a form in bytes.
pub trait Wire<'a>: Sized {
    /// What it is.
    const TYPE: Type;

    /// Takes it from the front; `None` when the bytes are none of it.
    fn read(reader: &mut Reader<'a>) -> Option<Self>;

    /// Puts it at the end; `None` when there is no room.
    fn write(&self, writer: &mut Writer<'_>) -> Option<()>;
}

/// A value that always takes the same number of bytes.
pub trait Fixed: Copy {
    /// That number.
    const SIZE: usize;
    /// What it is.
    const TYPE: Type;

    /// Reads it at an offset; zero beyond the end.
    fn read_at(bytes: &[u8], offset: usize) -> Self;

    /// Writes it at an offset; nothing beyond the end.
    fn write_at(self, bytes: &mut [u8], offset: usize);
}

#[inline(always)]
fn chunk<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    match bytes.get(offset..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => *chunk,
        None => [0; N],
    }
}

#[inline(always)]
fn put_chunk<const N: usize>(bytes: &mut [u8], offset: usize, value: &[u8; N]) {
    if let Some(chunk) = bytes.get_mut(offset..).and_then(<[u8]>::first_chunk_mut) {
        *chunk = *value;
    }
}

/// Numbers, alone and in arrays.
macro_rules! numbers {
    ($($number:ty, $type:ident, $width:literal;)+) => { $(
        impl Fixed for $number {
            const SIZE: usize = $width;
            const TYPE: Type = Type::$type;
            #[inline(always)]
            fn read_at(bytes: &[u8], offset: usize) -> Self {
                Self::from_le_bytes(chunk(bytes, offset))
            }
            #[inline(always)]
            fn write_at(self, bytes: &mut [u8], offset: usize) {
                put_chunk(bytes, offset, &self.to_le_bytes());
            }
        }
        impl<'a> Wire<'a> for $number {
            const TYPE: Type = Type::$type;
            #[inline(always)]
            fn read(reader: &mut Reader<'a>) -> Option<Self> {
                Some(Self::from_le_bytes(*reader.array()?))
            }
            #[inline(always)]
            fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
                writer.put(&self.to_le_bytes())
            }
        }
    )+ };
}
numbers! {
    u8, U8, 1;
    u16, U16, 2;
    u32, U32, 4;
    u64, U64, 8;
    i64, I64, 8;
}

/// Lists of a fixed number of numbers.
macro_rules! lists {
    ($($number:ty, $count:literal;)+) => { $(
        impl Fixed for [$number; $count] {
            const SIZE: usize = <$number as Fixed>::SIZE * $count;
            const TYPE: Type = Type::Numbers { width: <$number as Fixed>::SIZE, count: $count };
            #[inline(always)]
            fn read_at(bytes: &[u8], offset: usize) -> Self {
                let mut list = [0; $count];
                for (index, number) in list.iter_mut().enumerate() {
                    *number = <$number as Fixed>::read_at(bytes, offset + index * <$number as Fixed>::SIZE);
                }
                list
            }
            #[inline(always)]
            fn write_at(self, bytes: &mut [u8], offset: usize) {
                for (index, number) in self.into_iter().enumerate() {
                    number.write_at(bytes, offset + index * <$number as Fixed>::SIZE);
                }
            }
        }
    )+ };
}
lists! {
    u16, 10;
    u32, 10;
    u64, 10;
}

/// Bytes.
macro_rules! bytes {
    ($($count:literal),+) => { $(
        impl Fixed for [u8; $count] {
            const SIZE: usize = $count;
            const TYPE: Type = Type::Bytes($count);
            #[inline(always)]
            fn read_at(bytes: &[u8], offset: usize) -> Self {
                chunk(bytes, offset)
            }
            #[inline(always)]
            fn write_at(self, bytes: &mut [u8], offset: usize) {
                put_chunk(bytes, offset, &self);
            }
        }
        impl<'a> Wire<'a> for [u8; $count] {
            const TYPE: Type = Type::Bytes($count);
            #[inline(always)]
            fn read(reader: &mut Reader<'a>) -> Option<Self> {
                Some(*reader.array()?)
            }
            #[inline(always)]
            fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
                writer.put(self)
            }
        }
    )+ };
}
bytes!(16, 32, 128, 256);

impl Fixed for Key {
    const SIZE: usize = 32;
    const TYPE: Type = Type::Key;
    #[inline(always)]
    fn read_at(bytes: &[u8], offset: usize) -> Self {
        Self(chunk(bytes, offset))
    }
    #[inline(always)]
    fn write_at(self, bytes: &mut [u8], offset: usize) {
        put_chunk(bytes, offset, &self.0);
    }
}

impl<'a> Wire<'a> for Key {
    const TYPE: Type = Type::Key;
    #[inline(always)]
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        Some(Self(*reader.array()?))
    }
    #[inline(always)]
    fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        writer.put(&self.0)
    }
}

impl<'a> Wire<'a> for bool {
    const TYPE: Type = Type::Bool;
    #[inline(always)]
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        match u8::read(reader)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
    #[inline(always)]
    fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        writer.put(&[u8::from(*self)])
    }
}

impl<'a> Wire<'a> for &'a str {
    const TYPE: Type = Type::Text;
    #[inline(always)]
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let length = usize::from(u16::read(reader)?);
        core::str::from_utf8(reader.take(length)?).ok()
    }
    #[inline(always)]
    fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        u16::try_from(self.len()).ok()?.write(writer)?;
        writer.put(self.as_bytes())
    }
}

/// A value that may be missing.
macro_rules! options {
    ($($value:ty, $type:ident;)+) => { $(
        impl<'a> Wire<'a> for Option<$value> {
            const TYPE: Type = Type::$type;
            #[inline(always)]
            fn read(reader: &mut Reader<'a>) -> Option<Self> {
                if bool::read(reader)? {
                    Some(Some(Wire::read(reader)?))
                } else {
                    Some(None)
                }
            }
            #[inline(always)]
            fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
                self.is_some().write(writer)?;
                self.iter().try_for_each(|value| value.write(writer))
            }
        }
    )+ };
}
options! {
    &'a str, OptionText;
    [u8; 32], OptionHash;
    Key, OptionKey;
}
