//! Runs the rules of Arena over one durable journal.
//!
//! [`ArenaManager`] opens a store and is the door into it. Every command goes through one committer, which decides what
//! waits and stores it in one transaction; readers see published states and never wait for it. [`offline`] works on a
//! store that no process has open.

mod accounts;
mod actions;
mod answering;
mod ask;
mod batch;
mod cache;
mod clock;
mod committer;
mod contest_handle;
mod contests;
mod deadlines;
mod error;
mod feed;
mod handle;
mod hot;
mod ids;
mod ledger;
mod live;
mod manager;
mod numbering;
pub mod offline;
mod options;
mod query;
mod reading;
mod receipt;
mod record;
mod report;
mod secrets;
mod shared;
pub mod storage;
mod storing;
mod stream;
mod threads;
mod timer;
mod tokens;
mod verify;
mod views;
mod writing;

pub use arena_core::{
    AgentId, Amount, ArenaAggregate, ArenaConfig, ArenaEvent, ArenaId, CommandId, Contest, ContestEvent,
    Fence, HandleId, HandlePermissions, Hash, Millis, Position, Sequence, SharedArena, StepNumber, Timestamp,
    collaboration, contest,
    handles::{self, Grant},
    ledger::{Account, Reason},
    registry,
};

pub use self::{
    accounts::{AccountRow, TransferQuery},
    ask::{Applied, Ask, ContestApplied, ContestRender, Render, Reply, RequestKey},
    cache::{ArenaState, ContestState},
    clock::{steady_now, system_now},
    contest_handle::ContestHandle,
    contests::{ContestQuery, NewContest},
    error::{RuntimeError, StorageError},
    handle::{ArenaHandle, ClaimedStep},
    ids::{operator, system},
    ledger::{Audit, LedgerDivergence},
    live::{Follower, JournalPage, JournalQuery, LiveEvent, LiveFilter, Part, Source},
    manager::ArenaManager,
    options::{Data, Options},
    query::{ArenaQuery, EventPage, EventQuery, FactQuery, Page, Profile},
    receipt::ReceiptParts,
    record::StoredEvent,
    report::{SealedReport, report_hash},
    secrets::OPERATOR_TOKEN,
    shared::Health,
    storage::{ArenaStorage, TransferRow},
    threads::give_way,
    tokens::Principal,
    verify::{Divergence, Verification},
    writing::{IssuedHandle, IssuedToken, NewArtifact, NewHandle},
};
