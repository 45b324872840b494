//! Backup, restore, export, import, doctor: a store goes elsewhere and is the same.

use std::{os::unix::fs::PermissionsExt, path::Path};

use crate::folder::{Folder, text};

/// A store with an archived arena, an artifact and a fact.
fn store() -> (Folder, String) {
    let folder = Folder::new();
    let made = folder.json(&["create", "go", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    folder.arena_fed(b"some \x00 bytes", &["artifact", "put", &arena, "a/b.bin"]).ok();
    folder.json(&["fact", "put", &arena, "key", "searchable words"]);
    folder.json(&["settle", &arena]);
    (folder, arena)
}

/// Both stores answer the same.
fn same(one: &Folder, two: &Folder, arena: &str) {
    assert_eq!(two.json(&["verify"])["ok"], true);
    for args in [
        &["report", arena][..],
        &["show", arena],
        &["events", arena],
        &["fact", "search", arena, "searchable"],
        &["artifact", "list", arena],
        &["agent", "list"],
        &["list"],
    ] {
        assert_eq!(one.json(args), two.json(args), "{args:?}");
    }
    let get = ["artifact", "get", arena, "a/b.bin"];
    let bytes = |folder: &Folder| folder.command(&get).output().unwrap().stdout;
    assert_eq!((bytes(one), bytes(two)), (b"some \x00 bytes".to_vec(), b"some \x00 bytes".to_vec()));
}

#[test]
fn a_backup_of_a_store_in_use_is_restored_elsewhere() {
    let (one, arena) = store();
    let serving = one.serve(&[]);
    let file = one.path("backup");
    let file = file.to_str().unwrap();
    one.json(&["backup", file]);
    one.arena(&["backup", file, "--json"]).refused(1, "refused");
    drop(serving);
    let two = Folder::new();
    two.json(&["restore", file]);
    two.arena(&["restore", file, "--json"]).refused(1, "refused");
    same(&one, &two, &arena);
}

#[test]
fn an_export_is_imported_elsewhere() {
    let (one, arena) = store();
    let file = one.path("export");
    let file = file.to_str().unwrap();
    let exported = one.json(&["export", file]);
    assert_eq!(one.arena(&["export", file, "--json"]).code, 1, "an export replaced a file");
    let two = Folder::new();
    let imported = two.json(&["import", file]);
    assert_eq!(exported["events"], imported["events"]);
    same(&one, &two, &arena);
    // Through a pipe it is the same.
    let lines = one.arena(&["export"]).ok().stdout;
    assert_eq!(lines, std::fs::read_to_string(file).unwrap());
    let three = Folder::new();
    three.arena_fed(lines.as_bytes(), &["import", "-"]).ok();
    same(&one, &three, &arena);
}

#[test]
fn an_export_that_was_cut_or_changed_is_not_imported() {
    let (one, _) = store();
    let lines = one.arena(&["export"]).ok().stdout;
    let cut: String = lines.lines().take(4).flat_map(|line| [line, "\n"]).collect();
    let changed = lines.replace("searchable", "unfindable");
    assert_ne!(lines, changed);
    for broken in [cut.as_str(), changed.as_str(), "", "{}", "not json"] {
        let two = Folder::new();
        let ran = two.arena_fed(broken.as_bytes(), &["import", "-", "--json"]);
        assert!([1, 7].contains(&ran.code), "{}{}", ran.stdout, ran.stderr);
        assert!(!two.data().join("arena.db").exists(), "half a store was left");
    }
}

#[test]
fn what_is_no_backup_is_refused_in_words_and_makes_nothing() {
    let folder = Folder::new();
    folder.arena(&["restore", "nofile", "--json"]).refused(3, "file");
    for content in ["", "short", "this is no database, but long enough to be taken for one"] {
        let file = folder.write("other", content);
        let problem = folder.arena(&["restore", &file, "--json"]).refused(1, "malformed");
        assert!(text(&problem, "/detail").ends_with("is not an SQLite database"), "{problem}");
    }
    assert!(!folder.data().exists());
}

#[test]
fn copies_are_for_their_owner_to_read() {
    let (one, _) = store();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let [backup, export] = ["backup", "export"].map(|verb| {
        let file = one.path(verb);
        one.arena(&[verb, file.to_str().unwrap()]).ok();
        assert_eq!(mode(&file), 0o600, "{verb}");
        file.to_str().unwrap().to_owned()
    });
    for (verb, file) in [("restore", backup), ("import", export)] {
        let two = Folder::new();
        two.arena(&[verb, &file]).ok();
        assert_eq!((mode(&two.data()), mode(&two.data().join("arena.db"))), (0o700, 0o600), "{verb}");
    }
}

#[test]
fn doctor_finds_a_good_folder_good_and_a_bad_one_bad() {
    let (one, _) = store();
    assert_eq!(one.json(&["doctor"])["ok"], true);
    let token = one.data().join("operator.token");
    std::fs::remove_file(&token).unwrap();
    let ran = one.arena(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("operator token"), "{}", ran.stdout);
    assert_eq!(Folder::new().arena(&["doctor", "--json"]).code, 1);
}
