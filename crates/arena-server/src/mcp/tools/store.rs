//! `artifact_put` and `artifact_get`: what comes out.

use std::sync::Arc;

use arena_api::{Problem, artifacts::Artifact};
use arena_core::{
    Fence, Hash, StepNumber,
    collaboration::{ArtifactKind, ArtifactName, Permission},
};
use arena_runtime::{NewArtifact, RuntimeError};
use base64::{Engine, engine::general_purpose::STANDARD};
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::work::paged;
use crate::{
    error::Failure,
    mcp::{
        answer,
        caller::{Asked, Caller, rendered},
        marked, schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    page, parse, render, shape,
};

/// How many bytes come at once unless said.
const PART: usize = 16_384;
/// How many bytes come at once at most.
const LARGEST_PART: usize = 262_144;

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "artifact_put",
        title: "Put an artifact",
        about: "Store a version of a named output: `text`, or bytes as `base64`. For a step you hold send `step` and `fence`. \
                Someone else's needs `expected_version`.",
        audience: Audience::With(Permission::Write),
        effect: Effect::Adds,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "name": schema::said("path-like, such as src/main.rs"),
                "text": schema::text(),
                "base64": schema::text(),
                "step": schema::count(),
                "fence": schema::count(),
                "kind": schema::word(&["text", "code", "file", "data"]),
                "media_type": schema::text(),
                "expected_version": schema::counted("0: must not exist"),
            });
            schema::input(fields, &["name"])
        },
        output: artifact_schema,
        run: |caller, arguments| -> Answered { Box::pin(put(caller, arguments)) },
    },
    Tool {
        name: "artifact_get",
        title: "Read artifacts",
        about: "One artifact by `name`, in parts of at most `bytes` from `offset`; or the list of them.",
        audience: Audience::With(Permission::Read),
        effect: Effect::Reads,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "name": schema::text(),
                "version": schema::count(),
                "offset": schema::count(),
                "bytes": schema::count(),
                "limit": schema::count(),
                "cursor": schema::text(),
            });
            schema::input(fields, &[])
        },
        output: || schema::page(artifact_schema()),
        run: |caller, arguments| -> Answered { Box::pin(get(caller, arguments)) },
    },
];

fn artifact_schema() -> Value {
    schema::thing(json!({
        "name": schema::text(),
        "version": schema::count(),
        "size": schema::count(),
        "text": schema::text(),
        "base64": schema::text(),
        "next_offset": schema::count(),
    }))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    name: ArtifactName,
    #[serde(default, skip_serializing)]
    text: Option<String>,
    #[serde(default, skip_serializing)]
    base64: Option<String>,
    #[serde(default)]
    step: Option<StepNumber>,
    #[serde(default)]
    fence: Option<Fence>,
    #[serde(default)]
    kind: Option<ArtifactKind>,
    #[serde(default)]
    media_type: Option<Arc<str>>,
    #[serde(default)]
    expected_version: Option<u64>,
}

impl Put {
    /// The bytes, and what they are unless said.
    fn bytes(&mut self) -> Result<(Vec<u8>, ArtifactKind, &'static str), Failure> {
        match (self.text.take(), self.base64.take()) {
            (Some(text), None) => Ok((text.into_bytes(), ArtifactKind::Text, "text/plain; charset=utf-8")),
            (None, Some(encoded)) => {
                let bytes = STANDARD.decode(encoded.trim());
                let bytes = bytes.map_err(|error| Problem::invalid("base64", error))?;
                Ok((bytes, ArtifactKind::File, "application/octet-stream"))
            }
            (Some(_), Some(_)) | (None, None) => {
                Err(Problem::invalid("text", "send the content as text, or its bytes as base64").into())
            }
        }
    }
}

