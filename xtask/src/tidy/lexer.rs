//! Takes Rust text apart into code, strings and comments, so that a check of one never trips over another.

/// A Rust text taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lexed {
    /// The code: comments and the contents of strings are left out, line breaks are kept.
    pub(super) code: String,
    /// The contents of the string literals.
    pub(super) strings: Vec<Literal>,
}

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// The line it begins on, from 1.
    pub(super) line: usize,
    /// What stands between the quotes, escapes as written.
    pub(super) text: String,
}

/// Takes `text` apart.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { rest: text, line: 1, lexed: Lexed::default() };
    while lexer.step() {}
    lexer.lexed
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    lexed: Lexed,
}

impl<'a> Lexer<'a> {
    /// Consumes one token of whichever kind comes next; false at the end.
    fn step(&mut self) -> bool {
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            self.skip(length);
        } else if self.rest.starts_with("/*") {
            let length = block_comment(self.rest);
            self.skip(length);
        } else if let Some((opening, closing)) = raw_string(self.rest) {
            self.literal(opening, |body| body.find(&closing).unwrap_or(body.len()), closing.len());
        } else if self.rest.starts_with('"') {
            self.literal(1, quoted, 1);
        } else if let Some(length) = char_literal(self.rest) {
            self.skip(length);
        } else {
            let length = word_or_char(self.rest);
            let taken = self.take(length);
            self.lexed.code.push_str(taken);
        }
        !self.rest.is_empty()
    }

    fn literal(&mut self, opening: usize, measure: impl Fn(&str) -> usize, closing: usize) {
        let line = self.line;
        self.take(opening);
        let body = self.take(measure(self.rest));
        self.keep_lines(body);
        self.take(closing);
        self.lexed.code.push_str("\"\"");
        self.lexed.strings.push(Literal { line, text: body.to_owned() });
    }

    /// Consumes what is neither code nor a string.
    fn skip(&mut self, length: usize) {
        let taken = self.take(length);
        self.keep_lines(taken);
        self.lexed.code.push(' ');
    }

    fn keep_lines(&mut self, taken: &str) {
        self.lexed.code.extend(taken.matches('\n'));
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }
}

/// The length of the (nesting) block comment that `text` begins with.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut length) = (0_usize, 0);
    while let Some(rest) = text.get(length..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            (depth, length) = (depth + 1, length + 2);
        } else if rest.starts_with("*/") {
            (depth, length) = (depth - 1, length + 2);
            if depth == 0 {
                break;
            }
        } else {
            length += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    length
}

/// The length of the opening of the raw string that `text` begins with, and its closing.
fn raw_string(text: &str) -> Option<(usize, String)> {
    let after = ["r", "br", "cr"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let quoted = after.trim_start_matches('#');
    let hashes = after.len() - quoted.len();
    quoted.starts_with('"').then(|| (text.len() - quoted.len() + 1, format!("\"{}", "#".repeat(hashes))))
}

/// The length of a string's body up to the quote that ends it.
fn quoted(body: &str) -> usize {
    let mut escaped = false;
    for (index, character) in body.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index,
            _ => {}
        }
    }
    body.len()
}

/// The length of the character literal that `text` begins with; a lifetime is none.
fn char_literal(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    let first = body.chars().next()?;
    if first == '\\' {
        let escape = body.char_indices().skip(2).find(|(_, character)| *character == '\'')?;
        return Some(escape.0 + 2);
    }
    body.get(first.len_utf8()..)?.starts_with('\'').then(|| first.len_utf8() + 2)
}

/// The length of the word that `text` begins with, or of its first character.
fn word_or_char(text: &str) -> usize {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    match text.find(|character| !is_word(character)) {
        Some(0) => text.chars().next().map_or(0, char::len_utf8),
        Some(length) => length,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Vec<String> {
        lex(text).strings.into_iter().map(|literal| literal.text).collect()
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        let lexed = lex("a(\"todo!()\"); // todo!()\n/* x /* y */ todo!() */ b");
        assert!(!lexed.code.contains("todo"));
        assert!(lexed.code.contains('a') && lexed.code.contains('b'));
        assert_eq!(lexed.code.lines().count(), 2);
    }

    #[test]
    fn strings_are_found_with_escapes_hashes_and_lines() {
        assert_eq!(strings(r#"f("a\"b", "c")"#), [r#"a\"b"#, "c"]);
        assert_eq!(strings("r#\"x\"y\"#; b\"z\""), ["x\"y", "z"]);
        assert_eq!(lex("\n\n\"two\"").strings.first().map(|literal| literal.line), Some(3));
    }

    #[test]
    fn a_quote_character_and_a_lifetime_open_no_string() {
        assert_eq!(strings(r#"'"'; '\''; &'a str; "x""#), ["x"]);
        assert!(lex("for<'a> fn(&'a T)").code.contains("for<'a>"));
    }
}
