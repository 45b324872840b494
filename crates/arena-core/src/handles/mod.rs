//! Handles as bearer tokens: what they grant, how their holder narrows them without asking anybody, how that is checked.
//!
//! A token is a chain of HMACs, as macaroons are (`docs/decisions/0017-narrowed-handles.md`): the first link is keyed with
//! the server's secret, each further one with the link before, which the child no longer shows. Whoever holds a
//! token can add a [`Caveat`] and cannot take one away.

mod caveat;
mod grant;
mod token;

pub use caveat::{Caveat, UnknownCaveat};
pub use grant::Grant;
pub use token::{HandleToken, InvalidToken};
