//! The shape of a cup file, as TOML; keys that are not named here are refused by name.

use serde::Deserialize;
use toml::Spanned;

use crate::plan::{Length, Words};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CupFile {
    pub(super) title: String,
    pub(super) seed: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) fund: bool,
    pub(super) game: Spanned<toml::Table>,
    #[serde(default)]
    pub(super) terms: TermsTable,
    #[serde(default)]
    pub(super) time: TimeTable,
    #[serde(default)]
    pub(super) bots: Vec<Spanned<BotTable>>,
}

/// `[terms]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermsTable {
    pub(super) entry_fee: Option<u64>,
    pub(super) bond: Option<u64>,
    pub(super) min_agents: Option<u32>,
    pub(super) max_agents: Option<u32>,
    pub(super) prize_split: Option<Vec<u16>>,
    pub(super) prize_split_bps: Option<Vec<u16>>,
    pub(super) creator_fee_bps: Option<u16>,
    pub(super) elimination_interval_s: Option<u32>,
    pub(super) duration_s: Option<u32>,
    pub(super) creator_may_enter: Option<bool>,
    pub(super) gates: Option<arena_api::terms::Gates>,
}

/// `[time]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeTable {
    pub(super) bank: Option<Length>,
    pub(super) increment: Option<Length>,
    pub(super) start: Option<Length>,
}

/// `[[bots]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BotTable {
    pub(super) name: Spanned<String>,
    pub(super) strategy: Option<Spanned<String>>,
    pub(super) command: Option<Spanned<Words>>,
    pub(super) token_file: Option<String>,
}
