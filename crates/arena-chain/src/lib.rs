//! The client of Arena's program on Solana.
