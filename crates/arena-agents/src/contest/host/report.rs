//! What a hosted contest came to, as it is printed at the end.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use arena_core::{
    AgentId, ArenaId,
    amount::Amount,
    contest::{Payee, PayoutKind, Score},
};
use serde::Serialize;

use crate::contest::{actions::ActionLine, bots::Fault};

/// How hosting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The game was played to its end and everyone was paid.
    Finished,
    /// The contest had been cancelled; fees and bond were given back.
    Cancelled,
    /// The contest had been abandoned; fees were given back.
    Abandoned,
    /// The host was told to stop; the contest can be gone on with.
    Interrupted,
}

/// What a hosted contest came to.
#[derive(Clone, Debug, Serialize)]
pub struct HostReport {
    /// How it ended.
    pub outcome: Ending,
    /// The contest, unless it was not made yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arena_id: Option<ArenaId>,
    /// Why it was not played to its end, or its receipt does not say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What it is called.
    pub title: String,
    /// How many rounds were played.
    pub rounds: u32,
    /// The entrants, the best first.
    pub standings: Vec<HostedBot>,
    /// Every payment, in the order of the obligations.
    pub paid: Vec<Paid>,
    /// What is still owed, since its payee cannot be paid now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unpaid: Vec<Unpaid>,
    /// Where the money is, when it is on a chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainSide>,
    /// Where the receipt is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<PathBuf>,
}

/// How one entrant did.
#[derive(Clone, Debug, Serialize)]
pub struct HostedBot {
    /// Who.
    pub agent_id: AgentId,
    /// Its place, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<u32>,
    /// Its last score.
    pub score: Score,
    /// The round that put it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eliminated_round: Option<u32>,
    /// What it won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prize: Option<Amount>,
    /// How often it was at fault, by kind.
    pub faults: BTreeMap<&'static str, u32>,
}

/// A payment.
#[derive(Clone, Debug, Serialize)]
pub struct Paid {
    /// What for.
    pub kind: PayoutKind,
    /// To whom.
    pub payee: Payee,
    /// How much.
    pub amount: Amount,
}

/// What could not be paid; it stays owed until somebody asks for it once more.
#[derive(Clone, Debug, Serialize)]
pub struct Unpaid {
    /// What for.
    pub kind: PayoutKind,
    /// To whom.
    pub payee: Payee,
    /// How much.
    pub amount: u64,
    /// Why not.
    pub reason: String,
}

/// Where a contest's money is on a chain.
#[derive(Clone, Debug, Serialize)]
pub struct ChainSide {
    /// The contest's address.
    pub contest: String,
    /// The bots' wallets, which hold what the bots won.
    pub wallets: Vec<BotWallet>,
}

/// A bot's wallet.
#[derive(Clone, Debug, Serialize)]
pub struct BotWallet {
    /// Whose.
    pub agent_id: AgentId,
    /// Where it is.
    pub address: String,
    /// The key to it: whoever has this file has what is in the wallet.
    pub key_file: PathBuf,
}

/// How often whom what went wrong for.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(BTreeMap<AgentId, BTreeMap<&'static str, u32>>);

impl Faults {
    /// Counts those of a round.
    pub(super) fn count(&mut self, lines: &[String]) {
        for line in lines.iter().filter_map(|line| ActionLine::parse(line).ok()) {
            if let Some(fault) = line.fault {
                *self.0.entry(line.agent_id).or_default().entry(word(fault)).or_default() += 1;
            }
        }
    }

    /// Those of one entrant.
    pub(super) fn of(&self, agent_id: &AgentId) -> BTreeMap<&'static str, u32> {
        self.0.get(agent_id).cloned().unwrap_or_default()
    }
}

/// The word of a fault.
pub(super) const fn word(fault: Fault) -> &'static str {
    match fault {
        Fault::Illegal => "illegal",
        Fault::Timeout => "timeout",
        Fault::Crash => "crash",
        Fault::Absent => "absent",
        Fault::Host => "host",
    }
}

impl HostReport {
    /// Nothing more is known of a contest whose host was told to stop.
    pub(super) fn interrupted(arena_id: Option<ArenaId>, title: &str) -> Self {
        Self {
            outcome: Ending::Interrupted,
            arena_id,
            why: None,
            title: title.to_owned(),
            rounds: 0,
            standings: Vec::new(),
            paid: Vec::new(),
            unpaid: Vec::new(),
            chain: None,
            receipt: None,
        }
    }
}

impl fmt::Display for HostReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = match self.outcome {
            Ending::Finished => format!("finished after {} rounds", self.rounds),
            Ending::Cancelled => "was cancelled; fees and bond were given back".into(),
            Ending::Abandoned => "was abandoned; fees were given back".into(),
            Ending::Interrupted => "is interrupted, and can be gone on with".into(),
        };
        match self.arena_id {
            Some(arena_id) => writeln!(f, "{} (contest {arena_id}) {ending}", self.title)?,
            None => writeln!(f, "{} {ending}", self.title)?,
        }
        if let Some(why) = &self.why {
            writeln!(f, "because {why}")?;
        }
        for bot in &self.standings {
            let standing = bot.standing.map_or("-".into(), |standing| standing.to_string());
            write!(f, "{standing:>3}  {:<20} score {:>6}", bot.agent_id.as_str(), bot.score.get())?;
            match bot.eliminated_round {
                Some(round) => write!(f, "  out in round {round:<4}")?,
                None => write!(f, "  {:<17}", "alive")?,
            }
            if let Some(prize) = bot.prize {
                write!(f, "  prize {prize}")?;
            }
            for (fault, times) in &bot.faults {
                write!(f, "  {fault} x{times}")?;
            }
            writeln!(f)?;
        }
        for Paid { kind, payee, amount } in &self.paid {
            writeln!(f, "paid {amount} to {payee}: {kind}")?;
        }
        for Unpaid { kind, payee, amount, reason } in &self.unpaid {
            writeln!(f, "still owed {amount} to {payee}: {kind}, since {reason}")?;
        }
        if let Some(ChainSide { contest, wallets }) = &self.chain {
            writeln!(f, "on the chain {contest}")?;
            for BotWallet { agent_id, address, key_file } in wallets {
                writeln!(f, "wallet of {agent_id} {address}, its key {}", key_file.display())?;
            }
        }
        if let Some(receipt) = &self.receipt {
            writeln!(f, "receipt {}", receipt.display())?;
        }
        Ok(())
    }
}
