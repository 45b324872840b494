//! Reading queries: the fast way when they are right, the exact way when they are not.

use arena_api::Code;
use serde::de::DeserializeOwned;

use crate::{error::Failure, parse::invalid};

/// Reads a query.
pub(crate) fn read<T: DeserializeOwned>(query: Option<&str>) -> Result<T, Failure> {
    let query = query.unwrap_or_default();
    serde_urlencoded::from_str(query).map_err(|_| query_problem::<T>(query))
}

fn query_problem<T: DeserializeOwned>(query: &str) -> Failure {
    let pairs: Result<Vec<(String, String)>, _> = serde_urlencoded::from_str(query);
    let Ok(pairs) = pairs else {
        return Failure::new(Code::Malformed, "the query cannot be read; send name=value pairs");
    };
    let reader = serde::de::value::MapDeserializer::new(
        pairs.iter().map(|(name, value)| (name.as_str(), Word(value))),
    );
    match serde_path_to_error::deserialize::<_, T>(reader) {
        Ok(_) => invalid("", "the query cannot be read"),
        Err(error) => invalid(&error.path().to_string(), &error.inner().to_string()),
    }
}

/// A value of a query, which is text that may stand for a number or a word.
struct Word<'a>(&'a str);

/// Reads the text as what the field wants.
macro_rules! parsed {
    ($($method:ident => $visit:ident: $type:ty, $expected:literal;)+) => {
        $(fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            let number: $type = self.0.parse().map_err(|_| serde::de::Error::custom($expected))?;
            visitor.$visit(number)
        })+
    };
}

impl<'de> serde::Deserializer<'de> for Word<'_> {
    type Error = serde::de::value::Error;

    parsed! {
        deserialize_bool => visit_bool: bool, "true or false is expected";
        deserialize_u8 => visit_u8: u8, "a small whole number is expected";
        deserialize_u16 => visit_u16: u16, "a whole number is expected";
        deserialize_u32 => visit_u32: u32, "a whole number is expected";
        deserialize_u64 => visit_u64: u64, "a whole number is expected";
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_enum(serde::de::value::StrDeserializer::new(self.0))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

impl<'de> serde::de::IntoDeserializer<'de> for Word<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use arena_api::events::EventQuery;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_query_is_named() {
        for (text, field) in [
            ("limit=x", "limit"),
            ("limits=5", "limits"),
            ("after=-1", "after"),
            ("limit=1&limit=2", "limit"),
        ] {
            let failure = read::<EventQuery>(Some(text)).unwrap_err();
            let problem = failure.into_problem();
            assert_eq!((problem.status, problem.field.as_deref()), (422, Some(field)), "{text}");
        }
        let right = read::<EventQuery>(Some("after=5&limit=3&type=step_claimed&actor=alice")).unwrap();
        assert_eq!((right.limit, right.kind.as_deref()), (Some(3), Some("step_claimed")));
    }
}
