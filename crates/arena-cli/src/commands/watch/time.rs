//! The server's time, by which leases end whatever this machine's clock says.

use std::time::Instant;

use arena_api::{client::Client, health::Readiness};
use arena_core::{Millis, Timestamp};
use arena_runtime::{steady_now, system_now};

/// What time it is by the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerTime {
    said: Timestamp,
    since: Instant,
    /// Whether it is a test clock, which moves only when it is told to.
    stands: bool,
}

impl ServerTime {
    /// This machine's, for as long as the server has not been asked.
    pub(super) fn here() -> Self {
        Self { said: system_now(), since: steady_now(), stands: false }
    }

    /// Asks the server; what it does not say stays as it was known.
    pub(super) async fn asked(self, client: &Client) -> Self {
        match client.readiness().await {
            Ok(Readiness { now: Some(said), test_clock, .. }) => {
                Self { said, since: steady_now(), stands: test_clock }
            }
            Ok(_) | Err(_) => self,
        }
    }

    /// What time it is now.
    pub(super) fn now(self) -> Timestamp {
        if self.stands {
            return self.said;
        }
        let passed = steady_now().saturating_duration_since(self.since).as_millis();
        self.said.plus(Millis::new(u64::try_from(passed).unwrap_or(u64::MAX)))
    }
}
