//! Tokens in places where they do not belong: found in addresses, cut out of messages.

use std::borrow::Cow;

/// What each kind of token begins with.
const BEGINNINGS: [&str; 3] = ["arena_operator_", "arena_agent_", "arena_handle_"];
/// So many characters after its beginning make it one; a token has more.
const LENGTH: usize = 32;

/// Whether a token stands in the text, also one that is escaped as in an address.
pub(crate) fn is_told(text: &str) -> bool {
    first(&spelled_out(text)).is_some()
}

/// The text without the tokens that stand in it.
pub(crate) fn without(text: &str) -> Cow<'_, str> {
    if !is_told(text) {
        return Cow::Borrowed(text);
    }
    let (plain, mut left) = (spelled_out(text), String::new());
    let mut rest = plain.as_ref();
    while let Some((begin, end)) = first(rest) {
        left.push_str(rest.get(..begin).unwrap_or_default());
        left.push_str("...");
        rest = rest.get(end..).unwrap_or_default();
    }
    left.push_str(rest);
    Cow::Owned(left)
}

/// The text with what is escaped in it, as `%5F` is, spelled out.
fn spelled_out(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.first_chunk().and_then(|digits: &[u8; 2]| std::str::from_utf8(digits).ok());
        let escaped = digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*byte));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
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
    fn a_token_that_is_escaped_is_one_too() {
        let secret = "A1-_".repeat(11);
        for escaped in [
            format!("/v1/agents/arena%5Fagent_{secret}"),
            format!("/?a=%61rena_agent_{secret}&b=arena_agent_{secret}"),
            format!("arena_agent_{}", secret.replace('A', "%41")),
        ] {
            assert!(is_told(&escaped), "{escaped}");
            let left = without(&escaped);
            assert!(left.contains("arena_agent_...") && !is_told(&left), "{left}");
        }
        // Escaped twice, it is nobody's token; and what is no token stays as it was sent.
        for text in [format!("arena%255Fagent_{secret}"), "100%".into(), "%zz%5F%C3%28".into(), "%+1".into()]
        {
            assert!(!is_told(&text) && without(&text) == text, "{text}");
        }
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
