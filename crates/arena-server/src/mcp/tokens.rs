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
    let (mut word, mut without_vowel, mut twelfths) = (0, 0, 0);
    for character in text.chars() {
        word = if character.is_ascii_alphanumeric() { word + 1 } else { 0 };
        let is_consonant = character.is_ascii_alphabetic() && !"aeiouyAEIOUY".contains(character);
        without_vowel = if is_consonant { without_vowel + 1 } else { 0 };
        let is_no_word = word >= LONG_WORD || without_vowel >= WITHOUT_VOWEL;
        twelfths += match character {
            _ if is_no_word => 10,
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

/// What a value costs as JSON.
pub(super) fn of_json(value: &serde_json::Value) -> usize {
    at_most(&value.to_string())
}
