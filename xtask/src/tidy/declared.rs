//! Every Rust file belongs to a module tree; one that nobody declares is never compiled, and its tests never run.

use std::collections::BTreeMap;

use super::{Finding, tree::RustFile};

/// What counts the memory of its whole process is a program of its own.
const COUNTS_MEMORY: &str = "#[global_allocator]";

/// Finds files without a `mod` line, and test binaries besides `tests/it/main.rs`.
pub(super) fn check(files: &[RustFile]) -> Vec<Finding> {
    let by_path: BTreeMap<&str, &RustFile> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut findings = Vec::new();
    for file in files {
        if is_lone_test(&file.path) {
            if file.lexed.code.contains(COUNTS_MEMORY) {
                continue;
            }
            findings
                .push(Finding::new(&file.path, "move it to tests/it/ and declare it in tests/it/main.rs"));
            continue;
        }
        let Some((parents, module)) = parents(&file.path) else { continue };
        let known: Vec<&RustFile> =
            parents.iter().filter_map(|path| by_path.get(path.as_str()).copied()).collect();
        if !known.iter().any(|parent| declares(&parent.lexed.code, &module)) {
            let place = known.first().map_or_else(|| parents.join(" or "), |parent| parent.path.clone());
            findings
                .push(Finding::new(&file.path, format!("is not declared; add `mod {module};` to {place}")));
        }
    }
    findings
}

/// A file right in a crate's `tests/` would be a binary of its own.
fn is_lone_test(path: &str) -> bool {
    let mut parts = path.rsplit('/').skip(1);
    parts.next() == Some("tests") && !path.contains("/src/")
}

/// Where the file could be declared, and under which name; `None` for the root of a crate, binary, test or example.
fn parents(path: &str) -> Option<(Vec<String>, String)> {
    let (crate_root, inside) = ["/src/", "/tests/it/"].into_iter().find_map(|marker| {
        let (before, after) = path.split_once(marker)?;
        Some((format!("{before}{}", marker.trim_end_matches('/')), after))
    })?;
    let module_path = inside.strip_suffix(".rs")?;
    let module_path = module_path.strip_suffix("/mod").unwrap_or(module_path);
    if matches!(module_path, "main" | "lib") || module_path.starts_with("bin/") {
        return None;
    }
    Some(match module_path.rsplit_once('/') {
        Some((folder, name)) => (
            vec![format!("{crate_root}/{folder}/mod.rs"), format!("{crate_root}/{folder}.rs")],
            name.to_owned(),
        ),
        None => {
            (vec![format!("{crate_root}/lib.rs"), format!("{crate_root}/main.rs")], module_path.to_owned())
        }
    })
}

/// Whether `code` holds `mod module;`, after a visibility or an attribute perhaps.
fn declares(code: &str, module: &str) -> bool {
    code.lines().any(|line| {
        let before = line.trim().strip_suffix(&format!("mod {module};"));
        before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| RustFile::new(path, text)).collect();
        check(&files).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_test_file_that_main_does_not_declare_is_found() {
        let main = ("crates/a/tests/it/main.rs", "mod declared;\n");
        assert!(findings(&[main, ("crates/a/tests/it/declared.rs", "")]).is_empty());
        let found = findings(&[main, ("crates/a/tests/it/forgotten.rs", "")]);
        assert_eq!(
            found,
            [
                "crates/a/tests/it/forgotten.rs: is not declared; add `mod forgotten;` to crates/a/tests/it/main.rs"
            ]
        );
    }

    #[test]
    fn a_nested_module_is_declared_by_its_folder() {
        let files = |line| {
            [
                ("crates/a/src/lib.rs", "pub mod http;"),
                ("crates/a/src/http/mod.rs", line),
                ("crates/a/src/http/steps.rs", ""),
            ]
        };
        assert!(findings(&files("pub(crate) mod steps;")).is_empty());
        assert_eq!(findings(&files("// mod steps;")).len(), 1);
    }

    #[test]
    fn a_second_test_binary_is_found() {
        assert_eq!(findings(&[("crates/a/tests/other.rs", "")]).len(), 1);
        assert!(
            findings(&[("crates/a/tests/memory.rs", "#[global_allocator]\nstatic A: B = B;")]).is_empty()
        );
        assert!(findings(&[("crates/a/examples/show.rs", ""), ("crates/a/src/main.rs", "")]).is_empty());
    }
}
