//! What each kind of account holds; [`rules`] reads it in the words of the rules.

mod rules;

pub use rules::{payout_number, status_number, status_of, BondFate, Obligation};

use crate::{
    layout::{layout, AccountSpec},
    wire::Key,
};

/// Every kind of account.
pub const ACCOUNTS: [AccountSpec; 4] = [Protocol::SPEC, Profile::SPEC, Contest::SPEC, Entry::SPEC];

layout! {
    /// Who takes out of the treasury, and how often that was done; there is one.
    Protocol, ProtocolMut, Protocol {
        /// The wallet that takes out of the treasury.
        authority, set_authority: Key;
        /// How often something was taken out; the next withdrawal has the number after that.
        withdrawals, set_withdrawals: u64;
    }
}

layout! {
    /// An agent's record: registering makes it, and the address of its wallet is the agent's id.
    Profile, ProfileMut, Profile {
        /// Bytes of the display name.
        name_length, set_name_length: u8;
        /// The wallet.
        agent, set_agent: Key;
        /// The display name, zero beyond its length.
        name, set_name: [u8; 32];
        /// When it was registered, in milliseconds since 1970.
        registered_at_ms, set_registered_at_ms: u64;
        /// Contests it entered and did not leave.
        entered, set_entered: u32;
        /// Contests it entered that were finished and recorded.
        completed, set_completed: u32;
        /// Those in which it stood first, alone or tied.
        wins, set_wins: u32;
        /// Those in which it stood among the first three.
        top_three, set_top_three: u32;
        /// Those in which it was eliminated.
        eliminations, set_eliminations: u32;
        /// The prizes it was paid, in minor units of whatever mint.
        earnings, set_earnings: u64;
    }
}

