//! `arena connect`: prints what an MCP client wants to be told, ready to be pasted.

mod clients;

use std::path::PathBuf;

use arena_api::{agents::RegisterAgent, handles::CreateHandle};
use arena_core::{AgentId, ArenaId, Millis};
use clap::Args;
use serde::Serialize;

use crate::{
    args::Global, connection::Connection, exit::Exit, failure::Failure, output::Output, session::Session,
};
use clients::{Kind, Server};

/// How long a handle in a configuration is good: 30 days, as long as any.
const LONGEST: Millis = Millis::from_secs(30 * 24 * 60 * 60);

/// For which client, and as whom.
#[derive(Args, Debug)]
pub(crate) struct Connect {
    /// The client; all of them unless said
    client: Option<Kind>,
    /// Registers this agent, whose token the client is then given
    #[arg(long, value_name = "AGENT")]
    agent: Option<AgentId>,
    /// Gives a participant's token that is good for this arena only
    #[arg(long, value_name = "ARENA", requires = "agent")]
    arena: Option<ArenaId>,
    /// Has the client ask a running server over HTTP instead of starting `arena mcp`
    #[arg(long)]
    http: bool,
    /// What the client calls the server
    #[arg(long, default_value = "arena")]
    name: String,
}

/// What is printed with `--json`.
#[derive(Debug, Serialize)]
struct Shown {
    client: &'static str,
    file: &'static str,
    configuration: String,
}

impl Connect {
    /// Prints it.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let connection = Connection::open(global, self.agent.is_some() && self.arena.is_none()).await?;
        let session = Session::new(&connection, global, output);
        let done = self.shown(global, &session, connection.is_local()).await;
        connection.close().await;
        for shown in done? {
            output.answer(&shown, |shown| {
                format!("# {}: {}\n{}\n\n", shown.client, shown.file, shown.configuration)
            })?;
        }
        Ok(())
    }

    async fn shown(&self, global: &Global, session: &Session, is_local: bool) -> Result<Vec<Shown>, Failure> {
        if self.http && is_local {
            let detail = "no server runs that a client could ask; start one with `arena serve`";
            return Err(Failure::new(Exit::Unavailable, "unreachable", detail));
        }
        let token = self.token(global, session).await?;
        let server = if self.http {
            Server::Http { url: format!("{}/mcp", session.client.url()), token }
        } else {
            Server::Process { program: program()?, arguments: arguments(global)?, token }
        };
        let kinds = self.client.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
        Ok(kinds
            .into_iter()
            .map(|kind| Shown {
                client: kind.title(),
                file: kind.file(),
                configuration: kind.configuration(&self.name, &server),
            })
            .collect())
    }

    /// The token that the client is given: never the operator's by accident.
    async fn token(&self, global: &Global, session: &Session) -> Result<String, Failure> {
        match (&self.agent, self.arena) {
            (Some(agent), Some(arena)) => {
                let asked = CreateHandle {
                    agent_id: agent.clone(),
                    permissions: None,
                    step: None,
                    ttl_ms: Some(LONGEST),
                };
                Ok(session.write(session.client.create_handle(arena, &asked)).await?.token)
            }
            (Some(agent), None) => {
                let asked = RegisterAgent { agent_id: agent.clone(), name: None };
                let registered = session.write(session.client.register_agent(&asked)).await;
                let help = format!("`arena agent token {agent}` replaces its token; give that with --token");
                Ok(registered.map_err(|failure| failure.with_hint(help))?.token)
            }
            (None, _) => global.token().map(str::to_owned).ok_or_else(|| {
                let detail = "say as whom: --agent NAME registers an agent, --token takes its token";
                Failure::new(Exit::Usage, "usage", detail)
            }),
        }
    }
}

/// Where this program is.
fn program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        Failure::new(Exit::Refused, "internal", format!("cannot tell where this program is: {error}"))
    })
}

/// What `arena mcp` is started with: the same server wherever the client starts it.
fn arguments(global: &Global) -> Result<Vec<String>, Failure> {
    let mut arguments = vec!["mcp".to_owned()];
    if let Some(url) = global.url() {
        arguments.extend(["--url".to_owned(), url.to_owned()]);
    } else {
        let data = std::path::absolute(&global.data);
        let data = data.map_err(|error| Failure::file("tell the place of", &global.data, &error))?;
        arguments.extend(["--data".to_owned(), data.display().to_string()]);
    }
    Ok(arguments)
}
