//! The files that are checked: the workspace's Rust sources and its documents.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

use super::lexer::{Lexed, lex};

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 4] = ["target", ".git", ".arena", "node_modules"];

/// What was read from the workspace; paths are relative to its root, with `/`.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) rust: Vec<RustFile>,
    pub(super) documents: Vec<Document>,
    /// Every file and folder, for links.
    pub(super) paths: BTreeSet<String>,
}

/// A Rust source.
#[derive(Debug)]
pub(super) struct RustFile {
    pub(super) path: String,
    pub(super) text: String,
    /// The whole file.
    pub(super) lexed: Lexed,
    /// Without the `mod tests` at its end.
    pub(super) shipped: Lexed,
}

/// A Markdown document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) path: String,
    pub(super) text: String,
}

impl RustFile {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let shipped = lex(without_tests(text));
        Self { path: path.to_owned(), text: text.to_owned(), lexed: lex(text), shipped }
    }

    /// Whether the file is part of a crate's `src`, which is what ships.
    pub(super) fn is_shipped(&self) -> bool {
        self.path.split('/').any(|part| part == "src")
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

impl Tree {
    /// Reads everything under `root` that is not built.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.visit(root, root)?;
        tree.rust.sort_by(|a, b| a.path.cmp(&b.path));
        tree.documents.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn visit(&mut self, root: &Path, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let relative = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            self.paths.insert(relative.clone());
            if path.is_dir() {
                self.visit(root, &path)?;
                continue;
            }
            let read = || fs::read_to_string(&path).with_context(|| format!("cannot read {relative}"));
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("rs") => self.rust.push(RustFile::new(&relative, &read()?)),
                Some("md") => self.documents.push(Document { path: relative.clone(), text: read()? }),
                _ => {}
            }
        }
        Ok(())
    }

    /// The document at `path`.
    pub(super) fn document(&self, path: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.path == path)
    }
}

/// What stands before the `#[cfg(test)] mod tests` at a file's end.
fn without_tests(text: &str) -> &str {
    text.split_once("#[cfg(test)]\nmod tests").map_or(text, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_module_is_not_shipped() {
        let file = RustFile::new(
            "crates/a/src/b.rs",
            "//! B.\nfn b() {}\n#[cfg(test)]\nmod tests { fn secret() {} }",
        );
        assert!(file.lexed.code.contains("secret"));
        assert!(!file.shipped.code.contains("secret"));
        assert!(file.is_shipped());
        assert_eq!(file.name(), "b.rs");
    }
}
