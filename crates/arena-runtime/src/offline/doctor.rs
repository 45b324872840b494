//! Looks over a data folder and says what is wrong and what to do.

use std::{fs, io::Write, path::Path};

use super::require_store;
use crate::{
    clock::steady_now,
    error::StorageError,
    secrets::OPERATOR_TOKEN,
    storage::{ArenaStorage, DATABASE, LedgerStorage, SqliteStorage, is_locked},
};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// How it is.
    pub detail: String,
    /// What to do when it is not.
    pub advice: Option<String>,
}

impl Finding {
    fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: true, detail: detail.into(), advice: None }
    }

    fn bad(name: &'static str, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, ok: false, detail: detail.into(), advice: Some(advice.into()) }
    }
}

/// Looks over the data folder `dir`; changes nothing in its store.
#[must_use]
pub fn doctor(dir: &Path) -> Vec<Finding> {
    let mut findings = vec![folder(dir)];
    if let Err(error) = require_store(dir) {
        findings.push(Finding::bad(
            "store",
            error.to_string(),
            "run `arena serve` or `arena create` to make one",
        ));
        return findings;
    }
    findings.push(token(dir));
    match is_locked(dir) {
        Ok(true) => findings.push(Finding::good("store", "open in another process; ask its /readyz")),
        Ok(false) => findings.push(store(dir)),
        Err(error) => {
            findings.push(Finding::bad("lock", error.to_string(), "check the folder's owner and mode"));
        }
    }
    findings.push(log(dir));
    findings
}

/// The folder can be written to, and how long a flush takes.
fn folder(dir: &Path) -> Finding {
    let probe = dir.join("arena.probe");
    let started = steady_now();
    let written = fs::File::create(&probe).and_then(|mut file| {
        file.write_all(b"probe")?;
        file.sync_all()
    });
    let micros = started.elapsed().as_micros();
    // What was not made cannot be removed.
    let _ = fs::remove_file(&probe);
    match written {
        Ok(()) => {
            Finding::good("folder", format!("{} can be written to; a flush took {micros} us", dir.display()))
        }
        Err(error) => Finding::bad(
            "folder",
            format!("{}: {error}", dir.display()),
            "make the folder, free some space, or check its owner and mode",
        ),
    }
}

fn token(dir: &Path) -> Finding {
    let path = dir.join(OPERATOR_TOKEN);
    match fs::metadata(&path) {
        Ok(file) if is_private(&file) => {
            Finding::good("operator token", format!("{} is private", path.display()))
        }
        Ok(_) => {
            Finding::bad("operator token", "others can read it", format!("chmod 600 {}", path.display()))
        }
        Err(error) => {
            Finding::bad("operator token", error.to_string(), "start the server once to make a new one")
        }
    }
}

#[cfg(unix)]
fn is_private(file: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(file) & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(_file: &fs::Metadata) -> bool {
    true
}

fn store(dir: &Path) -> Finding {
    match SqliteStorage::open(dir).and_then(|storage| Ok((storage.opening()?, storage.breach()?))) {
        Ok((opening, None)) => {
            Finding::good("store", format!("the journal ends well at position {}", opening.position))
        }
        Ok((_, Some(breach))) => Finding::bad(
            "store",
            format!("the ledger does not fit since position {}: {}", breach.position, breach.reason),
            "run `arena verify`; no new money is taken, everything can be taken out",
        ),
        Err(error @ StorageError::Damaged { .. }) => Finding::bad(
            "store",
            error.to_string(),
            "run `arena verify` to see all of it, and restore a backup",
        ),
        Err(error) => Finding::bad("store", error.to_string(), "free some space, or check the disk"),
    }
}

fn log(dir: &Path) -> Finding {
    let size = |name: &str| fs::metadata(dir.join(name)).map_or(0, |file| file.len());
    let detail = format!("database {} bytes, log {} bytes", size(DATABASE), size("arena.db-wal"));
    Finding::good("size", detail)
}
