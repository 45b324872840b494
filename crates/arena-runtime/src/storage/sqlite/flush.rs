//! Keeps a core awake while the disk flushes, on machines where that makes flushes shorter.
//!
//! A virtual machine whose cores all sleep may be told of a finished flush only at its next timer tick: 4 ms were measured
//! where 0.13 ms pass when one core is awake (`docs/decisions/0012-awake-while-flushing.md`). A thread that does nothing but
//! yield while a flush is under way keeps one awake. Both ways are timed as they are used, and the shorter one is taken.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{JoinHandle, Thread},
    time::Duration,
};

use crate::clock::steady_now;

/// After how many flushes the other way is tried again.
const TRY_AGAIN: u64 = 1_024;
/// How many flushes at first are spread over both ways.
const FIRST: u64 = 8;

/// Runs flushes, with a core kept awake or not.
#[derive(Debug)]
pub(super) struct Flusher {
    watch: Arc<Watch>,
    waker: Thread,
    thread: Option<JoinHandle<()>>,
    flushes: u64,
    /// Smoothed lengths in microseconds.
    asleep_us: u64,
    awake_us: u64,
}

#[derive(Debug, Default)]
struct Watch {
    flushing: AtomicBool,
    closed: AtomicBool,
}

impl Flusher {
    /// Starts the thread that stays awake when it is asked to.
    ///
    /// # Errors
    /// When the machine has no thread left.
    pub(super) fn start() -> std::io::Result<Self> {
        let watch = Arc::new(Watch::default());
        let watched = watch.clone();
        let thread =
            std::thread::Builder::new().name("arena-awake".to_owned()).spawn(move || watched.stand())?;
        let waker = thread.thread().clone();
        Ok(Self { watch, waker, thread: Some(thread), flushes: 0, asleep_us: 0, awake_us: 0 })
    }

    /// Runs one flush the way that has been shorter.
    pub(super) fn run<T>(&mut self, flush: impl FnOnce() -> T) -> T {
        let awake = self.stays_awake();
        if awake {
            self.watch.flushing.store(true, Ordering::Release);
            self.waker.unpark();
        }
        let started = steady_now();
        let done = flush();
        let length = started.elapsed();
        if awake {
            self.watch.flushing.store(false, Ordering::Release);
        }
        self.flushes += 1;
        smooth(if awake { &mut self.awake_us } else { &mut self.asleep_us }, length);
        done
    }

    fn stays_awake(&self) -> bool {
        if self.flushes < FIRST {
            return self.flushes % 2 == 1;
        }
        // A core that is kept awake is one that others do not get: it must be worth a quarter.
        let shorter = self.awake_us < self.asleep_us / 4 * 3;
        let tries_the_other = self.flushes.is_multiple_of(TRY_AGAIN);
        shorter != tries_the_other
    }
}

impl Watch {
    fn stand(&self) {
        while !self.closed.load(Ordering::Acquire) {
            if self.flushing.load(Ordering::Acquire) {
                std::thread::yield_now();
            } else {
                std::thread::park();
            }
        }
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        self.watch.closed.store(true, Ordering::Release);
        self.waker.unpark();
        if let Some(thread) = self.thread.take() {
            // It holds nothing that could be lost.
            let _ = thread.join();
        }
    }
}

/// Moves an eighth of the way to a new length; a first one is taken as it is.
fn smooth(smoothed: &mut u64, length: Duration) {
    let us = u64::try_from(length.as_micros()).unwrap_or(u64::MAX / 8).max(1);
    *smoothed = if *smoothed == 0 { us } else { (*smoothed * 7 + us) / 8 };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flusher(asleep_us: u64, awake_us: u64) -> Flusher {
        let mut flusher = Flusher::start().unwrap();
        (flusher.flushes, flusher.asleep_us, flusher.awake_us) = (FIRST, asleep_us, awake_us);
        flusher
    }

    #[test]
    fn a_core_is_kept_awake_only_where_that_is_worth_it() {
        assert!(flusher(4_000, 130).stays_awake());
        assert!(!flusher(130, 120).stays_awake());
        assert!(!flusher(130, 4_000).stays_awake());
    }

    #[test]
    fn both_ways_are_tried_at_first_and_the_other_one_now_and_then() {
        let mut flusher = Flusher::start().unwrap();
        let mut ways = Vec::new();
        for _ in 0..FIRST {
            ways.push(flusher.stays_awake());
            flusher.run(|| ());
        }
        assert_eq!(ways, [false, true, false, true, false, true, false, true]);
        flusher.flushes = TRY_AGAIN;
        (flusher.asleep_us, flusher.awake_us) = (4_000, 130);
        assert!(!flusher.stays_awake());
    }

    #[test]
    fn what_a_flush_answers_is_answered() {
        let mut flusher = Flusher::start().unwrap();
        assert_eq!((0..20).map(|n| flusher.run(|| n)).sum::<i32>(), 190);
    }
}