async fn put(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    // Before anything is decoded: that takes as much memory again.
    let _place = caller.app.uploads.clone().acquire_owned().await.map_err(|_| RuntimeError::Closed)?;
    let mut asked: Asked<Put> = caller.read(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let (bytes, kind, media_type) = asked.given.bytes()?;
    let claim = parse::claim(asked.given.step, asked.given.fence)?;
    let ask = caller.ask_about(&asked, Some(arena_id), &(&asked.given, Hash::of(&bytes)));
    let name = asked.given.name.clone();
    let put = NewArtifact {
        name: name.clone(),
        claim,
        expected_version: asked.given.expected_version,
        kind: asked.given.kind.unwrap_or(kind),
        media_type: asked.given.media_type.unwrap_or_else(|| media_type.into()),
        bytes: bytes.into(),
    };
    let reply = caller.manager().put_artifact(ask, arena_id, put, render::put_artifact).await?;
    let shared = caller.state(arena_id).await?;
    let one = match rendered::<Artifact>(&reply)? {
        Some(one) => one,
        None => shape::artifact(&name, shared.artifact(&name).ok_or_else(|| Failure::not_found("artifact"))?),
    };
    Ok(answer::artifact(&shared, &one))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Get {
    #[serde(default)]
    name: Option<ArtifactName>,
    #[serde(default)]
    version: Option<u64>,
    #[serde(default)]
    offset: Option<usize>,
    #[serde(default)]
    bytes: Option<usize>,
    #[serde(default)]
    limit: Option<u32>,
    #[serde(default)]
    cursor: Option<String>,
}

async fn get(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Get>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let shared = caller.state(arena_id).await?;
    let given = asked.given;
    let Some(name) = given.name else {
        let limit = page::limit(Some(given.limit.unwrap_or(50)))?;
        let after: Option<ArtifactName> = page::cursor(given.cursor.as_deref())?;
        let wanted = shared
            .artifacts()
            .skip_while(|(name, _)| after.as_ref().is_some_and(|after| *name <= after))
            .map(|(name, one)| shape::artifact(name, one));
        let page = page::cut(wanted, limit, |one| one.name.clone());
        let items = page.items.iter().map(|one| answer::artifact(&shared, one)).collect();
        return Ok(paged(items, page.next_cursor));
    };
    let (row, bytes) = caller.manager().artifact(&caller.principal, arena_id, &name, given.version).await?;
    let most = given.bytes.unwrap_or(PART).clamp(4, LARGEST_PART);
    let part = Part::of(&bytes, given.offset.unwrap_or(0), most);
    let fields = json!({
        "name": row.name,
        "version": row.version,
        "size": row.size,
        "sha256": row.sha256,
        "kind": row.kind,
        "media_type": row.media_type,
        "text": part.text,
        "base64": part.base64,
        "next_offset": part.next_offset,
    });
    Ok(paged(vec![marked::thing(marked::author(&shared, &row.author), fields)], None))
}

/// A part of an artifact: as text where it is one.
struct Part {
    text: Option<String>,
    base64: Option<String>,
    next_offset: Option<usize>,
}

impl Part {
    fn of(bytes: &[u8], offset: usize, most: usize) -> Self {
        let text = std::str::from_utf8(bytes).ok();
        let (start, end) = match text {
            Some(text) => {
                let start = text.ceil_char_boundary(offset.min(text.len()));
                (start, text.floor_char_boundary(start.saturating_add(most).min(text.len())))
            }
            None => (offset.min(bytes.len()), offset.saturating_add(most).min(bytes.len())),
        };
        let next_offset = (end < bytes.len()).then_some(end);
        let base64 = match text {
            Some(_) => None,
            None => Some(STANDARD.encode(bytes.get(start..end).unwrap_or_default())),
        };
        Self { text: text.and_then(|text| text.get(start..end)).map(str::to_owned), base64, next_offset }
    }
}

#[cfg(test)]
mod tests {
    use arena_api::Code;
    use arena_core::collaboration::ArenaConfig;
    use arena_runtime::{Applied, ArenaManager, Options, Principal};
    use axum::http::{HeaderMap, header};
    use tokio::sync::watch;

    use super::*;
    use crate::{app::App, config::Config, request};

    fn calling(manager: &ArenaManager) -> Caller {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::AUTHORIZATION, format!("Bearer {}", manager.operator_token()).parse().unwrap());
        let app = App::new(manager.clone(), Config::default(), bytes::Bytes::new(), watch::channel(false).1);
        let (principal, token) = request::take_token(&mut headers, &app).unwrap();
        Caller { app, principal, token, tool: "artifact_put" }
    }

    /// What a server of before kept as its answer: it named no author.
    fn of_before(applied: &Applied) -> Vec<u8> {
        let mut told: Value = serde_json::from_slice(&render::put_artifact(applied)).unwrap();
        assert!(told.as_object_mut().unwrap().remove("author").is_some());
        serde_json::to_vec(&told).unwrap()
    }

    #[tokio::test]
    async fn an_answer_that_was_kept_before_it_named_an_author_is_given_again() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let arena_id = manager.create(ArenaConfig::new("go")).await.unwrap();
        manager.operator(arena_id).activate().await.unwrap();
        let caller = calling(&manager);
        let arguments = json!({"arena": arena_id, "key": "k", "name": "a", "text": "one"});
        let arguments = arguments.as_object().unwrap().clone();
        let mut asked: Asked<Put> = caller.read(arguments.clone()).unwrap();
        let (bytes, kind, media_type) = asked.given.bytes().unwrap();
        let ask = caller.ask_about(&asked, Some(arena_id), &(&asked.given, Hash::of(&bytes)));
        let put = NewArtifact {
            name: asked.given.name,
            claim: None,
            expected_version: None,
            kind,
            media_type: media_type.into(),
            bytes: bytes.into(),
        };
        manager.put_artifact(ask, arena_id, put, of_before).await.unwrap();
        let again = super::put(caller, arguments).await.unwrap();
        assert_eq!(again["version"], 1, "{again}");
        let now = manager.arena(&Principal::Operator, arena_id).await.unwrap();
        assert_eq!(now.shared.artifacts().next().unwrap().1.version, 1);
    }

    #[tokio::test]
    async fn nothing_is_decoded_for_one_who_has_no_place() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let caller = calling(&manager);
        let arena = arena_core::ArenaId::from_bytes([1; 16]);
        let arguments = json!({"arena": arena, "name": "a", "base64": "?"}).as_object().unwrap().clone();
        let code = async || put(caller.clone(), arguments.clone()).await.unwrap_err().into_problem().code;
        assert_eq!(code().await, Code::Invalid);
        // Nobody is given a place any more.
        caller.app.uploads.close();
        assert_eq!(code().await, Code::Overloaded);
    }
}
