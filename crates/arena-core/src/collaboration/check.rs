//! The bounds of each value of a command, checked before anything else.

use alloc::{format, string::String, vec::Vec};

use super::{
    commands::Command,
    limits::Limits,
    plan,
    rejection::Rejection,
    types::{ArenaConfig, Budget, Evidence, NewStep, StepEdit, Strategy},
};
use crate::{ids::StepNumber, time::Millis};

impl Command {
    /// Checks what can be said of the command's values without knowing its arena.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] or [`Rejection::TooLarge`], naming the field.
    pub fn check(&self, limits: &Limits) -> Result<(), Rejection> {
        match self {
            Self::Activate
            | Self::AddParticipant { .. }
            | Self::RemoveParticipant { .. }
            | Self::ChangeRole { .. }
            | Self::CancelStep { .. }
            | Self::ApproveStep { .. }
            | Self::ReopenStep { .. }
            | Self::AdoptResult { .. }
            | Self::Settle
            | Self::Archive
            | Self::PassDeadlines => Ok(()),
            Self::UpdateGoal { goal } => text("goal", goal, limits.goal_bytes),
            Self::AddSteps { steps } => {
                if steps.is_empty() {
                    return Err(invalid("steps", "needs at least one step"));
                }
                check_steps(steps, limits)
            }
            Self::EditStep { edit, .. } => check_edit(edit, limits),
            Self::ClaimStep { lease, .. } | Self::RenewLease { lease, .. } => check_lease("lease_ms", *lease),
            Self::ReleaseStep { reason, .. } => optional("reason", reason.as_deref(), limits.text_bytes),
            Self::CompleteStep { result, cost, .. } => {
                optional("result", result.as_deref(), limits.text_bytes)?;
                check_integer("cost", *cost)
            }
            Self::FailStep { reason, cost, .. } => {
                optional("reason", reason.as_deref(), limits.text_bytes)?;
                check_integer("cost", *cost)
            }
            Self::PutArtifact { expected_version, media_type, size, .. } => {
                check_integer("expected_version", *expected_version)?;
                check_media_type(media_type)?;
                if *size > limits.artifact_bytes {
                    return Err(Rejection::TooLarge { field: "body".into(), limit: limits.artifact_bytes });
                }
                Ok(())
            }
            Self::PutFact { content, confidence, tags, expected_version, .. } => {
                bytes("content", content, limits.text_bytes)?;
                check_integer("expected_version", *expected_version)?;
                if confidence.is_some_and(|confidence| confidence > Limits::MAX_CONFIDENCE) {
                    return Err(invalid("confidence", "is at most 1000 per mille"));
                }
                check_tags(tags)
            }
            Self::SendMessage { to, body } => {
                if to.len() > limits.participants {
                    return Err(invalid("to", &format!("has at most {} agents", limits.participants)));
                }
                text("body", body, limits.text_bytes)
            }
        }
    }
}

impl ArenaConfig {
    /// Checks all that a new arena needs, its plan included.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] or [`Rejection::TooLarge`], naming the field.
    pub fn check(&self, limits: &Limits) -> Result<(), Rejection> {
        text("goal", &self.goal, limits.goal_bytes)?;
        self.check_participants(limits)?;
        if self.settle_grace > Limits::MAX_SETTLE_GRACE {
            return Err(invalid(
                "settle_grace_ms",
                &format!("is at most {}", Limits::MAX_SETTLE_GRACE.get()),
            ));
        }
        let Budget { attempts, duration_ms, cost } = self.budget;
        check_integer("budget.attempts", attempts)?;
        check_integer("budget.duration_ms", duration_ms.map(Millis::get))?;
        check_integer("budget.cost", cost)?;
        if self.steps.len() > limits.steps {
            return Err(invalid("steps", &format!("has at most {} steps", limits.steps)));
        }
        check_steps(&self.steps, limits)?;
        check_assignees(&self.steps, self.strategy)?;
        plan::check_new(&self.steps, 0)
    }

    fn check_participants(&self, limits: &Limits) -> Result<(), Rejection> {
        if self.participants.len() >= limits.participants {
            return Err(invalid(
                "participants",
                &format!("has at most {} besides you", limits.participants - 1),
            ));
        }
        let mut agents: Vec<_> = self.participants.iter().map(|(agent, _)| agent).enumerate().collect();
        agents.sort_by_key(|(_, agent)| *agent);
        for (earlier, later) in agents.iter().zip(agents.iter().skip(1)) {
            if earlier.1 == later.1 {
                return Err(invalid(&format!("participants[{}].agent_id", later.0), "is named twice"));
            }
        }
        Ok(())
    }
}

