//! Calls about arenas: their lifecycle, participants, handles, and what is read of them.

use std::time::Duration;

use arena_core::{AgentId, ArenaId, HandleId};
use reqwest::Method;

use super::{
    Client,
    call::{Body, Call, json},
};
use crate::{
    arenas::{Arena, ArenaQuery, CreateArena, State, StateQuery, UpdateGoal},
    brief::Brief,
    events::{EventPage, EventQuery},
    handles::{CreateHandle, IssuedHandle, RevokedHandle},
    list::List,
    participants::{AddParticipant, ChangeRole, Participant},
    report::Report,
    verify::Verification,
};

impl Client {
    /// Makes a shared arena; the caller becomes its first coordinator.
    pub fn create_arena(&self, asked: &CreateArena) -> Call<Arena> {
        self.send(Method::POST, &["v1", "arenas"], Body::json(asked), json)
    }

    /// Lists the arenas that the caller may read, by id.
    pub fn arenas(&self, query: &ArenaQuery) -> Call<List<Arena>> {
        self.get_with(&["v1", "arenas"], query, json)
    }

    /// Reads an arena.
    pub fn arena(&self, arena: ArenaId) -> Call<Arena> {
        self.get(&["v1", "arenas", &arena.to_string()], json)
    }

    /// Begins work.
    pub fn activate(&self, arena: ArenaId) -> Call<Arena> {
        self.send(Method::POST, &["v1", "arenas", &arena.to_string(), "activate"], Body::Empty, json)
    }

    /// Begins to drain.
    pub fn settle(&self, arena: ArenaId) -> Call<Arena> {
        self.send(Method::POST, &["v1", "arenas", &arena.to_string(), "settle"], Body::Empty, json)
    }

    /// Seals.
    pub fn archive(&self, arena: ArenaId) -> Call<Arena> {
        self.send(Method::POST, &["v1", "arenas", &arena.to_string(), "archive"], Body::Empty, json)
    }

    /// Replaces the goal.
    pub fn update_goal(&self, arena: ArenaId, asked: &UpdateGoal) -> Call<Arena> {
        self.send(Method::PUT, &["v1", "arenas", &arena.to_string(), "goal"], Body::json(asked), json)
    }

    /// Joins, or invites an agent.
    pub fn add_participant(&self, arena: ArenaId, asked: &AddParticipant) -> Call<Participant> {
        self.send(
            Method::POST,
            &["v1", "arenas", &arena.to_string(), "participants"],
            Body::json(asked),
            json,
        )
    }

    /// Gives a participant another role.
    pub fn change_role(&self, arena: ArenaId, agent: &AgentId, asked: &ChangeRole) -> Call<Participant> {
        let path = ["v1", "arenas", &arena.to_string(), "participants", agent.as_str()];
        self.send(Method::PATCH, &path, Body::json(asked), json)
    }

    /// Leaves, or removes a participant.
    pub fn remove_participant(&self, arena: ArenaId, agent: &AgentId) -> Call<Arena> {
        let path = ["v1", "arenas", &arena.to_string(), "participants", agent.as_str()];
        self.send(Method::DELETE, &path, Body::Empty, json)
    }

    /// Issues a handle; the token is shown this once.
    pub fn create_handle(&self, arena: ArenaId, asked: &CreateHandle) -> Call<IssuedHandle> {
        self.send(Method::POST, &["v1", "arenas", &arena.to_string(), "handles"], Body::json(asked), json)
    }

    /// Revokes a handle.
    pub fn revoke_handle(&self, arena: ArenaId, handle: HandleId) -> Call<RevokedHandle> {
        let path = ["v1", "arenas", &arena.to_string(), "handles", &handle.to_string()];
        self.send(Method::DELETE, &path, Body::Empty, json)
    }

    /// Reads a page of events, waiting for one as long as the query says.
    pub fn events(&self, arena: ArenaId, query: &EventQuery) -> Call<EventPage> {
        let wait = Duration::from_millis(query.wait_ms.unwrap_or_default().into());
        self.get_with(&["v1", "arenas", &arena.to_string(), "events"], query, json).waiting(wait)
    }

    /// Reads what an agent needs to know to go on.
    pub fn brief(&self, arena: ArenaId) -> Call<Brief> {
        self.get(&["v1", "arenas", &arena.to_string(), "brief"], json)
    }

    /// Reads an arena and its steps as they stood.
    pub fn state(&self, arena: ArenaId, query: &StateQuery) -> Call<State> {
        self.get_with(&["v1", "arenas", &arena.to_string(), "state"], query, json)
    }

    /// Reads the sealed report.
    pub fn report(&self, arena: ArenaId) -> Call<Report> {
        self.get(&["v1", "arenas", &arena.to_string(), "report"], json)
    }

    /// Checks the arena's journal.
    pub fn verify(&self, arena: ArenaId) -> Call<Verification> {
        self.get(&["v1", "arenas", &arena.to_string(), "verify"], json)
    }
}
