//! The terms of a contest, from flags, from a file, or from both: a flag counts more.

use arena_api::terms::{Gates, NewTerms};
use arena_core::{AgentId, Hash, amount::Amount};
use clap::Args;
use serde::Deserialize;

use crate::{
    exit::Exit,
    failure::Failure,
    values::{self, Source},
};

/// What holds where nothing is said.
const MIN_AGENTS: u32 = 2;
const MAX_AGENTS: u32 = 100;
const INTERVAL_S: u32 = 60;
const DURATION_S: u32 = 3_600;
const WINNER_TAKES_ALL: u16 = 100;

/// The terms, as flags.
#[derive(Args, Debug)]
#[command(next_help_heading = "Terms")]
pub(crate) struct TermsArgs {
    /// A file of `title` and `terms`, as `POST /v1/contests` takes them, in TOML or JSON (`-`: standard input); flags count more
    #[arg(value_name = "TERMS", help_heading = "Arguments")]
    file: Option<Source>,
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    /// What an entry costs, in minor units [default: 0]
    #[arg(long, value_name = "AMOUNT", value_parser = values::amount)]
    fee: Option<Amount>,
    /// What the creator locks until it is over [default: 0]
    #[arg(long, value_name = "AMOUNT", value_parser = values::amount)]
    bond: Option<Amount>,
    /// How many entrants it takes to start [default: 2]
    #[arg(long, value_name = "AGENTS")]
    min: Option<u32>,
    /// How many may enter [default: 100, or --min where that is more]
    #[arg(long, value_name = "AGENTS")]
    max: Option<u32>,
    /// The share of each place in percents, such as 60,40 [default: 100]
    #[arg(long, value_name = "PERCENTS", value_delimiter = ',', conflicts_with = "split_bps")]
    split: Vec<u16>,
    /// The share of each place in basis points, such as 6050,3950
    #[arg(long, value_name = "BPS", value_delimiter = ',')]
    split_bps: Vec<u16>,
    /// The creator's share of the pot in basis points, at most 2000 [default: 0]
    #[arg(long, value_name = "BPS")]
    creator_fee_bps: Option<u16>,
    /// How often a round is due; twice as long without one, and anyone may abandon [default: 60s]
    #[arg(long, value_name = "LENGTH", value_parser = values::seconds)]
    interval: Option<u32>,
    /// How long it is meant to take; it triggers nothing [default: 1h]
    #[arg(long, value_name = "LENGTH", value_parser = values::seconds)]
    duration: Option<u32>,
    /// Who starts, submits and finalizes [default: the creator]
    #[arg(long, value_name = "AGENT")]
    oracle: Option<AgentId>,
    /// Let creator and oracle enter
    #[arg(long)]
    creator_may_enter: bool,
    /// SHA-256 of the seed that `arena contest finalize --seed` reveals
    #[arg(long, value_name = "HASH")]
    seed_commitment: Option<Hash>,
    /// SHA-256 of the rules of the game
    #[arg(long, value_name = "HASH")]
    rules_hash: Option<Hash>,
    /// What an action looks like, in at most 256 bytes
    #[arg(long, value_name = "TEXT")]
    action_schema: Option<String>,
    /// Gate: contests that an agent has completed
    #[arg(long, value_name = "CONTESTS")]
    min_completed: Option<u32>,
    /// Gate: contests that an agent has won
    #[arg(long, value_name = "CONTESTS")]
    min_wins: Option<u32>,
    /// Gate: how long an agent has been registered
    #[arg(long, value_name = "LENGTH", value_parser = values::whole_seconds)]
    min_age: Option<u64>,
}

/// A title and terms, of which any may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Option<String>,
    #[serde(default)]
    terms: FileTerms,
}

/// The names of [`NewTerms`], of which any may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTerms {
    entry_fee: Option<Amount>,
    bond: Option<Amount>,
    min_agents: Option<u32>,
    max_agents: Option<u32>,
    prize_split: Option<Vec<u16>>,
    prize_split_bps: Option<Vec<u16>>,
    creator_fee_bps: Option<u16>,
    elimination_interval_s: Option<u32>,
    duration_s: Option<u32>,
    action_schema: Option<String>,
    rules_hash: Option<Hash>,
    seed_commitment: Option<Hash>,
    oracle: Option<AgentId>,
    creator_may_enter: Option<bool>,
    gates: Option<Gates>,
}

impl File {
    /// JSON when it begins as an object does, else TOML.
    fn read(source: &Source) -> Result<Self, Failure> {
        let text = source.text()?;
        let read = if text.trim_start().starts_with('{') {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            toml::from_str(&text).map_err(|error| error.to_string().trim().to_owned())
        };
        read.map_err(|reason| Failure::new(Exit::Usage, "terms", format!("{source}: {reason}")))
    }
}

