//! The shape of a Rust file: its first line, its name, its length, and nothing left undone.

use super::{Finding, tree::RustFile};

/// From here on the question is what the second idea is.
const LONG: usize = 400;
/// No file is longer.
const TOO_LONG: usize = 600;
/// Names that say nothing about what is inside.
const VAGUE: [&str; 7] = ["prelude", "utils", "util", "helpers", "helper", "common", "misc"];
/// What marks work that is not done.
const UNDONE: [&str; 4] = ["todo!", "unimplemented!", "#[ignore", "#[allow("];

/// Files that are long but not yet too long.
pub(super) fn long_files(files: &[RustFile]) -> Vec<Finding> {
    let long = files.iter().map(|file| (file, file.text.lines().count()));
    long.filter(|(_, lines)| (LONG + 1..=TOO_LONG).contains(lines))
        .map(|(file, lines)| Finding::new(&file.path, format!("{lines} lines; what is the second idea?")))
        .collect()
}

/// Checks every file.
pub(super) fn check(files: &[RustFile]) -> Vec<Finding> {
    files
        .iter()
        .flat_map(|file| [first_line(file), name(file), length(file), undone(file)])
        .flatten()
        .collect()
}

fn first_line(file: &RustFile) -> Vec<Finding> {
    let opens = file
        .text
        .lines()
        .next()
        .is_some_and(|line| line.strip_prefix("//! ").is_some_and(|said| !said.is_empty()));
    if opens { Vec::new() } else { vec![Finding::at(&file.path, 1, "must open with `//!` and one sentence")] }
}

fn name(file: &RustFile) -> Vec<Finding> {
    let parts = file.path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
    parts
        .filter(|part| VAGUE.contains(part))
        .map(|part| Finding::new(&file.path, format!("`{part}` says nothing; name the idea")))
        .collect()
}

fn length(file: &RustFile) -> Vec<Finding> {
    let lines = file.text.lines().count();
    if lines > TOO_LONG {
        vec![Finding::new(&file.path, format!("{lines} lines, more than {TOO_LONG}; split it by ideas"))]
    } else {
        Vec::new()
    }
}

fn undone(file: &RustFile) -> Vec<Finding> {
    let lines = file.lexed.code.lines().enumerate();
    lines
        .flat_map(|(index, code)| {
            let marks = UNDONE.iter().filter(move |mark| code.contains(*mark));
            marks.map(move |mark| (index + 1, mark))
        })
        .map(|(line, mark)| {
            Finding::at(&file.path, line, format!("{mark} is left; do it, or say why with expect"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&[RustFile::new(path, text)]).len()
    }

    #[test]
    fn a_file_without_its_sentence_is_found() {
        assert_eq!(findings("a/src/b.rs", "//! Says it.\n"), 0);
        assert_eq!(findings("a/src/b.rs", "//!\n"), 1);
        assert_eq!(findings("a/src/b.rs", "use x;\n"), 1);
        assert_eq!(findings("a/src/b.rs", ""), 1);
    }

    #[test]
    fn a_vague_name_is_found() {
        assert_eq!(findings("a/src/utils.rs", "//! Says it.\n"), 1);
        assert_eq!(findings("a/tests/common/mod.rs", "//! Says it.\n"), 1);
        assert_eq!(findings("a/src/commonplace.rs", "//! Says it.\n"), 0);
    }

    #[test]
    fn length_warns_and_then_fails() {
        let file =
            |lines: usize| RustFile::new("a/src/b.rs", &format!("//! Says it.\n{}", "\n".repeat(lines - 1)));
        let counts = |lines| (long_files(&[file(lines)]).len(), check(&[file(lines)]).len());
        assert_eq!(counts(400), (0, 0));
        assert_eq!(counts(401), (1, 0));
        assert_eq!(counts(600), (1, 0));
        assert_eq!(counts(601), (0, 1));
    }

    #[test]
    fn work_left_undone_is_found() {
        assert_eq!(findings("a/src/b.rs", "//! Says it.\nfn b() { todo!() }\n"), 1);
        assert_eq!(findings("a/src/b.rs", "//! Says it.\n#[test]\n#[ignore]\nfn b() {}\n"), 1);
        assert_eq!(findings("a/src/b.rs", "//! Says it.\n// no todo!() here\n"), 0);
    }
}
