//! How many requests each caller may make, and when one that made too many may come again.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use arena_core::AgentId;

use crate::config::RateLimit;

/// Callers that are remembered at once; beyond, those without a token share one place.
const REMEMBERED: usize = 65_536;

/// Who has a share of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// An agent, by whichever token: handles do not multiply its share.
    Agent(AgentId),
    /// Who has no token that is good, by its address; of IPv6 by its network.
    Address(IpAddr),
    /// Those of whom nothing is known.
    Nobody,
}

impl Caller {
    /// Who has no token that is good; an IPv4 address is the same one where it is written as IPv6.
    pub(crate) fn at(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::Address(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            Some(address) => Self::Address(address),
            None => Self::Nobody,
        }
    }
}

/// The shares, as one moment a caller (the generic cell rate algorithm): how far ahead of now its requests are paid for.
#[derive(Debug)]
pub(crate) struct Rates {
    limit: Option<RateLimit>,
    began: Instant,
    paid: Mutex<HashMap<Caller, Duration>>,
}

impl Rates {
    pub(crate) fn new(limit: Option<RateLimit>, now: Instant) -> Self {
        Self { limit, began: now, paid: Mutex::default() }
    }

    /// Takes one request from the caller's share.
    ///
    /// # Errors
    /// How long it has none.
    pub(crate) fn take(&self, caller: Caller, now: Instant) -> Result<(), Duration> {
        let Some(limit) = self.limit else { return Ok(()) };
        let one = limit.per / limit.requests.get();
        let now = now.saturating_duration_since(self.began);
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let caller = place(&mut paid, caller, now);
        let until = paid.entry(caller).or_default();
        let next = (*until).max(now).saturating_add(one);
        match next.checked_sub(now.saturating_add(limit.per)) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => {
                *until = next;
                Ok(())
            }
        }
    }
}

/// Where a caller is remembered; those with their whole share are forgotten when there is no room.
fn place(paid: &mut HashMap<Caller, Duration>, caller: Caller, now: Duration) -> Caller {
    if paid.len() < REMEMBERED || paid.contains_key(&caller) {
        return caller;
    }
    paid.retain(|_, until| *until > now);
    match caller {
        Caller::Address(_) if paid.len() >= REMEMBERED => Caller::Nobody,
        caller @ (Caller::Agent(_) | Caller::Address(_) | Caller::Nobody) => caller,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn rates(now: Instant) -> Rates {
        let limit = RateLimit { requests: NonZeroU32::new(4).unwrap(), per: Duration::from_secs(1) };
        Rates::new(Some(limit), now)
    }

    fn agent(name: &str) -> Caller {
        Caller::Agent(name.parse().unwrap())
    }

    #[test]
    fn a_share_is_spent_at_once_or_evenly_and_comes_back_with_time() {
        let began = arena_runtime::steady_now();
        let rates = rates(began);
        let at = |ms| rates.take(agent("a"), began + Duration::from_millis(ms));
        for _ in 0..4 {
            assert_eq!(at(0), Ok(()));
        }
        assert_eq!(at(0), Err(Duration::from_millis(250)));
        assert_eq!(at(100), Err(Duration::from_millis(150)));
        assert_eq!(at(250), Ok(()));
        assert_eq!(at(250), Err(Duration::from_millis(250)));
        for ms in (500..5_000).step_by(250) {
            assert_eq!(at(ms), Ok(()), "{ms}");
        }
        for _ in 0..4 {
            assert_eq!(at(60_000), Ok(()));
        }
        assert!(at(60_000).is_err());
    }

    #[test]
    fn each_caller_has_a_share_and_a_network_has_one() {
        let began = arena_runtime::steady_now();
        let rates = rates(began);
        let spend = |caller: Caller| (0..9).filter(|_| rates.take(caller.clone(), began).is_ok()).count();
        let at = |text: &str| Caller::at(Some(text.parse().unwrap()));
        assert_eq!([spend(agent("a")), spend(agent("b")), spend(Caller::at(None))], [4, 4, 4]);
        assert_eq!([spend(at("10.0.0.1")), spend(at("10.0.0.2")), spend(at("10.0.0.1"))], [4, 4, 0]);
        assert_eq!([spend(at("2001:db8::1")), spend(at("2001:db8::2"))], [4, 0]);
        // As a listener on `[::]` sees those who come by IPv4.
        let mapped = ["::ffff:10.0.0.1", "::ffff:10.0.0.3", "::ffff:10.0.0.4", "10.0.0.4", "::1"];
        assert_eq!(mapped.map(|address| spend(at(address))), [0, 4, 4, 0, 4]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let began = arena_runtime::steady_now();
        let rates = rates(began);
        let address =
            |n: usize| Caller::Address(std::net::Ipv4Addr::from_bits(u32::try_from(n).unwrap()).into());
        for n in 0..REMEMBERED + 10 {
            let _ = rates.take(address(n), began);
        }
        let remembered = |rates: &Rates| rates.paid.lock().unwrap().len();
        assert_eq!(remembered(&rates), REMEMBERED + 1);
        assert_eq!(rates.take(agent("a"), began), Ok(()));
        // Later all of them have their share back, and are forgotten.
        assert_eq!(rates.take(address(REMEMBERED * 2), began + Duration::from_secs(9)), Ok(()));
        assert_eq!(remembered(&rates), 1);
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let began = arena_runtime::steady_now();
        let rates = Rates::new(None, began);
        assert!((0..10_000).all(|_| rates.take(Caller::Nobody, began).is_ok()));
        assert!(rates.paid.lock().unwrap().is_empty());
    }
}
