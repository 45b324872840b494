//! What must hold, by the numbers of the invariants in section 6 of the design.

/// Hands every law and what it says to a macro: the one list of them. A name begins with the number of the invariant, or
/// one word where it has none.
macro_rules! every_law {
    ($take:ident) => {
        $take! {
            Balanced: "I1 debits equal credits",
            Conserved: "I2 balances are deposits less withdrawals",
            NotNegative: "I3 no balance is negative",
            Covered: "I8 escrow is the sum of open obligations, before the end of what was paid in",
            PaidOnce: "I9 an obligation is paid at most once, exactly, to its owner",
            RefundedExactly: "I10 a refund is what was paid",
            RefundedIsOut: "I11 an entrant paid a refund is out of play",
            OneBond: "I12 the bond has one fate",
            AllPaidOut: "I13 prizes and fees are the pot",
            RemainderRule: "I14 ties and remainders are shared by rule",
            FrozenTerms: "I15 terms are frozen, their hash in every entry",
            Terminal: "I16 terminal is terminal",
            NoExpiry: "I17 claims never expire",
            WayOut: "I18 with time, entrants alone get everything out",
            NoWaiting: "I19 no payee waits for another",
            Authority: "I24 nobody does what is another's to do",
            Standings: "standings are what the rounds show",
            Limits: "limits are kept to the millisecond",
        }
    };
}
pub(super) use every_law;

macro_rules! define {
    ($($law:ident: $name:literal,)*) => {
        /// A law that the model looks for a breach of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Law {
            $($law),*
        }

        impl Law {
            /// All of them, in order.
            pub(super) const ALL: &[Self] = &[$(Self::$law),*];

            /// The number of the invariant, or one word where it has none, and what it says.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$law => $name),*
                }
            }
        }
    };
}
every_law!(define);

/// Some laws, those that a step broke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Laws(u32);

impl Laws {
    pub(super) const fn none() -> Self {
        Self(0)
    }

    /// Adds a law where it does not hold.
    pub(super) fn demand(&mut self, holds: bool, law: Law) {
        if !holds {
            self.0 |= 1 << (law as u32);
        }
    }

    pub(super) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) const fn has(self, law: Law) -> bool {
        self.0 & (1 << (law as u32)) != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn bits(self) -> u32 {
        self.0
    }
}
