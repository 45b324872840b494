//! Contests and the ledger.

mod actions;
mod bodies;
mod clients;
pub(crate) mod cup;
mod fuzz;
mod keys;
mod ledger;
mod life;
mod money;
mod odd;
mod order;
mod races;
mod receipts;
mod refusals;
mod safe_mode;
mod shapes;
mod walk;
