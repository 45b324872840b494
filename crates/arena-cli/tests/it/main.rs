//! The real binary in folders of its own: what it prints, how it exits, what it leaves behind.
#![cfg(test)]

mod crash;
mod exits;
mod folder;
mod hosting;
mod people;
mod randomness;
mod run_resume;
mod running;
mod serving;
mod story;
mod transfer;
mod verifying;
