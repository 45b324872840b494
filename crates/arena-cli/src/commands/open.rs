//! `arena open`: the console in a browser, signed in.

use std::{
    ffi::OsStr,
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use arena_core::ArenaId;
use clap::Args;
use serde::Serialize;

use crate::{
    args::Global,
    connection::{operator_token, operator_token_for},
    exit::Exit,
    failure::Failure,
    local::{Found, LocalServer},
    output::Output,
    store::require_store,
};

/// How long a browser has to read the file that sends it on.
const READ_WITHIN: Duration = Duration::from_secs(15);

/// What is opened.
#[derive(Args, Debug)]
pub(crate) struct Open {
    /// An arena to open at once
    arena: Option<ArenaId>,
    /// Print the address instead of opening it. It holds the token: who reads it is signed in
    #[arg(long)]
    print: bool,
}

/// The address, for programs.
#[derive(Debug, Serialize)]
struct Address {
    url: String,
}

impl Open {
    /// Opens a browser, or prints where to go.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let dir = &global.data;
        let (url, local) = match global.url() {
            Some(url) => (url.to_owned(), None),
            None => {
                require_store(dir)?;
                match LocalServer::start_or_find(dir).await? {
                    Found::Running(url) => (url, None),
                    Found::Started(local) => (local.url().to_owned(), Some(local)),
                }
            }
        };
        let token = match (global.token(), global.url()) {
            (Some(token), _) => token.to_owned(),
            (None, Some(url)) => operator_token_for(url, dir)?,
            (None, None) => operator_token(dir)?,
        };
        let address = address(&url, &token, self.arena);
        let done = if self.print {
            output.answer(&Address { url: address }, |address| format!("{}\n", address.url))
        } else {
            open(&address, dir, &output).await
        };
        if let (Some(local), Ok(())) = (local, &done) {
            output.complain(&format!("serving {} at {url} until interrupted", dir.display()));
            // Without a way to be told to stop there is nothing to wait for.
            let _ = tokio::signal::ctrl_c().await;
            local.stop().await;
        }
        done
    }
}

/// Where the console is, with the token in the fragment: browsers send that to no server, and the page takes it out at once.
fn address(url: &str, token: &str, arena: Option<ArenaId>) -> String {
    let to = arena.map(|arena| format!("&to=arena/{arena}")).unwrap_or_default();
    format!("{}/#token={token}{to}", url.trim_end_matches('/'))
}

/// Opens the address by way of a file that only its owner can read: what stands on a command line, everyone on the machine can.
async fn open(address: &str, dir: &Path, output: &Output) -> Result<(), Failure> {
    let path = page_in(dir).map_err(|error| Failure::file("write", dir, &error))?;
    let written = write(&path, address).map_err(|error| Failure::file("write", &path, &error));
    let opened = written.and_then(|()| browse(path.as_os_str()));
    if opened.is_ok() {
        output.complain("opening the console in a browser");
        tokio::time::sleep(READ_WITHIN).await;
    }
    // It is as secret as the token that it holds, and of no more use.
    let _ = fs::remove_file(&path);
    opened
}

fn page_in(dir: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    Ok(dir.canonicalize()?.join(format!("open-{}.html", std::process::id())))
}

fn write(path: &Path, address: &str) -> io::Result<()> {
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0;url={}\"><title>Arena</title>\n",
        escaped(address)
    );
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(page.as_bytes())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// Starts the browser that this machine prefers.
fn browse(what: &OsStr) -> Result<(), Failure> {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(program)
        .arg(what)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let why = match started {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("{program} ended with {status}"),
        Err(error) => format!("{program}: {error}"),
    };
    Err(Failure::new(Exit::Unavailable, "no_browser", format!("no browser can be opened: {why}"))
        .with_hint("`arena open --print` prints the address to open yourself"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_token_stands_in_the_fragment_only() {
        let address = address("http://127.0.0.1:4700/", "secret", None);
        assert_eq!(address, "http://127.0.0.1:4700/#token=secret");
        assert!(!url::Url::parse(&address).unwrap()[..url::Position::AfterQuery].contains("secret"));
    }

    #[test]
    fn the_file_that_sends_a_browser_on_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = page_in(dir.path()).unwrap();
        write(&path, "http://127.0.0.1:1/#token=a\"b&to=c").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let page = fs::read_to_string(&path).unwrap();
        assert!(page.contains("url=http://127.0.0.1:1/#token=a&quot;b&amp;to=c\">"), "{page}");
        assert!(write(&path, "again").is_err(), "a file that is there already is not written into");
    }
}
