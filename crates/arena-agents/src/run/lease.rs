//! Keeps a claim: renews its lease while the work goes on, and notices when it was taken away.

use std::time::Duration;

use arena_api::{
    Code,
    steps::{Claim, RenewLease},
};
use arena_core::collaboration::StepStatus;
use tokio::{sync::watch, time};

use super::{bearer::Bearer, site::Site};

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    /// It holds.
    Held,
    /// Its lease has ended (the machine slept, the server was away) and nobody has taken the step: the result may be adopted.
    Late,
    /// The step was cancelled, finished or claimed by somebody else: there is nothing left to work for.
    Taken,
}

/// Renews the lease until it is lost, and then says how it was lost; meant to be dropped when the work is over.
pub(super) async fn keep(site: &Site, bearer: &Bearer<'_>, claim: &Claim, state: &watch::Sender<Lease>) {
    let pause = Duration::from_millis(claim.lease_ms.get() / 3);
    loop {
        time::sleep(pause).await;
        let asked = RenewLease { fence: claim.fence, lease_ms: None };
        match bearer.client().renew(site.arena_id, claim.step, &asked).await {
            Ok(_) => {}
            Err(error) => match error.code() {
                Some(Code::StaleFence | Code::WrongState | Code::NotFound | Code::Forbidden) => break,
                // The token has ended; whether another one is given shows at the next renewal.
                Some(Code::Unauthenticated) => drop(bearer.replace().await),
                // The server is away: as long as it is, nobody can take the step either.
                _ => {}
            },
        }
    }
    state.send_replace(standing(site, claim).await);
}

/// How a claim that holds no more was lost.
pub(super) async fn standing(site: &Site, claim: &Claim) -> Lease {
    match site.client.step(site.arena_id, claim.step).await {
        Ok(step) if step.fence == Some(claim.fence) => Lease::Held,
        Ok(step) => match step.status {
            StepStatus::Ready | StepStatus::Failed | StepStatus::Waiting => Lease::Late,
            StepStatus::Claimed | StepStatus::Completed | StepStatus::Cancelled => Lease::Taken,
        },
        Err(_) => Lease::Late,
    }
}
