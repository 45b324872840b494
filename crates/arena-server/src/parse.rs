//! Reading JSON bodies and queries: the fast way when they are right, the exact way when they are not.

use arena_api::{Code, Problem};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Failure;

/// Reads a JSON body.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| json_problem::<T>(body))
}

/// Reads a JSON body that may be left out, which says the same as `{}`.
pub(crate) fn json_or_empty<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    json(if body.is_empty() { b"{}" } else { body })
}

/// Says what is wrong with a body: first whether it is JSON at all, then which field is at fault.
fn json_problem<T: DeserializeOwned>(body: &[u8]) -> Failure {
    if body.is_empty() {
        return Failure::new(Code::Malformed, "the body is empty; send a JSON object");
    }
    if std::str::from_utf8(body).is_err() {
        return Failure::new(Code::Malformed, "the body is not UTF-8; send JSON");
    }
    if let Err(error) = serde_json::from_slice::<Value>(body) {
        return Failure::new(Code::Malformed, format!("the body is not JSON: {error}"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => Failure::new(Code::Malformed, "the body goes on after its JSON object"),
        Err(error) => {
            let path = error.path().to_string();
            let reason = error.into_inner().to_string();
            // serde_json adds the place; the path says it better.
            let reason = reason.split_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
            invalid(&path, reason)
        }
    }
}

/// Reads a query.
pub(crate) fn query<T: DeserializeOwned>(query: Option<&str>) -> Result<T, Failure> {
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

/// Names the field that `reason` is about: an unknown or missing one stands in the reason itself.
fn invalid(path: &str, reason: &str) -> Failure {
    let parent = if path == "." { "" } else { path };
    let quoted = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| reason.strip_prefix(start)?.split('`').next());
    let field = match quoted {
        None => parent.to_owned(),
        Some(name) if parent.is_empty() || parent == name => name.to_owned(),
        Some(name) if parent.ends_with(&format!(".{name}")) => parent.to_owned(),
        Some(name) => format!("{parent}.{name}"),
    };
    Problem::invalid(field, reason).into()
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
    use super::*;
    use arena_api::{arenas::CreateArena, events::EventQuery, steps::AddSteps};

    fn problem(failure: Failure) -> (u16, Option<String>) {
        let problem = failure.into_problem();
        (problem.status, problem.field)
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named_by_its_path() {
        for (body, status, field) in [
            ("", 400, None),
            ("{", 400, None),
            ("{\"steps\": 5, ", 400, None),
            ("{\"steps\": []} {}", 400, None),
            ("[]", 422, None),
            ("{}", 422, Some("steps")),
            ("{\"steps\": 5}", 422, Some("steps")),
            ("{\"steps\": [], \"stepz\": 1}", 422, Some("stepz")),
            (
                "{\"steps\": [{\"title\": \"a\"}, {\"title\": \"b\", \"colour\": 1}]}",
                422,
                Some("steps[1].colour"),
            ),
            ("{\"steps\": [{\"title\": \"a\", \"depends_on\": [0]}]}", 422, Some("steps[0].depends_on[0]")),
            ("{\"steps\": [{}]}", 422, Some("steps[0].title")),
            ("{\"steps\": [{\"title\": \"a\", \"title\": \"b\"}]}", 422, Some("steps[0].title")),
        ] {
            let failure = json::<AddSteps>(body.as_bytes()).unwrap_err();
            assert_eq!(problem(failure), (status, field.map(str::to_owned)), "{body}");
        }
        assert_eq!(problem(json::<CreateArena>(b"{\"goal\": \"\xff\"}").unwrap_err()), (400, None));
    }

    #[test]
    fn what_is_wrong_with_a_query_is_named() {
        for (text, field) in [
            ("limit=x", "limit"),
            ("limits=5", "limits"),
            ("after=-1", "after"),
            ("limit=1&limit=2", "limit"),
        ] {
            let failure = query::<EventQuery>(Some(text)).unwrap_err();
            assert_eq!(problem(failure), (422, Some(field.to_owned())), "{text}");
        }
        let right = query::<EventQuery>(Some("after=5&limit=3&type=step_claimed&actor=alice")).unwrap();
        assert_eq!((right.limit, right.kind.as_deref()), (Some(3), Some("step_claimed")));
    }
}
