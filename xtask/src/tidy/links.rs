//! Links between the documents lead somewhere.

use super::{
    Finding,
    tree::{Document, Tree},
};

/// Checks every relative link of every document.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.documents.iter().flat_map(|document| check_document(tree, document)).collect()
}

fn check_document(tree: &Tree, document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, target) in links(&document.text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (file, anchor) =
            target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
        let path = if file.is_empty() { document.path.clone() } else { resolve(&document.path, file) };
        if !tree.paths.contains(&path) {
            findings.push(Finding::at(
                &document.path,
                line,
                format!("links to {target}, which does not exist"),
            ));
            continue;
        }
        let there = tree.document(&path);
        if let (Some(anchor), Some(there)) = (anchor, there)
            && !anchors(&there.text).any(|known| known == anchor)
        {
            findings.push(Finding::at(
                &document.path,
                line,
                format!("links to {target}, but no heading is called so"),
            ));
        }
    }
    findings
}

/// The targets of `[text](target)` outside code blocks, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut in_code = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let targets = line.split("](").skip(1).filter_map(|after| after.split_once(')'));
        found.extend(targets.map(|(target, _)| (index + 1, target.trim())));
    }
    found
}

/// The path that `link` means when it stands in the document at `from`.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors of a document's headings.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_'));
        kept.map(|character| if character == ' ' { '-' } else { character }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let document = |path: &str, text: &str| Document { path: path.to_owned(), text: text.to_owned() };
        let documents = vec![document("docs/a.md", text), document("docs/b.md", "# The end\n")];
        let paths = ["docs", "docs/a.md", "docs/b.md", "README.md"].map(str::to_owned).into();
        let tree = Tree { documents, paths, ..Tree::default() };
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn links_to_nothing_are_found() {
        assert!(
            findings("[b](b.md) [top](../README.md) [web](https://example.com) [folder](../docs/)")
                .is_empty()
        );
        assert_eq!(findings("[c](c.md)"), ["links to c.md, which does not exist"]);
        assert!(findings("```\n[c](c.md)\n```\n").is_empty());
    }

    #[test]
    fn anchors_to_nothing_are_found() {
        assert!(findings("[end](b.md#the-end)").is_empty());
        assert_eq!(findings("[end](b.md#start)"), ["links to b.md#start, but no heading is called so"]);
    }
}
