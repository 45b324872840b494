//! Following a live stream until it ends for good: a lost connection is told, and the stream resumed where it was.

use std::time::Duration;

use arena_api::{
    Problem,
    client::{Error, LiveStream, Told},
};

use crate::failure::Failure;

/// How long until a lost stream is asked for again.
const AGAIN: Duration = Duration::from_secs(1);

/// What a follower hears.
#[derive(Debug)]
pub(crate) enum Heard {
    /// What the stream says.
    Told(Told),
    /// Why nothing can be heard for now; the next that is heard follows what was heard last.
    Lost(String),
    /// It can be heard again.
    Back,
}

/// A stream that is followed.
#[derive(Debug)]
pub(crate) struct Live {
    stream: LiveStream,
    is_lost: bool,
}

impl Live {
    pub(crate) fn new(stream: LiveStream) -> Self {
        Self { stream, is_lost: false }
    }

    /// What is heard next; waits until there is something.
    ///
    /// # Errors
    /// When the stream ended for good: what is followed may no longer be read.
    pub(crate) async fn next(&mut self) -> Result<Heard, Failure> {
        if self.is_lost {
            self.resume().await?;
            self.is_lost = false;
            return Ok(Heard::Back);
        }
        let why = match self.stream.next().await {
            Ok(Some(Told::Closed(why))) if why.retryable => why.detail,
            Ok(Some(Told::Closed(why))) => return Err(Error::Problem(why).into()),
            Ok(Some(told)) => return Ok(Heard::Told(told)),
            Ok(None) => "the server ended the stream".to_owned(),
            Err(Error::Connection { reason, .. }) => reason,
            Err(error) => return Err(error.into()),
        };
        self.is_lost = true;
        let last = self.stream.last().map(|last| format!(" after {last}")).unwrap_or_default();
        Ok(Heard::Lost(format!("the stream is lost: {why}; resuming{last}")))
    }

    async fn resume(&mut self) -> Result<(), Failure> {
        loop {
            tokio::time::sleep(AGAIN).await;
            match self.stream.resume().await {
                Ok(()) => return Ok(()),
                Err(Error::Connection { .. }) => {}
                Err(error) if error.problem().is_some_and(is_passing) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn is_passing(problem: &Problem) -> bool {
    problem.retryable
}
