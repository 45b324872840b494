//! Runs agents as processes: a [`Plan`] names a goal, agents and steps; a [`Run`] makes the arena, starts a process for each
//! ready step and seals what came out.
//!
//! Everything that happens to the arena goes through its HTTP API, so a run is a client like any other: it can be
//! killed at any moment and resumed from the arena alone.

mod clock;
mod plan;
mod process;


pub use plan::{Plan, PlanAgent, PlanError, PlanSource, PlanStep, Problem};
