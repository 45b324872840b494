//! Calls about agents, and about the server itself.

use arena_core::AgentId;
use reqwest::Method;

use super::{
    Client,
    call::{Body, Call, json},
};
use crate::{
    agents::{IssuedToken, Profile, RegisterAgent},
    clock::{AdvanceClock, ClockTime},
    health::{Alive, Readiness},
    list::{List, PageQuery},
};

impl Client {
    /// Registers an agent; the token is shown this once.
    pub fn register_agent(&self, asked: &RegisterAgent) -> Call<IssuedToken> {
        self.send(Method::POST, &["v1", "agents"], Body::json(asked), json)
    }

    /// Lists agents by id.
    pub fn agents(&self, page: &PageQuery) -> Call<List<Profile>> {
        self.get_with(&["v1", "agents"], page, json)
    }

    /// Reads an agent's profile.
    pub fn agent(&self, agent: &AgentId) -> Call<Profile> {
        self.get(&["v1", "agents", agent.as_str()], json)
    }

    /// Replaces an agent's token.
    pub fn replace_token(&self, agent: &AgentId) -> Call<IssuedToken> {
        self.send(Method::POST, &["v1", "agents", agent.as_str(), "token"], Body::Empty, json)
    }

    /// Removes an agent; its id is never given again.
    pub fn remove_agent(&self, agent: &AgentId) -> Call<Profile> {
        self.send(Method::DELETE, &["v1", "agents", agent.as_str()], Body::Empty, json)
    }

    /// Moves the test clock on.
    pub fn advance_clock(&self, asked: &AdvanceClock) -> Call<ClockTime> {
        self.send(Method::POST, &["v1", "clock"], Body::json(asked), json)
    }

    /// Asks whether the server lives.
    pub fn alive(&self) -> Call<Alive> {
        self.get(&["healthz"], json)
    }

    /// Asks whether the server takes commands.
    pub fn readiness(&self) -> Call<Readiness> {
        self.get(&["readyz"], json)
    }
}
