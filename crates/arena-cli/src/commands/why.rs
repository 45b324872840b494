//! `arena why`: in sentences, why an arena or a step does not move.

use arena_api::arenas::{State, StateQuery};
use arena_core::{ArenaId, StepNumber, collaboration::Status};
use clap::Args;
use serde::Serialize;

use crate::{
    exit::Exit,
    failure::Failure,
    paint::{self, paint, plain},
    session::Session,
    text::{count, moment, waiting},
    values,
};

/// What is asked about.
#[derive(Args, Debug)]
pub(crate) struct Why {
    /// The arena
    arena: ArenaId,
    /// One step of it
    #[arg(value_parser = values::step_number)]
    step: Option<StepNumber>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    arena_id: ArenaId,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<StepNumber>,
    /// The status of the arena, or of the step that was named.
    status: &'static str,
    /// Why it does not move, a sentence each.
    reasons: Vec<String>,
    /// What to do next, as the server sees it from the caller's place.
    next: String,
}

impl Why {
    /// Prints the answer.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let state = session.read(session.client.state(self.arena, &StateQuery { at: None })).await?;
        let brief = session.read(session.client.brief(self.arena)).await?;
        let mut reasons = Vec::new();
        let status = match self.step {
            Some(number) => {
                let step =
                    state.steps.iter().find(|step| step.step == number).ok_or_else(|| no_step(number))?;
                reasons.extend(of_status(&state));
                reasons.extend(waiting::of_step(step, &state.steps));
                step.status.as_str()
            }
            None => {
                reasons.extend(brief.stuck.into_iter().map(|line| line.text));
                // Of a step that is stuck it has been said why.
                let is_new = |one: &String| !reasons.iter().any(|said| same_step(said, one));
                let waiting: Vec<_> = waiting::of_all(&state.steps).into_iter().filter(is_new).collect();
                reasons.extend(waiting);
                if brief.stuck_more > 0 {
                    reasons
                        .push(format!("{} cannot go on either", count(brief.stuck_more.into(), "more step")));
                }
                state.arena.status.as_str()
            }
        };
        let answer = Answer { arena_id: self.arena, step: self.step, status, reasons, next: brief.next };
        session.output.answer(&answer, text)
    }
}

/// What the arena's status forbids.
fn of_status(state: &State) -> Vec<String> {
    let deadline = state.arena.settle_deadline.map(moment).unwrap_or_default();
    match state.arena.status {
        Status::Created => vec!["the arena is created but not active: nothing can be claimed".to_owned()],
        Status::Active => Vec::new(),
        Status::Settling => {
            vec![format!("the arena is settling until {deadline}: nothing more can be claimed")]
        }
        Status::Archived => vec!["the arena is archived: nothing changes any more".to_owned()],
    }
}

/// Whether two sentences begin with the same `step N`.
fn same_step(one: &str, two: &str) -> bool {
    one.split(' ').take(2).eq(two.split(' ').take(2))
}

fn no_step(step: StepNumber) -> Failure {
    Failure::new(
        Exit::NotFound,
        "not_found",
        format!("there is no step {step}; `arena step list` shows those there are"),
    )
}

fn text(answer: &Answer) -> String {
    let mut text = String::new();
    for reason in &answer.reasons {
        text.push_str(&format!("- {}\n", plain(reason)));
    }
    if answer.reasons.is_empty() {
        text.push_str("nothing holds it up\n");
    }
    text.push_str(&format!("{} {}\n", paint(paint::STRONG, "next:"), plain(&answer.next)));
    text
}
