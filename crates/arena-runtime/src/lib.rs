//! Runs the rules of Arena over one durable journal.
//!
//! [`ArenaManager`] opens a store and is the door into it. Every command goes through one committer, which decides what
//! waits and stores it in one transaction; readers see published states and never wait for it. [`offline`] works on a
//! store that no process has open.

mod ask;
mod batch;
mod cache;
mod clock;
mod committer;
mod deadlines;
mod error;
mod feed;
mod gate;
mod handle;
mod ids;
mod manager;
mod numbering;
pub mod offline;
mod options;
mod query;
mod reading;
mod record;
mod report;
mod secrets;
mod shared;
pub mod storage;
mod stream;
mod timer;
mod tokens;
mod verify;
mod views;
mod writing;

pub use arena_core::{
    AgentId, ArenaAggregate, ArenaConfig, ArenaEvent, ArenaId, CommandId, Fence, HandleId, HandlePermissions,
    Hash, Millis, Position, Sequence, SharedArena, StepNumber, Timestamp, collaboration, registry,
};

pub use self::{
    ask::{Applied, Ask, Render, Reply, RequestKey},
    cache::ArenaState,
    clock::steady_now,
    error::{RuntimeError, StorageError},
    handle::{ArenaHandle, ClaimedStep},
    ids::{operator, system},
    manager::ArenaManager,
    options::{Data, Options},
    query::{ArenaQuery, EventPage, EventQuery, FactQuery, Page, Profile},
    record::StoredEvent,
    report::{SealedReport, report_hash},
    secrets::OPERATOR_TOKEN,
    shared::Health,
    storage::ArenaStorage,
    tokens::{Grant, Principal},
    verify::{Divergence, Verification},
    writing::{IssuedHandle, IssuedToken, NewArtifact, NewHandle},
};
