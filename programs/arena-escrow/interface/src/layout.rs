//! Accounts of the program: fields at fixed offsets after a byte for the kind, one for the version and one for the bump.

use crate::wire::FieldSpec;

/// Which account it is: its first byte, never 0, so that an account that was never written is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The protocol's.
    Protocol = 1,
    /// An agent's profile.
    Profile = 2,
    /// A contest.
    Contest = 3,
    /// An entry.
    Entry = 4,
}

impl Kind {
    /// How many bytes an account of this kind has.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Protocol => crate::accounts::Protocol::SIZE,
            Self::Profile => crate::accounts::Profile::SIZE,
            Self::Contest => crate::accounts::Contest::SIZE,
            Self::Entry => crate::accounts::Entry::SIZE,
        }
    }

    /// Whether bytes are an account of this kind, in the version that this crate knows.
    #[inline(always)]
    #[must_use]
    pub fn is_of(self, bytes: &[u8]) -> bool {
        let begins_so = matches!(bytes, [kind, version, ..] if *kind == self as u8 && *version == VERSION);
        begins_so && bytes.len() == self.size()
    }
}

/// The version of all layouts: their second byte.
pub const VERSION: u8 = 1;

/// A kind of account, for those who describe the program to other languages.
#[derive(Clone, Copy, Debug)]
pub struct AccountSpec {
    /// Its name.
    pub name: &'static str,
    /// Its first byte.
    pub kind: Kind,
    /// How many bytes it has.
    pub size: usize,
    /// Its fields with their offsets, from the first byte on.
    pub fields: &'static [(usize, FieldSpec)],
}

/// Makes the reader, the writer and the description of a kind of account.
macro_rules! layout {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $writer:ident, $kind:ident {
            $($(#[doc = $field_doc:literal])+ $field:ident, $set:ident: $type:ty;)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(&'a [u8; $name::SIZE]);

        const _: () = {
            /// The fields one after the other: what the offsets are taken from.
            #[repr(C)]
            struct Layout {
                kind: [u8; 1],
                version: [u8; 1],
                bump: [u8; 1],
                $($field: [u8; <$type as $crate::wire::Fixed>::SIZE]),+
            }

            impl $name<'_> {
                /// How many bytes it has.
                pub const SIZE: usize = size_of::<Layout>();

                /// Its description.
                pub const SPEC: $crate::layout::AccountSpec = $crate::layout::AccountSpec {
                    name: stringify!($name),
                    kind: $crate::layout::Kind::$kind,
                    size: Self::SIZE,
                    fields: &[
                        (0, $crate::layout::header("kind", "Which kind of account it is.")),
                        (1, $crate::layout::header("version", "The version of its layout.")),
                        (2, $crate::layout::header("bump", "The bump of its address.")),
                        $((core::mem::offset_of!(Layout, $field), $crate::wire::FieldSpec {
                            name: stringify!($field),
                            ty: <$type as $crate::wire::Fixed>::TYPE,
                            doc: concat!($($field_doc),+),
                        })),+
                    ],
                };
            }

            impl<'a> $name<'a> {
                /// Reads an account of this kind; `None` for any other.
                #[inline(always)]
                #[must_use]
                pub fn read(bytes: &'a [u8]) -> Option<Self> {
                    if !$crate::layout::Kind::$kind.is_of(bytes) {
                        return None;
                    }
                    bytes.try_into().ok().map(Self)
                }

                /// The bump of its address.
                #[inline(always)]
                #[must_use]
                pub const fn bump(&self) -> u8 {
                    let [_, _, bump, ..] = self.0;
                    *bump
                }

                $(
                    $(#[doc = $field_doc])+
                    #[inline(always)]
                    #[must_use]
                    pub fn $field(&self) -> $type {
                        <$type as $crate::wire::Fixed>::read_at(self.0, core::mem::offset_of!(Layout, $field))
                    }
                )+
            }

            impl<'a> $writer<'a> {
                /// Opens an account of this kind for writing; `None` for any other.
                #[inline(always)]
                #[must_use]
                pub fn open(bytes: &'a mut [u8]) -> Option<Self> {
                    if !$crate::layout::Kind::$kind.is_of(bytes) {
                        return None;
                    }
                    bytes.try_into().ok().map(Self)
                }

                /// Makes empty bytes an account of this kind, all fields zero; `None` when they are not as many.
                #[inline(always)]
                #[must_use]
                pub fn begin(bytes: &'a mut [u8], bump: u8) -> Option<Self> {
                    let bytes: &mut [u8; $name::SIZE] = bytes.try_into().ok()?;
                    bytes.fill(0);
                    let [kind, version, at, ..] = bytes;
                    *kind = $crate::layout::Kind::$kind as u8;
                    *version = $crate::layout::VERSION;
                    *at = bump;
                    Some(Self(bytes))
                }

                /// What it holds.
                #[inline(always)]
                #[must_use]
                pub const fn view(&self) -> $name<'_> {
                    $name(self.0)
                }

                $(
                    #[doc = concat!("Writes: ", $($field_doc),+)]
                    #[inline(always)]
                    pub fn $set(&mut self, value: $type) {
                        <$type as $crate::wire::Fixed>::write_at(
                            value,
                            self.0,
                            core::mem::offset_of!(Layout, $field),
                        );
                    }
                )+
            }
        };

        #[doc = concat!("Writes a [`", stringify!($name), "`].")]
        #[derive(Debug)]
        pub struct $writer<'a>(&'a mut [u8; $name::SIZE]);
    };
}
pub(crate) use layout;

/// A field that every account begins with.
pub(crate) const fn header(name: &'static str, doc: &'static str) -> FieldSpec {
    FieldSpec { name, ty: crate::wire::Type::U8, doc }
}
