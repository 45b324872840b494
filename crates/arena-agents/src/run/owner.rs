//! Who runs an arena, as a fact in it: so that a resumed run knows whether the one before it is gone, and can give back at
//! once the claims that it left.

use std::{fs, process};

use arena_api::{
    Code,
    facts::PutFact,
    handles::CreateHandle,
    steps::{ReleaseStep, Step},
};
use arena_core::{
    HandlePermissions,
    collaboration::{FactKey, Permission, StepStatus},
};
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

use super::{
    error::{Doing, RunError},
    site::Site,
};

/// A process on a machine, told apart across reboots and containers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    machine: String,
    process: u32,
    /// When it started, in ticks since the machine did; tells a process from a later one of the same number.
    started: Option<String>,
}

impl Owner {
    fn this_process() -> Self {
        let process = process::id();
        Self { machine: machine(), process, started: started(process) }
    }

    /// Whether it certainly runs no more: it was on this machine, and is not there now.
    fn is_gone(&self) -> bool {
        let pid = i32::try_from(self.process).ok().and_then(Pid::from_raw);
        let nobody = pid.is_none_or(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH));
        self.machine == machine() && (nobody || started(self.process) != self.started)
    }
}

/// This machine since it was started, and the space in which its process numbers mean something.
fn machine() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let space = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{name} {} {}", boot.trim(), space.display())
}

/// The start time of a process, where the system shows it.
fn started(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The fields after the name, which is in brackets and may hold anything: the start is the 22nd of all.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19).map(str::to_owned)
}

fn key() -> FactKey {
    "run/owner".parse().expect("the key above is one")
}

/// Records this process as the one that runs the arena.
pub(super) async fn record(site: &Site) -> Result<(), RunError> {
    let content = serde_json::to_string(&Owner::this_process()).unwrap_or_default();
    let fact =
        PutFact { content: content.into(), confidence: None, tags: Vec::new(), expected_version: None };
    site.client.put_fact(site.arena_id, &key(), &fact).await.doing(|| "record who runs the arena".into())?;
    Ok(())
}

/// Gives back the claims of the run before, if it is gone; otherwise they end with their leases.
pub(super) async fn release_claims_left(site: &Site) -> Result<(), RunError> {
    let fact = match site.client.fact(site.arena_id, &key()).await {
        Err(error) if error.code() == Some(Code::NotFound) => return Ok(()),
        read => read.doing(|| "read who ran the arena".into())?,
    };
    let gone = serde_json::from_str::<Owner>(&fact.content).is_ok_and(|owner| owner.is_gone());
    for step in site.steps(Some(StepStatus::Claimed)).await? {
        if gone && step.holder.as_ref().is_some_and(|holder| site.plan.agent(holder).is_some()) {
            release(site, &step).await?;
        } else if let (Some(holder), Some(expires_at)) = (&step.holder, step.expires_at) {
            site.progress
                .note(&format!("step {} is held by {holder} until {expires_at}; waiting for it", step.step));
        }
    }
    Ok(())
}

async fn release(site: &Site, step: &Step) -> Result<(), RunError> {
    let (Some(holder), Some(fence)) = (&step.holder, step.fence) else { return Ok(()) };
    let asked = CreateHandle {
        agent_id: holder.clone(),
        permissions: Some(HandlePermissions::NONE.with(Permission::Read).with(Permission::Write)),
        step: Some(step.step),
        ttl_ms: None,
    };
    let doing = || format!("give back the claim on step {}", step.step);
    let handle = site.client.create_handle(site.arena_id, &asked).await.doing(doing)?;
    let reason = Some("the run that held it was killed".into());
    let released = site.client.with_token(&handle.token).release(
        site.arena_id,
        step.step,
        &ReleaseStep { fence, reason },
    );
    let released = released.await;
    // A handle that cannot be revoked ends by itself.
    let _ = site.client.revoke_handle(site.arena_id, handle.handle).await;
    match released {
        // Its lease ended meanwhile, which is as good.
        Err(error) if matches!(error.code(), Some(Code::StaleFence | Code::WrongState)) => Ok(()),
        answer => answer.map(|_| ()).doing(doing),
    }
}
