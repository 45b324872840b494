//! A second, plain account of what steps do, written apart from the rules and compared with them.
//!
//! It knows one coordinator and two workers in an active arena, and looks everything up by searching.

use arena_core::collaboration::StepStatus;

/// What the model keeps of a step: only what was done to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelStep {
    depends_on: Vec<usize>,
    max_attempts: u32,
    used: u32,
    holder: Option<(usize, u64)>,
    fence: u64,
    done: bool,
    cancelled: bool,
    gone_wrong: bool,
}

/// All steps and the time, in seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) steps: Vec<ModelStep>,
    pub(crate) now: u64,
    fences: u64,
}

/// What is done to a step; `fence` says whether the current fence is given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Claim,
    Renew,
    Release,
    Fail,
    Complete,
    Cancel,
    Reopen,
    Wait(u64),
}

pub(crate) const LEASE_S: u64 = 60;
pub(crate) const COORDINATOR: usize = 0;

impl Model {
    pub(crate) fn add(&mut self, depends_on: Vec<usize>, max_attempts: u32) {
        self.steps.push(ModelStep { depends_on, max_attempts, ..ModelStep::default() });
    }

    pub(crate) fn status(&self, step: usize) -> StepStatus {
        let kept = &self.steps[step];
        let open = |other: &usize| !self.steps[*other].done && !self.steps[*other].cancelled;
        if kept.cancelled {
            StepStatus::Cancelled
        } else if kept.done {
            StepStatus::Completed
        } else if kept.holder.is_some() {
            StepStatus::Claimed
        } else if kept.gone_wrong && kept.used >= kept.max_attempts {
            StepStatus::Failed
        } else if kept.depends_on.iter().any(open) {
            StepStatus::Waiting
        } else {
            StepStatus::Ready
        }
    }

    pub(crate) fn completed(&self) -> usize {
        self.steps.iter().filter(|step| step.done).count()
    }

    pub(crate) fn fence(&self, step: usize) -> u64 {
        self.steps[step].fence
    }

    /// Does what was asked, or says with which code it is refused.
    pub(crate) fn act(&mut self, who: usize, step: usize, act: Act, fence: u64) -> &'static str {
        if let Act::Wait(seconds) = act {
            self.now += seconds;
            return "ok";
        }
        let mut expired = self.clone();
        expired.expire();
        let verdict = expired.verdict(who, step, act, fence);
        if verdict == "ok" {
            expired.apply(who, step, act);
            *self = expired;
        }
        verdict
    }

    /// The model as it stands once deadlines have passed.
    pub(crate) fn expire(&mut self) {
        let now = self.now;
        for step in &mut self.steps {
            if step.holder.is_some_and(|(_, until)| now >= until) {
                step.holder = None;
                step.gone_wrong = true;
            }
        }
    }

    fn verdict(&self, who: usize, step: usize, act: Act, fence: u64) -> &'static str {
        let kept = &self.steps[step];
        let status = self.status(step);
        match act {
            Act::Wait(_) => "ok",
            Act::Claim => match status {
                StepStatus::Ready => "ok",
                StepStatus::Claimed => "already_claimed",
                _ => "step_not_ready",
            },
            Act::Complete if kept.done => "wrong_state",
            Act::Renew | Act::Release | Act::Fail | Act::Complete => match kept.holder {
                Some(_) if fence != kept.fence => "stale_fence",
                Some((holder, _)) if holder != who => "forbidden",
                Some(_) => "ok",
                None => "stale_fence",
            },
            Act::Cancel if who != COORDINATOR => "forbidden",
            Act::Cancel if kept.done || kept.cancelled => "wrong_state",
            Act::Cancel => "ok",
            Act::Reopen if who != COORDINATOR => "forbidden",
            Act::Reopen if status != StepStatus::Failed && status != StepStatus::Completed => "wrong_state",
            Act::Reopen => {
                let started = |other: &ModelStep| {
                    other.depends_on.contains(&step)
                        && (other.holder.is_some() || (other.done && !other.cancelled))
                };
                if self.steps.iter().any(started) {
                    "dependent_started"
                } else {
                    "ok"
                }
            }
        }
    }

    fn apply(&mut self, who: usize, step: usize, act: Act) {
        let until = self.now + LEASE_S;
        if let Act::Claim = act {
            self.fences += 1;
        }
        let fences = self.fences;
        let kept = &mut self.steps[step];
        match act {
            Act::Wait(_) => {}
            Act::Claim => {
                kept.holder = Some((who, until));
                kept.fence = fences;
                kept.used += 1;
                kept.gone_wrong = false;
            }
            Act::Renew => kept.holder = Some((who, until)),
            Act::Release => {
                kept.holder = None;
                kept.used -= 1;
            }
            Act::Fail => {
                kept.holder = None;
                kept.gone_wrong = true;
            }
            Act::Complete => {
                kept.holder = None;
                kept.done = true;
            }
            Act::Cancel => {
                kept.holder = None;
                kept.cancelled = true;
            }
            Act::Reopen => {
                kept.done = false;
                kept.gone_wrong = false;
                kept.used = 0;
            }
        }
    }
}

