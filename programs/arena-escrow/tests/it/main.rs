//! The program in a chain that runs in this process.

mod chain;
mod settling;
mod world;
