//! Steps: planning, claiming, working, finishing.

use std::sync::Arc;

use arena_core::{
    AgentId, Fence, Millis, Sequence, StepNumber, Timestamp,
    collaboration::{self as core, Assignee, Evidence, StepStatus},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{IntoParams, ToSchema};

use crate::schema;

/// A step as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    /// What is to be done, in a line.
    #[schema(value_type = schema::Text)]
    pub title: Arc<str>,
    /// The whole task; at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Arc<str>>,
    /// Steps that must be completed or cancelled first, by number; those of the same request included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<schema::StepNumber>)]
    pub depends_on: Vec<StepNumber>,
    /// Who it is for; a must in a pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Assignee>)]
    pub assignee: Option<Assignee>,
    /// The lease a claim gets when it does not ask for another; 1 s to 24 h, 60 s unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Lease>)]
    pub lease_ms: Option<Millis>,
    /// How often it may be tried; 1 to 1000, 3 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    pub max_attempts: Option<u32>,
    /// What its completion needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Evidence>)]
    pub evidence: Option<Evidence>,
}

impl NewStep {
    /// A step with a title and nothing else.
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self {
            title: title.into(),
            description: None,
            depends_on: Vec::new(),
            assignee: None,
            lease_ms: None,
            max_attempts: None,
            evidence: None,
        }
    }
}

impl From<NewStep> for core::NewStep {
    fn from(asked: NewStep) -> Self {
        Self {
            title: asked.title,
            description: asked.description,
            depends_on: asked.depends_on,
            assignee: asked.assignee,
            lease_ms: asked.lease_ms,
            max_attempts: asked.max_attempts,
            evidence: asked.evidence.unwrap_or_default(),
        }
    }
}

/// Adds steps to the plan, numbered on from the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSteps {
    /// The steps; at least one.
    #[schema(min_items = 1)]
    pub steps: Vec<NewStep>,
}

/// The steps that were added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddedSteps {
    /// The steps, by number.
    pub steps: Vec<Step>,
}

/// Changes a step that is neither claimed nor over; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditStep {
    /// A new title.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Text, required = false)]
    pub title: Option<Arc<str>>,
    /// A new description; an empty one takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub description: Option<Arc<str>>,
    /// New dependencies, in place of the old.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<schema::StepNumber>, required = false)]
    pub depends_on: Option<Vec<StepNumber>>,
    /// A new assignee; it cannot be taken away.
    #[serde(default, deserialize_with = "given_assignee", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Assignee, required = false)]
    pub assignee: Option<Assignee>,
    /// A new default lease.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Lease, required = false)]
    pub lease_ms: Option<Millis>,
    /// A new number of attempts.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false, minimum = 1, maximum = 1000)]
    pub max_attempts: Option<u32>,
    /// New evidence, in place of the old.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Evidence, required = false)]
    pub evidence: Option<Evidence>,
}

/// Reads a field that is there: a `null` would look as if it took something away.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<Option<T>, D::Error> {
    let reason =
        "null changes nothing; leave the field out to keep what is there, or send a value in its place";
    Option::deserialize(reader)?.ok_or_else(|| D::Error::custom(reason)).map(Some)
}

fn given_assignee<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Assignee>, D::Error> {
    let reason = "an assignee cannot be taken away; name another one, or cancel the step and add it anew";
    Option::deserialize(reader)?.ok_or_else(|| D::Error::custom(reason)).map(Some)
}

impl From<EditStep> for core::StepEdit {
    fn from(asked: EditStep) -> Self {
        Self {
            title: asked.title,
            description: asked.description,
            depends_on: asked.depends_on,
            assignee: asked.assignee,
            lease_ms: asked.lease_ms,
            max_attempts: asked.max_attempts,
            evidence: asked.evidence,
        }
    }
}

/// Claims a step, or the next one that is ready for the caller; may be sent empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimStep {
    /// Which; the lowest ready number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::StepNumber>)]
    pub step: Option<StepNumber>,
    /// For how long; 1 s to 24 h, the step's own length when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Lease>)]
    pub lease_ms: Option<Millis>,
}

/// A claim that was just made: the step is the caller's until `expires_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    /// The step held.
    #[schema(value_type = schema::StepNumber)]
    pub step: StepNumber,
    /// The claim's number; every write under the claim carries it.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// When the lease ends unless renewed.
    #[schema(value_type = schema::Timestamp)]
    pub expires_at: Timestamp,
    /// The lease's length, by which any write under the fence renews it.
    #[schema(value_type = schema::Millis)]
    pub lease_ms: Millis,
    /// What is to be done, in a line.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// The whole task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Arc<str>>,
}

/// Extends a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewLease {
    /// The claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// For how long from now; the claim's own length when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Lease>)]
    pub lease_ms: Option<Millis>,
}

/// Gives a claim back, and its attempt with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseStep {
    /// The claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// Why; at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Arc<str>>,
}

/// Gives up an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FailStep {
    /// The claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// Why; at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Arc<str>>,
    /// What the attempt cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Count>)]
    pub cost: Option<u64>,
}

/// Finishes a claimed step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteStep {
    /// The claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// What came out; at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub result: Option<Arc<str>>,
    /// What the attempt cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Count>)]
    pub cost: Option<u64>,
}

/// Takes a late result as the step's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptResult {
    /// The late claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
}

/// A late result that is kept for adoption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Orphan {
    /// The late claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// Whose it was.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// The number of the event that holds its text.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// Whether it has become the step's own.
    pub adopted: bool,
}

/// A numbered unit of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// Its number.
    #[schema(value_type = schema::StepNumber)]
    pub step: StepNumber,
    /// What is to be done, in a line.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// The whole task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Arc<str>>,
    /// Where it stands.
    #[schema(value_type = schema::StepStatus)]
    pub status: StepStatus,
    /// Steps that must be completed or cancelled first.
    #[schema(value_type = Vec<schema::StepNumber>)]
    pub depends_on: Arc<[StepNumber]>,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Assignee>)]
    pub assignee: Option<Assignee>,
    /// Who holds it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub holder: Option<AgentId>,
    /// The number of the claim that holds it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Fence>)]
    pub fence: Option<Fence>,
    /// When the claim that holds it now ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub expires_at: Option<Timestamp>,
    /// The lease a claim gets when it does not ask for another.
    #[schema(value_type = schema::Millis)]
    pub lease_ms: Millis,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it may be tried.
    pub max_attempts: u32,
    /// What its completion needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Evidence>)]
    pub evidence: Option<Evidence>,
    /// The coordinator that approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub approved_by: Option<AgentId>,
    /// Whose work completed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub completed_by: Option<AgentId>,
    /// When it was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub completed_at: Option<Timestamp>,
    /// What came out; only where one step is read by its number, and in the answer to its completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What its attempts cost, as reported.
    #[schema(value_type = schema::Count)]
    pub cost: u64,
    /// Why the last attempt that was given up was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_failure: Option<Arc<str>>,
    /// Who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub failed_by: Option<AgentId>,
    /// Late results that are kept for adoption, by fence; not in lists of steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<Orphan>,
}

/// Which steps are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StepQuery {
    /// Only those that stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::StepStatus>)]
    pub status: Option<StepStatus>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
