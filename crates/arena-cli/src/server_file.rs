//! `DIR/server.json`: where the server that runs on a data folder can be reached.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use arena_api::client::Client;
use serde::{Deserialize, Serialize};

/// What the file holds. It is believed only while somebody answers there: a killed server leaves it behind.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Announcement {
    url: String,
    process: u32,
}

/// An announcement that is taken back when it is dropped.
#[derive(Debug)]
pub(crate) struct ServerFile {
    path: PathBuf,
    announced: Announcement,
}

impl ServerFile {
    /// Says that this process serves `dir` at `url`; other processes see the old file or the new one, never half of it.
    pub(crate) fn announce(dir: &Path, url: &str) -> io::Result<Self> {
        let announced = Announcement { url: url.to_owned(), process: std::process::id() };
        let path = path_in(dir);
        let draft = dir.join(format!("server.json.{}", announced.process));
        fs::write(&draft, serde_json::to_vec(&announced)?)?;
        fs::rename(&draft, &path)?;
        Ok(Self { path, announced })
    }

    /// The URL that is announced in `dir`, if any.
    fn url(dir: &Path) -> Option<String> {
        read(&path_in(dir)).map(|announced| announced.url)
    }

    /// The URL that is announced in `dir`, if a server answers there.
    pub(crate) async fn answering(dir: &Path) -> Option<String> {
        let url = Self::url(dir)?;
        let client = Client::new(&url, "").ok()?.with_patience(Duration::ZERO);
        client.alive().await.ok().map(|_| url)
    }
}

impl Drop for ServerFile {
    fn drop(&mut self) {
        if read(&self.path).as_ref() == Some(&self.announced) {
            // When it stays, it is not believed: nobody answers.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn path_in(dir: &Path) -> PathBuf {
    dir.join("server.json")
}

fn read(path: &Path) -> Option<Announcement> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_taken_back_unless_another_server_replaced_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = ServerFile::announce(dir.path(), "http://127.0.0.1:1").unwrap();
        assert_eq!(ServerFile::url(dir.path()).as_deref(), Some("http://127.0.0.1:1"));
        let second = ServerFile::announce(dir.path(), "http://127.0.0.1:2").unwrap();
        drop(first);
        assert_eq!(ServerFile::url(dir.path()).as_deref(), Some("http://127.0.0.1:2"));
        drop(second);
        assert_eq!(ServerFile::url(dir.path()), None);
    }
}
