//! What can be asked of a contest, and the context in which it is asked.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use super::{
    bounds,
    payee::Payee,
    profiles::Profile,
    rejection::{invalid, Rejection},
    rounds, seed,
    types::{PayoutKind, Score},
};
use crate::{
    hash::Hash,
    ids::{AgentId, Sequence},
    time::Timestamp,
};

/// A command to an existing contest; who may give it and when is the table of section 6 of the design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The caller enters and pays the fee.
    Enter,
    /// Take an entry back, and the fee with it.
    Leave {
        /// Whose.
        agent_id: AgentId,
    },
    /// End registration, begin play.
    Start,
    /// Submit a page of a round.
    SubmitPage(RoundPage),
    /// Settle: derive standings, open obligations.
    Finalize {
        /// What the commitment in the terms is the hash of.
        seed: Option<String>,
    },
    /// Keep the actions of a completed round; their bytes are stored by whoever runs the rules.
    StoreActions {
        /// Which round.
        round: u32,
        /// The root of the lines given.
        root: Hash,
        /// The hash of the bytes given.
        sha256: Hash,
        /// How many bytes.
        size: u64,
    },
    /// Pay an open obligation to its payee, whoever asks.
    Payout {
        /// What it is for.
        kind: PayoutKind,
        /// To whom; when absent the caller for a prize and a refund, else the only payee there is.
        payee: Option<Payee>,
    },
    /// End it before it started.
    Cancel,
    /// End it after the oracle timed out.
    Abandon,
}

/// Part of a round as the oracle submits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundPage {
    /// The round: one after the last completed one.
    pub round: u32,
    /// The page, from 1; the next one when absent.
    pub page: Option<u32>,
    /// Who is out.
    pub eliminated: Vec<AgentId>,
    /// New scores; an agent without one keeps its former one.
    pub scores: BTreeMap<AgentId, Score>,
    /// The root of the round's actions; with the last page only.
    pub actions_root: Option<Hash>,
    /// Whether the round is complete with this page.
    pub last: bool,
}

/// What a decision needs from outside the contest.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The time of the command.
    pub now: Timestamp,
    /// Who asks: a registered agent.
    pub caller: &'a AgentId,
    /// The contest's sequence that the caller expects.
    pub if_match: Option<Sequence>,
    /// The caller's profile.
    pub profile: Profile,
}

impl Command {
    /// Checks what can be said of the command's values without knowing its contest.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] or [`Rejection::TooLarge`], naming the field.
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Enter
            | Self::Leave { .. }
            | Self::Start
            | Self::Payout { .. }
            | Self::Cancel
            | Self::Abandon
            | Self::Finalize { seed: None } => Ok(()),
            Self::SubmitPage(page) if !rounds::may_have_root(page.actions_root.is_some(), page.last) => {
                Err(invalid("actions_root", "comes with the last page of a round"))
            }
            Self::SubmitPage(_) => Ok(()),
            Self::Finalize { seed: Some(seed) } => check_seed(seed),
            Self::StoreActions { size, .. } if *size > bounds::ACTIONS_BYTES => {
                Err(Rejection::TooLarge { field: "body".into(), limit: bounds::ACTIONS_BYTES })
            }
            Self::StoreActions { .. } => Ok(()),
        }
    }
}

fn check_seed(seed: &str) -> Result<(), Rejection> {
    if seed::in_bounds(seed) {
        Ok(())
    } else {
        Err(invalid("seed", &format!("has 1 to {} bytes", bounds::SEED_BYTES)))
    }
}