layout! {
    /// A contest: its terms, where it stands, and what it still owes.
    Contest, ContestMut, Contest {
        /// Where it stands: 0 registration, 1 active, 2 eliminating, 3 finished, 4 cancelled, 5 abandoned.
        status, set_status: u8;
        /// The bump of the escrow vault.
        escrow_bump, set_escrow_bump: u8;
        /// The bump of the bond vault.
        bond_bump, set_bond_bump: u8;
        /// 1 when creator and oracle may enter.
        creator_may_enter, set_creator_may_enter: u8;
        /// What happened to the bond: 0 held, 1 returned, 2 slashed.
        bond_fate, set_bond_fate: u8;
        /// 1 when the protocol fee was paid.
        protocol_fee_paid, set_protocol_fee_paid: u8;
        /// 1 when the creator fee was paid.
        creator_fee_paid, set_creator_fee_paid: u8;
        /// How many places win a prize.
        places, set_places: u8;
        /// 1 when the terms have a hash of the game's rules.
        has_rules_hash, set_has_rules_hash: u8;
        /// 1 when the terms commit to a seed.
        has_seed_commitment, set_has_seed_commitment: u8;
        /// The decimals of the mint.
        decimals, set_decimals: u8;
        /// The id that the creator gave it.
        id, set_id: [u8; 16];
        /// Who made it and paid for its accounts.
        creator, set_creator: Key;
        /// Who starts, submits and finalizes.
        oracle, set_oracle: Key;
        /// What its money is.
        mint, set_mint: Key;
        /// The program of that mint.
        token_program, set_token_program: Key;
        /// The token account that holds the entry fees.
        escrow, set_escrow: Key;
        /// The token account that holds the bond.
        bond_vault, set_bond_vault: Key;
        /// The treasury's token account of the mint.
        treasury, set_treasury: Key;
        /// The hash of the terms as they stand here, which every entry holds too.
        terms_hash, set_terms_hash: [u8; 32];
        /// The hash of the game's rules.
        rules_hash, set_rules_hash: [u8; 32];
        /// The hash of the seed that finalizing reveals.
        seed_commitment, set_seed_commitment: [u8; 32];
        /// What an agent pays to enter.
        entry_fee, set_entry_fee: u64;
        /// What the creator put up.
        bond, set_bond: u64;
        /// With fewer entrants it cannot start.
        min_agents, set_min_agents: u32;
        /// More cannot enter.
        max_agents, set_max_agents: u32;
        /// The share of each place, in basis points.
        prize_split_bps, set_prize_split_bps: [u16; 10];
        /// The creator's part of the pot, in basis points.
        creator_fee_bps, set_creator_fee_bps: u16;
        /// Twice this after the last round the oracle is timed out.
        elimination_interval_s, set_elimination_interval_s: u32;
        /// How long it is meant to take.
        duration_s, set_duration_s: u32;
        /// Contests that a profile must have completed.
        min_completed, set_min_completed: u32;
        /// Contests that a profile must have won.
        min_wins, set_min_wins: u32;
        /// Seconds that a profile must be old.
        min_age_s, set_min_age_s: u64;
        /// When it was made, in milliseconds since 1970.
        created_at_ms, set_created_at_ms: u64;
        /// When play began.
        started_at_ms, set_started_at_ms: u64;
        /// When play began or the last round was completed.
        last_submission_at_ms, set_last_submission_at_ms: u64;
        /// When it became terminal.
        ended_at_ms, set_ended_at_ms: u64;
        /// All fees that were paid for the entries there are.
        pot, set_pot: u64;
        /// What is still to be paid out of the escrow.
        escrow_due, set_escrow_due: u64;
        /// How many have an entry.
        entrants, set_entrants: u32;
        /// How many of them no round put out.
        alive, set_alive: u32;
        /// The number of the last entry that was made; never given twice.
        last_number, set_last_number: u32;
        /// How many entries' accounts are not closed.
        open_entries, set_open_entries: u32;
        /// How many rounds are completed.
        rounds, set_rounds: u32;
        /// How many pages of the open round are in; 0 when none is open.
        open_pages, set_open_pages: u32;
        /// The round of the last page.
        last_page_round, set_last_page_round: u32;
        /// The number of the last page.
        last_page, set_last_page: u32;
        /// The hash of the last page, by which the same page again is known.
        last_page_hash, set_last_page_hash: [u8; 32];
        /// The root of the last completed round's actions; zero when it has none.
        actions_root, set_actions_root: [u8; 32];
        /// How many entries were placed, while it is finalized page by page.
        placed, set_placed: u32;
        /// How many of the last one's group of equal ones were placed.
        placed_tied, set_placed_tied: u32;
        /// The round that put the last one out; 0 for none.
        placed_round, set_placed_round: u32;
        /// The last one's number.
        placed_number, set_placed_number: u32;
        /// The last one's score.
        placed_score, set_placed_score: i64;
        /// What the treasury gets of the pot.
        protocol_fee, set_protocol_fee: u64;
        /// What the creator gets of the pot.
        creator_fee, set_creator_fee: u64;
        /// The prize of each place, before equal ones share.
        prizes, set_prizes: [u64; 10];
        /// How many share each of the first ten places; 0 where no group begins.
        tied, set_tied: [u32; 10];
        /// Bytes of the title.
        title_length, set_title_length: u16;
        /// Bytes of the word that says what actions look like.
        action_schema_length, set_action_schema_length: u16;
        /// What it is called, zero beyond its length.
        title, set_title: [u8; 128];
        /// What the actions look like, zero beyond its length.
        action_schema, set_action_schema: [u8; 256];
    }
}

layout! {
    /// An agent's place in a contest.
    Entry, EntryMut, Entry {
        /// 1 when its prize or its refund was paid.
        is_paid, set_is_paid: u8;
        /// 1 when its result stands in the profile.
        is_recorded, set_is_recorded: u8;
        /// The contest.
        contest, set_contest: Key;
        /// The wallet that entered and paid for this account.
        agent, set_agent: Key;
        /// The hash of the terms it was made under.
        terms_hash, set_terms_hash: [u8; 32];
        /// Its number in entry order; never given twice.
        number, set_number: u32;
        /// The round that put it out; 0 for none.
        eliminated_round, set_eliminated_round: u32;
        /// The last round that had a score for it.
        scored_round, set_scored_round: u32;
        /// Its place, once placed; 0 before.
        standing, set_standing: u32;
        /// How many of the same place entered before it.
        before, set_before: u32;
        /// The last score.
        score, set_score: i64;
        /// What was paid for it.
        amount, set_amount: u64;
        /// When, in milliseconds since 1970.
        entered_at_ms, set_entered_at_ms: u64;
    }
}
