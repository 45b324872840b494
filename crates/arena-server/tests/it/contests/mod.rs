//! Contests and the ledger.

mod actions;
mod bodies;
mod clients;
mod cup;
mod keys;
mod ledger;
mod life;
mod money;
mod order;
mod races;
mod receipts;
mod refusals;
mod shapes;
