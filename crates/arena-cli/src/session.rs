//! What a verb that asks a server works with.

use arena_api::client::{Call, Client};
use arena_core::Sequence;

use crate::{args::Global, connection::Connection, failure::Failure, output::Output};

/// A client, where its answers go, and what its writes carry.
#[derive(Debug)]
pub(crate) struct Session {
    /// The client.
    pub(crate) client: Client,
    /// Where answers go.
    pub(crate) output: Output,
    /// The key of every write.
    pub(crate) key: Option<String>,
    /// The sequence that every write depends on.
    pub(crate) if_match: Option<Sequence>,
}

impl Session {
    /// As the command line says.
    pub(crate) fn new(connection: &Connection, global: &Global, output: Output) -> Self {
        Self {
            client: connection.client(),
            output,
            key: global.key.as_ref().map(ToString::to_string),
            if_match: global.if_match,
        }
    }

    /// Makes a call that changes nothing.
    pub(crate) async fn read<T: Send + 'static>(&self, call: Call<T>) -> Result<T, Failure> {
        Ok(call.await?)
    }

    /// Makes a call that changes something.
    pub(crate) async fn write<T: Send + 'static>(&self, mut call: Call<T>) -> Result<T, Failure> {
        if let Some(key) = &self.key {
            call = call.key(key);
        }
        if let Some(sequence) = self.if_match {
            call = call.if_match(sequence);
        }
        Ok(call.await?)
    }

    /// Says on standard error, to people only, that a list goes on.
    pub(crate) fn more(&self, next_cursor: Option<&str>, option: &str) {
        if let Some(cursor) = next_cursor.filter(|_| !self.output.is_json()) {
            self.output.complain(&format!("there is more: {option} {cursor}"));
        }
    }
}
