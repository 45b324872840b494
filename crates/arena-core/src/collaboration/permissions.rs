//! What a role allows, and what a handle can at most do.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

use super::types::Role;

/// One thing that a participant may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See the arena.
    Read,
    /// Claim steps and put artifacts into one's own slot.
    Write,
    /// Put facts and send messages.
    Share,
    /// Change the plan, the participants and the lifecycle.
    Coordinate,
}

impl Permission {
    /// All of them, in the order they are listed in.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Share, Self::Coordinate];

    /// The word that stands for it in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Share => "share",
            Self::Coordinate => "coordinate",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
            Self::Share => 4,
            Self::Coordinate => 8,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of permissions; in JSON the sorted list of their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlePermissions(u8);

impl HandlePermissions {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// All four: what a coordinator has.
    pub const ALL: Self = Self(15);

    /// What a role allows: coordinator all four, worker the first three, observer `read`.
    #[must_use]
    pub const fn of_role(role: Role) -> Self {
        match role {
            Role::Coordinator => Self::ALL,
            Role::Worker => Self(7),
            Role::Observer => Self(1),
        }
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// What is in both: how a handle's upper bound meets the live role.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether `permission` is in the set.
    #[must_use]
    pub const fn allows(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// The permissions in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.allows(*permission))
    }
}

impl FromIterator<Permission> for HandlePermissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for HandlePermissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for HandlePermissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|word| {
                Permission::ALL
                    .into_iter()
                    .find(|permission| permission.as_str() == word)
                    .ok_or_else(|| de::Error::custom("a permission is read, write, share or coordinate"))
            })
            .collect()
    }
}
