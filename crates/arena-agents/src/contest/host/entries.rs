//! Enters the bots of a cup, in its order: registered, funded, entered, each once.

use std::fs;

use arena_api::{
    Code,
    agents::RegisterAgent,
    client::{Error, all_pages},
    entries::Entry,
};
use arena_core::{AgentId, ArenaId};

use super::{EXPIRED, Host, HostError, error::Doing, show::Happening};
use crate::contest::cup::CupBot;

impl Host {
    /// Sees to it that every bot of the cup has an entry, unless strangers took its place; says why the contest can never be played,
    /// if so.
    pub(super) async fn all_entered(&self, arena_id: ArenaId) -> Result<Option<String>, HostError> {
        let entered = self.players(arena_id).await?;
        for bot in &self.cup.bots {
            if entered.contains(&bot.name) {
                continue;
            }
            let token = self.token(bot).await?;
            let entry = self.client.with_token(&token).enter(arena_id);
            let key = self.state.key(&format!("enter-{}", bot.name));
            let entry = entry.key(key).await;
            match entry.as_ref().err().and_then(Error::code) {
                Some(Code::ContestFull) => self.show.that(&Happening::LeftOut { agent_id: &bot.name }),
                Some(Code::RegistrationExpired) => return Ok(Some(EXPIRED.to_owned())),
                Some(Code::GateNotMet) => {
                    return Ok(entry.err().map(|error| format!("{} cannot enter: {error}", bot.name)));
                }
                Some(_) | None => {
                    entry.doing(|| format!("enter {}", bot.name))?;
                    self.show.that(&Happening::Entered { agent_id: &bot.name });
                }
            }
        }
        Ok(self.unplayable(&self.players(arena_id).await?))
    }

    /// Why a contest with these entrants cannot be played, if so.
    pub(super) fn unplayable(&self, players: &[AgentId]) -> Option<String> {
        if let Err(error) = self.cup.rules.check_players(players.len()) {
            return Some(error.to_string());
        }
        let plays = self.cup.bots.iter().any(|bot| players.contains(&bot.name));
        (!plays).then(|| "strangers took every place, and no bot of the cup plays".to_owned())
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

    /// The players, in entry order.
    pub(super) async fn players(&self, arena_id: ArenaId) -> Result<Vec<AgentId>, HostError> {
        let entries: Vec<Entry> = all_pages(|page| self.client.entries(arena_id, &page))
            .await
            .doing(|| "read the entries".into())?;
        Ok(entries.into_iter().map(|entry| entry.agent_id).collect())
    }
}
