//! Reports and artifacts as resources: `arena://{arena}/report`, `arena://{arena}/artifacts/{name}`.

use arena_core::{
    ArenaId, SharedArena,
    collaboration::{ArtifactName, Status},
};
use arena_runtime::{ArenaQuery, Principal};
use base64::{Engine, engine::general_purpose::STANDARD};
use rmcp::model::{
    JsonObject, ListResourcesResult, MetaObject, ReadResourceResult, Resource, ResourceContents,
    ResourceTemplate,
};
use serde_json::Value;

use super::{answer::LINE, answer::shortened, marked};
use crate::{app::App, error::Failure, page};

/// How many arenas stand on a page.
const ARENAS: usize = 10;
/// How many artifacts of one arena are listed; more are read by their names.
const ARTIFACTS: usize = 100;

/// How they are named.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("arena://{arena}/report", "report")
            .with_description("The sealed report of an archived arena")
            .with_mime_type("application/json"),
        ResourceTemplate::new("arena://{arena}/artifacts/{+name}", "artifact")
            .with_description("The current version of an artifact"),
    ]
}

/// A page of them, arena by arena.
pub(super) async fn list(
    app: &App,
    principal: &Principal,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, Failure> {
    let agent = (!principal.is_operator()).then(|| principal.agent_id());
    let query = ArenaQuery { agent, after: page::cursor(cursor)?, limit: ARENAS, ..ArenaQuery::default() };
    let found = app.manager.arenas(principal, query).await?;
    let resources = found.items.iter().flat_map(|state| of_arena(&state.shared)).collect();
    let mut list = ListResourcesResult::with_all_items(resources);
    list.next_cursor =
        found.items.last().filter(|_| found.more).map(|state| state.shared.arena_id().to_string());
    Ok(list)
}

fn of_arena(shared: &SharedArena) -> Vec<Resource> {
    let arena_id = shared.arena_id();
    let goal = shortened(shared.goal(), LINE).0;
    let mut resources = Vec::new();
    if shared.status() == Status::Archived {
        let uri = format!("arena://{arena_id}/report");
        resources.push(
            Resource::new(uri, format!("{arena_id}/report"))
                .with_title("Sealed report")
                .with_mime_type("application/json")
                .with_meta(meta(&marked::text(marked::coordinators(), goal))),
        );
    }
    for (name, one) in shared.artifacts().take(ARTIFACTS) {
        let author = marked::author(shared, &one.author);
        let uri = format!("arena://{arena_id}/artifacts/{}", escaped(name));
        resources.push(
            Resource::new(uri, format!("{arena_id}/artifacts/{name}"))
                .with_mime_type(&*one.media_type)
                .with_size(one.size)
                .with_meta(meta(&marked::thing(author, Value::Null))),
        );
    }
    resources
}

/// Says who wrote what comes with it, and that it is data.
fn meta(marked: &Value) -> MetaObject {
    let named = |(name, value): (&String, &Value)| (format!("arena/{name}"), value.clone());
    let fields = marked.as_object().into_iter().flatten().map(named);
    MetaObject(fields.collect::<JsonObject>())
}

/// What a resource's name names.
enum Named {
    Report,
    Artifact(ArtifactName),
}

/// Reads one.
pub(super) async fn read(app: &App, principal: &Principal, uri: &str) -> Result<ReadResourceResult, Failure> {
    let (arena_id, named) = parsed(uri).ok_or_else(|| Failure::not_found("resource"))?;
    let contents = match named {
        Named::Report => {
            let report = app.manager.report(principal, arena_id).await?;
            let text = serde_json::to_string(&report).unwrap_or_default();
            let from = serde_json::json!({"role": "participant"});
            ResourceContents::text(text, uri)
                .with_mime_type("application/json")
                .with_meta(meta(&marked::thing(from, Value::Null)))
        }
        Named::Artifact(name) => {
            let shared = app.manager.arena(principal, arena_id).await?.shared.clone();
            let (row, bytes) = app.manager.artifact(principal, arena_id, &name, None).await?;
            let contents = match String::from_utf8(bytes) {
                Ok(text) => ResourceContents::text(text, uri),
                Err(error) => ResourceContents::blob(STANDARD.encode(error.as_bytes()), uri),
            };
            let author = marked::author(&shared, &row.author);
            contents.with_mime_type(row.media_type).with_meta(meta(&marked::thing(author, Value::Null)))
        }
    };
    Ok(ReadResourceResult::new(vec![contents]))
}

fn parsed(uri: &str) -> Option<(ArenaId, Named)> {
    let (arena, rest) = uri.strip_prefix("arena://")?.split_once('/')?;
    let arena_id = arena.parse().ok()?;
    if rest == "report" {
        return Some((arena_id, Named::Report));
    }
    let name = unescaped(rest.strip_prefix("artifacts/")?)?;
    Some((arena_id, Named::Artifact(name.parse().ok()?)))
}

/// A name with everything escaped that means something in an address.
fn escaped(name: &ArtifactName) -> String {
    let mut escaped = String::new();
    for byte in name.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_survives_its_address() {
        for name in ["a", "src/main.rs", "a b?c#d%e", "schön/ü.txt", "100%"] {
            let name: ArtifactName = name.parse().unwrap();
            let uri = format!("arena://{}/artifacts/{}", ArenaId::from_bytes([7; 16]), escaped(&name));
            match parsed(&uri) {
                Some((_, Named::Artifact(read))) => assert_eq!(read, name),
                _ => panic!("{uri} is not read"),
            }
        }
        for wrong in ["arena://x/report", "http://a/report", "arena://", "arena:///artifacts/a"] {
            assert!(parsed(wrong).is_none(), "{wrong}");
        }
    }
}
