//! Codes of refusals: each is listed once, sorted, with the one HTTP status it stands for.

use std::collections::BTreeSet;

use super::{
    Finding,
    tree::{RustFile, Tree},
};

/// The list that clients rely on.
const LIST: &str = "docs/errors.md";

/// Where the wire gives each code its status.
const WIRE: &str = "crates/arena-api/src/problem.rs";

/// Compares the list with the wire's statuses and with every `fn code` in the crates.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.document(LIST) else {
        return vec![Finding::new(LIST, "is missing; list the codes there")];
    };
    let rows = rows(&list.text);
    let mut findings = order(&rows);
    let wire = tree.rust.iter().find(|file| file.path == WIRE).map(wire).unwrap_or_default();
    findings.extend(statuses(&rows, &wire));
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.code).collect();
    for file in tree.rust.iter().filter(|file| file.is_shipped() && file.path.starts_with("crates/")) {
        let mut here = BTreeSet::new();
        for (line, code) in codes(file) {
            if !listed.contains(code) {
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
    }
    findings
}

/// The list and the wire name the same codes with the same statuses.
fn statuses(rows: &[Row<'_>], wire: &[Row<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in rows {
        let given: Vec<&str> =
            wire.iter().filter(|given| given.code == row.code).map(|given| given.status).collect();
        if given != [row.status] {
            let given = if given.is_empty() { "nothing".to_owned() } else { given.join(" and ") };
            let message =
                format!("the code {} is listed with {}, and {WIRE} gives it {given}", row.code, row.status);
            findings.push(Finding::at(LIST, row.line, message));
        }
    }
    for given in wire.iter().filter(|given| !rows.iter().any(|row| row.code == given.code)) {
        findings.push(Finding::at(
            WIRE,
            given.line,
            format!("the code {} is not listed in {LIST}", given.code),
        ));
    }
    findings
}

/// The wire's lines: `NotFound = "not_found", 404, "Not found";`.
fn wire(file: &RustFile) -> Vec<Row<'_>> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let (code, rest) = line.split_once(" = \"")?.1.split_once("\", ")?;
            let status = rest.split(',').next()?;
            status.parse::<u16>().ok()?;
            Some(Row { line: index + 1, code, status })
        })
        .collect()
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

    fn findings(list: &str, wire: &str, code: &str) -> Vec<String> {
        let tree = Tree {
            documents: vec![Document { path: LIST.to_owned(), text: list.to_owned() }],
            rust: vec![RustFile::new(WIRE, wire), RustFile::new("crates/arena-core/src/rejection.rs", code)],
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
        let wire = "A = \"already_claimed\", 409, \"x\";\nB = \"not_found\", 404, \"y\";";
        let found =
            findings(list, wire, &function("Self::A => \"not_found\",\nSelf::B => \"already_claimed\","));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_code_with_two_statuses_is_found() {
        let listed_twice = findings("| `a` | 409 | |\n| `a` | 422 | |", "A = \"a\", 409, \"x\";", "");
        assert!(
            listed_twice.contains(&"the code a is listed twice (409 and 422)".to_owned()),
            "{listed_twice:?}"
        );
        let otherwise = findings("| `a` | 409 | |", "A = \"a\", 404, \"x\";", "");
        assert_eq!(otherwise, [format!("the code a is listed with 409, and {WIRE} gives it 404")]);
        let given_twice = findings("| `a` | 409 | |", "A = \"a\", 409, \"x\";\nB = \"a\", 404, \"x\";", "");
        assert_eq!(given_twice, [format!("the code a is listed with 409, and {WIRE} gives it 409 and 404")]);
    }

    #[test]
    fn an_unlisted_an_unused_and_a_repeated_code_are_found() {
        let unlisted = "the code gone is not listed in docs/errors.md";
        assert_eq!(findings("", "", &function("Self::A => \"gone\",")), [unlisted]);
        assert_eq!(findings("", "A = \"gone\", 410, \"x\";", ""), [unlisted]);
        let unused = findings("| `gone` | 410 | |", "", "");
        assert_eq!(unused, [format!("the code gone is listed with 410, and {WIRE} gives it nothing")]);
        let twice = function("Self::A => \"gone\",\nSelf::B => \"gone\",");
        let wire = "A = \"gone\", 410, \"x\";";
        assert_eq!(
            findings("| `gone` | 410 | |", wire, &twice),
            ["the code gone is given by two arms; merge them"]
        );
    }

    #[test]
    fn an_unsorted_list_is_found() {
        let wire = "A = \"a\", 409, \"x\";\nB = \"b\", 409, \"x\";";
        let found = findings("| `b` | 409 | |\n| `a` | 409 | |", wire, "");
        assert_eq!(found, ["a comes before b; keep the list sorted"]);
    }
}
