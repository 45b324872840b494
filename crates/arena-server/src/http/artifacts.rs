//! `/v1/arenas/{arena_id}/artifacts`: bytes in, bytes out.

use std::sync::Arc;

use arena_api::{
    List, Problem,
    artifacts::{Artifact, GetArtifactQuery, PutArtifactQuery},
    list::PageQuery,
    schema,
};
use arena_core::{Hash, collaboration::ArtifactName};
use arena_runtime::NewArtifact;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::page;
use crate::{
    answer::{Answer, json, reply},
    app::App,
    error::Failure,
    parse, render,
    request::{Call, Upload},
    shape,
};

/// What bytes are when nobody says otherwise.
const ANY_BYTES: &str = "application/octet-stream";

/// Puts a version of an artifact
///
/// The body is its bytes, of any media type. Under a claim, `step` and `fence` go together.
#[utoipa::path(put, path = "/v1/arenas/{arena_id}/artifacts/{*name}", tag = "artifacts", params(PutArtifactQuery),
    request_body(content = inline(schema::Bytes), content_type = "application/octet-stream", description = "The bytes; at most 16 MiB."),
    responses((status = 200, description = "The version that was put.", body = Artifact)))]
pub(super) async fn put_artifact(State(app): State<App>, upload: Upload<PutArtifactQuery>) -> Answer {
    let Upload { call, place: _place } = upload;
    let asked = &call.query;
    let claim = parse::claim(asked.step, asked.fence)?;
    let name: ArtifactName = call.parsed("name").map_err(|reason| Problem::invalid("name", reason))?;
    let media_type = media_type(&call)?;
    let ask = call.ask(&(asked, &media_type, Hash::of(&call.body)));
    let put = NewArtifact {
        name: name.clone(),
        claim,
        expected_version: asked.expected_version,
        kind: asked.kind.unwrap_or_default(),
        media_type,
        bytes: call.body.clone(),
    };
    let done = app.manager.put_artifact(ask, call.arena_id(), put, render::put_artifact).await?;
    if !done.body.is_empty() {
        return Ok(reply(StatusCode::OK, done));
    }
    let state = app.manager.arena(&call.principal, call.arena_id()).await?;
    let one = state.shared.artifact(&name).ok_or_else(|| Failure::not_found("artifact"))?;
    Ok(json(StatusCode::OK, &shape::artifact(&name, one)))
}

fn media_type<Q>(call: &Call<Q>) -> Result<Arc<str>, Failure> {
    let Some(value) = call.headers.get(header::CONTENT_TYPE) else { return Ok(ANY_BYTES.into()) };
    let text =
        value.to_str().map_err(|_| Failure::new(arena_api::Code::Malformed, "Content-Type is not ASCII"))?;
    Ok(if text.is_empty() { ANY_BYTES.into() } else { text.into() })
}

/// Lists artifacts
///
/// By name, each in its current version.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/artifacts", tag = "artifacts", params(PageQuery),
    responses((status = 200, description = "A page of artifacts.", body = List<Artifact>)))]
pub(super) async fn list_artifacts(State(app): State<App>, call: Call<PageQuery>) -> Answer {
    let asked = &call.query;
    let limit = page::limit(asked.limit)?;
    let after: Option<ArtifactName> = page::cursor(asked.cursor.as_deref())?;
    let state = app.manager.arena(&call.principal, call.arena_id()).await?;
    let wanted = state
        .shared
        .artifacts()
        .skip_while(|(name, _)| after.as_ref().is_some_and(|after| *name <= after))
        .map(|(name, one)| shape::artifact(name, one));
    Ok(json(StatusCode::OK, &page::cut(wanted, limit, |artifact| artifact.name.clone())))
}

/// Reads the bytes of an artifact
///
/// With its media type as Content-Type, and version, hash and kind as headers.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/artifacts/{*name}", tag = "artifacts", params(GetArtifactQuery),
    responses((status = 200, description = "The bytes.", body = inline(schema::Bytes), content_type = "*/*",
        headers(("Artifact-Version" = u64, description = "The version."),
            ("Artifact-Sha256" = String, description = "The hash of the bytes."),
            ("Artifact-Kind" = String, description = "What it is."),
            ("Artifact-Author" = String, description = "Who put this version.")))))]
pub(super) async fn get_artifact(State(app): State<App>, call: Call<GetArtifactQuery>) -> Answer {
    let asked = &call.query;
    let name: ArtifactName = call.parsed("name").map_err(|_| Failure::not_found("artifact"))?;
    let (row, bytes) = app.manager.artifact(&call.principal, call.arena_id(), &name, asked.version).await?;
    let media_type = HeaderValue::try_from(&row.media_type).unwrap_or(HeaderValue::from_static(ANY_BYTES));
    let mut response: Response =
        (StatusCode::OK, [(header::CONTENT_TYPE, media_type)], bytes).into_response();
    let headers = response.headers_mut();
    for (name, value) in shape::artifact_headers(&row) {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    // Agents' bytes are shown to people: the guard's headers keep a browser from guessing what they are and from running them.
    Ok(response)
}
