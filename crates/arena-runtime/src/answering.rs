//! What becomes of a batch that is stored: its states are published, and its callers are answered.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use parking_lot::{Condvar, Mutex};

use crate::{
    batch::Batch,
    numbering::Committed,
    shared::Shared,
    storing::{abandoned, publish},
};

/// Batches that are stored and not yet published, in the order in which they were stored.
#[derive(Default)]
pub(crate) struct Answering<'a> {
    place: Mutex<Place<'a>>,
    told: Condvar,
    /// Held by who publishes: states are published in the order in which they were stored.
    publishing: Mutex<()>,
}

#[derive(Default)]
struct Place<'a> {
    batches: Vec<(Batch<'a>, Committed)>,
    /// A batch is being stored, and commands keep coming.
    called: bool,
    closed: bool,
}

impl<'a> Answering<'a> {
    /// Leaves a batch that is stored to whoever publishes next.
    pub(crate) fn push(&self, batch: Batch<'a>, committed: Committed) {
        self.place.lock().batches.push((batch, committed));
    }

    /// Publishes and answers all there is. Afterwards nothing that was pushed before is unpublished, whoever took it.
    pub(crate) fn publish(&self, shared: &Shared) {
        let publishing = self.publishing.lock();
        let taken = std::mem::take(&mut self.place.lock().batches);
        let mut batches = Vec::with_capacity(taken.len());
        for (batch, committed) in taken {
            if catch_unwind(AssertUnwindSafe(|| publish(shared, committed))).is_err() {
                // It is durable all the same: what is in memory is loaded again.
                abandoned(shared);
            }
            batches.push(batch);
        }
        drop(publishing);
        for batch in batches {
            batch.answer();
        }
    }

    /// Whether all that is stored has been taken to be published.
    pub(crate) fn is_empty(&self) -> bool {
        self.place.lock().batches.is_empty()
    }

    /// Wakes who waits in [`Self::wait`].
    pub(crate) fn call(&self) {
        self.place.lock().called = true;
        self.told.notify_one();
    }

    /// Ends the waiting, for good.
    pub(crate) fn close(&self) {
        self.place.lock().closed = true;
        self.told.notify_one();
    }

    /// Waits until it is called. False when it never will be again.
    pub(crate) fn wait(&self) -> bool {
        let mut place = self.place.lock();
        while !place.called && !place.closed {
            self.told.wait(&mut place);
        }
        place.called = false;
        !place.closed
    }

    /// Waits for the next call, but no longer than `time`. False when there will be none.
    pub(crate) fn pause(&self, time: Duration) -> bool {
        let mut place = self.place.lock();
        if !place.called && !place.closed {
            // Called or not, there may be something to do.
            let _ = self.told.wait_for(&mut place, time);
        }
        place.called = false;
        !place.closed
    }
}
