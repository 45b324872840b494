//! Who stores: one batch at a time, while the next is being decided.

use std::sync::mpsc::SyncSender;

use parking_lot::{Condvar, Mutex};

use crate::committer::Message;

/// Holds `T` while nobody stores; who takes it stores, and puts it back.
pub(crate) struct Gate<T> {
    place: Mutex<Place<T>>,
    free: Condvar,
    queue: SyncSender<Message>,
}

struct Place<T> {
    free: Option<T>,
    /// Somebody found it taken, and is at the queue meanwhile.
    wanted: bool,
}

impl<T> Gate<T> {
    /// Nobody stores; who wants to while another does is told at the `queue`.
    pub(crate) const fn new(free: T, queue: SyncSender<Message>) -> Self {
        Self { place: Mutex::new(Place { free: Some(free), wanted: false }), free: Condvar::new(), queue }
    }

    /// Takes it if nobody has it; otherwise a [`Message::Stored`] will follow.
    pub(crate) fn try_enter(&self) -> Option<T> {
        let mut place = self.place.lock();
        let taken = place.free.take();
        place.wanted = taken.is_none();
        taken
    }

    /// Takes it, waiting until it is put back.
    pub(crate) fn enter(&self) -> T {
        let mut place = self.place.lock();
        loop {
            if let Some(taken) = place.free.take() {
                return taken;
            }
            self.free.wait(&mut place);
        }
    }

    /// Whether somebody found it taken.
    #[cfg(test)]
    pub(crate) fn is_wanted(&self) -> bool {
        self.place.lock().wanted
    }

    /// Puts it back, and tells who wants it.
    pub(crate) fn leave(&self, taken: T) {
        let wanted = {
            let mut place = self.place.lock();
            place.free = Some(taken);
            std::mem::take(&mut place.wanted)
        };
        self.free.notify_one();
        if wanted {
            // Who is at a full queue has something to receive, and looks here after it.
            let _ = self.queue.try_send(Message::Stored);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn one_at_a_time_enters_and_who_was_turned_away_is_told() {
        let (queue, messages) = sync_channel(1);
        let gate = Gate::new(7, queue);
        assert_eq!(gate.try_enter(), Some(7));
        assert_eq!(gate.try_enter(), None);
        assert!(messages.try_recv().is_err(), "it is still taken");
        gate.leave(8);
        assert!(matches!(messages.try_recv(), Ok(Message::Stored)));
        assert_eq!(gate.enter(), 8);
        gate.leave(9);
        assert!(messages.try_recv().is_err(), "nobody wanted it");
    }
}
