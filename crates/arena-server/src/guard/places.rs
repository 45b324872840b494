//! How much each caller may have open at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::Caller;

/// So many places for each caller.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    most: usize,
    taken: Arc<Mutex<HashMap<Caller, usize>>>,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    caller: Caller,
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// How many each caller has.
    pub(crate) const fn most(&self) -> usize {
        self.most
    }

    /// Takes one of the caller's places, if one is free.
    pub(crate) fn take(&self, caller: Caller) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(&caller).copied().unwrap_or_default();
        if count >= self.most {
            return None;
        }
        taken.insert(caller.clone(), count + 1);
        Some(Place { places: self.clone(), caller })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_its_places_and_who_has_none_costs_no_memory() {
        let places = Places::new(2);
        let at = |text: &str| Caller::at(Some(text.parse().unwrap()));
        let agent = |name: &str| Caller::Agent(name.parse().unwrap());
        let held = [places.take(at("10.0.0.1")), places.take(at("10.0.0.1"))];
        assert!(held.iter().all(Option::is_some) && places.take(at("10.0.0.1")).is_none());
        let others = [places.take(at("10.0.0.2")), places.take(agent("a")), places.take(agent("b"))];
        assert!(others.iter().all(Option::is_some));
        drop(held);
        let again = places.take(at("10.0.0.1"));
        assert!(again.is_some());
        drop((again, others));
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
