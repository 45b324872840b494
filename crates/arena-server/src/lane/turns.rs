//! Turns: while the runtime is busy, a thread of the lane works for a moment and then leaves its core for another.
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

/// How long a thread works at once, unless one work takes longer.
const TURN: Duration = Duration::from_micros(100);
/// How long it leaves its core then, at least; the system adds about half of that.
const REST: Duration = Duration::from_micros(100);

/// Tells whether the runtime is busy.
pub(super) type IsBusy = Arc<dyn Fn() -> bool + Send + Sync>;

thread_local! {
    /// What this thread has worked in its turn so far.
    static WORKED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Carries on with something until it is done, in turns.
pub(super) async fn in_turns<F: Future>(mut work: Pin<Box<F>>, is_busy: IsBusy) -> F::Output {
    poll_fn(|context| {
        let began = steady_now();
        let polled = work.as_mut().poll(context);
        leave_core(rest_after(began.elapsed(), &is_busy));
        polled
    })
    .await
}

/// Adds to what this thread has worked in its turn; answers for how long it is to leave its core now.
fn rest_after(more: Duration, is_busy: &IsBusy) -> Duration {
    let worked = WORKED.get() + more;
    let is_over = worked >= TURN;
    WORKED.set(if is_over { Duration::ZERO } else { worked });
    if is_over && is_busy() { REST } else { Duration::ZERO }
}

#[expect(clippy::disallowed_methods, reason = "a thread that leaves its core waits for nothing")]
fn leave_core(rest: Duration) {
    if !rest.is_zero() {
        std::thread::sleep(rest);
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use super::*;

    fn is(busy: bool) -> IsBusy {
        Arc::new(move || busy)
    }

    #[test]
    fn a_turn_is_made_of_many_small_works_and_followed_by_a_rest_while_the_runtime_is_busy() {
        let (small, none) = (TURN / 4, Duration::ZERO);
        assert_eq!(
            [small; 8].map(|more| rest_after(more, &is(true))),
            [none, none, none, REST, none, none, none, REST]
        );
        assert_eq!([TURN * 3, small].map(|more| rest_after(more, &is(true))), [REST, none]);
        assert_eq!([TURN, small, TURN].map(|more| rest_after(more, &is(false))), [none; 3]);
    }

    #[tokio::test]
    async fn a_thread_leaves_its_core_after_each_turn() {
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
        let shortest = in_turns(Box::pin(work), is(true)).await;
        assert!(shortest >= REST, "{shortest:?}");
    }
}
