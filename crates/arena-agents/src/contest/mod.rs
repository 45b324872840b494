//! Contests: games that are decided by a seed and actions, bots that are processes, and the host that is their oracle.

pub mod bots;
pub mod games;
pub mod strategies;
