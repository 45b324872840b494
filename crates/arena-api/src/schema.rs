//! The schemas of the core's values: what each looks like in JSON, for the OpenAPI document only.

mod contest;

use std::borrow::Cow;

use arena_core::collaboration as core;
pub use contest::{
    Account, Amount, ContestStatus, ObligationStatus, Payee, PayoutKind, PositiveAmount, Reason, Score,
    Scores,
};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{
            AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type,
        },
    },
};

/// Names a stand-in for a core value and says its schema.
macro_rules! stand_in {
    ($(#[$doc:meta])* $name:ident, $schema:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    };
}
use stand_in;

fn text(description: &str, pattern: Option<&str>, longest: usize, example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .pattern(pattern)
        .min_length(Some(1))
        .max_length(Some(longest))
        .examples([json!(example)])
}

fn uuid(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .description(Some(description))
        .examples([json!("019a9b3c-5f00-7abc-8def-0123456789ab")])
}

fn number(description: &str, least: u64, most: u64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .description(Some(description))
        .minimum(Some(least as f64))
        .maximum(Some(most as f64))
}

/// A number that may also be `null`, which says the same as leaving it out.
fn perhaps(description: &str, least: u64, most: u64) -> ObjectBuilder {
    number(description, least, most).schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
}

fn word(description: &str, words: &[&str]) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(words.iter().copied()))
}

const LARGEST: u64 = core::Limits::MAX_INTEGER;

