//! Calls about steps.

use arena_core::{ArenaId, StepNumber};
use reqwest::Method;
use serde::Serialize;

use super::{
    Client,
    call::{Body, Call, json, json_or_nothing},
};
use crate::{
    list::List,
    steps::{
        AddSteps, AddedSteps, AdoptResult, Claim, ClaimStep, CompleteStep, EditStep, FailStep, ReleaseStep,
        RenewLease, Step, StepQuery,
    },
};

impl Client {
    /// Adds steps to the plan.
    pub fn add_steps(&self, arena: ArenaId, asked: &AddSteps) -> Call<AddedSteps> {
        self.send(Method::POST, &["v1", "arenas", &arena.to_string(), "steps"], Body::json(asked), json)
    }

    /// Lists steps by number.
    pub fn steps(&self, arena: ArenaId, query: &StepQuery) -> Call<List<Step>> {
        self.get_with(&["v1", "arenas", &arena.to_string(), "steps"], query, json)
    }

    /// Reads a step, with its result.
    pub fn step(&self, arena: ArenaId, step: StepNumber) -> Call<Step> {
        self.get(&["v1", "arenas", &arena.to_string(), "steps", &step.to_string()], json)
    }

    /// Changes a step that is neither claimed nor over.
    pub fn edit_step(&self, arena: ArenaId, step: StepNumber, asked: &EditStep) -> Call<Step> {
        let path = ["v1", "arenas", &arena.to_string(), "steps", &step.to_string()];
        self.send(Method::PATCH, &path, Body::json(asked), json)
    }

    /// Claims a step, or the next ready one; `None` when nothing is ready for the caller.
    pub fn claim(&self, arena: ArenaId, asked: &ClaimStep) -> Call<Option<Claim>> {
        let path = ["v1", "arenas", &arena.to_string(), "steps", "claim"];
        self.send(Method::POST, &path, Body::json(asked), json_or_nothing)
    }

    /// Extends a lease.
    pub fn renew(&self, arena: ArenaId, step: StepNumber, asked: &RenewLease) -> Call<Step> {
        self.step_action(arena, step, "renew", asked)
    }

    /// Gives a claim back.
    pub fn release(&self, arena: ArenaId, step: StepNumber, asked: &ReleaseStep) -> Call<Step> {
        self.step_action(arena, step, "release", asked)
    }

    /// Gives up an attempt.
    pub fn fail(&self, arena: ArenaId, step: StepNumber, asked: &FailStep) -> Call<Step> {
        self.step_action(arena, step, "fail", asked)
    }

    /// Finishes a claimed step.
    pub fn complete(&self, arena: ArenaId, step: StepNumber, asked: &CompleteStep) -> Call<Step> {
        self.step_action(arena, step, "complete", asked)
    }

    /// Takes a late result as the step's own.
    pub fn adopt(&self, arena: ArenaId, step: StepNumber, asked: &AdoptResult) -> Call<Step> {
        self.step_action(arena, step, "adopt", asked)
    }

    /// Approves a step.
    pub fn approve(&self, arena: ArenaId, step: StepNumber) -> Call<Step> {
        self.step_action(arena, step, "approve", &serde_json::Map::new())
    }

    /// Opens a failed or completed step again.
    pub fn reopen(&self, arena: ArenaId, step: StepNumber) -> Call<Step> {
        self.step_action(arena, step, "reopen", &serde_json::Map::new())
    }

    /// Takes a step out of the plan.
    pub fn cancel(&self, arena: ArenaId, step: StepNumber) -> Call<Step> {
        self.step_action(arena, step, "cancel", &serde_json::Map::new())
    }

    fn step_action(
        &self,
        arena: ArenaId,
        step: StepNumber,
        action: &str,
        asked: &impl Serialize,
    ) -> Call<Step> {
        let path = ["v1", "arenas", &arena.to_string(), "steps", &step.to_string(), action];
        self.send(Method::POST, &path, Body::json(asked), json)
    }
}
