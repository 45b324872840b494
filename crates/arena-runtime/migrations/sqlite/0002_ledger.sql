-- The ledger and the lists of contests: derived from the journal, written with the events that they follow from.
CREATE TABLE transfers (
    transfer  INTEGER PRIMARY KEY,  -- the position of the event that made it
    debit     TEXT NOT NULL,        -- the account that the money left
    credit    TEXT NOT NULL,        -- the account that it came to
    amount    INTEGER NOT NULL,     -- minor units
    reason    TEXT NOT NULL,
    arena_id  TEXT,                 -- the contest; null for deposits and withdrawals
    reference TEXT                  -- of a deposit or withdrawal
) STRICT;
-- Each entry of these ends with `transfer`, so they are also in its order.
CREATE INDEX transfers_by_debit ON transfers (debit);
CREATE INDEX transfers_by_credit ON transfers (credit);
CREATE UNIQUE INDEX transfers_by_reference ON transfers (reference) WHERE reference IS NOT NULL;

CREATE TABLE accounts (account TEXT PRIMARY KEY, balance INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE profiles (
    agent_id TEXT PRIMARY KEY, entered INTEGER NOT NULL, completed INTEGER NOT NULL, wins INTEGER NOT NULL,
    top_three INTEGER NOT NULL, eliminations INTEGER NOT NULL, earnings INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE contests (arena_id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX contests_by_status ON contests (status, arena_id);
