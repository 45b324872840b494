//! How many tokens a text costs a language model, told from above without a tokenizer.

/// From this length on a word is none: hashes and keys come to a token for every other letter or so.
const LONG_WORD: usize = 13;
/// So many letters without a vowel between them are no word either.
const WITHOUT_VOWEL: usize = 4;

/// A text is at most so many tokens: counted generously, since every model counts in its own way. In twelfths of a token.
///
/// Words come to a token for three letters, what is no word to nearly one for each, marks likewise, common other scripts to
/// one for each byte but one of a character, the rest to one for each byte. A test compares it with two tokenizers, over texts made to cost much.
pub(super) fn at_most(text: &str) -> usize {
    let (mut word, mut twelfths) = (Word::default(), 0);
    for character in text.chars() {
        word.take(character);
        twelfths += match character {
            _ if word.is_none() => 11,
            ' ' => 3,
            'a'..='z' => 4,
            'A'..='Z' | '0'..='9' | '"' | ',' | ':' => 6,
            _ if character.is_ascii() => 11,
            '\u{80}'..='\u{52f}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => {
                12 * (character.len_utf8() - 1)
            }
            _ => 12 * character.len_utf8(),
        };
    }
    usize::div_ceil(twelfths, 12)
}

/// The letters and digits that stand together where one looks.
#[derive(Default)]
struct Word {
    length: usize,
    without_vowel: usize,
    has_letter: bool,
    has_digit: bool,
}

impl Word {
    fn take(&mut self, character: char) {
        if !character.is_ascii_alphanumeric() {
            *self = Self::default();
            return;
        }
        self.length += 1;
        self.has_letter |= character.is_ascii_alphabetic();
        self.has_digit |= character.is_ascii_digit();
        let is_consonant = character.is_ascii_alphabetic() && !"aeiouyAEIOUY".contains(character);
        self.without_vowel = if is_consonant { self.without_vowel + 1 } else { 0 };
    }

    /// Whether it is none that a tokenizer knows.
    const fn is_none(&self) -> bool {
        self.length >= LONG_WORD || self.without_vowel >= WITHOUT_VOWEL || (self.has_letter && self.has_digit)
    }
}

/// What a value costs as JSON.
pub(super) fn of_json(value: &serde_json::Value) -> usize {
    at_most(&value.to_string())
}
