//! Whole contests on a local chain, driven by the Rust client, and the program that starts such a chain.

mod binary;
mod cut;
mod doubts;
mod ended;
mod exits;
mod host;
mod host_ended;
mod host_killed;
mod host_line;
mod host_mirror;
mod host_others;
mod host_payees;
mod host_place;
mod keyed;
mod played;
mod program;
mod sends;
mod verbs;
mod wallet;
mod world;
