//! The real binary in folders of its own: what it prints, how it exits, what it leaves behind.
#![cfg(test)]

mod contests;
mod crash;
mod cup;
mod exits;
mod folder;
mod following;
mod hosting;
mod ledger_crash;
mod mcp;
mod people;
mod randomness;
mod run_resume;
mod running;
mod serving;
mod story;
mod streams;
mod terminal;
mod tokens;
mod transfer;
mod verifying;
mod watching;
mod whatif;
