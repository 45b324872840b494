//! Imports between crates follow the design's arrows, and the rules depend on nothing that needs std.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Finding;
use crate::workspace;

/// The arrows: what each crate imports directly.
const ARROWS: [(&str, &[&str]); 8] = [
    ("arena-core", &[]),
    ("arena-api", &["arena-core"]),
    ("arena-runtime", &["arena-core"]),
    ("arena-server", &["arena-api", "arena-runtime"]),
    ("arena-chain", &["arena-api"]),
    ("arena-agents", &["arena-api", "arena-chain"]),
    ("arena-cli", &["arena-agents", "arena-server"]),
    ("xtask", &[]),
];

/// Dependencies that only these crates may have.
const RESERVED: [(&str, &[&str]); 6] = [
    ("rusqlite", &["arena-runtime"]),
    ("axum", &["arena-server"]),
    ("utoipa-axum", &["arena-server"]),
    ("reqwest", &["arena-api"]),
    ("rmcp", &["arena-server"]),
    ("clap", &["arena-cli"]),
];

/// A member of the workspace.
#[derive(Debug)]
pub(super) struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

/// What a member depends on.
#[derive(Debug)]
struct Dependency {
    name: String,
    kind: Kind,
    default_features: bool,
    features: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Normal,
    Build,
    Development,
}

/// Asks cargo for the workspace's members.
pub(super) fn metadata() -> Result<Value> {
    let output = workspace::cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("cannot read cargo's metadata")
}

/// Reads the members from cargo's metadata.
pub(super) fn packages(metadata: &Value) -> Result<Vec<Package>> {
    let packages =
        metadata.get("packages").and_then(Value::as_array).context("metadata names no packages")?;
    packages
        .iter()
        .map(|package| read_package(package).context("a package in the metadata is malformed"))
        .collect()
}

fn read_package(value: &Value) -> Option<Package> {
    let dependencies =
        value.get("dependencies")?.as_array()?.iter().map(read_dependency).collect::<Option<_>>()?;
    Some(Package { name: value.get("name")?.as_str()?.to_owned(), dependencies })
}

fn read_dependency(value: &Value) -> Option<Dependency> {
    let kind = match value.get("kind")?.as_str() {
        Some("dev") => Kind::Development,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    let features = value.get("features")?.as_array()?;
    Some(Dependency {
        name: value.get("name")?.as_str()?.to_owned(),
        kind,
        default_features: value.get("uses_default_features")?.as_bool()?,
        features: features.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

/// Compares the members with the arrows.
pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let path = format!("crate {}", package.name);
    let Some(arrows) = arrows_of(&package.name) else {
        return vec![Finding::new(
            &path,
            "is not in the design's drawing; add its arrows to xtask's edges.rs",
        )];
    };
    let mut findings = Vec::new();
    for dependency in package.dependencies.iter().filter(|dependency| dependency.kind != Kind::Development) {
        let name = dependency.name.as_str();
        if arrows_of(name).is_some() && !leads_to(&package.name, name) {
            findings.push(Finding::new(&path, format!("imports {name}, and no arrow leads there")));
        }
        if RESERVED
            .iter()
            .any(|(reserved, owners)| *reserved == name && !owners.contains(&package.name.as_str()))
        {
            findings.push(Finding::new(&path, format!("depends on {name}, which belongs to another crate")));
        }
        if package.name == "arena-core" && needs_std(dependency) {
            findings
                .push(Finding::new(&path, format!("takes {name} with std; set default-features = false")));
        }
    }
    for arrow in arrows {
        if !package.dependencies.iter().any(|dependency| dependency.name == *arrow) {
            findings
                .push(Finding::new(&path, format!("does not import {arrow}, though the drawing says so")));
        }
    }
    findings
}

fn needs_std(dependency: &Dependency) -> bool {
    dependency.default_features
        || dependency.features.iter().any(|feature| feature == "std" || feature == "default")
}

fn arrows_of(name: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

/// Whether the arrows lead from one crate to the other, directly or through others.
fn leads_to(from: &str, to: &str) -> bool {
    arrows_of(from).unwrap_or_default().iter().any(|next| *next == to || leads_to(next, to))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn findings(name: &str, dependencies: &[Value]) -> Vec<String> {
        let metadata = json!({ "packages": [{ "name": name, "dependencies": dependencies }] });
        check(&packages(&metadata).unwrap()).into_iter().map(|finding| finding.message).collect()
    }

    fn normal(name: &str) -> Value {
        json!({ "name": name, "kind": null, "uses_default_features": false, "features": [] })
    }

    #[test]
    fn an_edge_against_the_arrows_is_found() {
        let found = findings("arena-runtime", &[normal("arena-core"), normal("arena-server")]);
        assert_eq!(found, ["imports arena-server, and no arrow leads there"]);
        let agents =
            |extra| findings("arena-agents", &[normal("arena-api"), normal("arena-chain"), normal(extra)]);
        assert!(agents("arena-core").is_empty());
        assert_eq!(agents("arena-runtime").len(), 1);
    }

    #[test]
    fn a_drawn_arrow_that_nobody_follows_is_found() {
        assert_eq!(findings("arena-api", &[]), ["does not import arena-core, though the drawing says so"]);
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert_eq!(findings("arena-extra", &[]).len(), 1);
    }

    #[test]
    fn a_dependency_of_another_crate_is_found() {
        let found =
            findings("arena-server", &[normal("arena-api"), normal("arena-runtime"), normal("rusqlite")]);
        assert_eq!(found, ["depends on rusqlite, which belongs to another crate"]);
    }

    #[test]
    fn std_in_the_rules_is_found() {
        let by_default =
            json!({ "name": "serde", "kind": null, "uses_default_features": true, "features": [] });
        let by_name =
            json!({ "name": "serde", "kind": null, "uses_default_features": false, "features": ["std"] });
        let in_tests =
            json!({ "name": "proptest", "kind": "dev", "uses_default_features": true, "features": [] });
        assert_eq!(findings("arena-core", &[by_default]).len(), 1);
        assert_eq!(findings("arena-core", &[by_name]).len(), 1);
        assert!(findings("arena-core", &[in_tests, normal("serde")]).is_empty());
    }
}
