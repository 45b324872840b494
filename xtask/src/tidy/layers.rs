//! What must not be found in a place: SQL outside the storage, clocks outside `clock.rs`, one kind of arena in the other.

use super::{Finding, tree::RustFile};

/// Modules that never import each other, as (folder, name that must not be used there, why).
const STRANGERS: [(&str, &str, &str); 8] = [
    ("crates/arena-core/src/collaboration", "contest", "both kinds of arena stand alone"),
    ("crates/arena-core/src/contest", "collaboration", "both kinds of arena stand alone"),
    ("crates/arena-server/src/http", "mcp", "doors meet only in arena-api and ArenaHandle"),
    ("crates/arena-server/src/http", "sse", "doors meet only in arena-api and ArenaHandle"),
    ("crates/arena-server/src/mcp", "http", "doors meet only in arena-api and ArenaHandle"),
    ("crates/arena-server/src/mcp", "sse", "doors meet only in arena-api and ArenaHandle"),
    ("crates/arena-server/src/sse", "http", "doors meet only in arena-api and ArenaHandle"),
    ("crates/arena-server/src/sse", "mcp", "doors meet only in arena-api and ArenaHandle"),
];

/// Calls that only files of one name may make.
const CALLS: [(&str, &[&str]); 2] = [
    ("clock.rs", &["SystemTime::now", "Instant::now", "Utc::now", "Local::now"]),
    ("ids.rs", &["Uuid::new_v4", "Uuid::now_v7", "Uuid::new_v7"]),
];

/// Words that would make the rules depend on the machine they run on.
const IMPURE: [&str; 8] = ["HashMap", "HashSet", "f32", "f64", "async", "std", "thread", "unsafe"];

/// The folder that may hold SQL.
const STORAGE: &str = "crates/arena-runtime/src/storage";

/// Checks every file that ships.
pub(super) fn check(files: &[RustFile]) -> Vec<Finding> {
    let shipped = files.iter().filter(|file| file.is_shipped());
    shipped.flat_map(|file| [strangers(file), calls(file), purity(file), sql(file)]).flatten().collect()
}

fn strangers(file: &RustFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, stranger, why) in STRANGERS {
        if !is_within(&file.path, folder) {
            continue;
        }
        for (line, code) in numbered(&file.shipped.code) {
            if code.contains(&format!("{stranger}::")) || code.contains(&format!("crate::{stranger}")) {
                findings.push(Finding::at(&file.path, line, format!("uses {stranger}: {why}")));
            }
        }
    }
    findings
}

fn calls(file: &RustFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (owner, forbidden) in CALLS {
        if file.name() == owner {
            continue;
        }
        for (line, code) in numbered(&file.shipped.code) {
            for call in forbidden.iter().filter(|call| code.contains(*call)) {
                findings.push(Finding::at(
                    &file.path,
                    line,
                    format!("calls {call}, which only a {owner} may"),
                ));
            }
        }
    }
    findings
}

fn purity(file: &RustFile) -> Vec<Finding> {
    if !is_within(&file.path, "crates/arena-core/src") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if file.path == "crates/arena-core/src/lib.rs" && !file.lexed.code.contains("#![no_std]") {
        findings.push(Finding::new(&file.path, "must be #![no_std]"));
    }
    for (line, code) in numbered(&file.shipped.code) {
        let words: Vec<&str> =
            code.split(|character: char| !character.is_alphanumeric() && character != '_').collect();
        if words.starts_with(&["extern", "crate", "std"]) {
            continue;
        }
        for word in IMPURE.iter().filter(|word| words.contains(*word)) {
            findings.push(Finding::at(&file.path, line, format!("the rules use no {word}")));
        }
    }
    findings
}

fn sql(file: &RustFile) -> Vec<Finding> {
    if is_within(&file.path, STORAGE) {
        return Vec::new();
    }
    let statements = file.shipped.strings.iter().filter(|literal| is_sql(&literal.text));
    let message = format!("holds SQL, which belongs to {STORAGE}");
    let mut findings: Vec<_> =
        statements.map(|literal| Finding::at(&file.path, literal.line, message.as_str())).collect();
    for (line, code) in numbered(&file.shipped.code) {
        if code.contains("rusqlite") {
            findings.push(Finding::at(
                &file.path,
                line,
                format!("uses rusqlite, which belongs to {STORAGE}"),
            ));
        }
    }
    findings
}

/// Whether a string reads as a statement.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    let begins_with = |word: &str| text.starts_with(&format!("{word} "));
    begins_with("select") && text.contains(" from ")
        || begins_with("update") && text.contains(" set ")
        || [
            "insert into",
            "insert or",
            "delete from",
            "create table",
            "create index",
            "create unique",
            "pragma",
        ]
        .into_iter()
        .any(begins_with)
}

fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

fn numbered(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&[RustFile::new(path, text)]).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn kinds_of_arena_and_doors_that_meet_are_found() {
        let text = "use crate::contest::Terms;";
        assert_eq!(findings("crates/arena-core/src/collaboration/plan.rs", text).len(), 1);
        assert!(findings("crates/arena-core/src/aggregate.rs", text).is_empty());
        assert_eq!(findings("crates/arena-server/src/http/events.rs", "crate::sse::stream()").len(), 1);
        assert_eq!(findings("crates/arena-server/src/sse.rs", "use crate::http::arenas;").len(), 1);
    }

    #[test]
    fn clocks_and_ids_in_other_files_are_found() {
        assert_eq!(findings("crates/arena-runtime/src/feed.rs", "let now = Instant::now();").len(), 1);
        assert_eq!(findings("crates/arena-runtime/src/feed.rs", "Uuid::now_v7()").len(), 1);
        assert!(findings("crates/arena-runtime/src/clock.rs", "SystemTime::now()").is_empty());
        assert!(findings("crates/arena-runtime/tests/it/feed.rs", "Instant::now()").is_empty());
        assert!(findings("crates/arena-runtime/src/feed.rs", "// Instant::now()").is_empty());
    }

    #[test]
    fn impure_rules_are_found() {
        let path = "crates/arena-core/src/collaboration/plan.rs";
        assert_eq!(findings(path, "use std::collections::HashMap;").len(), 2);
        assert_eq!(findings(path, "fn share() -> f64 {}").len(), 1);
        assert!(findings(path, "#[cfg(test)]\nmod tests {\n use std::string::String;\n}").is_empty());
        assert_eq!(findings("crates/arena-core/src/lib.rs", "extern crate alloc;"), ["must be #![no_std]"]);
        assert!(
            findings("crates/arena-core/src/lib.rs", "#![no_std]\n#[cfg(test)]\nextern crate std;")
                .is_empty()
        );
    }

    #[test]
    fn sql_outside_the_storage_is_found() {
        let text = r#"let rows = query("SELECT hash FROM events");"#;
        assert_eq!(findings("crates/arena-server/src/http/events.rs", text).len(), 1);
        assert!(findings("crates/arena-runtime/src/storage/sqlite/read.rs", text).is_empty());
        assert!(
            findings("crates/arena-cli/src/commands/why.rs", r#"print("select a step from the list")"#).len()
                == 1
        );
        assert!(findings("crates/arena-cli/src/commands/why.rs", r#"print("update the goal")"#).is_empty());
        assert_eq!(findings("crates/arena-cli/src/main.rs", "use rusqlite::Connection;").len(), 1);
    }
}
