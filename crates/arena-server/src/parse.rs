//! Reading what is handed in: JSON bodies the fast way when they are right, the exact way when they are not.

use arena_api::{Code, Problem};
use arena_core::{Fence, StepNumber};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{error::Failure, objects::Objects};

/// Reads a JSON body.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = T::deserialize(Objects(&mut reader)).and_then(|read| reader.end().map(|()| read));
    read.map_err(|_| json_problem::<T>(body))
}

/// Reads a JSON body that may be left out, which says the same as `{}`.
pub(crate) fn json_or_empty<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    json(if body.is_empty() { b"{}" } else { body })
}

/// A claim, of the two parts in which it is handed in: they go together.
pub(crate) fn claim(
    step: Option<StepNumber>,
    fence: Option<Fence>,
) -> Result<Option<(StepNumber, Fence)>, Failure> {
    match (step, fence) {
        (Some(step), Some(fence)) => Ok(Some((step, fence))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Problem::invalid("fence", "it goes with step; send both or neither").into()),
        (None, Some(_)) => Err(Problem::invalid("step", "it goes with fence; send both or neither").into()),
    }
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
    match serde_path_to_error::deserialize::<_, T>(Objects(&mut reader)) {
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

/// Names the field that `reason` is about: an unknown or missing one stands in the reason itself.
pub(crate) fn invalid(path: &str, reason: &str) -> Failure {
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

#[cfg(test)]
mod tests {
    use super::*;
    use arena_api::{arenas::CreateArena, steps::AddSteps};

    fn problem(failure: Failure) -> (u16, Option<String>) {
        let problem = failure.into_problem();
        (problem.status, problem.field)
    }

    #[test]
    fn an_array_in_place_of_an_object_is_refused_without_the_name_of_a_type() {
        for (body, detail) in [
            ("[[]]", "invalid type: sequence, expected an object"),
            ("{\"steps\": [[\"a\"]]}", "steps[0]: invalid type: sequence, expected an object"),
            ("{\"steps\": [5]}", "steps[0]: invalid type: integer `5`, expected an object"),
        ] {
            assert_eq!(
                json::<AddSteps>(body.as_bytes()).unwrap_err().into_problem().detail,
                detail,
                "{body}"
            );
        }
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
            ("[[{\"title\": \"a\"}]]", 422, None),
            ("{\"steps\": [[\"a\"]]}", 422, Some("steps[0]")),
            ("{\"steps\": [{\"title\": \"a\", \"evidence\": []}]}", 422, Some("steps[0].evidence")),
            ("{\"steps\": [{\"title\": \"a\", \"title\": \"b\"}]}", 422, Some("steps[0].title")),
        ] {
            let failure = json::<AddSteps>(body.as_bytes()).unwrap_err();
            assert_eq!(problem(failure), (status, field.map(str::to_owned)), "{body}");
        }
        assert_eq!(problem(json::<CreateArena>(b"{\"goal\": \"\xff\"}").unwrap_err()), (400, None));
    }
}
