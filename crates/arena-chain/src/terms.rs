//! The terms of a contest on the chain: the embedded ones, with a mint, and wallets for agents.

use arena_core::{Hash, contest::Terms};
use arena_escrow_interface::{
    Shares,
    terms::{MOST_BYTES, Terms as Wire},
};
use solana_address::Address;

use crate::{accounts::HeldContest, addresses::key, error::ChainError};

/// The terms of a contest on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainTerms {
    /// What is the same as embedded; its oracle, an agent's id, is not looked at.
    pub terms: Terms,
    /// Who starts, submits and finalizes; the creator when absent.
    pub oracle: Option<Address>,
    /// What its money is.
    pub mint: Address,
    /// The program of that mint.
    pub token_program: Address,
}

impl ChainTerms {
    /// As the contest of this creator keeps them.
    pub(crate) fn wire(&self, creator: &Address) -> Result<Wire<'_>, ChainError> {
        let terms = &self.terms;
        let shares = Shares::new(&terms.prize_split_bps).ok_or_else(|| ChainError::Invalid {
            field: "prize_split_bps",
            reason: "a split has at most 10 places".into(),
        })?;
        Ok(Wire {
            entry_fee: terms.entry_fee.get(),
            bond: terms.bond.get(),
            min_agents: terms.min_agents,
            max_agents: terms.max_agents,
            prize_split_bps: shares,
            creator_fee_bps: terms.creator_fee_bps,
            elimination_interval_s: terms.elimination_interval_s,
            duration_s: terms.duration_s,
            action_schema: terms.action_schema.as_deref(),
            rules_hash: terms.rules_hash.map(|hash| *hash.as_bytes()),
            seed_commitment: terms.seed_commitment.map(|hash| *hash.as_bytes()),
            oracle: self.oracle.as_ref().map(key),
            creator_may_enter: terms.creator_may_enter,
            min_completed: terms.gates.min_completed,
            min_wins: terms.gates.min_wins,
            min_age_s: terms.gates.min_age_s,
        }
        .kept(key(creator)))
    }

    /// Checks every bound, and that the chain can hold so many entrants.
    ///
    /// # Errors
    /// [`ChainError::Invalid`] naming the first field that is out of its bounds, in the words of the rules.
    pub fn check(&self) -> Result<(), ChainError> {
        self.terms
            .check()
            .map_err(|rejection| ChainError::Invalid { field: "terms", reason: rejection.to_string() })?;
        let most = arena_core::contest::bounds::MAX_AGENTS_ON_CHAIN;
        if self.terms.max_agents > most {
            let reason = format!("is at most {most} on the chain");
            return Err(ChainError::Invalid { field: "terms.max_agents", reason });
        }
        Ok(())
    }

    /// The hash that stands in the contest of this creator and in every entry.
    ///
    /// # Errors
    /// When they are longer than any terms in their bounds.
    pub fn hash(&self, creator: &Address) -> Result<Hash, ChainError> {
        let mint = key(&self.mint);
        let mut room = [0; MOST_BYTES];
        let parts = self.wire(creator)?.hashed(&mint, &mut room).ok_or_else(|| ChainError::Invalid {
            field: "terms",
            reason: format!("have more than {MOST_BYTES} bytes"),
        })?;
        Ok(Hash::of(&parts.concat()))
    }
}

impl HeldContest {
    /// The hash of the terms, which entering agrees to.
    ///
    /// # Errors
    /// [`ChainError::Invalid`] when it is not the hash of the terms that the contest shows.
    pub fn terms_hash(&self) -> Result<Hash, ChainError> {
        let (view, mut room) = (self.view(), [0; MOST_BYTES]);
        let (kept, mint) = (Hash::from_bytes(view.terms_hash()), view.mint());
        let parts = view.terms().and_then(|terms| terms.hashed(&mint, &mut room));
        if parts.is_some_and(|parts| Hash::of(&parts.concat()) == kept) {
            return Ok(kept);
        }
        let reason = format!("{kept} is not the hash of the terms that the contest shows; do not enter it");
        Err(ChainError::Invalid { field: "terms_hash", reason })
    }
}
