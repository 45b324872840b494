//! Which step is started when: every ready one, with an agent that may take it, as far as the bounds allow.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use arena_api::{
    events::Event,
    steps::{Step, StepQuery},
};
use arena_core::{AgentId, Sequence, StepNumber, collaboration::StepStatus};
use serde::Deserialize;
use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
    time,
};

use super::{
    attempt::{AttemptEnd, Signal, attempt},
    error::{Doing, RunError},
    feed::Feed,
    site::{PAGE, Site},
    turn::Turns,
};
use crate::{plan::PlanAgent, progress::Happening};

/// How long to wait before a step that turned out to be somebody else's is looked at again.
const PAUSE: Duration = Duration::from_millis(500);

/// Why no more steps are started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// There is nothing left to start, or the arena is closed to claims.
    Done,
    /// The run was told to stop.
    Interrupted,
    /// The arena's budget is spent: which.
    BudgetSpent(String),
}

/// Runs steps until nothing is left to run; on the way out every process has ended and every claim is given back.
pub(super) async fn run(
    site: &Arc<Site>,
    after: Sequence,
    stop: impl Future<Output = ()>,
) -> Result<(Halt, BTreeMap<StepNumber, String>), RunError> {
    let mut schedule = Schedule {
        site: Arc::clone(site),
        attempts: JoinSet::new(),
        turns: Turns::default(),
        running: BTreeMap::new(),
        refused: BTreeMap::new(),
        said: BTreeSet::new(),
        halt: None,
        error: None,
        look: true,
        pause: false,
    };
    let mut feed = Feed::start(Arc::clone(site), after);
    let mut stop = pin!(stop);
    loop {
        if std::mem::take(&mut schedule.look) && schedule.look_around().await {
            break;
        }
        tokio::select! {
            Some(joined) = schedule.attempts.join_next(), if !schedule.attempts.is_empty() => schedule.ended(joined),
            events = feed.next() => schedule.heard(events),
            () = time::sleep(PAUSE), if schedule.pause => {
                schedule.pause = false;
                schedule.look = true;
            }
            () = &mut stop, if schedule.halt != Some(Halt::Interrupted) => {
                schedule.site.progress.show(&Happening::Stopping);
                schedule.halt(Halt::Interrupted);
            }
        }
    }
    match schedule.error {
        Some(error) => Err(error),
        None => Ok((schedule.halt.unwrap_or(Halt::Done), schedule.refused)),
    }
}

type Ended = (StepNumber, Result<AttemptEnd, RunError>);

struct Schedule {
    site: Arc<Site>,
    attempts: JoinSet<Ended>,
    turns: Turns,
    running: BTreeMap<StepNumber, Running>,
    /// Steps that an agent was refused, with the reason.
    refused: BTreeMap<StepNumber, String>,
    /// Steps of which it was said that they are waited for.
    said: BTreeSet<StepNumber>,
    halt: Option<Halt>,
    error: Option<RunError>,
    look: bool,
    pause: bool,
}

struct Running {
    agent: AgentId,
    signal: watch::Sender<Signal>,
}

impl Schedule {
    /// Starts what can be started; says whether the run is over.
    async fn look_around(&mut self) -> bool {
        if self.halt.is_none()
            && let Err(error) = self.start_ready().await
        {
            self.fail(error);
        }
        if !self.running.is_empty() {
            return false;
        }
        if self.halt.is_some() {
            return true;
        }
        match self.nothing_left().await {
            Ok(over) => over,
            Err(error) => {
                self.fail(error);
                true
            }
        }
    }

