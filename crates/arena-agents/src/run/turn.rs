//! The order of claims: attempts that are begun together claim one after the other, so that what a budget allows goes to the
//! steps that come first.

use tokio::sync::oneshot;

/// Hands out turns.
#[derive(Debug, Default)]
pub(super) struct Turns {
    last: Option<oneshot::Receiver<()>>,
}

/// A place in the order; it is over when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    before: Option<oneshot::Receiver<()>>,
    _over: oneshot::Sender<()>,
}

impl Turns {
    /// The turn after all that were handed out.
    pub(super) fn next(&mut self) -> Turn {
        let (over, after) = oneshot::channel();
        Turn { before: self.last.replace(after), _over: over }
    }
}

impl Turn {
    /// Waits until the turn before is over.
    pub(super) async fn comes(&mut self) {
        if let Some(before) = self.before.take() {
            // Nothing is ever sent: the error says that the other end is gone, and with it the turn.
            let _ = before.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Poll};

    use super::*;

    #[tokio::test]
    async fn a_turn_comes_when_the_one_before_is_over() {
        let mut turns = Turns::default();
        let (mut first, mut second) = (turns.next(), turns.next());
        let mut comes = pin!(second.comes());
        assert_eq!(polled(comes.as_mut()).await, Poll::Pending);
        first.comes().await;
        assert_eq!(polled(comes.as_mut()).await, Poll::Pending);
        drop(first);
        comes.await;
    }

    /// Polls once.
    async fn polled<F: Future + Unpin>(mut future: F) -> Poll<F::Output> {
        std::future::poll_fn(|context| Poll::Ready(std::pin::Pin::new(&mut future).poll(context))).await
    }
}
