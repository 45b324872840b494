//! How much one may have open at once.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// So many places for each holder.
#[derive(Clone, Debug)]
pub(crate) struct Places<H> {
    most: usize,
    taken: Arc<Mutex<HashMap<H, usize>>>,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Place<H: Eq + Hash> {
    places: Places<H>,
    holder: H,
}

impl<H: Clone + Eq + Hash> Places<H> {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// How many each holder has.
    pub(crate) const fn most(&self) -> usize {
        self.most
    }

    /// Takes one of the holder's places, if one is free.
    pub(crate) fn take(&self, holder: H) -> Option<Place<H>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(&holder).copied().unwrap_or_default();
        if count >= self.most {
            return None;
        }
        taken.insert(holder.clone(), count + 1);
        Some(Place { places: self.clone(), holder })
    }
}

impl<H: Eq + Hash> Drop for Place<H> {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Caller;

    #[test]
    fn each_holder_has_its_places_and_who_has_none_costs_no_memory() {
        let places = Places::new(2);
        let at = |text: &str| Caller::at(Some(text.parse().unwrap()));
        let agent = |name: &str| Caller::Agent(name.parse().unwrap());
        let held = [places.take(at("10.0.0.1")), places.take(at("::ffff:10.0.0.1"))];
        assert!(held.iter().all(Option::is_some) && places.take(at("10.0.0.1")).is_none());
        let others = [places.take(at("::ffff:10.0.0.2")), places.take(agent("a")), places.take(agent("b"))];
        assert!(others.iter().all(Option::is_some));
        drop(held);
        let again = places.take(at("10.0.0.1"));
        assert!(again.is_some());
        drop((again, others));
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
