//! Whole contests on a local chain, driven by the Rust client, and the program that starts such a chain.

mod cut;
mod ended;
mod host;
mod played;
mod program;
mod sends;
mod wallet;
mod world;
