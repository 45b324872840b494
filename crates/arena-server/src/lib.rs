//! The transports of Arena: HTTP over the runtime, with no rule and no SQL of its own.
//!
//! A handler parses, asks the runtime, and answers. Who is calling is taken from the bearer token, never from the body.
//! TLS is the work of a reverse proxy in front: this server speaks plain HTTP and listens on loopback unless told otherwise.
//!
//! `http/` has a file per resource, `http/stream.rs` writes live streams, `mcp/` is the tools' door, `console.rs` the console at `/`.

mod answer;
mod app;
mod brief;
mod config;
mod console;
mod docs;
mod error;
mod guard;
mod http;
mod lane;
mod mcp;
mod metrics;
mod objects;
mod openapi;
mod page;
mod parse;
mod query;
mod render;
mod request;
mod serve;
mod shape;
mod turned_away;
mod yardstick;

pub use app::router;
pub use config::{Config, RateLimit};
pub use openapi::document;
pub use serve::{ServeError, serve};
pub use yardstick::YARDSTICK;
