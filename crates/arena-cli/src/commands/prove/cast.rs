//! Who takes part in the contest of the model, and under which terms.

use arena_core::{
    AgentId, Amount, ArenaId,
    contest::{Gates, Payee, Terms},
};

/// The entrants' names.
const NAMES: [&str; 6] = ["ann", "bob", "cat", "dan", "eva", "fay"];
/// The most entrants of a model.
pub(super) const MOST_ENTRANTS: usize = NAMES.len();
/// What a wallet holds at first, but for the stranger's.
const PURSE: u64 = 200;
/// What an entry costs: remainders are left over of every pot that 2 to 6 of it make.
const FEE: u64 = 33;
/// What the creator puts up.
const BOND: u64 = 50;

/// Someone in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    /// One who may enter; which of them is a name and nothing else.
    Entrant(usize),
    /// Made the contest and put up the bond.
    Creator,
    /// Starts, submits and finalizes.
    Oracle,
    /// Has no part in it, and a unit too little to enter.
    Stranger,
}

/// Whom money may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Owner {
    /// Someone.
    Of(Who),
    /// The treasury.
    Treasury,
}

/// Everyone in the model, with what they bring, and the terms.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    entrants: Vec<AgentId>,
    creator: AgentId,
    oracle: AgentId,
    stranger: AgentId,
    pub(super) arena_id: ArenaId,
    pub(super) terms: Terms,
}

impl Cast {
    pub(super) fn new(entrants: usize) -> Self {
        let id = |name: &str| name.parse().expect("the names of the model are agent ids");
        let entrants: Vec<AgentId> = NAMES.iter().take(entrants).map(|name| id(name)).collect();
        let terms = Terms {
            entry_fee: Amount::at_most(FEE),
            bond: Amount::at_most(BOND),
            min_agents: 2,
            max_agents: u32::try_from(entrants.len()).unwrap_or(u32::MAX),
            prize_split_bps: vec![5_000, 3_000, 2_000],
            creator_fee_bps: 1_000,
            elimination_interval_s: 86_400,
            duration_s: 3_600,
            action_schema: None,
            rules_hash: None,
            seed_commitment: None,
            oracle: Some(id("otto")),
            creator_may_enter: false,
            gates: Gates::default(),
        };
        Self {
            entrants,
            creator: id("cleo"),
            oracle: id("otto"),
            stranger: id("stan"),
            arena_id: ArenaId::from_bytes([7; 16]),
            terms,
        }
    }

    /// Those who may enter.
    pub(super) fn entrants(&self) -> impl Iterator<Item = Who> + use<> {
        (0..self.entrants.len()).map(Who::Entrant)
    }

    /// Everyone, in the order of the ledger's wallets.
    pub(super) fn everyone(&self) -> impl Iterator<Item = Who> + use<> {
        self.entrants().chain([Who::Creator, Who::Oracle, Who::Stranger])
    }

    pub(super) fn id(&self, who: Who) -> &AgentId {
        match who {
            Who::Entrant(index) => self.entrants.get(index).unwrap_or(&self.stranger),
            Who::Creator => &self.creator,
            Who::Oracle => &self.oracle,
            Who::Stranger => &self.stranger,
        }
    }

    /// Who bears this id; nobody does whom the model does not know.
    pub(super) fn who(&self, agent_id: &AgentId) -> Option<Who> {
        self.everyone().find(|who| self.id(*who) == agent_id)
    }

    pub(super) fn payee(&self, owner: Owner) -> Payee {
        match owner {
            Owner::Of(who) => Payee::Agent(self.id(who).clone()),
            Owner::Treasury => Payee::Treasury,
        }
    }

    pub(super) fn owner(&self, payee: &Payee) -> Option<Owner> {
        match payee {
            Payee::Agent(agent_id) => self.who(agent_id).map(Owner::Of),
            Payee::Treasury => Some(Owner::Treasury),
        }
    }

    /// What someone has before anything happened.
    pub(super) const fn purse(who: Who) -> u64 {
        match who {
            Who::Entrant(_) | Who::Creator | Who::Oracle => PURSE,
            Who::Stranger => FEE - 1,
        }
    }
}
