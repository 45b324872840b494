//! Calls about what participants share: artifacts, facts, messages.

use arena_core::{
    ArenaId, Hash,
    collaboration::{ArtifactName, FactKey},
};
use bytes::Bytes;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap},
};

use super::{
    Client, Error,
    call::{Body, Call, json},
};
use crate::{
    artifacts::{Artifact, GetArtifactQuery, PutArtifactQuery},
    facts::{Fact, FactQuery, PutFact},
    list::{List, PageQuery},
    messages::{Message, MessageQuery, SendMessage},
};

/// The bytes of a version of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactBytes {
    /// Which version.
    pub version: u64,
    /// Their hash, as the server says.
    pub sha256: Option<Hash>,
    /// Their media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl Client {
    /// Puts a version of an artifact.
    pub fn put_artifact(
        &self,
        arena: ArenaId,
        name: &ArtifactName,
        query: &PutArtifactQuery,
        media_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Call<Artifact> {
        let body = Body::Bytes { media_type: media_type.to_owned(), bytes: bytes.into() };
        self.send(Method::PUT, &artifact_path(&arena.to_string(), name), body, json).query(query)
    }

    /// Lists artifacts by name.
    pub fn artifacts(&self, arena: ArenaId, page: &PageQuery) -> Call<List<Artifact>> {
        self.get_with(&["v1", "arenas", &arena.to_string(), "artifacts"], page, json)
    }

    /// Reads the bytes of an artifact.
    pub fn artifact(
        &self,
        arena: ArenaId,
        name: &ArtifactName,
        query: &GetArtifactQuery,
    ) -> Call<ArtifactBytes> {
        self.get_with(&artifact_path(&arena.to_string(), name), query, artifact_bytes)
    }

    /// Puts a version of a fact.
    pub fn put_fact(&self, arena: ArenaId, key: &FactKey, asked: &PutFact) -> Call<Fact> {
        let path = ["v1", "arenas", &arena.to_string(), "facts", key.as_str()];
        self.send(Method::PUT, &path, Body::json(asked), json)
    }

    /// Lists or searches facts, by key.
    pub fn facts(&self, arena: ArenaId, query: &FactQuery) -> Call<List<Fact>> {
        self.get_with(&["v1", "arenas", &arena.to_string(), "facts"], query, json)
    }

    /// Reads a fact.
    pub fn fact(&self, arena: ArenaId, key: &FactKey) -> Call<Fact> {
        self.get(&["v1", "arenas", &arena.to_string(), "facts", key.as_str()], json)
    }

    /// Says something.
    pub fn send_message(&self, arena: ArenaId, asked: &SendMessage) -> Call<Message> {
        self.send(Method::POST, &["v1", "arenas", &arena.to_string(), "messages"], Body::json(asked), json)
    }

    /// Lists messages by sequence.
    pub fn messages(&self, arena: ArenaId, query: &MessageQuery) -> Call<List<Message>> {
        self.get_with(&["v1", "arenas", &arena.to_string(), "messages"], query, json)
    }
}

fn artifact_path<'a>(arena: &'a str, name: &'a ArtifactName) -> Vec<&'a str> {
    ["v1", "arenas", arena, "artifacts"].into_iter().chain(name.as_str().split('/')).collect()
}

fn artifact_bytes(status: u16, headers: &HeaderMap, bytes: &Bytes) -> Result<ArtifactBytes, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let missing = || Error::Answer { status, reason: "the header Artifact-Version is missing".to_owned() };
    Ok(ArtifactBytes {
        version: text("artifact-version").and_then(|version| version.parse().ok()).ok_or_else(missing)?,
        sha256: text("artifact-sha256").and_then(|hash| hash.parse().ok()),
        media_type: text(CONTENT_TYPE.as_str()).unwrap_or("application/octet-stream").to_owned(),
        bytes: bytes.clone(),
    })
}
