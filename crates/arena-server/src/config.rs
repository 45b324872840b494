//! How the server is set up.

use std::time::Duration;

/// How the server is set up; the defaults serve on one machine.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether it may listen where other machines can reach it.
    pub allow_public: bool,
    /// Whether an agent may register without a token; the runtime must have been opened so as well.
    pub open_registration: bool,
    /// How long one answer may take, waits that the caller asked for not counted.
    pub request_timeout: Duration,
    /// How long requests may go on after the shutdown began.
    pub drain: Duration,
    /// Bytes of a JSON body.
    pub max_json_bytes: usize,
    /// Bytes of an artifact.
    pub max_artifact_bytes: usize,
    /// Artifacts being put at once; more wait, and their wait counts as time of the answer.
    pub max_uploads: usize,
    /// Bytes of all actions of a contest whose receipt is written; those of a longer one are read round by round.
    pub max_receipt_bytes: u64,
    /// Receipts being written at once: each is held in memory as a whole. More wait, as uploads do.
    pub max_receipts: usize,
    /// How long a live stream may be silent before it says that it lives.
    pub heartbeat: Duration,
    /// Connections open at once; more wait to be accepted.
    pub max_connections: usize,
    /// Whether there is a route that does nothing, which `arena bench` compares with.
    pub yardstick: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allow_public: false,
            open_registration: false,
            request_timeout: Duration::from_secs(30),
            drain: Duration::from_secs(10),
            max_json_bytes: 16 << 20,
            max_artifact_bytes: 16 << 20,
            max_uploads: 32,
            max_receipt_bytes: 64 << 20,
            max_receipts: 2,
            heartbeat: Duration::from_secs(15),
            max_connections: 16_384,
            yardstick: false,
        }
    }
}