    async fn start_ready(&mut self) -> Result<(), RunError> {
        let site = Arc::clone(&self.site);
        let arena = site.client.arena(site.arena_id).await.doing(|| "read the arena".into())?;
        site.progress
            .show(&Happening::Counted { completed: arena.completed_steps, total: arena.total_steps });
        let mut query = StepQuery { status: Some(StepStatus::Ready), limit: Some(PAGE), cursor: None };
        while self.running.len() < site.plan.parallel {
            let page =
                site.client.steps(site.arena_id, &query).await.doing(|| "read the ready steps".into())?;
            for step in page.items {
                if !self.running.contains_key(&step.step) && !self.refused.contains_key(&step.step) {
                    self.start(step);
                }
            }
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Starts the step if the bounds allow it and an agent is free for it.
    fn start(&mut self, step: Step) {
        if self.running.len() >= self.site.plan.parallel {
            return;
        }
        let Some(agent) = self.free_agent(&step).cloned() else { return };
        let (signal, told) = watch::channel(Signal::Go);
        let number = step.step;
        self.running.insert(number, Running { agent: agent.name.clone(), signal });
        let site = Arc::clone(&self.site);
        let turn = self.turns.next();
        self.attempts.spawn(async move { (number, attempt(&site, &step, &agent, turn, told).await) });
    }

    /// The agent with the fewest running that may take the step and may run one more.
    fn free_agent(&self, step: &Step) -> Option<&PlanAgent> {
        let able = self.site.plan.agents.iter().filter(|agent| self.is_able(agent, step));
        let counted =
            able.map(|agent| (self.running.values().filter(|one| one.agent == agent.name).count(), agent));
        let free = counted.filter(|(count, agent)| agent.at_once.is_none_or(|most| *count < most));
        free.min_by_key(|(count, _)| *count).map(|(_, agent)| agent)
    }

    fn is_able(&self, agent: &PlanAgent, step: &Step) -> bool {
        agent.may_take(step.assignee.as_ref()) && self.site.command(step.step, agent).is_some()
    }

    /// Whether nothing is left that this run, or somebody else, is still to do.
    async fn nothing_left(&mut self) -> Result<bool, RunError> {
        let mut over = true;
        for step in self.site.steps(None).await? {
            let why = match step.status {
                StepStatus::Claimed => {
                    let holder = step.holder.as_ref().map_or_else(String::new, ToString::to_string);
                    format!("step {} is held by {holder}; waiting for it", step.step)
                }
                StepStatus::Ready if self.refused.contains_key(&step.step) => continue,
                StepStatus::Ready => {
                    let whom = step.assignee.as_ref().map_or_else(|| "somebody".into(), ToString::to_string);
                    if self.site.plan.agents.iter().any(|agent| self.is_able(agent, &step)) {
                        over = false;
                        continue;
                    }
                    format!("step {} is for {whom}, who is not in the plan; waiting for it", step.step)
                }
                StepStatus::Waiting | StepStatus::Completed | StepStatus::Failed | StepStatus::Cancelled => {
                    continue;
                }
            };
            over = false;
            if self.said.insert(step.step) {
                self.site.progress.note(&why);
            }
        }
        Ok(over)
    }

    /// Takes in how an attempt ended.
    fn ended(&mut self, joined: Result<Ended, JoinError>) {
        self.look = true;
        let (number, end) = match joined {
            Ok(ended) => ended,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return, // nobody cancels attempts
            },
        };
        self.running.remove(&number);
        match end {
            Ok(AttemptEnd::Completed | AttemptEnd::Failed | AttemptEnd::Released) => {}
            Ok(AttemptEnd::Elsewhere) => {
                self.look = self.halt.is_some();
                self.pause = true;
            }
            Ok(AttemptEnd::Refused(reason)) => {
                self.site.progress.note(&format!("step {number} cannot be claimed: {reason}"));
                self.refused.insert(number, reason);
            }
            Ok(AttemptEnd::BudgetSpent(which)) => {
                if self.halt.is_none() {
                    self.site.progress.note(&which);
                    self.halt = Some(Halt::BudgetSpent(which));
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// Takes in what happened in the arena.
    fn heard(&mut self, events: Result<Vec<Event>, RunError>) {
        let events = match events {
            Ok(events) => events,
            Err(error) => return self.fail(error),
        };
        for event in events {
            match event.kind.as_str() {
                "lease_renewed" | "artifact_put" | "fact_put" | "message_sent" | "goal_updated" => continue,
                "step_approved" => self.site.approvals.send_modify(|()| ()),
                "step_cancelled" | "lease_revoked" => self.taken(&event),
                "role_changed" | "agent_joined" | "step_changed" => self.refused.clear(),
                "settling_started" | "arena_archived" if self.halt.is_none() => self.halt = Some(Halt::Done),
                _ => {}
            }
            self.look = true;
        }
    }

    /// Stops the process of a step that was taken away.
    fn taken(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Of {
            step: StepNumber,
        }
        if let Ok(Of { step }) = event.data()
            && let Some(running) = self.running.get(&step)
        {
            running.signal.send_if_modified(|signal| std::mem::replace(signal, Signal::Taken) == Signal::Go);
        }
    }

    /// Remembers the first error, and stops everything.
    fn fail(&mut self, error: RunError) {
        self.error.get_or_insert(error);
        self.halt(Halt::Interrupted);
    }

    /// Starts no more steps, and has the running ones give their claims back.
    fn halt(&mut self, why: Halt) {
        self.halt = Some(why);
        self.look = true;
        for running in self.running.values() {
            running.signal.send_replace(Signal::Stop);
        }
    }
}
