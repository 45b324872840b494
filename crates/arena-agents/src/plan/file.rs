//! The shape of a plan file, as TOML; keys that are not named here are refused by name.

use std::collections::BTreeMap;

use arena_core::collaboration::{Evidence, Role, Strategy};
use serde::Deserialize;
use toml::Spanned;

use super::{length::Length, words::Words};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFile {
    pub(super) goal: Spanned<String>,
    #[serde(default)]
    pub(super) strategy: Strategy,
    pub(super) parallel: Option<Spanned<u32>>,
    pub(super) settle_grace: Option<Length>,
    pub(super) directory: Option<Spanned<String>>,
    pub(super) result: Option<Spanned<String>>,
    pub(super) budget: Option<BudgetTable>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) agents: Vec<Spanned<AgentTable>>,
    #[serde(default)]
    pub(super) steps: Vec<Spanned<StepTable>>,
}

/// `[budget]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetTable {
    pub(super) attempts: Option<u64>,
    pub(super) duration: Option<Length>,
    pub(super) cost: Option<u64>,
}

/// `[[agents]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentTable {
    pub(super) name: Spanned<String>,
    pub(super) role: Option<Role>,
    pub(super) command: Option<Spanned<Words>>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, Spanned<String>>,
    pub(super) directory: Option<Spanned<String>>,
    pub(super) time_limit: Option<Spanned<Length>>,
    pub(super) at_once: Option<Spanned<u32>>,
}

/// `[[steps]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepTable {
    pub(super) name: Option<Spanned<String>>,
    pub(super) title: Option<Spanned<String>>,
    pub(super) prompt: Option<Spanned<String>>,
    pub(super) command: Option<Spanned<Words>>,
    #[serde(default)]
    pub(super) depends_on: Vec<Spanned<String>>,
    pub(super) assignee: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) evidence: Evidence,
    pub(super) attempts: Option<Spanned<u32>>,
    pub(super) lease: Option<Spanned<Length>>,
    pub(super) time_limit: Option<Spanned<Length>>,
    pub(super) output: Option<Spanned<String>>,
}
