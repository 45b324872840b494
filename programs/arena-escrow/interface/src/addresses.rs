//! Programs that the escrow program knows, and the seeds of the addresses it derives.

use crate::wire::Key;

/// Where the program is on a local chain; nobody has a key for it. A deployment has its own: nothing in the program depends on it.
pub const LOCAL_PROGRAM_ID: Key = Key(*b"arena-escrow-on-the-local-chain\x01");

/// The system program.
pub const SYSTEM_PROGRAM: Key = Key([0; 32]);
/// The SPL Token program.
pub const TOKEN_PROGRAM: Key = Key([
    6, 221, 246, 225, 215, 101, 161, 147, 217, 203, 225, 70, 206, 235, 121, 172, 28, 180, 133, 237, 95, 91,
    55, 145, 58, 140, 245, 133, 126, 255, 0, 169,
]);
/// The Token-2022 program.
pub const TOKEN_2022_PROGRAM: Key = Key([
    6, 221, 246, 225, 238, 117, 143, 222, 24, 66, 93, 188, 228, 108, 205, 218, 182, 26, 252, 77, 131, 185,
    13, 39, 254, 189, 249, 40, 216, 161, 139, 252,
]);
/// The program whose derived accounts are where an agent is paid.
pub const ASSOCIATED_TOKEN_PROGRAM: Key = Key([
    140, 151, 37, 143, 78, 36, 137, 241, 187, 61, 16, 41, 20, 142, 13, 131, 11, 90, 19, 153, 218, 255, 16,
    132, 4, 142, 123, 216, 219, 233, 248, 89,
]);
/// The loader of programs that can be upgraded; it owns the account that names who deployed this one.
pub const LOADER: Key = Key([
    2, 168, 246, 145, 78, 136, 161, 176, 226, 16, 21, 62, 247, 99, 174, 43, 0, 194, 185, 61, 22, 193, 36,
    210, 192, 83, 122, 16, 4, 128, 0, 0,
]);

/// The seeds of each derived address, the bump left out; always the canonical bump is meant.
pub mod seeds {
    /// The protocol's account.
    #[must_use]
    pub const fn protocol() -> [&'static [u8]; 1] {
        [b"protocol"]
    }

    /// The treasury's token account of a mint.
    #[must_use]
    pub const fn treasury(mint: &[u8; 32]) -> [&[u8]; 2] {
        [b"treasury", mint]
    }

    /// A wallet's profile.
    #[must_use]
    pub const fn profile(agent: &[u8; 32]) -> [&[u8]; 2] {
        [b"profile", agent]
    }

    /// A contest, by its creator and the id that the creator gave it.
    #[must_use]
    pub const fn contest<'a>(creator: &'a [u8; 32], id: &'a [u8; 16]) -> [&'a [u8]; 3] {
        [b"contest", creator, id]
    }

    /// An agent's entry in a contest.
    #[must_use]
    pub const fn entry<'a>(contest: &'a [u8; 32], agent: &'a [u8; 32]) -> [&'a [u8]; 3] {
        [b"entry", contest, agent]
    }

    /// The token account that holds a contest's entry fees.
    #[must_use]
    pub const fn escrow(contest: &[u8; 32]) -> [&[u8]; 2] {
        [b"escrow", contest]
    }

    /// The token account that holds a contest's bond.
    #[must_use]
    pub const fn bond(contest: &[u8; 32]) -> [&[u8]; 2] {
        [b"bond", contest]
    }

    /// A wallet's associated token account; derived under [`super::ASSOCIATED_TOKEN_PROGRAM`].
    #[must_use]
    pub const fn associated<'a>(
        wallet: &'a [u8; 32],
        token_program: &'a [u8; 32],
        mint: &'a [u8; 32],
    ) -> [&'a [u8]; 3] {
        [wallet, token_program, mint]
    }

    /// The account that names the deployer; derived under [`super::LOADER`].
    #[must_use]
    pub const fn program_data(program_id: &[u8; 32]) -> [&[u8]; 1] {
        [program_id]
    }
}
