//! Threads for live streams, which give way to all other work: a connection moves there when it answers with a stream.

use std::{
    future::{Future, poll_fn},
    io,
    num::NonZero,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    thread::available_parallelism,
};

use axum::http::Response;
use tokio::runtime::{Builder, Handle, Runtime};

/// Marks an answer whose body goes on for as long as somebody reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Live;

/// The threads, and what runs there.
#[derive(Debug)]
pub(crate) struct Lane {
    handle: Handle,
    /// Gone when it ends.
    runtime: Option<Runtime>,
}

impl Lane {
    /// Starts them: at most half of the cores ever work for streams.
    pub(crate) fn open() -> io::Result<Self> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let mut threads = Builder::new_multi_thread();
        threads.worker_threads((cores / 2).max(1)).thread_name("arena-streams").enable_all();
        let runtime = threads.on_thread_start(arena_runtime::give_way).build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // What still runs there is cut off, without waiting for it on a thread of others.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Whether a connection is answering with a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answering(Arc<AtomicBool>);

impl Answering {
    /// Takes note of an answer.
    pub(crate) fn with<B>(&self, response: &Response<B>) {
        let is_live = response.extensions().get::<Live>().is_some();
        self.0.store(is_live, Ordering::Relaxed);
    }

    fn is_live(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Serves a connection to its end: among all others first, in the lane from when it answers with a stream.
pub(crate) fn serve(
    connection: impl Future<Output = ()> + Send + 'static,
    answering: Answering,
    lane: &Lane,
) {
    let lane = lane.handle.clone();
    let mut connection = Box::pin(connection);
    tokio::spawn(async move {
        let is_over = poll_fn(|context| match Pin::as_mut(&mut connection).poll(context) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if answering.is_live() => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        });
        if !is_over.await {
            drop(lane.spawn(connection));
        }
    });
}
