//! How many files and sockets this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are not connections: the store, standard streams, the runtime.
const OTHER_FILES: u64 = 256;

/// Takes as many as the system allows; answers how many connections that leaves room for.
pub(crate) fn raise_limit() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // A limit that cannot be raised is the one that counts.
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let limit = if raised.is_ok() { maximum } else { current };
    let places = limit.map_or(u64::MAX, |limit| limit.saturating_sub(OTHER_FILES));
    usize::try_from(places).unwrap_or(usize::MAX).max(1)
}
