//! Variables: `{{name}}` in a plan's texts, declared with a default under `[variables]`, set with `--set name=value`.

use std::collections::BTreeMap;

/// The name that always stands for the folder of the plan file.
pub(super) const PLAN_FOLDER: &str = "plan_folder";

/// Replaces `{{name}}` (spaces inside the braces allowed) by its value; values are not expanded again. Braces around anything
/// that is not a name stay as they are.
///
/// # Errors
///
/// With the first name that has no value.
pub(super) fn expand(text: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        expanded.push_str(before);
        match after.split_once("}}").map(|(inside, after)| (inside.trim(), after)) {
            Some((name, after)) if is_name(name) => {
                expanded.push_str(values.get(name).ok_or(name)?);
                rest = after;
            }
            Some(_) | None => {
                expanded.push_str("{{");
                rest = after;
            }
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// Whether `text` can name a variable: a letter, then letters, digits, `_` and `-`.
pub(super) fn is_name(text: &str) -> bool {
    text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_once_and_other_braces_stay() {
        let values = BTreeMap::from([("a".into(), "{{b}}".into()), ("b".into(), "B".into())]);
        for (text, expanded) in [
            ("x {{a}} {{ b }} y", "x {{b}} B y"),
            ("{{}} {{1}} {{a b}} {{", "{{}} {{1}} {{a b}} {{"),
            ("{{{b}}", "{{{b}}"),
            ("{a} {{b", "{a} {{b"),
            ("ä{{b}}ö", "äBö"),
        ] {
            assert_eq!(expand(text, &values).as_deref(), Ok(expanded), "{text}");
        }
        assert_eq!(expand("{{b}} {{nobody}}", &values), Err("nobody".into()));
    }
}