stand_in!(
    /// An agent's id.
    AgentId,
    text("A registered participant of the system.", Some("^[a-z0-9][a-z0-9._-]{0,62}$"), 63, "alice")
);
stand_in!(
    /// An arena's id.
    ArenaId,
    uuid("An arena; ids grow in the order of creation.")
);
stand_in!(
    /// A handle's id.
    HandleId,
    uuid("One handle that was given out.")
);
stand_in!(
    /// An event's number in its arena.
    Sequence,
    number("An event's number in its arena: from 1, without gaps; 0 stands for before the first.", 0, LARGEST)
);
stand_in!(
    /// An event's number in the journal.
    Position,
    number("An event's number in the whole journal: from 1, without gaps.", 0, LARGEST)
);
stand_in!(
    /// A claim's number.
    Fence,
    number("The number of a claim: grows within an arena and is never given twice.", 0, LARGEST)
);
stand_in!(
    /// A step's number.
    StepNumber,
    number("A step's number in its arena: from 1.", 1, u64::from(u32::MAX)).examples([json!(1)])
);
stand_in!(
    /// A length of time.
    Millis,
    number("A length of time in milliseconds.", 0, LARGEST)
);
stand_in!(
    /// A count or an amount.
    Count,
    number("A whole number that is exact in every client language.", 0, LARGEST)
);
stand_in!(
    /// A point in time.
    Timestamp,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("RFC 3339 in UTC with milliseconds."))
        .examples([json!("2026-11-20T13:20:00.000Z")])
);
stand_in!(
    /// A SHA-256 digest.
    Hash,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("A SHA-256 digest as 64 lower-case hexadecimal digits."))
        .pattern(Some("^[0-9a-f]{64}$"))
);
stand_in!(
    /// An artifact's name.
    ArtifactName,
    text("A relative path of 1 to 256 bytes without empty, `.` or `..` parts.", None, 256, "src/main.rs")
);
stand_in!(
    /// A fact's key.
    FactKey,
    text("1 to 256 bytes without control characters.", Some(r"^[^\u0000-\u001f\u007f-\u009f]+$"), 256, "build.command")
);
stand_in!(
    /// Whom a step is for.
    Assignee,
    text("Who may claim the step: an agent id, `role:worker` or `role:coordinator`.", None, 63, "role:worker")
        .pattern(Some("^(role:worker|role:coordinator|[a-z0-9][a-z0-9._-]{0,62})$"))
);
stand_in!(
    /// A caller's key for one request.
    CommandId,
    text("The key by which a repeated request is recognised.", Some("^[!-~]{1,255}$"), 255, "run-7-step-3")
);
stand_in!(
    /// An arena's status.
    Status,
    word(
        "Where an arena stands in its lifecycle.",
        &[
            core::Status::Created.as_str(),
            core::Status::Active.as_str(),
            core::Status::Settling.as_str(),
            core::Status::Archived.as_str()
        ]
    )
);
stand_in!(
    /// A participant's role.
    Role,
    word(
        "What an agent is inside one arena.",
        &[core::Role::Coordinator.as_str(), core::Role::Worker.as_str(), core::Role::Observer.as_str()]
    )
);
stand_in!(
    /// Who may claim.
    Strategy,
    word(
        "peer: any worker claims any ready step; pipeline: every step has an assignee.",
        &[core::Strategy::Peer.as_str(), core::Strategy::Pipeline.as_str()]
    )
);
stand_in!(
    /// A step's status.
    StepStatus,
    word(
        "Where a step stands.",
        &[
            core::StepStatus::Waiting.as_str(),
            core::StepStatus::Ready.as_str(),
            core::StepStatus::Claimed.as_str(),
            core::StepStatus::Completed.as_str(),
            core::StepStatus::Failed.as_str(),
            core::StepStatus::Cancelled.as_str()
        ]
    )
);
stand_in!(
    /// What an artifact is.
    ArtifactKind,
    word(
        "What an artifact is.",
        &[
            core::ArtifactKind::Text.as_str(),
            core::ArtifactKind::Code.as_str(),
            core::ArtifactKind::File.as_str(),
            core::ArtifactKind::Data.as_str()
        ]
    )
);
stand_in!(
    /// A set of permissions.
    Permissions,
    ArrayBuilder::new()
        .items(word(
            "read: see the arena; write: claim steps and put artifacts; share: put facts and send messages; \
             coordinate: change plan, participants and lifecycle.",
            &core::Permission::ALL.map(core::Permission::as_str)
        ))
        .description(Some("A set of permissions, in the order read, write, share, coordinate."))
);
stand_in!(
    /// What a completion needs.
    Evidence,
    ObjectBuilder::new()
        .description(Some("What must be there before a step can be completed."))
        .property(
            "artifacts",
            ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::String))
                .description(Some("Artifacts that must exist, by name."))
        )
        .property(
            "approval",
            ObjectBuilder::new()
                .schema_type(Type::Boolean)
                .description(Some("Whether a coordinator must have approved the step."))
        )
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
);
stand_in!(
    /// What an arena may spend.
    Budget,
    ObjectBuilder::new()
        .description(Some("What an arena may spend; what is absent has no bound."))
        .property("attempts", perhaps("Claims that were not given back.", 0, LARGEST))
        .property("duration_ms", perhaps("Milliseconds since the arena was activated.", 0, LARGEST))
        .property("cost", perhaps("Units of the user's choice, as reported by complete and fail.", 0, LARGEST))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
);
stand_in!(
    /// Any JSON value.
    Any,
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some("Text, a number, or a list of them."))
);
stand_in!(
    /// The length of a lease.
    Lease,
    number(
        "The length of a lease in milliseconds: 1 s to 24 h.",
        core::Limits::MIN_LEASE.get(),
        core::Limits::MAX_LEASE.get()
    )
);
stand_in!(
    /// How long a handle lives.
    Life,
    number(
        "How long a handle is good, in milliseconds: 1 s to 30 days.",
        1_000,
        2_592_000_000
    )
);
stand_in!(
    /// Bytes of any kind.
    Bytes,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
);
stand_in!(
    /// A text that is not empty.
    Text,
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(1))
);
stand_in!(
    /// A sequence as `If-Match` takes it.
    Tag,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^([0-9]{1,19}|\"[0-9]{1,19}\"|[*])$"))
        .examples([json!("\"12\"")])
);
stand_in!(
    /// Any JSON object.
    Object,
    ObjectBuilder::new().description(Some("The event's fields, by the names that the requests use."))
);

#[cfg(test)]
mod tests {
    use arena_core::{HandlePermissions, Millis};
    use serde::Serialize;
    use serde_json::Value;

    use super::*;

    /// The names of a schema's fields, and those of a value that has them all.
    fn fields<S: PartialSchema>(value: &impl Serialize) -> (Vec<String>, Vec<String>) {
        let schema = serde_json::to_value(S::schema()).unwrap();
        let names = |object: &Value| object.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let (mut of_schema, mut of_value) =
            (names(&schema["properties"]), names(&serde_json::to_value(value).unwrap()));
        of_schema.sort();
        of_value.sort();
        (of_schema, of_value)
    }

    #[test]
    fn stand_ins_have_the_fields_of_what_they_stand_for() {
        let evidence = core::Evidence { artifacts: vec!["a".parse().unwrap()], approval: true };
        let (schema, value) = fields::<Evidence>(&evidence);
        assert_eq!(schema, value);
        let budget = core::Budget { attempts: Some(1), duration_ms: Some(Millis::new(1)), cost: Some(1) };
        let (schema, value) = fields::<Budget>(&budget);
        assert_eq!(schema, value);
    }

    #[test]
    fn stand_ins_name_every_permission() {
        let schema = serde_json::to_value(Permissions::schema()).unwrap();
        assert_eq!(schema["items"]["enum"], serde_json::to_value(HandlePermissions::ALL).unwrap());
    }
}
