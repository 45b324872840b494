//! Enters the bots of a cup, in its order: registered, funded, entered, each once.

use std::fs;

use arena_api::{Code, agents::RegisterAgent, client::Error, entries::Entry, list::PageQuery};
use arena_core::{AgentId, ArenaId};

use super::{EXPIRED, Host, HostError, error::Doing, show::Happening};
use crate::contest::cup::CupBot;

/// The most that a page may hold.
const PAGE: u32 = 1_000;

impl Host {
    /// Sees to it that every bot of the cup has an entry, unless strangers took its place; says why the contest can never be played,
    /// if so.
    pub(super) async fn all_entered(&self, arena_id: ArenaId) -> Result<Option<String>, HostError> {
        #[cfg(feature = "solana")]
        if !self.is_embedded() {
            return self.mirrored_entries(arena_id).await.map(|()| None);
        }
        let entered = self.entries(arena_id).await?;
        for bot in &self.cup.bots {
            if entered.iter().any(|entry| entry.agent_id == bot.name) {
                continue;
            }
            let token = self.token(bot).await?;
            let entry = self.client.with_token(&token).enter(arena_id);
            let key = self.state.key(&format!("enter-{}", bot.name));
            let entry = entry.key(key).await;
            match entry.as_ref().err().and_then(Error::code) {
                Some(Code::ContestFull) => self.show.that(&Happening::LeftOut { agent_id: &bot.name }),
                Some(Code::RegistrationExpired) => return Ok(Some(EXPIRED.to_owned())),
                Some(_) | None => {
                    entry.doing(|| format!("enter {}", bot.name))?;
                    self.show.that(&Happening::Entered { agent_id: &bot.name });
                }
            }
        }
        let players = self.players(arena_id).await?;
        if let Err(error) = self.cup.rules.check_players(players.len()) {
            return Ok(Some(error.to_string()));
        }
        let plays = self.cup.bots.iter().any(|bot| players.contains(&bot.name));
        Ok((!plays).then(|| "strangers took every place, and no bot of the cup plays".to_owned()))
    }

    /// A bot's token: from its own file, or kept from when it was registered here, or from registering it now.
    pub(super) async fn token(&self, bot: &CupBot) -> Result<String, HostError> {
        if let Some(path) = &bot.token_file {
            let token = fs::read_to_string(path);
            let token = token.map_err(|source| HostError::File { path: path.clone(), source })?;
            return Ok(token.trim().to_owned());
        }
        self.token_of(&bot.name).await
    }

    /// The token of an agent of this host's, kept from when it was registered, or from registering it now.
    pub(super) async fn token_of(&self, agent_id: &AgentId) -> Result<String, HostError> {
        if let Some(token) = self.state.token(agent_id)? {
            return Ok(token);
        }
        let asked = RegisterAgent { agent_id: agent_id.clone(), name: None };
        // Under the same key, a host that was killed before it kept the token gets another in its place.
        let key = self.state.registering_key(agent_id);
        match self.client.register_agent(&asked).key(key).await {
            Ok(issued) => {
                self.state.keep_token(agent_id, &issued.token)?;
                Ok(issued.token)
            }
            Err(error) if error.code() == Some(Code::NameTaken) => {
                Err(HostError::NoToken { agent_id: agent_id.clone() })
            }
            Err(error) => {
                Err(error).doing(|| format!("register agent {agent_id} (this takes the operator's token)"))
            }
        }
    }

    /// All entries, in entry order.
    pub(super) async fn entries(&self, arena_id: ArenaId) -> Result<Vec<Entry>, HostError> {
        let mut query = PageQuery { limit: Some(PAGE), cursor: None };
        let mut entries = Vec::new();
        loop {
            let page = self.client.entries(arena_id, &query).await.doing(|| "read the entries".into())?;
            entries.extend(page.items);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return Ok(entries);
            }
        }
    }

    /// The players, in entry order.
    pub(super) async fn players(&self, arena_id: ArenaId) -> Result<Vec<AgentId>, HostError> {
        Ok(self.entries(arena_id).await?.into_iter().map(|entry| entry.agent_id).collect())
    }
}
