//! `arena mcp`: the Model Context Protocol over standard input and output, for clients that start their servers themselves.
//!
//! Each line is handed to the door of the server that the other verbs would ask, so that there is one implementation. Nothing is
//! kept between lines but the revision that was agreed on: a server that restarts, or another that takes its place, is found again.

mod bridge;
mod message;

use clap::Args;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::mpsc,
    task::JoinSet,
};

use crate::{args::Global, exit::Exit, failure::Failure, output::Output};
use bridge::Bridge;

/// How many answers wait to be written at most.
const WAITING: usize = 64;

/// Over standard input and output.
#[derive(Args, Debug)]
pub(crate) struct Mcp {}

impl Mcp {
    /// Answers lines until there are no more.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let bridge = Bridge::open(global).await?;
        if global.token().is_none() {
            output.complain("arena mcp: without --token or ARENA_TOKEN, this acts as the operator");
        }
        let (answers, waiting) = mpsc::channel(WAITING);
        let writing = tokio::spawn(write(waiting));
        let done = answer(&bridge, answers).await;
        // When nobody reads any more, there is nobody to tell.
        let _ = writing.await;
        bridge.close().await;
        done
    }
}

/// Hands each line on, all at once; ends when the input does and every answer is given.
async fn answer(bridge: &Bridge, answers: mpsc::Sender<String>) -> Result<(), Failure> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut calls = JoinSet::new();
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line,
            () = answers.closed() => break,
            Some(_) = calls.join_next() => continue,
        };
        let line = line.map_err(|error| {
            Failure::new(Exit::Refused, "input", format!("cannot read standard input: {error}"))
        })?;
        let Some(line) = line else { break };
        if line.trim().is_empty() {
            continue;
        }
        let (bridge, answers) = (bridge.clone(), answers.clone());
        // Taken up in order, so that what was agreed on first holds for what follows.
        let Some(call) = bridge.take(line).await else { continue };
        calls.spawn(async move {
            if let Some(answer) = call.await {
                // A reader that went away wants no answer.
                let _ = answers.send(answer).await;
            }
        });
    }
    drop(answers);
    while calls.join_next().await.is_some() {}
    Ok(())
}

/// Writes answers, one a line.
async fn write(mut answers: mpsc::Receiver<String>) {
    let mut stdout = tokio::io::stdout();
    while let Some(answer) = answers.recv().await {
        let line = format!("{answer}\n");
        if stdout.write_all(line.as_bytes()).await.is_err() || stdout.flush().await.is_err() {
            return;
        }
    }
}
