//! The committed description is the one that the tables give.

use arena_escrow_idl::{root, samples, text, IDL, SAMPLES};

#[test]
fn the_committed_description_is_what_the_interface_says() {
    let committed = std::fs::read_to_string(IDL).unwrap();
    assert!(committed == text(&root()), "{IDL} is stale: run `cargo run -p arena-escrow-idl` and commit it");
}

#[test]
fn the_committed_samples_are_what_the_readers_read() {
    let committed = std::fs::read_to_string(SAMPLES).unwrap();
    assert!(
        committed == text(&samples()),
        "{SAMPLES} is stale: run `cargo run -p arena-escrow-idl` and commit it"
    );
}

#[test]
fn every_number_that_is_refused_with_has_one_name() {
    let root = root();
    let errors = root["program"]["errors"].as_array().unwrap();
    let mut names: Vec<&str> = errors.iter().map(|error| error["name"].as_str().unwrap()).collect();
    let mut numbers: Vec<u64> = errors.iter().map(|error| error["code"].as_u64().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    numbers.dedup();
    assert_eq!((names.len(), numbers.len()), (errors.len(), errors.len()));
}
