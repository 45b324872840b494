//! Turns: while commands wait for cores, a thread of the lane works for a moment and then leaves its core for another.
//!
//! A low priority alone is not enough. The system wakes a thread where a core is free, and a core on which others give way does
//! not look free: who stores was put behind others on the next core, for as long as two thousand streams took.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use arena_runtime::steady_now;

/// How long a thread works at once.
const TURN: Duration = Duration::from_micros(100);
/// How long it leaves its core then, at least; the system adds about half of that.
const REST: Duration = Duration::from_micros(100);

/// Tells whether commands wait for cores.
pub(super) type IsBusy = Arc<dyn Fn() -> bool + Send + Sync>;

thread_local! {
    /// What this thread has worked in its turn so far.
    static WORKED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

#[expect(clippy::disallowed_methods, reason = "a thread that leaves its core waits for nothing")]
fn rest() {
    std::thread::sleep(REST);
}

/// Carries on with something until it is done, in turns.
pub(super) async fn in_turns<F: Future>(mut work: Pin<Box<F>>, is_busy: IsBusy) -> F::Output {
    poll_fn(|context| {
        let began = steady_now();
        let polled = work.as_mut().poll(context);
        if is_over(began.elapsed()) && is_busy() {
            rest();
        }
        polled
    })
    .await
}

/// Adds to what this thread has worked; whether its turn is over, and so a new one begins.
fn is_over(more: Duration) -> bool {
    let worked = WORKED.get() + more;
    let is_over = worked >= TURN;
    WORKED.set(if is_over { Duration::ZERO } else { worked });
    is_over
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        task::Poll,
    };

    use super::*;

    #[test]
    fn a_turn_is_made_of_many_small_works() {
        let small = TURN / 4;
        assert_eq!([small; 8].map(is_over), [false, false, false, true, false, false, false, true]);
        assert!(is_over(TURN * 3) && !is_over(small));
    }

    /// How long a thread was away after each of three works as long as a turn, and how often it asked whether it should.
    async fn rests(is_busy: bool) -> (Duration, u32) {
        let asked = Arc::new(AtomicU32::new(0));
        let asking = asked.clone();
        let (mut works, mut ended, mut shortest) = (0, None, Duration::MAX);
        let work = poll_fn(move |context| {
            let began = steady_now();
            if let Some(ended) = ended {
                shortest = shortest.min(began - ended);
            }
            while began.elapsed() < TURN {}
            works += 1;
            ended = Some(steady_now());
            context.waker().wake_by_ref();
            if works == 4 { Poll::Ready(shortest) } else { Poll::Pending }
        });
        let counted: IsBusy = Arc::new(move || {
            asking.fetch_add(1, Ordering::Relaxed);
            is_busy
        });
        (in_turns(Box::pin(work), counted).await, asked.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_thread_leaves_its_core_after_each_turn_while_commands_wait() {
        let (shortest, asked) = rests(true).await;
        assert!(shortest >= REST, "{shortest:?}");
        assert_eq!((asked, rests(false).await.1), (4, 4));
    }
}
