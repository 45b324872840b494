//! The program in a chain that runs in this process.
#![cfg(test)]

mod accounts;
mod agreement;
mod asks;
mod attacks;
mod books;
mod chain;
mod frozen;
mod limits;
mod pages;
mod places;
mod settling;
mod world;
