//! What participants share: artifacts, facts, messages.

use alloc::{sync::Arc, vec::Vec};

use super::{
    super::{
        commands::Command, entries::Artifact, events::ArenaEvent, permissions::Permission, plan::sorted,
        rejection::Rejection, Outcome,
    },
    asking::Asking,
    Answer,
};
use crate::{hash::Hash, ids::AgentId};

impl Asking<'_> {
    /// Puts a version of an artifact, under a claim or not; under one, the lease is renewed.
    pub(super) fn put_artifact(&self, command: &Command, events: &mut Vec<ArenaEvent>) -> Answer {
        let Command::PutArtifact { name, claim, expected_version, kind, media_type, sha256, size } = command
        else {
            return Ok(Outcome::Accepted);
        };
        let (agent_id, _) = self.participant()?;
        let held = claim.map(|(step, fence)| self.held(step, fence)).transpose()?;
        let current = self.arena.artifact(name);
        match current {
            None => {
                check_version(0, *expected_version)?;
                let limit = self.context.limits.artifacts;
                if self.arena.artifacts.size() >= limit {
                    return Err(Rejection::LimitReached { what: "artifacts", limit });
                }
            }
            Some(current) if current.slot == *agent_id => check_version(current.version, *expected_version)?,
            Some(current) => self.check_may_follow(current, held.is_some(), *expected_version)?,
        }
        events.push(ArenaEvent::ArtifactPut {
            name: name.clone(),
            version: current.map_or(0, |current| current.version).saturating_add(1),
            sha256: *sha256,
            size: *size,
            kind: *kind,
            media_type: media_type.clone(),
            agent_id: agent_id.clone(),
            step: claim.map(|(step, _)| step),
            timestamp: self.now(),
        });
        events.extend(held.and_then(|(step, claim)| self.renewal(step, claim, claim.lease_ms)));
        Ok(Outcome::Accepted)
    }

    /// In another's slot only a holder or a coordinator adds a version, and says which one it follows.
    fn check_may_follow(
        &self,
        current: &Artifact,
        holds: bool,
        expected: Option<u64>,
    ) -> Result<(), Rejection> {
        if !holds {
            self.needs(Permission::Coordinate)?;
        }
        match expected {
            None => Err(Rejection::VersionMismatch { current: current.version, expected: None }),
            Some(_) => check_version(current.version, expected),
        }
    }

    pub(super) fn put_fact(&self, command: &Command, events: &mut Vec<ArenaEvent>) -> Answer {
        let Command::PutFact { key, content, confidence, tags, expected_version } = command else {
            return Ok(Outcome::Accepted);
        };
        let (agent_id, _) = self.participant()?;
        let version = self.arena.fact(key).map_or(0, |fact| fact.version);
        check_version(version, *expected_version)?;
        let limit = self.context.limits.facts;
        if version == 0 && self.arena.facts.size() >= limit {
            return Err(Rejection::LimitReached { what: "facts", limit });
        }
        events.push(ArenaEvent::FactPut {
            key: key.clone(),
            version: version.saturating_add(1),
            content: content.clone(),
            sha256: Hash::of(content.as_bytes()),
            confidence: *confidence,
            tags: sorted(tags),
            agent_id: agent_id.clone(),
        });
        Ok(Outcome::Accepted)
    }

    pub(super) fn send_message(
        &self,
        to: &[AgentId],
        body: &Arc<str>,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        self.check_registered("to")?;
        events.push(ArenaEvent::MessageSent { to: sorted(to), body: body.clone() });
        Ok(Outcome::Accepted)
    }
}

/// Who says which version it follows must be right.
fn check_version(current: u64, expected: Option<u64>) -> Result<(), Rejection> {
    match expected {
        Some(expected) if expected != current => {
            Err(Rejection::VersionMismatch { current, expected: Some(expected) })
        }
        Some(_) | None => Ok(()),
    }
}
