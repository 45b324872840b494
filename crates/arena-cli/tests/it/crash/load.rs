//! What a worker asks while the server lives, and how to tell whether it was done.

use std::{collections::BTreeMap, fmt::Display};

use arena_api::{
    arenas::CreateArena,
    artifacts::PutArtifactQuery,
    client::{Client, Error},
    events::Event,
    facts::PutFact,
    messages::SendMessage,
    steps::{AddSteps, ClaimStep, CompleteStep, NewStep},
};
use arena_core::{ArenaId, Fence, Millis, StepNumber};
use serde::Serialize;
use serde_json::Value;

use crate::randomness::Randomness;

/// One request; its marker is part of it and of no other.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    marker: String,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Say,
    Create,
    PutArtifact,
    PutFact { after: u64 },
    AddStep,
    Claim,
    Complete { step: StepNumber, fence: Fence },
}

/// What a worker knows when the server is gone.
pub(super) struct Outcome {
    pub(super) answered: Vec<(Ask, Value)>,
    pub(super) unanswered: Option<Ask>,
}

/// A worker.
pub(super) struct Load {
    client: Client,
    arena: ArenaId,
    name: String,
    randomness: Randomness,
    facts: u64,
    claim: Option<(StepNumber, Fence)>,
}

impl Load {
    pub(super) fn new(client: Client, arena: ArenaId, name: String, randomness: Randomness) -> Self {
        Self { client, arena, name, randomness, facts: 0, claim: None }
    }

    pub(super) async fn until_cut_off(mut self) -> Outcome {
        let mut answered = Vec::new();
        loop {
            let ask = Ask { marker: format!("{}-{}", self.name, answered.len()), what: self.next() };
            match ask.send(&self.client, self.arena).await {
                Ok(answer) => {
                    self.learn(&ask, &answer);
                    answered.push((ask, answer));
                }
                Err(Refused::Gone) => return Outcome { answered, unanswered: Some(ask) },
                Err(Refused::Problem(problem)) => panic!("{ask:?}: {problem}"),
            }
        }
    }

    fn next(&mut self) -> What {
        if let Some((step, fence)) = self.claim {
            return What::Complete { step, fence };
        }
        match self.randomness.below(6) {
            0 => What::Create,
            1 => What::PutArtifact,
            2 => What::PutFact { after: self.facts },
            3 => What::AddStep,
            4 => What::Claim,
            _ => What::Say,
        }
    }

    fn learn(&mut self, ask: &Ask, answer: &Value) {
        match ask.what {
            What::PutFact { .. } => self.facts += 1,
            What::Claim => self.claim = claim_in(answer),
            What::Complete { .. } => self.claim = None,
            What::Say | What::Create | What::PutArtifact | What::AddStep => {}
        }
    }
}

fn claim_in(answer: &Value) -> Option<(StepNumber, Fence)> {
    let step = u32::try_from(answer["step"].as_u64()?).ok().and_then(StepNumber::new)?;
    Some((step, Fence::new(answer["fence"].as_u64()?)))
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Gone,
    Problem(String),
}

impl Ask {
    /// Sends it under its key.
    pub(super) async fn send(&self, client: &Client, arena: ArenaId) -> Result<Value, Refused> {
        let marker = self.marker.as_str();
        match self.what {
            What::Say => {
                let asked = SendMessage { to: Vec::new(), body: marker.into() };
                answer(client.send_message(arena, &asked).key(marker).await)
            }
            What::Create => answer(client.create_arena(&CreateArena::new(marker)).key(marker).await),
            What::PutArtifact => {
                let query = PutArtifactQuery { expected_version: Some(0), ..PutArtifactQuery::default() };
                let put = client.put_artifact(
                    arena,
                    &marker.parse().unwrap(),
                    &query,
                    "text/plain",
                    marker.to_owned(),
                );
                answer(put.key(marker).await)
            }
            What::PutFact { after } => {
                let worker = marker.rsplit_once('-').unwrap().0;
                let asked = PutFact {
                    content: marker.into(),
                    confidence: None,
                    tags: Vec::new(),
                    expected_version: Some(after),
                };
                answer(client.put_fact(arena, &worker.parse().unwrap(), &asked).key(marker).await)
            }
            What::AddStep => answer(
                client.add_steps(arena, &AddSteps { steps: vec![NewStep::new(marker)] }).key(marker).await,
            ),
            What::Claim => {
                let asked = ClaimStep { step: None, lease_ms: Some(Millis::from_secs(3_600)) };
                answer(client.claim(arena, &asked).key(marker).await)
            }
            What::Complete { step, fence } => {
                let asked = CompleteStep { fence, result: Some(marker.into()), cost: None };
                answer(client.complete(arena, step, &asked).key(marker).await)
            }
        }
    }

    /// How often the journal says that it was done; a claim that found nothing counts as done.
    pub(super) fn times_done(
        &self,
        answer: &Value,
        events: &[Event],
        goals: &BTreeMap<String, usize>,
    ) -> usize {
        let of_kind = |kind: &str, held: String| {
            events.iter().filter(|event| event.kind == kind && event.data.get().contains(&held)).count()
        };
        let quoted = format!("{:?}", self.marker);
        match self.what {
            What::Create => goals.get(&self.marker).copied().unwrap_or_default(),
            What::Say => of_kind("message_sent", quoted),
            What::PutArtifact => of_kind("artifact_put", quoted),
            What::PutFact { .. } => of_kind("fact_put", quoted),
            What::AddStep => of_kind("steps_added", quoted),
            What::Complete { .. } => of_kind("step_completed", quoted),
            What::Claim => match claim_in(answer) {
                Some((_, fence)) => of_kind("step_claimed", format!("\"fence\":{fence},")),
                None => 1,
            },
        }
    }
}

fn answer<T: Serialize>(answered: Result<T, Error>) -> Result<Value, Refused> {
    match answered {
        Ok(answer) => Ok(serde_json::to_value(answer).unwrap()),
        Err(Error::Problem(problem)) => Err(Refused::Problem(problem.to_string())),
        Err(_) => Err(Refused::Gone),
    }
}

impl Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone => f.write_str("the server is gone"),
            Self::Problem(problem) => f.write_str(problem),
        }
    }
}
