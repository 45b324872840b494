//! Who takes part in the contest of the model, and under which terms.

use arena_core::{
    AgentId, Amount, ArenaId,
    contest::{Gates, Payee, Terms},
};

/// The entrants' names.
const NAMES: [&str; 6] = ["ann", "bob", "cat", "dan", "eva", "fay"];
/// The most entrants of a model.
pub(super) const MOST_ENTRANTS: usize = NAMES.len();
/// What the wallets of entrants and creator hold at first; the others have a unit too little to enter.
const PURSE: u64 = 200;

/// The terms of a model. Everything is at stake in the first; each of the others shows what that one cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// A fee that leaves remainders of every pot, a bond, a creator fee, three places, an oracle of its own.
    Usual,
    /// The creator is the oracle, enters its own contest, and takes as much as it may.
    CreatorPlays,
    /// The smallest money there is: fees and prizes round to nothing, and there is no bond.
    OneUnit,
    /// Ten places, more than there are entrants.
    TenPlaces,
}

impl Setting {
    /// All of them, the usual one first.
    pub(super) const ALL: [Self; 4] = [Self::Usual, Self::CreatorPlays, Self::OneUnit, Self::TenPlaces];

    /// What it is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::CreatorPlays => "creator-plays",
            Self::OneUnit => "one-unit",
            Self::TenPlaces => "ten-places",
        }
    }

    fn terms(self, max_agents: u32, oracle: &AgentId) -> Terms {
        let usual = Terms {
            entry_fee: Amount::at_most(33),
            bond: Amount::at_most(50),
            min_agents: 2,
            max_agents,
            prize_split_bps: vec![5_000, 3_000, 2_000],
            creator_fee_bps: 1_000,
            elimination_interval_s: 86_400,
            duration_s: 3_600,
            action_schema: None,
            rules_hash: None,
            seed_commitment: None,
            oracle: Some(oracle.clone()),
            creator_may_enter: false,
            gates: Gates::default(),
        };
        match self {
            Self::Usual => usual,
            Self::CreatorPlays => {
                Terms { creator_fee_bps: 2_000, oracle: None, creator_may_enter: true, ..usual }
            }
            Self::OneUnit => Terms {
                entry_fee: Amount::at_most(1),
                bond: Amount::ZERO,
                prize_split_bps: vec![6_000, 4_000],
                ..usual
            },
            Self::TenPlaces => Terms {
                entry_fee: Amount::at_most(101),
                prize_split_bps: vec![2_800, 1_600, 1_200, 1_000, 900, 700, 600, 500, 400, 300],
                duration_s: 2_592_000,
                ..usual
            },
        }
    }
}

/// Someone in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    /// One who may enter; which of them is a name and nothing else.
    Entrant(usize),
    /// Made the contest and put up the bond.
    Creator,
    /// Starts, submits and finalizes, unless the creator does.
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
    pub(super) setting: Setting,
    pub(super) terms: Terms,
}

impl Cast {
    pub(super) fn new(entrants: usize, setting: Setting) -> Self {
        let id = |name: &str| name.parse().expect("the names of the model are agent ids");
        let entrants: Vec<AgentId> = NAMES.iter().take(entrants).map(|name| id(name)).collect();
        let oracle = id("otto");
        let most = u32::try_from(entrants.len()).unwrap_or(u32::MAX);
        let terms = setting.terms(most, &oracle);
        Self {
            entrants,
            creator: id("cleo"),
            oracle,
            stranger: id("stan"),
            arena_id: ArenaId::from_bytes([7; 16]),
            setting,
            terms,
        }
    }

    /// Who starts, submits and finalizes.
    pub(super) const fn oracle(&self) -> Who {
        if self.terms.oracle.is_some() { Who::Oracle } else { Who::Creator }
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
    pub(super) const fn purse(&self, who: Who) -> u64 {
        match who {
            Who::Entrant(_) | Who::Creator => PURSE,
            Who::Oracle | Who::Stranger => self.terms.entry_fee.get().saturating_sub(1),
        }
    }
}
