//! Lets time pass in arenas whose deadline is reached; acts as `system`, through the same queue as everyone.

use std::sync::mpsc::SyncSender;

use arena_core::{ArenaId, Millis, Timestamp};
use tokio::sync::oneshot;

use crate::{
    ask::Ask,
    batch::{Done, Job, Submission},
    committer::Message,
    deadlines::Due,
    error::RuntimeError,
    shared::Shared,
    tokens::Principal,
};

/// After how long what the store refused is tried again.
const TRY_AGAIN: Millis = Millis::from_secs(1);

/// Works until the deadlines are closed.
pub(crate) fn run(shared: &Shared, queue: &SyncSender<Message>) {
    loop {
        match shared.deadlines.take_due(|| shared.clock.now()) {
            Due::Closed => return,
            Due::LookAgain => {}
            Due::Arenas(due) => {
                let asked: Vec<_> = due.iter().map(|arena_id| ask(shared, queue, *arena_id)).collect();
                let put_off = due
                    .iter()
                    .zip(asked)
                    .filter_map(|(arena_id, answer)| (!is_done(answer)).then_some(*arena_id));
                let later = shared.clock.now().plus(TRY_AGAIN);
                let again: Vec<(Timestamp, ArenaId)> = put_off.map(|arena_id| (later, arena_id)).collect();
                shared.deadlines.carried_out(due.len(), again);
            }
        }
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
        Some(Err(error)) => {
            tracing::warn!(%error, "a deadline could not be carried out; it is tried again");
            false
        }
        None => false,
    }
}
