//! Where a chain listens. The node takes numbers, not open listeners, so a free one has to stay free until the node is there.

use std::{
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::chain::ChainError;

/// The first port that is tried where any will do. From here on nobody is given a port who asks the system for any: its own range
/// begins higher.
const FIRST: u32 = 20_000;
/// How many are tried.
const MANY: u32 = 12_000;

/// How many were tried by this process, so that chains that start at once try different ones.
static TRIED: AtomicU32 = AtomicU32::new(0);

/// Where the chain listens on 127.0.0.1; 0 means any free port.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// JSON-RPC.
    pub rpc: u16,
    /// Websocket subscriptions.
    pub ws: u16,
}

impl Ports {
    /// These, with a free one for each 0.
    ///
    /// # Errors
    ///
    /// When one is taken.
    pub(crate) fn free(self) -> Result<Self, ChainError> {
        // Both are held until both are known, so that they differ.
        let (first, second) = (held(self.rpc)?, held(self.ws)?);
        Ok(Self { rpc: first.0, ws: second.0 })
    }
}

fn held(asked: u16) -> Result<(u16, TcpListener), ChainError> {
    let listen = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(|listener| (port, listener));
    if asked != 0 {
        return listen(asked).map_err(|error| ChainError::Port { port: asked, error });
    }
    let mut found = (0..MANY).filter_map(|_| listen(next()).ok());
    found.next().ok_or_else(|| ChainError::Node(format!("none of {MANY} ports from {FIRST} on is free")))
}

/// A port that this process did not try yet; processes begin far from each other.
fn next() -> u16 {
    let begin = process::id().wrapping_mul(2_654_435_761) >> 16;
    let place = begin.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed)) % MANY;
    u16::try_from(FIRST + place).unwrap_or(u16::MAX)
}
