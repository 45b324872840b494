//! Tokens in places where they do not belong: found in addresses, cut out of messages.

use std::borrow::Cow;

/// What each kind of token begins with.
const BEGINNINGS: [&str; 3] = ["arena_operator_", "arena_agent_", "arena_handle_"];
/// So many characters after its beginning make it one; a token has more.
const LENGTH: usize = 32;

/// Whether a token stands in the text.
pub(crate) fn is_told(text: &str) -> bool {
    first(text).is_some()
}

/// The text without the tokens that stand in it.
pub(crate) fn without(text: &str) -> Cow<'_, str> {
    let Some((begin, end)) = first(text) else { return Cow::Borrowed(text) };
    let (before, rest) = (text.get(..begin).unwrap_or_default(), text.get(end..).unwrap_or_default());
    Cow::Owned(format!("{before}...{}", without(rest)))
}

/// Where the secret part of the first token is.
fn first(text: &str) -> Option<(usize, usize)> {
    let secrets = BEGINNINGS.iter().flat_map(|begins| {
        text.match_indices(begins).filter_map(|(at, _)| {
            let begin = at + begins.len();
            let secret = text.get(begin..)?;
            let length = secret.find(|c| !is_tokens(c)).unwrap_or(secret.len());
            (length >= LENGTH).then_some((begin, begin + length))
        })
    });
    secrets.min()
}

fn is_tokens(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_cut_out_wherever_they_stand() {
        let secret = "A1-_".repeat(11);
        let text = format!(
            "a arena_agent_{secret}, 'arena_handle_{secret}.may-read.{secret}' ü arena_operator_{secret}"
        );
        assert!(is_told(&text));
        let left = without(&text);
        assert_eq!(left, "a arena_agent_..., 'arena_handle_...' ü arena_operator_...");
        assert!(!is_told(&left));
    }

    #[test]
    fn what_is_no_token_stays() {
        for text in
            ["", "arena_agent_", "an arena_agent_ begins so", "/v1/agents/arena_handle_x", "arena_handlé_"]
        {
            assert!(!is_told(text) && without(text) == text, "{text}");
        }
    }
}
