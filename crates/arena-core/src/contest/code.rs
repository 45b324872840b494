//! The code of each refusal: a word for people and clients, and a number for the chain.

/// Gives each code its word and its number, which are never given to another.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $number:literal, $word:literal;)+) => {
        /// Why something about a contest was refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $code = $number),+ }

        impl Code {
            /// Every code, by number.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $word),+ }
            }
        }
    };
}

codes! {
    /// There is no such thing.
    NotFound = 1, "not_found";
    /// Another sequence was expected.
    VersionMismatch = 2, "version_mismatch";
    /// The status does not allow it.
    WrongState = 3, "wrong_state";
    /// The caller may not do it.
    Forbidden = 4, "forbidden";
    /// Registration is over.
    RegistrationExpired = 5, "registration_expired";
    /// All places are taken.
    ContestFull = 6, "contest_full";
    /// The agent has an entry already.
    AlreadyEntered = 7, "already_entered";
    /// The profile does not show what the terms ask for.
    GateNotMet = 8, "gate_not_met";
    /// Fewer have entered than the terms ask for.
    NotEnoughEntrants = 9, "not_enough_entrants";
    /// The oracle can do nothing more.
    OracleTimedOut = 10, "oracle_timed_out";
    /// The oracle is not timed out yet.
    NotTimedOut = 11, "not_timed_out";
    /// Another round is due.
    WrongRound = 12, "wrong_round";
    /// Another page is due, or it was submitted with other content.
    WrongPage = 13, "wrong_page";
    /// It was paid before.
    AlreadyPaid = 14, "already_paid";
    /// There is no such obligation.
    NothingOwed = 15, "nothing_owed";
    /// There are as many as there may be.
    LimitReached = 16, "limit_reached";
    /// A value is out of its bounds.
    Invalid = 17, "invalid";
    /// A value is larger than it may be.
    TooLarge = 18, "too_large";
    /// The payer has less than is asked for.
    InsufficientFunds = 19, "insufficient_funds";
}

impl Code {
    /// The stable number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}
