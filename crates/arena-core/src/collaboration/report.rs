//! What came out of a shared arena: a pure function of the events before it was archived.

use alloc::{sync::Arc, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    aggregate::SharedArena,
    entries::Spent,
    types::{ArtifactKind, ArtifactName, Budget, FactKey, Role, StepStatus, Strategy},
};
use crate::{
    hash::Hash,
    ids::{AgentId, ArenaId, Fence, Sequence, StepNumber},
    time::Timestamp,
};

/// The last event of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub sequence: Sequence,
    /// Its hash.
    pub hash: Hash,
}

/// The manifest of an arena; its hash is that of its canonical JSON and stands beside it, not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the words of the glossary")]
pub struct Report {
    pub arena_id: ArenaId,
    pub goal: Arc<str>,
    pub strategy: Strategy,
    pub created_by: AgentId,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<Timestamp>,
    /// Sorted by agent.
    pub participants: Vec<ReportedParticipant>,
    /// In the order of the numbers.
    pub steps: Vec<ReportedStep>,
    /// Sorted by name.
    pub artifacts: Vec<ReportedArtifact>,
    /// Sorted by key.
    pub facts: Vec<ReportedFact>,
    /// In the order of the fences.
    pub orphans: Vec<ReportedOrphan>,
    pub counts: ReportCounts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    pub spent: Spent,
    /// The event before `ArenaArchived`.
    pub head: Head,
}

/// A participant in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the participant")]
pub struct ReportedParticipant {
    pub agent_id: AgentId,
    pub role: Role,
    pub completed_steps: u32,
}

/// A step in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the step")]
pub struct ReportedStep {
    pub step: StepNumber,
    pub title: Arc<str>,
    pub status: StepStatus,
    /// Who completed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<AgentId>,
    /// The claim it was completed under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<Fence>,
    /// The event that holds the result's text, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_sequence: Option<Sequence>,
    pub attempts: u32,
    pub cost: u64,
    /// Why the last attempt that was given up was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<Arc<str>>,
}

/// An artifact in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the artifact")]
pub struct ReportedArtifact {
    pub name: ArtifactName,
    pub version: u64,
    pub sha256: Hash,
    pub size: u64,
    pub kind: ArtifactKind,
    pub media_type: Arc<str>,
    pub slot: AgentId,
}

/// A fact in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the fact")]
pub struct ReportedFact {
    pub key: FactKey,
    pub version: u64,
    pub sha256: Hash,
    pub author: AgentId,
}

/// A late result in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the late result")]
pub struct ReportedOrphan {
    pub step: StepNumber,
    pub agent_id: AgentId,
    pub fence: Fence,
    pub sequence: Sequence,
    pub adopted: bool,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the words of the glossary")]
pub struct ReportCounts {
    pub participants: u64,
    /// Steps that are not cancelled.
    pub total_steps: u64,
    pub completed_steps: u64,
    pub failed_steps: u64,
    pub cancelled_steps: u64,
    pub artifacts: u64,
    pub facts: u64,
    pub orphans: u64,
}

impl SharedArena {
    /// What came out, as of `head`; the same state and head give the same report.
    #[must_use]
    pub fn report(&self, head: Head) -> Report {
        let budget = self.budget();
        Report {
            arena_id: self.arena_id(),
            goal: self.goal().clone(),
            strategy: self.strategy(),
            created_by: self.created_by().clone(),
            created_at: self.created_at(),
            activated_at: self.activated_at(),
            participants: self.reported_participants(),
            steps: self.reported_steps(),
            artifacts: self.reported_artifacts(),
            facts: self.reported_facts(),
            orphans: self.reported_orphans(),
            counts: self.counts(),
            budget: (budget != Budget::default()).then_some(budget),
            spent: self.spent(),
            head,
        }
    }

    fn reported_participants(&self) -> Vec<ReportedParticipant> {
        let reported = |(agent_id, participant): (&AgentId, &super::Participant)| ReportedParticipant {
            agent_id: agent_id.clone(),
            role: participant.role,
            completed_steps: participant.completed_steps,
        };
        self.participants().map(reported).collect()
    }

    fn reported_steps(&self) -> Vec<ReportedStep> {
        let reported = |step: &super::Step| ReportedStep {
            step: step.number,
            title: step.title.clone(),
            status: step.status,
            holder: step.completed.as_ref().map(|completed| completed.agent_id.clone()),
            fence: step.completed.as_ref().map(|completed| completed.fence),
            result_sequence: step
                .completed
                .as_ref()
                .filter(|completed| completed.has_result)
                .map(|done| done.sequence),
            attempts: step.attempts,
            cost: step.cost,
            last_failure: step.last_failure.as_ref().map(|failure| failure.reason.clone()),
        };
        self.steps().map(reported).collect()
    }

    fn reported_artifacts(&self) -> Vec<ReportedArtifact> {
        let reported = |(name, artifact): (&ArtifactName, &super::Artifact)| ReportedArtifact {
            name: name.clone(),
            version: artifact.version,
            sha256: artifact.sha256,
            size: artifact.size,
            kind: artifact.kind,
            media_type: artifact.media_type.clone(),
            slot: artifact.slot.clone(),
        };
        self.artifacts().map(reported).collect()
    }

    fn reported_facts(&self) -> Vec<ReportedFact> {
        let reported = |(key, fact): (&FactKey, &super::Fact)| ReportedFact {
            key: key.clone(),
            version: fact.version,
            sha256: fact.sha256,
            author: fact.author.clone(),
        };
        self.facts().map(reported).collect()
    }

    fn reported_orphans(&self) -> Vec<ReportedOrphan> {
        let reported = |orphan: &super::Orphan| ReportedOrphan {
            step: orphan.step,
            agent_id: orphan.agent_id.clone(),
            fence: orphan.fence,
            sequence: orphan.sequence,
            adopted: orphan.adopted,
        };
        self.orphans().map(reported).collect()
    }

    fn counts(&self) -> ReportCounts {
        let steps_that_are = |status| counted(self.steps().filter(|step| step.status == status));
        ReportCounts {
            participants: counted(self.participants()),
            total_steps: self.total_steps().into(),
            completed_steps: self.completed_steps().into(),
            failed_steps: steps_that_are(StepStatus::Failed),
            cancelled_steps: steps_that_are(StepStatus::Cancelled),
            artifacts: counted(self.artifacts()),
            facts: counted(self.facts()),
            orphans: counted(self.orphans()),
        }
    }
}

fn counted<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}
