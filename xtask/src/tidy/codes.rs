//! Codes of refusals: each is listed once, sorted, with the one HTTP status it stands for.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Finding,
    tree::{RustFile, Tree},
};

/// The list that clients rely on.
const LIST: &str = "docs/errors.md";

/// Compares the list with every `fn code` in the crates.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.document(LIST) else {
        return vec![Finding::new(LIST, "is missing; list the codes there")];
    };
    let rows = rows(&list.text);
    let listed: BTreeMap<&str, &str> = rows.iter().map(|row| (row.code, row.status)).collect();
    let mut findings = order(&rows);
    let mut used = BTreeSet::new();
    for file in tree.rust.iter().filter(|file| file.is_shipped() && file.path.starts_with("crates/")) {
        let mut here = BTreeSet::new();
        for (line, code) in codes(file) {
            if !listed.contains_key(code) {
                findings.push(Finding::at(
                    &file.path,
                    line,
                    format!("the code {code} is not listed in {LIST}"),
                ));
            }
            if !here.insert(code) {
                findings.push(Finding::at(
                    &file.path,
                    line,
                    format!("the code {code} is given by two arms; merge them"),
                ));
            }
        }
        used.extend(file.shipped.strings.iter().map(|literal| literal.text.as_str()));
    }
    for row in rows.iter().filter(|row| !used.contains(row.code)) {
        findings.push(Finding::at(LIST, row.line, format!("the code {} is never given", row.code)));
    }
    findings
}

/// A row of the list: "| `code` | 409 | what it means |".
#[derive(Debug)]
struct Row<'a> {
    line: usize,
    code: &'a str,
    status: &'a str,
}

fn rows(text: &str) -> Vec<Row<'_>> {
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let code = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
            Some(Row { line: index + 1, code, status: cells.next()? })
        })
        .collect()
}

/// Sorted, each code once, each with a status.
fn order(rows: &[Row<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (before, row) in rows.iter().zip(rows.iter().skip(1)) {
        if before.code == row.code {
            let message =
                format!("the code {} is listed twice ({} and {})", row.code, before.status, row.status);
            findings.push(Finding::at(LIST, row.line, message));
        } else if before.code > row.code {
            findings.push(Finding::at(
                LIST,
                row.line,
                format!("{} comes before {}; keep the list sorted", row.code, before.code),
            ));
        }
    }
    for row in rows.iter().filter(|row| !matches!(row.status.parse::<u16>(), Ok(400..=599))) {
        findings.push(Finding::at(
            LIST,
            row.line,
            format!("the code {} needs one status, not `{}`", row.code, row.status),
        ));
    }
    findings
}

/// The strings inside every `fn code(&self)` of the file, with their lines.
fn codes(file: &RustFile) -> Vec<(usize, &str)> {
    let mut bodies = Vec::new();
    let mut lines = file.shipped.code.lines().enumerate();
    while let Some((start, line)) = lines.next() {
        if !line.contains("fn code(&self)") {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines.by_ref().find(|(_, line)| *line == closing).map_or(usize::MAX, |(index, _)| index);
        bodies.push(start + 1..=end.saturating_add(1));
    }
    let inside = |line: usize| bodies.iter().any(|body| body.contains(&line));
    let strings = file.shipped.strings.iter().filter(|literal| inside(literal.line));
    strings.map(|literal| (literal.line, literal.text.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tree::Document, *};

    fn findings(list: &str, code: &str) -> Vec<String> {
        let tree = Tree {
            documents: vec![Document { path: LIST.to_owned(), text: list.to_owned() }],
            rust: vec![RustFile::new("crates/arena-core/src/rejection.rs", code)],
            ..Tree::default()
        };
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    fn function(arms: &str) -> String {
        format!(
            "impl R {{\n    fn code(&self) -> &str {{\n        match self {{\n{arms}\n        }}\n    }}\n}}\nfn f() {{ \"x\" }}"
        )
    }

    #[test]
    fn a_listed_code_with_its_status_is_fine() {
        let list = "| `already_claimed` | 409 | held |\n| `not_found` | 404 | none |";
        let found = findings(list, &function("Self::A => \"not_found\",\nSelf::B => \"already_claimed\","));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_code_with_two_statuses_is_found() {
        let list = "| `invalid` | 409 | |\n| `invalid` | 422 | |";
        assert_eq!(
            findings(list, &function("Self::A => \"invalid\",")),
            ["the code invalid is listed twice (409 and 422)"]
        );
        assert_eq!(findings("| `invalid` | 409, 422 | |", &function("Self::A => \"invalid\",")).len(), 1);
    }

    #[test]
    fn an_unlisted_an_unused_and_a_repeated_code_are_found() {
        assert_eq!(
            findings("", &function("Self::A => \"gone\",")),
            ["the code gone is not listed in docs/errors.md"]
        );
        assert_eq!(findings("| `gone` | 410 | |", &function("")), ["the code gone is never given"]);
        let twice = function("Self::A => \"gone\",\nSelf::B => \"gone\",");
        assert_eq!(
            findings("| `gone` | 410 | |", &twice),
            ["the code gone is given by two arms; merge them"]
        );
    }

    #[test]
    fn an_unsorted_list_is_found() {
        let list = "| `b` | 409 | |\n| `a` | 409 | |";
        let found = findings(list, &function("Self::A => \"a\",\nSelf::B => \"b\","));
        assert_eq!(found, ["a comes before b; keep the list sorted"]);
    }
}
