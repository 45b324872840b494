//! Whole runs against a real server, with real processes.
#![cfg(test)]

mod bounds;
mod contests;
mod cut_off;
mod examples;
mod failures;
mod hand_over;
mod house;
mod together;
