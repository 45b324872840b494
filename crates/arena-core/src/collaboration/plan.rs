//! The plan's dependency graph: no unknown step, no cycle.

use alloc::{
    collections::{btree_map::Entry, BTreeMap, BTreeSet},
    format,
    string::String,
    vec,
    vec::Vec,
};

use super::{
    aggregate::SharedArena,
    check::invalid,
    rejection::Rejection,
    step::Step,
    types::{Evidence, NewStep},
};
use crate::ids::StepNumber;

impl SharedArena {
    /// The steps that a step still waits for.
    #[must_use]
    pub fn open_dependencies(&self, step: &Step) -> Vec<StepNumber> {
        let open = |number: &&StepNumber| self.step(**number).is_some_and(|step| !step.status.is_done());
        step.depends_on.iter().filter(open).copied().collect()
    }

    /// What completion of a step still needs: names of artifacts, and `approval`.
    #[must_use]
    pub fn missing_evidence(&self, step: &Step) -> Vec<String> {
        let absent = step.evidence.artifacts.iter().filter(|name| self.artifact(name).is_none());
        let approval = (step.evidence.approval && step.approved_by.is_none()).then_some("approval");
        absent.map(|name| name.as_str()).chain(approval).map(String::from).collect()
    }

    /// Checks that a step may depend on others instead.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] for an unknown step, itself, or a cycle.
    pub(super) fn check_dependencies(
        &self,
        step: StepNumber,
        depends_on: &[StepNumber],
    ) -> Result<(), Rejection> {
        let field = "depends_on";
        if let Some(unknown) = depends_on.iter().find(|number| self.step(**number).is_none()) {
            return Err(unknown_step(field, *unknown));
        }
        if depends_on.contains(&step) {
            return Err(itself(field, step));
        }
        let mut reached_from: BTreeMap<StepNumber, StepNumber> =
            depends_on.iter().map(|number| (*number, step)).collect();
        let mut open: Vec<StepNumber> = depends_on.to_vec();
        while let Some(number) = open.pop() {
            if number == step {
                let mut way = around(step, |number| reached_from.get(&number).copied());
                way.reverse();
                return Err(cycle(field, &way));
            }
            for further in self.step(number).iter().flat_map(|step| step.depends_on.iter()) {
                if let Entry::Vacant(unseen) = reached_from.entry(*further) {
                    unseen.insert(number);
                    open.push(*further);
                }
            }
        }
        Ok(())
    }
}

/// Checks the dependencies of steps that come after `existing` others: those can close no cycle, so only the new
/// ones are looked at, each once (Kahn's algorithm).
///
/// # Errors
/// [`Rejection::Invalid`] with the path of the first step that depends on an unknown one, on itself, or is in a cycle.
pub(super) fn check_new(steps: &[NewStep], existing: usize) -> Result<(), Rejection> {
    let known = existing.saturating_add(steps.len());
    let place = |number: &StepNumber| number.index().checked_sub(existing);
    let mut waiting = vec![0_usize; steps.len()];
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (index, step) in steps.iter().enumerate() {
        let field = field_of(index);
        for number in &step.depends_on {
            if number.index() >= known {
                return Err(unknown_step(&field, *number));
            }
            let Some(dependency) = place(number) else { continue };
            if dependency == index {
                return Err(itself(&field, *number));
            }
            if let (Some(waiting), Some(dependents)) =
                (waiting.get_mut(index), dependents.get_mut(dependency))
            {
                *waiting += 1;
                dependents.push(index);
            }
        }
    }
    let mut free: Vec<usize> = (0..steps.len()).filter(|index| waiting.get(*index) == Some(&0)).collect();
    while let Some(index) = free.pop() {
        for dependent in dependents.get(index).into_iter().flatten() {
            let Some(waiting) = waiting.get_mut(*dependent) else { continue };
            *waiting = waiting.saturating_sub(1);
            if *waiting == 0 {
                free.push(*dependent);
            }
        }
    }
    match waiting.iter().position(|waiting| *waiting > 0) {
        None => Ok(()),
        Some(index) => {
            let waits = |number: &StepNumber| {
                place(number).and_then(|place| waiting.get(place)).is_some_and(|waiting| *waiting > 0)
            };
            Err(cycle_among(steps, existing, index, waits))
        }
    }
}

/// The cycle that is found by going on from a step among those that wait for one another, named by its lowest step.
fn cycle_among(
    steps: &[NewStep],
    existing: usize,
    index: usize,
    waits: impl Fn(&StepNumber) -> bool,
) -> Rejection {
    let next = |number: StepNumber| {
        let step = steps.get(number.index().checked_sub(existing)?)?;
        step.depends_on.iter().copied().find(|number| waits(number))
    };
    let first =
        u32::try_from(existing.saturating_add(index).saturating_add(1)).ok().and_then(StepNumber::new);
    // After as many steps as there are, it goes round.
    let inside = first.and_then(|first| (0..steps.len()).try_fold(first, |at, _| next(at)));
    let least = inside.and_then(|inside| around(inside, next).into_iter().min());
    match least {
        None => invalid(&field_of(index), "would make a cycle"),
        Some(least) => cycle(&field_of(least.index().saturating_sub(existing)), &around(least, next)),
    }
}

impl NewStep {
    /// The step with its lists sorted and each entry once.
    pub(super) fn tidied(&self) -> Self {
        let mut tidied = self.clone();
        tidied.depends_on = sorted(&self.depends_on);
        tidied.evidence = self.evidence.tidied();
        tidied
    }
}

impl Evidence {
    /// The evidence with each name once, sorted.
    pub(super) fn tidied(&self) -> Self {
        Self { artifacts: sorted(&self.artifacts), approval: self.approval }
    }
}

/// The items sorted, each once.
pub(super) fn sorted<T: Ord + Clone>(items: &[T]) -> Vec<T> {
    items.iter().cloned().collect::<BTreeSet<T>>().into_iter().collect()
}

/// The way from a step back to itself.
fn around(first: StepNumber, next: impl Fn(StepNumber) -> Option<StepNumber>) -> Vec<StepNumber> {
    let mut way = vec![first];
    let mut at = next(first);
    while let Some(number) = at {
        way.push(number);
        at = next(number).filter(|_| number != first);
    }
    way
}

/// The refusal of a cycle; each step of the way depends on the one after it.
fn cycle(field: &str, way: &[StepNumber]) -> Rejection {
    let way: Vec<String> = way.iter().map(|number| format!("{number}")).collect();
    invalid(field, &format!("would make a cycle: {}", way.join(" -> ")))
}

fn field_of(index: usize) -> String {
    format!("steps[{index}].depends_on")
}

fn unknown_step(field: &str, number: StepNumber) -> Rejection {
    invalid(field, &format!("there is no step {number}"))
}

fn itself(field: &str, number: StepNumber) -> Rejection {
    invalid(field, &format!("step {number} cannot depend on itself"))
}
