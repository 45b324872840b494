//! Decisions are numbered without gaps and listed in their index.

use super::{Finding, tree::Tree};

const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";
/// The parts every decision has.
const PARTS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

/// Checks numbers, parts and the index.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(index) = tree.document(INDEX) else {
        return vec![Finding::new(INDEX, "is missing; list the decisions there")];
    };
    let mut findings = Vec::new();
    let decisions =
        tree.documents.iter().filter(|document| document.path.starts_with(FOLDER) && document.path != INDEX);
    for (place, decision) in (1..).zip(decisions) {
        let name = decision.path.strip_prefix(FOLDER).unwrap_or(&decision.path);
        if !name.starts_with(&format!("{place:04}-")) {
            findings.push(Finding::new(
                &decision.path,
                format!("should be number {place:04}; numbers have no gaps"),
            ));
        }
        if !index.text.contains(&format!("]({name})")) {
            findings.push(Finding::new(&decision.path, format!("is not linked from {INDEX}")));
        }
        for part in PARTS.iter().filter(|part| !decision.text.lines().any(|line| line == **part)) {
            findings.push(Finding::new(&decision.path, format!("has no `{part}`")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::tree::Document, *};

    const WHOLE: &str = "# A\n## Context\n## Decision\n## Consequences\n";

    fn findings(index: &str, decisions: &[(&str, &str)]) -> usize {
        let document =
            |name: &str, text: &str| Document { path: format!("{FOLDER}{name}"), text: text.to_owned() };
        let mut documents: Vec<_> = decisions.iter().map(|(name, text)| document(name, text)).collect();
        documents.push(document("README.md", index));
        check(&Tree { documents, ..Tree::default() }).len()
    }

    #[test]
    fn gaps_and_unlisted_decisions_are_found() {
        let index = "[a](0001-a.md) [b](0002-b.md)";
        assert_eq!(findings(index, &[("0001-a.md", WHOLE), ("0002-b.md", WHOLE)]), 0);
        assert_eq!(findings(index, &[("0001-a.md", WHOLE), ("0003-b.md", WHOLE)]), 2);
        assert_eq!(findings("", &[("0001-a.md", WHOLE)]), 1);
        assert_eq!(check(&Tree::default()).len(), 1);
    }

    #[test]
    fn a_decision_without_its_parts_is_found() {
        assert_eq!(findings("[a](0001-a.md)", &[("0001-a.md", "# A\n## Context\n")]), 2);
    }
}
