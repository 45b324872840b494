//! How the server is set up.

use std::{num::NonZeroU32, time::Duration};

/// How the server is set up; the defaults serve on one machine.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether it may listen where other machines can reach it.
    pub allow_public: bool,
    /// The names that it is known by besides those of loopback, as in `Host` and in the origins of its pages; without
    /// any, a server that other machines can reach goes by every name.
    pub allow_hosts: Vec<String>,
    /// How much each caller may ask: an agent, or an address without a token that is good. As much as it wants when absent.
    pub rate_limit: Option<RateLimit>,
    /// Whether an agent may register without a token; the runtime must have been opened so as well.
    pub open_registration: bool,
    /// How long one answer may take, waits that the caller asked for not counted.
    pub request_timeout: Duration,
    /// How long requests may go on after the shutdown began.
    pub drain: Duration,
    /// How long a connection may take to send the head of a request, and how long it may be idle.
    pub head_timeout: Duration,
    /// Bytes of the head of a request; 8 KiB at least.
    pub max_head_bytes: usize,
    /// Bytes of a JSON body.
    pub max_json_bytes: usize,
    /// Bytes of an artifact.
    pub max_artifact_bytes: usize,
    /// Artifacts being put at once; more wait, and their wait counts as time of the answer.
    pub max_uploads: usize,
    /// Bytes of all events and actions of a contest whose receipt is written; those of a longer one are read in parts.
    pub max_receipt_bytes: u64,
    /// Receipts being written at once: each is held in memory as a whole. More wait, as uploads do.
    pub max_receipts: usize,
    /// How long a live stream may be silent before it says that it lives.
    pub heartbeat: Duration,
    /// Connections open at once; more wait to be accepted.
    pub max_connections: usize,
    /// Connections open at once from one address, of IPv6 from one network; more are refused. As many as it wants when absent.
    pub max_connections_per_address: Option<usize>,
    /// Live streams that one agent may have open by its own token, and that one handle may, with what was narrowed from it;
    /// more are refused. As many as it wants when absent; the operator always.
    pub max_streams_per_agent: Option<usize>,
    /// Whether there is a route that does nothing, which `arena bench` compares with.
    pub yardstick: bool,
}

/// How many requests a caller may make in some time, at once or spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// So many requests.
    pub requests: NonZeroU32,
    /// In so much time.
    pub per: Duration,
}

impl RateLimit {
    /// What is meant for a server that other machines can reach: 200 requests a second.
    pub const PUBLIC: Self =
        Self { requests: NonZeroU32::new(200).expect("it is not zero"), per: Duration::from_secs(1) };
}

impl Config {
    /// What is meant for each address at a server that other machines can reach.
    pub const PUBLIC_CONNECTIONS_PER_ADDRESS: usize = 1_024;
    /// What is meant for each agent at such a server.
    pub const PUBLIC_STREAMS_PER_AGENT: usize = 4_096;
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allow_public: false,
            allow_hosts: Vec::new(),
            rate_limit: None,
            open_registration: false,
            request_timeout: Duration::from_secs(30),
            drain: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
            max_head_bytes: 64 << 10,
            max_json_bytes: 16 << 20,
            max_artifact_bytes: 16 << 20,
            max_uploads: 32,
            max_receipt_bytes: 64 << 20,
            max_receipts: 2,
            heartbeat: Duration::from_secs(15),
            max_connections: 16_384,
            max_connections_per_address: None,
            max_streams_per_agent: None,
            yardstick: false,
        }
    }
}