mod tests {
    use proptest::prelude::{prop, prop_assert_eq, prop_oneof, proptest, Just, Strategy};

    use super::{Act, Model, LEASE_S};
    use crate::world::{cancel, claim, code, complete, fail, number, plain, release, renew, reopen, World};
    use arena_core::{
        collaboration::{Command, NewStep},
        Fence,
    };

    const AGENTS: [&str; 3] = ["ann", "bob", "cat"];

    /// Steps that depend on earlier ones only, one bit for each.
    fn plans() -> impl Strategy<Value = Vec<(u8, u32)>> {
        prop::collection::vec((0_u8..64, 1_u32..3), 1..6)
    }

    fn acts() -> impl Strategy<Value = Vec<(usize, usize, Act, bool)>> {
        let act = prop_oneof![
            6 => Just(Act::Claim),
            2 => Just(Act::Renew),
            2 => Just(Act::Release),
            3 => Just(Act::Fail),
            5 => Just(Act::Complete),
            1 => Just(Act::Cancel),
            2 => Just(Act::Reopen),
            4 => (0..2 * LEASE_S).prop_map(Act::Wait),
        ];
        prop::collection::vec((0_usize..3, 0_usize..6, act, prop::bool::weighted(0.9)), 1..60)
    }

    fn command(step: u32, act: Act, fence: Fence) -> Command {
        match act {
            Act::Claim => claim(step),
            Act::Renew => renew(step, fence),
            Act::Release => release(step, fence),
            Act::Fail => fail(step, fence),
            Act::Complete => complete(step, fence),
            Act::Cancel => cancel(step),
            Act::Reopen => reopen(step),
            Act::Wait(_) => Command::PassDeadlines,
        }
    }

    proptest! {
        #[test]
        fn the_rules_and_the_model_tell_the_same(plan in plans(), acts in acts()) {
            let mut model = Model::default();
            let mut steps = Vec::new();
            for (index, (mask, max_attempts)) in plan.iter().enumerate() {
                let depends_on: Vec<usize> = (0..index).filter(|other| mask & (1 << other) != 0).collect();
                let numbers = depends_on.iter().map(|other| number(u32::try_from(*other).unwrap() + 1)).collect();
                steps.push(NewStep { depends_on: numbers, max_attempts: Some(*max_attempts), ..plain("step") });
                model.add(depends_on, *max_attempts);
            }
            let mut world = World::active(steps);
            for (who, step, act, right_fence) in acts {
                let step = step % model.steps.len();
                let name = u32::try_from(step).unwrap() + 1;
                let fence = if right_fence { model.fence(step) } else { 1_000 };
                if let Act::Wait(seconds) = act {
                    world.pass(seconds);
                }
                let told = match act {
                    Act::Wait(_) => Ok(vec![]),
                    _ => world.by(AGENTS[who], command(name, act, Fence::new(fence))),
                };
                prop_assert_eq!(code(&told), model.act(who, step, act, fence), "{:?} of step {} by {}", act, name, AGENTS[who]);
                let (mut model, mut world) = (model.clone(), world.clone());
                model.expire();
                world.timer().unwrap();
                for index in 0..model.steps.len() {
                    prop_assert_eq!(world.status(u32::try_from(index).unwrap() + 1), model.status(index), "step {}", index + 1);
                }
                prop_assert_eq!(world.arena.completed_steps() as usize, model.completed());
            }
        }
    }
}
