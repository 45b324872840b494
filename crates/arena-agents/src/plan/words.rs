//! A command as a plan writes it: a list of words, never a line for a shell, so that a folder with spaces stays one word.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Words(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a list of words such as [\"sh\", \"work.sh\"] or [\"sh\", \"-c\", \"echo done\"]",
                )
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut words: A) -> Result<Words, A::Error> {
                let mut list = Vec::new();
                while let Some(word) = words.next_element()? {
                    list.push(word);
                }
                Ok(Words(list))
            }
        }
        deserializer.deserialize_seq(Visitor)
    }
}
