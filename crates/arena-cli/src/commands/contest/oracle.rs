//! What the oracle does between start and end: `arena contest submit`, `actions`, `finalize`.

use std::{collections::BTreeMap, str::FromStr};

use arena_api::{
    contests::Finalize as Asked,
    rounds::{Round, SubmitRound},
};
use arena_core::{
    AgentId, ArenaId, Hash,
    contest::{Score, merkle},
    ids::InvalidId,
};
use clap::Args;

use crate::{
    exit::Exit,
    failure::Failure,
    session::Session,
    text,
    values::{Setting, Source},
};

/// A page of a round.
#[derive(Args, Debug)]
#[command(after_help = "Example: arena contest submit CONTEST 1 --out carol --score alice=3,bob=1")]
pub(crate) struct Submit {
    /// The contest
    contest: ArenaId,
    /// The round: the last completed one and one more
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    round: Option<u32>,
    /// The whole request as JSON, as `POST .../eliminations` takes it (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    file: Option<Source>,
    /// The page, from 1; the next one unless said
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    page: Option<u32>,
    /// More pages of the round follow
    #[arg(long, conflicts_with_all = ["file", "actions", "actions_root"])]
    more: bool,
    /// Who is out from now on
    #[arg(long, value_name = "AGENTS", value_delimiter = ',', conflicts_with = "file")]
    out: Vec<AgentId>,
    /// New scores, by agent
    #[arg(long = "score", value_name = "AGENT=SCORE", value_delimiter = ',', conflicts_with = "file")]
    scores: Vec<Scored>,
    /// The Merkle root of the round's actions
    #[arg(long, value_name = "HASH", conflicts_with_all = ["file", "actions"])]
    actions_root: Option<Hash>,
    /// The round's actions as JSON lines: their root goes with the page, and they are stored afterwards
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    actions: Option<Source>,
}

/// A score of one agent: `AGENT=SCORE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scored {
    agent_id: AgentId,
    score: Score,
}

impl FromStr for Scored {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Setting { name, value } = text.parse()?;
        let score = value.parse().ok().and_then(Score::new);
        Ok(Self {
            agent_id: name.parse().map_err(|error: InvalidId| error.to_string())?,
            score: score.ok_or_else(|| format!("`{value}` is not a score, which is a whole number"))?,
        })
    }
}

impl Submit {
    /// Submits it, and stores the actions.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let lines = self.actions.as_ref().map(Source::bytes).transpose()?;
        let asked = self.request(lines.as_deref())?;
        let (client, round) = (&session.client, asked.round);
        let contest = session.write(client.submit_round(self.contest, &asked)).await?;
        if let Some(lines) = lines {
            let mut put = client.put_actions(self.contest, round, lines);
            if let Some(key) = &session.key {
                put = put.key(key);
            }
            put.await.map_err(|error| {
                Failure::from(error).with_hint(format!(
                    "round {round} is in; store its actions with `arena contest actions {} {round} --put FILE`",
                    self.contest
                ))
            })?;
        }
        session.output.answer(&contest, text::contest::outcome)
    }

    fn request(&self, lines: Option<&[u8]>) -> Result<SubmitRound, Failure> {
        if let Some(file) = &self.file {
            return file.json();
        }
        let mut scores = BTreeMap::new();
        for Scored { agent_id, score } in &self.scores {
            if scores.insert(agent_id.clone(), *score).is_some() {
                let detail = format!("{agent_id} has two scores; give it one");
                return Err(Failure::new(Exit::Usage, "usage", detail));
            }
        }
        let root_of = |lines| merkle::root_of(lines_of(lines));
        Ok(SubmitRound {
            round: self.round.unwrap_or_default(),
            page: self.page,
            eliminated: self.out.clone(),
            scores,
            actions_root: self.actions_root.or_else(|| lines.map(root_of)),
            last: !self.more,
        })
    }
}

/// The lines of a file, each without its newline; an empty file has none.
fn lines_of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.split(|byte| *byte == b'\n').filter(move |_| !bytes.is_empty())
}

/// The actions of a round.
#[derive(Args, Debug)]
pub(crate) struct Actions {
    /// The contest
    contest: ArenaId,
    /// The round
    round: u32,
    /// Store these JSON lines, whose Merkle root must be the round's (`-`: standard input); without it they are printed
    #[arg(long, value_name = "FILE")]
    put: Option<Source>,
}

impl Actions {
    /// Stores or prints them.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Some(source) = &self.put else {
            let lines = session.read(session.client.actions(self.contest, self.round)).await?;
            return session.output.bytes(&lines);
        };
        let put = session.client.put_actions(self.contest, self.round, source.bytes()?);
        let round = session.write(put).await?;
        session
            .output
            .answer(&round, |round: &Round| format!("stored the actions of round {}\n", round.round))
    }
}

/// The end of a contest.
#[derive(Args, Debug)]
pub(crate) struct Finalize {
    /// The contest
    contest: ArenaId,
    /// What opens the seed commitment of the terms; a must with one, and refused without
    #[arg(long)]
    seed: Option<String>,
}

impl Finalize {
    /// Ends it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let asked = Asked { seed: self.seed };
        session.changed(session.client.finalize_contest(self.contest, &asked)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_file_is_that_of_its_lines() {
        let lines = |bytes| lines_of(bytes).count();
        assert_eq!((lines(b""), lines(b"{}"), lines(b"{}\n"), lines(b"{}\n{}\n")), (0, 1, 1, 2));
    }

    #[test]
    fn a_score_has_an_agent_and_a_whole_number() {
        assert_eq!("bob=-3".parse::<Scored>().unwrap().score.get(), -3);
        for bad in ["bob", "bob=", "bob=1.5", "Bob=1", "bob=9007199254740992"] {
            assert!(bad.parse::<Scored>().is_err(), "{bad}");
        }
    }
}
