//! The runtime from outside: both stores, every promise of the journal, and what happens when it is damaged.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod auditor;
#[cfg(test)]
mod authors;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod contests;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod cup;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod derived;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod ledger_damage;
#[cfg(test)]
mod ledger_disk;
#[cfg(test)]
mod ledger_restart;
#[cfg(test)]
mod ledger_rows;
#[cfg(test)]
mod ledger_walk;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod money;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod older;
#[cfg(test)]
mod payout_race;
#[cfg(test)]
mod races;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod rewritten;
#[cfg(test)]
mod settlement;
#[cfg(test)]
mod walk;
