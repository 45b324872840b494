//! Lets time pass in arenas whose deadline is reached; acts as `system`, through the same queue as everyone.

use std::{collections::BTreeSet, sync::mpsc::SyncSender};

use arena_core::ArenaId;
use tokio::sync::oneshot;

use crate::{
    ask::Ask,
    batch::{Done, Job, Submission},
    committer::Message,
    deadlines::Due,
    error::{RuntimeError, StorageError},
    shared::Shared,
    tokens::Principal,
};

/// Works until the deadlines are closed. What the store refuses is tried again when the timer looks again.
pub(crate) fn run(shared: &Shared, queue: &SyncSender<Message>) {
    let mut put_off = BTreeSet::new();
    loop {
        let mut due = std::mem::take(&mut put_off);
        match shared.deadlines.take_due(|| shared.clock.now()) {
            Due::Closed => return,
            Due::LookAgain => {}
            Due::Arenas(more) => {
                let all = due.len() + more.len();
                due.extend(more);
                shared.deadlines.carried_out(all - due.len());
            }
        }
        let asked: Vec<_> = due.iter().map(|arena_id| ask(shared, queue, *arena_id)).collect();
        let undone =
            due.iter().zip(asked).filter_map(|(arena_id, answer)| (!is_done(answer)).then_some(*arena_id));
        put_off.extend(undone);
        shared.deadlines.carried_out(due.len() - put_off.len());
    }
}

type Answer = oneshot::Receiver<Result<Done, RuntimeError>>;

fn ask(shared: &Shared, queue: &SyncSender<Message>, arena_id: ArenaId) -> Option<Answer> {
    let (reply, answer) = oneshot::channel();
    let job = Job::PassDeadlines { arena_id };
    let submission = Submission { ask: Ask::by(Principal::Operator), job, reply };
    shared.counters.enter();
    queue.send(Message::Command(submission)).ok().map(|()| answer)
}

/// Whether time has passed there; an arena that is gone or sealed has nothing left to decide.
fn is_done(answer: Option<Answer>) -> bool {
    match answer.and_then(|answer| answer.blocking_recv().ok()) {
        Some(Ok(_) | Err(RuntimeError::Rejected(_))) => true,
        Some(Err(RuntimeError::Storage(error @ StorageError::Damaged { .. }))) => {
            tracing::error!(%error, "a deadline cannot be carried out");
            true
        }
        Some(Err(error)) => {
            tracing::warn!(%error, "a deadline could not be carried out; it is tried again");
            false
        }
        None => false,
    }
}
