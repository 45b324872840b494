//! The program in a chain that runs in this process.
#![cfg(test)]

mod accounts;
mod agreement;
mod asks;
mod attacks;
mod chain;
mod limits;
mod pages;
mod places;
mod settling;
mod world;
