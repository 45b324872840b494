//! The Rust HTTP client: a method for each route, retried where that is safe.
//!
//! ```no_run
//! # async fn example() -> Result<(), arena_api::client::Error> {
//! use arena_api::{client::Client, steps::ClaimStep};
//!
//! let client = Client::new("http://127.0.0.1:7171", "TOKEN")?;
//! let arenas = client.arenas(&Default::default()).await?;
//! for arena in arenas.items {
//!     let claim = client.claim(arena.arena_id, &ClaimStep::default()).key("my-first-claim").await?;
//!     println!("{claim:?}");
//! }
//! # Ok(())
//! # }
//! ```

mod agents;
mod arenas;
mod call;
mod contests;
mod error;
mod ledger;
mod mcp;
mod pages;
mod shared;
mod steps;
mod stream;

use std::{sync::Arc, time::Duration};

pub use call::Call;
pub use error::Error;
pub use pages::all_pages;
use reqwest::{Method, Url};
use serde::Serialize;
pub use shared::ArtifactBytes;
pub use stream::{LiveStream, Told};

use call::Body;

/// How long an answer may take, waits that were asked for not counted.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// A connection pool to one server, speaking as one principal. Cloning it is cheap and shares the pool.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<Arc<str>>,
    patience: Duration,
}

impl std::fmt::Debug for Client {
    /// Leaves the token out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the server at `url` (such as `http://127.0.0.1:7171`) that sends `token`; an empty one is not sent.
    ///
    /// # Errors
    /// [`Error::Url`] when `url` is not that of an HTTP server.
    pub fn new(url: &str, token: &str) -> Result<Self, Error> {
        let base = Url::parse(url).map_err(|reason| Error::Url(format!("{url}: {reason}")))?;
        if base.cannot_be_a_base() || !matches!(base.scheme(), "http" | "https") {
            return Err(Error::Url(format!("{url}: an address begins with http://")));
        }
        // A proxy of the environment is for the outside; a server on this machine is reached directly.
        let http = reqwest::Client::builder().no_proxy().connect_timeout(Duration::from_secs(10)).build();
        let http = http.map_err(|error| Error::connection(&error))?;
        let token = Some(token).filter(|token| !token.is_empty()).map(Arc::from);
        Ok(Self { http, base, token, patience: Duration::from_secs(5) })
    }

    /// The same connections, speaking as another principal.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// How long in sum to wait between attempts before giving up (5 s at first; zero: never try again).
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The server's address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The address of a path whose segments are given unescaped.
    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    fn get<T>(&self, segments: &[&str], read: call::Read<T>) -> Call<T> {
        Call::new(self.clone(), Method::GET, self.address(segments), Body::Empty, read)
    }

    fn get_with<T>(&self, segments: &[&str], query: &impl Serialize, read: call::Read<T>) -> Call<T> {
        self.get(segments, read).query(query)
    }

    fn send<T>(&self, method: Method, segments: &[&str], body: Body, read: call::Read<T>) -> Call<T> {
        Call::new(self.clone(), method, self.address(segments), body, read)
    }
}
