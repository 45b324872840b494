//! What the chain calls too has nothing that it could not link or that would trap there.

const SHARED: [(&str, &str); 5] = [
    ("bounds", include_str!("../../../src/contest/bounds.rs")),
    ("payout", include_str!("../../../src/contest/payout.rs")),
    ("standings", include_str!("../../../src/contest/standings.rs")),
    ("status", include_str!("../../../src/contest/status.rs")),
    ("timing", include_str!("../../../src/contest/timing.rs")),
];

/// 128-bit numbers, products that are checked for overflow, signed division, text, dynamic calls, floats.
const UNFIT: [&str; 11] = [
    "u128",
    "i128",
    "checked_mul",
    "saturating_mul",
    "overflowing_mul",
    "div_euclid",
    "format!",
    "write!",
    "dyn ",
    "f64",
    "String",
];

fn without_tests(source: &str) -> &str {
    source.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn shared_functions_have_nothing_the_chain_cannot_link() {
    for (name, source) in SHARED {
        for unfit in UNFIT {
            assert!(!without_tests(source).contains(unfit), "{name} has {unfit}");
        }
    }
}

/// A plain product traps on overflow where checks are on: there is none but of constants.
#[test]
fn shared_functions_multiply_only_constants_and_by_wrapping() {
    for (name, source) in SHARED {
        let code = without_tests(source).lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code.filter(|line| line.contains(" * ")) {
            assert!(line.starts_with("pub const "), "{name}: {line}");
        }
    }
}

/// All but the ranking of everybody at once, which the chain does page by page, does without an allocator.
#[test]
fn only_ranking_allocates() {
    for (name, source) in SHARED {
        assert_eq!(without_tests(source).contains("alloc::"), name == "standings", "{name}");
    }
}
