//! Who calls a tool, about which arena, and how that is put to the runtime.

use std::sync::Arc;

use arena_api::{Code, Problem};
use arena_core::{ArenaId, CommandId, Hash, SharedArena, collaboration::Command};
use arena_runtime::{ArenaManager, Ask, Principal, Reply, RequestKey};
use rmcp::model::JsonObject;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{app::App, error::Failure, parse, request::Token};

/// Who calls.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) app: App,
    pub(super) principal: Principal,
    /// By which token.
    pub(super) token: Token,
    /// The tool that is called.
    pub(super) tool: &'static str,
}

/// A call as it was handed in.
pub(super) struct Asked<T> {
    /// The arena that was named.
    arena: Option<ArenaId>,
    key: Option<CommandId>,
    /// All else.
    pub(super) given: T,
}

impl Caller {
    pub(super) fn manager(&self) -> &ArenaManager {
        &self.app.manager
    }

    /// Reads what was handed in.
    pub(super) fn read<T: DeserializeOwned>(&self, mut arguments: JsonObject) -> Result<Asked<T>, Failure> {
        let arena = word(&mut arguments, "arena")?;
        let key = word(&mut arguments, "key")?;
        let body = serde_json::to_vec(&arguments).unwrap_or_default();
        Ok(Asked { arena, key, given: parse::json(&body)? })
    }

    /// The arena that a call is about: the named one, or the only one that the token is good for.
    pub(super) fn arena<T>(&self, asked: &Asked<T>) -> Result<ArenaId, Failure> {
        match (asked.arena, &self.principal) {
            (Some(arena_id), _) => Ok(arena_id),
            (None, Principal::Handle(grant)) => Ok(grant.arena_id),
            (None, Principal::Operator | Principal::Agent(_)) => {
                let reason = "name the arena by its id; arena_brief without one lists yours";
                Err(Problem::invalid("arena", reason).into())
            }
        }
    }

    /// The same, when there need not be one.
    pub(super) fn perhaps_arena<T>(&self, asked: &Asked<T>) -> Option<ArenaId> {
        match &self.principal {
            Principal::Handle(grant) => Some(asked.arena.unwrap_or(grant.arena_id)),
            Principal::Operator | Principal::Agent(_) => asked.arena,
        }
    }

    /// The arena as of now.
    pub(super) async fn state(&self, arena_id: ArenaId) -> Result<Arc<SharedArena>, Failure> {
        Ok(self.manager().arena(&self.principal, arena_id).await?.shared.clone())
    }

    /// Says how to ask; a call with a key is told from others under it by what was handed in.
    pub(super) fn ask<T: Serialize>(&self, asked: &Asked<T>, arena_id: Option<ArenaId>) -> Ask {
        self.ask_about(asked, arena_id, &asked.given)
    }

    /// The same, when what was handed in is told by `what`.
    pub(super) fn ask_about<T>(
        &self,
        asked: &Asked<T>,
        arena_id: Option<ArenaId>,
        what: &impl Serialize,
    ) -> Ask {
        let of = arena_id.map(|arena_id| arena_id.to_string()).unwrap_or_default();
        let key = asked.key.clone().map(|id| RequestKey {
            id,
            operation: format!("MCP {} {of}", self.tool),
            fingerprint: Hash::of(&serde_json::to_vec(what).unwrap_or_default()),
        });
        Ask { principal: self.principal.clone(), if_match: None, key }
    }

    /// Gives a command to a shared arena.
    pub(super) async fn submit<T: Serialize>(
        &self,
        asked: &Asked<T>,
        arena_id: ArenaId,
        command: Command,
        render: arena_runtime::Render,
    ) -> Result<Reply, Failure> {
        Ok(self.manager().submit(self.ask(asked, Some(arena_id)), arena_id, command, render).await?)
    }
}

/// Takes a word out of what was handed in; null is none.
fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
    arguments: &mut JsonObject,
    name: &str,
) -> Result<Option<T>, Failure> {
    match arguments.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            text.parse().map(Some).map_err(|error| Problem::invalid(name, error).into())
        }
        Some(_) => Err(Problem::invalid(name, "a text is expected").into()),
    }
}

/// Reads what the runtime rendered; `None` of a command that changed nothing.
pub(super) fn rendered<T: DeserializeOwned>(reply: &Reply) -> Result<Option<T>, Failure> {
    if reply.body.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(&reply.body).map(Some).map_err(|_| {
        Failure::new(Code::Internal, "the answer under this key was kept in another form; use a new key")
    })
}
