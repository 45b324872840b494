//! Mutants of the escrow program: its source with one rule changed, so that the suite can show that it notices a rule that is changed on
//! the chain's side alone.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::workspace;

/// A change of one place in the source of the program, or of the rules as the program alone has them.
pub(crate) struct Mutant {
    /// Its name, and that of its file.
    pub(crate) name: &'static str,
    file: &'static str,
    is: &'static str,
    becomes: &'static str,
}

/// Every mutant.
pub(crate) const MUTANTS: [Mutant; 4] = [
    // A limit is over only when it is past.
    Mutant {
        name: "late",
        file: "crates/arena-core/src/contest/timing.rs",
        is: "now_ms >= limit_ms",
        becomes: "now_ms > limit_ms",
    },
    // Equal entrants do not share a place.
    Mutant {
        name: "ties",
        file: "crates/arena-core/src/contest/standings.rs",
        is: "standing: self.taken.saturating_sub(before), before",
        becomes: "standing: self.taken, before",
    },
    // What was paid is paid again.
    Mutant {
        name: "twice",
        file: "programs/arena-escrow/src/payouts.rs",
        is: "rule(!owed.is_paid, Code::AlreadyPaid)?;",
        becomes: "rule(true, Code::AlreadyPaid)?;",
    },
    // Who is put out still counts as in play.
    Mutant {
        name: "alive",
        file: "programs/arena-escrow/src/books.rs",
        is: "alive().checked_sub(count)",
        becomes: "alive().checked_sub(count & 0)",
    },
];

/// What the program is built from, and what of it is not.
const SOURCES: [&str; 2] = ["crates/arena-core", "programs/arena-escrow"];
const OTHERS: [&str; 3] = ["target", "tests", "fixture"];
const MANIFEST: &str = "Cargo.toml";

impl Mutant {
    /// Writes the source with its change into the target folder; gives where that is.
    pub(crate) fn source(&self) -> Result<PathBuf> {
        let (root, copy) = (workspace::root(), workspace::root().join("target/mutants").join(self.name));
        if copy.exists() {
            fs::remove_dir_all(&copy).with_context(|| format!("cannot remove {}", copy.display()))?;
        }
        for source in SOURCES {
            copy_all(&root.join(source), &copy.join(source))?;
        }
        copy_file(&root.join(MANIFEST), &copy.join(MANIFEST))?;
        let file = copy.join(self.file);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let places = text.matches(self.is).count();
        ensure!(places == 1, "{} has {places} times what the mutant {} changes once", self.file, self.name);
        fs::write(&file, text.replace(self.is, self.becomes))
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(copy)
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let (from, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let to = to.join(&name);
        if OTHERS.iter().any(|other| name == *other) {
            continue;
        }
        if from.is_dir() { copy_all(&from, &to)? } else { copy_file(&from, &to)? }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
