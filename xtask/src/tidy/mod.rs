//! `cargo xtask tidy`: what the compiler and clippy cannot see. Each check is a pure function from what was read to findings.

use std::fmt;

use anyhow::{Result, bail};

use crate::workspace;

mod codes;
mod decisions;
mod declared;
mod edges;
mod layers;
mod lexer;
mod links;
mod shape;
mod tree;

use tree::Tree;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: Option<usize>,
    message: String,
}

impl Finding {
    fn new(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, message: message.into() }
    }

    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// Runs every check, prints what each found, and fails when anything did.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    let tree = Tree::read(&root)?;
    let packages = edges::packages(&edges::metadata()?)?;
    for warning in shape::long_files(&tree.rust) {
        println!("warning: {warning}");
    }
    let mut findings = Vec::new();
    findings.extend(edges::check(&packages));
    findings.extend(layers::check(&tree.rust));
    findings.extend(shape::check(&tree.rust));
    findings.extend(declared::check(&tree.rust));
    findings.extend(codes::check(&tree));
    findings.extend(decisions::check(&tree));
    findings.extend(links::check(&tree));
    findings.sort();
    for finding in &findings {
        println!("error: {finding}");
    }
    println!(
        "tidy: {} Rust files, {} documents, {} findings",
        tree.rust.len(),
        tree.documents.len(),
        findings.len()
    );
    if !findings.is_empty() {
        bail!("{} findings; each line above says where", findings.len());
    }
    Ok(())
}
