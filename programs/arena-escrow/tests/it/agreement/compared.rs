//! What is compared after each step: all money, all counters, where the contest stands, and every entry.

use std::fmt::Debug;

use arena_core::{
    contest::{Entry, Status},
    ledger::Account,
    Contest, Timestamp,
};
use arena_escrow_interface::accounts::{self as chain, BondFate};

use super::both::{Both, Difference, ARENA};

/// Where a contest stands, as both sides can say it.
#[derive(Debug, PartialEq, Eq)]
struct Stands {
    status: Option<Status>,
    entrants: u32,
    alive: u32,
    rounds: u32,
    open_pages: u32,
    placed: u32,
    pot: u64,
    escrow_due: u64,
    bond_due: u64,
    started_at_ms: u64,
    last_submission_at_ms: u64,
    ended_at_ms: u64,
}

/// What an entry has come to, as both sides can say it.
#[derive(Debug, PartialEq, Eq)]
struct Reached {
    number: u32,
    amount: u64,
    entered_at_ms: u64,
    eliminated_round: u32,
    score: i64,
    standing: u32,
}

impl Both {
    /// Looks for what is not the same on both sides.
    pub(crate) fn compare(&self) -> Result<(), Difference> {
        self.compare_balances()?;
        for (name, key) in &self.names {
            let there = self.world.see_profile(*key, |profile| profile.counters());
            same(name, &self.profiles[name].counters, &there)?;
        }
        let Some(contest) = &self.contest else { return Ok(()) };
        same(&"the contest", &stands_here(contest), &self.world.see(stands_there))?;
        contest.entries().try_for_each(|entry| {
            let there = self.world.see_entry(self.names[&entry.agent_id], reached_there);
            same(&entry.agent_id, &reached_here(entry), &there)
        })
    }

    fn compare_balances(&self) -> Result<(), Difference> {
        let world = &self.world;
        let of_contest = [
            (Account::Escrow(ARENA), world.escrow()),
            (Account::Bond(ARENA), world.bond_vault()),
            (Account::Treasury, world.treasury()),
        ];
        let wallets =
            self.names.iter().map(|(name, key)| (Account::Wallet(name.clone()), world.tokens_of(*key)));
        wallets.chain(of_contest).try_for_each(|(account, at)| {
            let here = self.ledger.get(&account).copied().unwrap_or_default();
            same(&account.to_string(), &here, &world.chain.tokens(at))
        })
    }
}

fn same<T: Debug + PartialEq>(what: &impl Debug, here: &T, there: &T) -> Result<(), Difference> {
    if here == there {
        return Ok(());
    }
    Err(Difference(format!("{what:?}: {here:?} here, {there:?} on the chain")))
}

fn stands_here(contest: &Contest) -> Stands {
    let status = contest.status();
    let ms = |at: Option<Timestamp>| at.map_or(0, Timestamp::as_millis);
    Stands {
        status: Some(status),
        entrants: contest.entrants(),
        alive: contest.alive(),
        rounds: contest.round(),
        open_pages: contest.open_round().map_or(0, arena_core::contest::Round::pages),
        // All at once here.
        placed: if status == Status::Finished { contest.entrants() } else { 0 },
        pot: contest.pot().get(),
        escrow_due: contest.escrow_due(),
        bond_due: contest.bond_due(),
        started_at_ms: ms(contest.started_at()),
        last_submission_at_ms: ms(contest.last_submission_at()),
        ended_at_ms: ms(contest.ended_at()),
    }
}

fn stands_there(contest: chain::Contest<'_>) -> Stands {
    let is_held = contest.bond_fate() == BondFate::Held as u8;
    Stands {
        status: contest.stands(),
        entrants: contest.entrants(),
        alive: contest.alive(),
        rounds: contest.rounds(),
        open_pages: contest.open_pages(),
        placed: contest.placed(),
        pot: contest.pot(),
        escrow_due: contest.escrow_due(),
        bond_due: if is_held { contest.bond() } else { 0 },
        started_at_ms: contest.started_at_ms(),
        last_submission_at_ms: contest.last_submission_at_ms(),
        ended_at_ms: contest.ended_at_ms(),
    }
}

fn reached_here(entry: &Entry) -> Reached {
    Reached {
        number: entry.number,
        amount: entry.amount.get(),
        entered_at_ms: entry.entered_at.as_millis(),
        eliminated_round: entry.eliminated_round.unwrap_or(0),
        score: entry.score.get(),
        standing: entry.result.map_or(0, |result| result.standing),
    }
}

fn reached_there(entry: chain::Entry<'_>) -> Reached {
    Reached {
        number: entry.number(),
        amount: entry.amount(),
        entered_at_ms: entry.entered_at_ms(),
        eliminated_round: entry.eliminated_round(),
        score: entry.score(),
        standing: entry.standing(),
    }
}