fn check_steps(steps: &[NewStep], limits: &Limits) -> Result<(), Rejection> {
    for (index, step) in steps.iter().enumerate() {
        let field = |name: &str| format!("steps[{index}].{name}");
        text(&field("title"), &step.title, limits.title_bytes)?;
        optional(&field("description"), step.description.as_deref(), limits.description_bytes)?;
        check_depends_on(&field("depends_on"), &step.depends_on, limits)?;
        check_lease(&field("lease_ms"), step.lease_ms)?;
        check_attempts(&field("max_attempts"), step.max_attempts)?;
        check_evidence(&field("evidence.artifacts"), &step.evidence, limits)?;
    }
    Ok(())
}

/// In a pipeline every step says who it is for.
pub(super) fn check_assignees(steps: &[NewStep], strategy: Strategy) -> Result<(), Rejection> {
    match strategy {
        Strategy::Peer => Ok(()),
        Strategy::Pipeline => match steps.iter().position(|step| step.assignee.is_none()) {
            None => Ok(()),
            Some(index) => Err(invalid(&format!("steps[{index}].assignee"), "is needed in a pipeline")),
        },
    }
}

fn check_edit(edit: &StepEdit, limits: &Limits) -> Result<(), Rejection> {
    if let Some(title) = &edit.title {
        text("title", title, limits.title_bytes)?;
    }
    optional("description", edit.description.as_deref(), limits.description_bytes)?;
    check_depends_on("depends_on", edit.depends_on.as_deref().unwrap_or_default(), limits)?;
    check_lease("lease_ms", edit.lease_ms)?;
    check_attempts("max_attempts", edit.max_attempts)?;
    edit.evidence.as_ref().map_or(Ok(()), |evidence| check_evidence("evidence.artifacts", evidence, limits))
}

fn check_depends_on(field: &str, depends_on: &[StepNumber], limits: &Limits) -> Result<(), Rejection> {
    if depends_on.len() > limits.dependencies {
        return Err(invalid(field, &format!("has at most {} steps", limits.dependencies)));
    }
    Ok(())
}

fn check_evidence(field: &str, evidence: &Evidence, limits: &Limits) -> Result<(), Rejection> {
    if evidence.artifacts.len() > limits.dependencies {
        return Err(invalid(field, &format!("has at most {} names", limits.dependencies)));
    }
    Ok(())
}

fn check_lease(field: &str, lease: Option<Millis>) -> Result<(), Rejection> {
    let bounds = Limits::MIN_LEASE..=Limits::MAX_LEASE;
    if lease.is_some_and(|lease| !bounds.contains(&lease)) {
        let (least, most) = (Limits::MIN_LEASE.get(), Limits::MAX_LEASE.get());
        return Err(invalid(field, &format!("is {least} to {most} milliseconds")));
    }
    Ok(())
}

fn check_attempts(field: &str, attempts: Option<u32>) -> Result<(), Rejection> {
    if attempts.is_some_and(|attempts| !(1..=Limits::MAX_ATTEMPTS).contains(&attempts)) {
        return Err(invalid(field, &format!("is 1 to {}", Limits::MAX_ATTEMPTS)));
    }
    Ok(())
}

fn check_integer(field: &str, value: Option<u64>) -> Result<(), Rejection> {
    if value.is_some_and(|value| value > Limits::MAX_INTEGER) {
        return Err(invalid(field, &format!("is at most {}", Limits::MAX_INTEGER)));
    }
    Ok(())
}

fn check_media_type(media_type: &str) -> Result<(), Rejection> {
    let plain = media_type.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if media_type.is_empty() || media_type.len() > Limits::MAX_WORD_BYTES || !plain {
        return Err(invalid(
            "media_type",
            &format!("is 1 to {} visible ASCII characters", Limits::MAX_WORD_BYTES),
        ));
    }
    Ok(())
}

fn check_tags(tags: &[String]) -> Result<(), Rejection> {
    if tags.len() > Limits::MAX_TAGS {
        return Err(invalid("tags", &format!("has at most {} words", Limits::MAX_TAGS)));
    }
    let bounds = 1..=Limits::MAX_WORD_BYTES;
    match tags.iter().position(|tag| !bounds.contains(&tag.len()) || tag.chars().any(char::is_control)) {
        None => Ok(()),
        Some(index) => {
            let reason = format!("is 1 to {} bytes without control characters", Limits::MAX_WORD_BYTES);
            Err(invalid(&format!("tags[{index}]"), &reason))
        }
    }
}

fn text(field: &str, text: &str, limit: usize) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(invalid(field, "is empty"));
    }
    bytes(field, text, limit)
}

fn optional(field: &str, text: Option<&str>, limit: usize) -> Result<(), Rejection> {
    text.map_or(Ok(()), |text| bytes(field, text, limit))
}

fn bytes(field: &str, text: &str, limit: usize) -> Result<(), Rejection> {
    if text.len() > limit {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        return Err(Rejection::TooLarge { field: field.into(), limit });
    }
    Ok(())
}

/// A value out of its bounds.
pub(super) fn invalid(field: &str, reason: &str) -> Rejection {
    Rejection::Invalid { field: field.into(), reason: reason.into() }
}
