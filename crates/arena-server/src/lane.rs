//! Threads for live streams, which give way to all other work: a connection moves there when it answers with a stream.

mod turns;

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

use self::turns::{IsBusy, in_turns};

/// Marks an answer whose body goes on for as long as somebody reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Live;

/// The threads, and what runs there.
pub(crate) struct Lane {
    handle: Handle,
    is_busy: IsBusy,
    /// Gone when it ends.
    runtime: Option<Runtime>,
}

impl Lane {
    /// Starts them: at most half of the cores ever work for streams, and in turns while it `is_busy`.
    pub(crate) fn open(is_busy: impl Fn() -> bool + Send + Sync + 'static) -> io::Result<Self> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let mut threads = Builder::new_multi_thread();
        threads.worker_threads((cores / 2).max(1)).thread_name("arena-streams").enable_all();
        let runtime = threads.on_thread_start(arena_runtime::give_way).build()?;
        Ok(Self { handle: runtime.handle().clone(), is_busy: Arc::new(is_busy), runtime: Some(runtime) })
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
    let (lane, is_busy) = (lane.handle.clone(), lane.is_busy.clone());
    let mut connection = Box::pin(connection);
    tokio::spawn(async move {
        let is_over = poll_fn(|context| match Pin::as_mut(&mut connection).poll(context) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if answering.is_live() => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        });
        if !is_over.await {
            drop(lane.spawn(in_turns(connection, is_busy)));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On which threads a connection is served that waits once, and meanwhile answers with this.
    async fn threads(answer: Response<()>) -> Vec<String> {
        let lane = Lane::open(|| false).unwrap();
        let answering = Answering::default();
        let answered = answering.clone();
        let (sender, mut served) = tokio::sync::mpsc::unbounded_channel();
        let mut turns = 0;
        let connection = poll_fn(move |context| {
            let thread = std::thread::current().name().unwrap_or_default().to_owned();
            sender.send(thread).unwrap();
            turns += 1;
            if turns == 2 {
                return Poll::Ready(());
            }
            answered.with(&answer);
            context.waker().wake_by_ref();
            Poll::Pending
        });
        serve(connection, answering, &lane);
        let mut threads = Vec::new();
        while let Some(thread) = served.recv().await {
            threads.push(thread);
        }
        threads
    }

    #[tokio::test]
    async fn a_connection_moves_when_it_answers_with_a_stream_and_only_then() {
        let here = std::thread::current().name().unwrap_or_default().to_owned();
        assert_eq!(threads(Response::new(())).await, [here.as_str(), here.as_str()]);
        let mut stream = Response::new(());
        stream.extensions_mut().insert(Live);
        assert_eq!(threads(stream).await, [here.as_str(), "arena-streams"]);
    }
}
