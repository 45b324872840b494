//! Which server a verb asks: the one that was named, the one that runs on the data folder, or one in this process.

use std::{fs, path::Path};

use arena_api::client::Client;
use url::{Host, Url};

use crate::{
    args::Global,
    exit::Exit,
    failure::Failure,
    local::{Found, LocalServer},
    store::require_store,
};

/// A client, and the server behind it when that is in this process.
pub(crate) struct Connection {
    client: Client,
    local: Option<LocalServer>,
}

impl Connection {
    /// Finds a server, or starts one; `may_make_store` when a data folder that does not exist is no mistake.
    pub(crate) async fn open(global: &Global, may_make_store: bool) -> Result<Self, Failure> {
        if let Some(url) = global.url() {
            // What is no address of a server is wrong usage, with a token or without.
            let mut client = Client::new(url, global.token().unwrap_or_default())?;
            if global.token().is_none() {
                client = client.with_token(&operator_token_for(url, &global.data)?);
            }
            return Ok(Self { client, local: None });
        }
        let dir = &global.data;
        if !may_make_store {
            require_store(dir)?;
        }
        let (url, local) = match LocalServer::start_or_find(dir).await? {
            Found::Started(local) => (local.url().to_owned(), Some(local)),
            Found::Running(url) => (url, None),
        };
        let token = match global.token() {
            Some(token) => token.to_owned(),
            None => operator_token(dir)?,
        };
        Ok(Self { client: Client::new(&url, &token)?, local })
    }

    /// The client.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Whether the server is in this process, and ends with it.
    pub(crate) const fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// Lets other processes find the server in this process, for verbs that take long.
    pub(crate) fn announce(&mut self, dir: &Path) -> Result<(), Failure> {
        match &mut self.local {
            Some(local) => local.announce(dir),
            None => Ok(()),
        }
    }

    /// Shuts the server in this process down in order.
    pub(crate) async fn close(self) {
        if let Some(local) = self.local {
            local.stop().await;
        }
    }
}

/// The operator's token of the store in `dir`.
pub(crate) fn operator_token(dir: &Path) -> Result<String, Failure> {
    let path = dir.join(arena_runtime::OPERATOR_TOKEN);
    let token = fs::read_to_string(&path).map_err(|error| {
        Failure::file("read", &path, &error).with_hint("give an agent's token with --token or ARENA_TOKEN")
    })?;
    Ok(token.trim().to_owned())
}

/// The operator's token of a store here goes to servers on this machine only.
pub(crate) fn operator_token_for(url: &str, dir: &Path) -> Result<String, Failure> {
    if is_loopback(url) {
        return operator_token(dir);
    }
    Err(Failure::new(Exit::Denied, "unauthenticated", format!("there is no token for {url}"))
        .with_hint("give one with --token or ARENA_TOKEN"))
}

/// Whether the host is this machine; parsed by what the HTTP client parses with, since its host is the one that is dialled.
fn is_loopback(url: &str) -> bool {
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_token_stays_on_this_machine() {
        for here in [
            "http://127.0.0.1:4700",
            "http://localhost",
            "http://[::1]:80/",
            "http://127.9.9.9",
            "http://me@127.0.0.1",
        ] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "http://example.org",
            "http://127.0.0.1@example.org",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org/localhost",
            "http://example.org/http://127.0.0.1",
            r"http://example.org\@127.0.0.1:4700",
            r"http://example.org\\@127.0.0.1:4700",
            "http:///example.org/@127.0.0.1",
            "http://exam\tple.org/@127.0.0.1",
            "http://user:127.0.0.1@example.org",
            "",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }
}
