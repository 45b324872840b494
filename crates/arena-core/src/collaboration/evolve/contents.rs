//! Artifacts and facts: the current version of each.

use super::super::{
    aggregate::SharedArena,
    entries::{Artifact, Fact},
    events::ArenaEvent,
};

impl SharedArena {
    pub(super) fn artifact_put(&mut self, event: &ArenaEvent) {
        let ArenaEvent::ArtifactPut {
            name,
            version,
            sha256,
            size,
            kind,
            media_type,
            agent_id,
            step,
            timestamp,
        } = event
        else {
            return;
        };
        let artifact = Artifact {
            version: *version,
            sha256: *sha256,
            size: *size,
            kind: *kind,
            media_type: media_type.clone(),
            slot: self.artifacts.get(name).map_or(agent_id, |current| &current.slot).clone(),
            author: agent_id.clone(),
            step: *step,
            updated_at: *timestamp,
        };
        self.artifacts.insert_mut(name.clone(), artifact);
    }

    pub(super) fn fact_put(&mut self, event: &ArenaEvent) {
        let ArenaEvent::FactPut { key, version, sha256, confidence, agent_id, .. } = event else { return };
        let fact = Fact {
            version: *version,
            sha256: *sha256,
            author: agent_id.clone(),
            confidence: *confidence,
            sequence: self.sequence,
        };
        self.facts.insert_mut(key.clone(), fact);
    }
}
