//! What must hold, by the numbers of the invariants in section 6 of the design.

/// A law that the model looks for a breach of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    Balanced,
    Conserved,
    NotNegative,
    Covered,
    PaidOnce,
    RefundedExactly,
    RefundedIsOut,
    OneBond,
    AllPaidOut,
    RemainderRule,
    FrozenTerms,
    Terminal,
    NoExpiry,
    WayOut,
    NoWaiting,
    Authority,
    Standings,
    Limits,
}

impl Law {
    /// All of them, in order.
    pub(super) const ALL: [Self; 18] = [
        Self::Balanced,
        Self::Conserved,
        Self::NotNegative,
        Self::Covered,
        Self::PaidOnce,
        Self::RefundedExactly,
        Self::RefundedIsOut,
        Self::OneBond,
        Self::AllPaidOut,
        Self::RemainderRule,
        Self::FrozenTerms,
        Self::Terminal,
        Self::NoExpiry,
        Self::WayOut,
        Self::NoWaiting,
        Self::Authority,
        Self::Standings,
        Self::Limits,
    ];

    /// The number of the invariant, or one word where it has none, and what it says.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Balanced => "I1 debits equal credits",
            Self::Conserved => "I2 balances are deposits less withdrawals",
            Self::NotNegative => "I3 no balance is negative",
            Self::Covered => "I8 escrow is the sum of open obligations, before the end of what was paid in",
            Self::PaidOnce => "I9 an obligation is paid at most once, exactly, to its owner",
            Self::RefundedExactly => "I10 a refund is what was paid",
            Self::RefundedIsOut => "I11 an entrant paid a refund is out of play",
            Self::OneBond => "I12 the bond has one fate",
            Self::AllPaidOut => "I13 prizes and fees are the pot",
            Self::RemainderRule => "I14 ties and remainders are shared by rule",
            Self::FrozenTerms => "I15 terms are frozen, their hash in every entry",
            Self::Terminal => "I16 terminal is terminal",
            Self::NoExpiry => "I17 claims never expire",
            Self::WayOut => "I18 with time, entrants alone get everything out",
            Self::NoWaiting => "I19 no payee waits for another",
            Self::Authority => "I24 nobody does what is another's to do",
            Self::Standings => "standings are what the rounds show",
            Self::Limits => "limits are kept to the millisecond",
        }
    }
}

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
