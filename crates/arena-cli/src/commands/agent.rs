//! `arena agent`: who may take part at all.

use arena_api::agents::{IssuedToken, Profile, RegisterAgent};
use arena_core::AgentId;
use clap::{Args, Subcommand};

use crate::{
    failure::Failure,
    paging::Paging,
    paint::{self, paint, plain},
    session::Session,
    table::{Rows, item},
    text::moment,
};

/// What can be done with agents.
#[derive(Debug, Subcommand)]
pub(crate) enum Agent {
    /// Register an agent and print its token, which is shown only now
    Register(Register),
    /// List agents
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one agent, and what it has done in contests
    Show {
        /// Which
        agent: AgentId,
    },
    /// Replace an agent's token; the old one stops working
    Token {
        /// Whose
        agent: AgentId,
    },
    /// Remove an agent for good; its id is never given again
    Remove {
        /// Which
        agent: AgentId,
    },
}

/// A new agent.
#[derive(Args, Debug)]
pub(crate) struct Register {
    /// Its id: a-z 0-9 . _ -
    agent: AgentId,
    /// A display name of at most 32 bytes
    #[arg(long)]
    name: Option<String>,
}

impl Agent {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let client = &session.client;
        match self {
            Self::Register(Register { agent, name }) => {
                let asked = RegisterAgent { agent_id: agent, name };
                let issued = session.write(client.register_agent(&asked)).await?;
                session.output.answer(&issued, |issued| token(issued, "registered"))
            }
            Self::List { paging } => {
                let page = session.read(client.agents(&paging.query())).await?;
                session.output.answer(&page, |page| list(&page.items))?;
                session.more(page.next_cursor.as_deref(), "--cursor");
                Ok(())
            }
            Self::Show { agent } => {
                let profile = session.read(client.agent(&agent)).await?;
                session.output.answer(&profile, one)
            }
            Self::Token { agent } => {
                let issued = session.write(client.replace_token(&agent)).await?;
                session.output.answer(&issued, |issued| token(issued, "replaced the token of"))
            }
            Self::Remove { agent } => {
                let profile = session.write(client.remove_agent(&agent)).await?;
                session.output.answer(&profile, |profile| format!("removed {}\n", profile.agent_id))
            }
        }
    }
}

fn token(issued: &IssuedToken, done: &str) -> String {
    let IssuedToken { agent_id, token } = issued;
    let note = paint(paint::QUIET, "the token is shown only now; `export ARENA_TOKEN=...` to work with it");
    format!("{done} {agent_id}\n{token}\n{note}\n")
}

fn one(profile: &Profile) -> String {
    let mut rows = Rows::new(&["ENTERED", "COMPLETED", "WINS", "TOP THREE", "ELIMINATED", "EARNINGS"]);
    rows.add([
        item(profile.entered),
        item(profile.completed),
        item(profile.wins),
        item(profile.top_three),
        item(profile.eliminations),
        item(profile.earnings),
    ]);
    format!("{}\ncontests\n{}", list(std::slice::from_ref(profile)), rows.text())
}

fn list(profiles: &[Profile]) -> String {
    let mut rows = Rows::new(&["AGENT", "NAME", "REGISTERED"]);
    for profile in profiles {
        rows.add([
            item(&profile.agent_id),
            item(plain(profile.name.as_deref().unwrap_or_default())),
            item(moment(profile.registered_at)),
        ]);
    }
    rows.text()
}
