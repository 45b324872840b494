//! The HTTP door, driven over a real socket against a real store.
#![cfg(test)]

mod artifacts;
mod bodies;
mod briefs;
mod clients;
mod conditions;
mod contests;
mod guard;
mod handles;
mod idempotency;
mod lists;
mod live;
mod mcp;
mod narrowed;
mod openapi;
mod order;
mod refusals;
mod routes;
mod server;
mod tokens;
mod waiting;
mod world;
