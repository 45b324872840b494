//! Events on their way to those who follow, in the form that one of them was the first to need.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::record::StoredEvent;

/// An event on its way to those who follow.
#[derive(Debug)]
pub struct LiveEvent {
    /// The event.
    pub stored: Arc<StoredEvent>,
    /// Its number in the stream that is followed: its sequence, or its position in the whole journal.
    pub number: u64,
    rendered: OnceLock<Bytes>,
}

impl LiveEvent {
    pub(super) fn new(stored: Arc<StoredEvent>, number: u64) -> Self {
        Self { stored, number, rendered: OnceLock::new() }
    }

    /// What `render` makes of it; all followers of a stream pass the same function, and only the first call renders.
    pub fn rendered(&self, render: fn(&Self) -> Bytes) -> Bytes {
        self.rendered.get_or_init(|| render(self)).clone()
    }
}

/// Events that a follower is given at once; all who stand at the same number share one.
#[derive(Debug, Default)]
pub struct Part {
    events: Vec<Arc<LiveEvent>>,
    joined: OnceLock<Bytes>,
}

impl Part {
    pub(super) fn of(events: Vec<Arc<LiveEvent>>) -> Self {
        Self { events, joined: OnceLock::new() }
    }

    /// The events, in order.
    #[must_use]
    pub fn events(&self) -> &[Arc<LiveEvent>] {
        &self.events
    }

    /// What `render` makes of them, one behind the other; only the first call of those who share it joins them.
    pub fn joined(&self, render: fn(&LiveEvent) -> Bytes) -> Bytes {
        match self.events.as_slice() {
            [one] => one.rendered(render),
            many => {
                let join = || many.iter().map(|event| event.rendered(render)).collect::<Vec<_>>().concat();
                self.joined.get_or_init(|| join().into()).clone()
            }
        }
    }
}