impl TermsArgs {
    /// The title, if there is one, and the terms.
    pub(crate) fn read(self) -> Result<(Option<String>, NewTerms), Failure> {
        let file = self.file.as_ref().map(File::read).transpose()?.unwrap_or_default();
        let title = self.title.clone().or(file.title);
        Ok((title, self.over(file.terms)))
    }

    /// The flags over what a file says, and the defaults below both.
    fn over(self, file: FileTerms) -> NewTerms {
        let (prize_split, prize_split_bps) = self.shares(file.prize_split, file.prize_split_bps);
        let min_agents = self.min.or(file.min_agents).unwrap_or(MIN_AGENTS);
        let gates = file.gates.unwrap_or_default();
        let gates = Gates {
            min_completed: self.min_completed.unwrap_or(gates.min_completed),
            min_wins: self.min_wins.unwrap_or(gates.min_wins),
            min_age_s: self.min_age.unwrap_or(gates.min_age_s),
        };
        NewTerms {
            entry_fee: self.fee.or(file.entry_fee).unwrap_or_default(),
            bond: self.bond.or(file.bond).unwrap_or_default(),
            min_agents,
            max_agents: self.max.or(file.max_agents).unwrap_or(MAX_AGENTS.max(min_agents)),
            prize_split,
            prize_split_bps,
            creator_fee_bps: self.creator_fee_bps.or(file.creator_fee_bps).unwrap_or_default(),
            elimination_interval_s: self.interval.or(file.elimination_interval_s).unwrap_or(INTERVAL_S),
            duration_s: self.duration.or(file.duration_s).unwrap_or(DURATION_S),
            action_schema: self.action_schema.or(file.action_schema),
            rules_hash: self.rules_hash.or(file.rules_hash),
            seed_commitment: self.seed_commitment.or(file.seed_commitment),
            oracle: self.oracle.or(file.oracle),
            creator_may_enter: self.creator_may_enter.then_some(true).or(file.creator_may_enter),
            gates: (gates != Gates::default()).then_some(gates),
        }
    }

    /// The split, in percents or in basis points; both only where a file says both, which is then refused.
    fn shares(
        &self,
        percents: Option<Vec<u16>>,
        bps: Option<Vec<u16>>,
    ) -> (Option<Vec<u16>>, Option<Vec<u16>>) {
        if !self.split.is_empty() {
            return (Some(self.split.clone()), None);
        }
        if !self.split_bps.is_empty() {
            return (None, Some(self.split_bps.clone()));
        }
        if percents.is_none() && bps.is_none() {
            return (Some(vec![WINNER_TAKES_ALL]), None);
        }
        (percents, bps)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        terms: TermsArgs,
    }

    fn over(flags: &[&str], file: &str) -> NewTerms {
        let line = Line::parse_from([&["terms"], flags].concat());
        let file: File = toml::from_str(file).unwrap();
        line.terms.over(file.terms)
    }

    #[test]
    fn a_flag_counts_more_than_the_file_and_the_file_more_than_the_default() {
        let file = "title = 'Cup'\n[terms]\nentry_fee = 5\nbond = 7\nprize_split = [60, 40]\nduration_s = 9\n\
                    [terms.gates]\nmin_wins = 2\nmin_age_s = 60\n";
        let terms = over(&["--fee", "8", "--min-age", "1d", "--interval", "2m"], file);
        assert_eq!((terms.entry_fee.get(), terms.bond.get()), (8, 7));
        assert_eq!((terms.elimination_interval_s, terms.duration_s, terms.max_agents), (120, 9, 100));
        assert_eq!(terms.prize_split, Some(vec![60, 40]));
        assert_eq!(terms.gates, Some(Gates { min_completed: 0, min_wins: 2, min_age_s: 86_400 }));
    }

    #[test]
    fn a_split_of_the_flags_replaces_that_of_the_file_in_either_unit() {
        let file = "[terms]\nprize_split = [60, 40]\n";
        let terms = over(&["--split-bps", "6050,3950"], file);
        assert_eq!((terms.prize_split, terms.prize_split_bps), (None, Some(vec![6_050, 3_950])));
        let terms = over(&["--split", "50,50"], "[terms]\nprize_split_bps = [10000]\n");
        assert_eq!((terms.prize_split, terms.prize_split_bps), (Some(vec![50, 50]), None));
        assert_eq!(over(&[], "").prize_split, Some(vec![100]));
    }

    #[test]
    fn a_contest_is_never_smaller_than_what_it_takes_to_start_it() {
        assert_eq!(over(&["--min", "500"], "").max_agents, 500);
        assert_eq!(over(&["--min", "5", "--max", "4"], "").max_agents, 4);
    }
}
