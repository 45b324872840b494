//! A store of its own for a measurement, on the disk that is measured, and gone afterwards.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arena_core::{
    ArenaConfig, ArenaEvent, ArenaId, Fence, StepNumber,
    collaboration::{Command, NewStep},
};
use arena_runtime::{Applied, ArenaManager, Ask, Options, Principal, Reply};

use super::failed;
use crate::failure::Failure;

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes `name` anew under `root`.
    pub(crate) fn new(root: &Path, name: &str) -> Result<Self, Failure> {
        let path = root.join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(|error| Failure::file("remove", &path, &error))?;
        }
        std::fs::create_dir_all(&path).map_err(|error| Failure::file("make", &path, &error))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind, it is removed by the next run.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A runtime on a folder of its own.
pub(crate) struct Store {
    pub(crate) manager: ArenaManager,
    /// The arenas that are worked in.
    pub(crate) arenas: Vec<ArenaId>,
    _folder: Folder,
}

impl Store {
    /// An empty store.
    pub(crate) fn open(root: &Path, name: &str, change: impl FnOnce(&mut Options)) -> Result<Self, Failure> {
        let folder = Folder::new(root, name)?;
        let mut options = Options::in_dir(folder.path());
        change(&mut options);
        let manager = ArenaManager::open(options).map_err(failed)?;
        Ok(Self { manager, arenas: Vec::new(), _folder: folder })
    }

    /// Adds active arenas with so many steps each, all open to the operator.
    pub(crate) async fn add_arenas(&mut self, count: usize, steps: usize) -> Result<(), Failure> {
        for _ in 0..count {
            let config = ArenaConfig { steps: plan(steps), ..ArenaConfig::new("measure") };
            let arena_id = self.manager.create(config).await.map_err(failed)?;
            self.submit(arena_id, Command::Activate).await?;
            self.arenas.push(arena_id);
        }
        Ok(())
    }

    /// Gives a command as the operator.
    pub(crate) async fn submit(&self, arena_id: ArenaId, command: Command) -> Result<Reply, Failure> {
        submit(&self.manager, arena_id, command).await.map_err(failed)
    }
}

/// Steps that wait for nothing.
pub(crate) fn plan(steps: usize) -> Vec<NewStep> {
    let step = NewStep {
        title: Arc::from("one of many"),
        description: None,
        depends_on: Vec::new(),
        assignee: None,
        lease_ms: None,
        max_attempts: None,
        evidence: Default::default(),
    };
    vec![step; steps]
}

/// Gives a command as the operator; the answer to a claim is its step and fence.
pub(crate) async fn submit(
    manager: &ArenaManager,
    arena_id: ArenaId,
    command: Command,
) -> Result<Reply, arena_runtime::RuntimeError> {
    manager.submit(Ask::by(Principal::Operator), arena_id, command, claimed).await
}

/// The claim that an answer of [`submit`] tells of.
pub(crate) fn claim_of(reply: &Reply) -> Option<(StepNumber, Fence)> {
    let (step, fence) = reply.body.split_first_chunk::<4>()?;
    let fence = fence.first_chunk::<8>()?;
    Some((StepNumber::new(u32::from_be_bytes(*step))?, Fence::new(u64::from_be_bytes(*fence))))
}

fn claimed(applied: &Applied) -> Vec<u8> {
    let claim = applied.changes.iter().find_map(|event| match event {
        ArenaEvent::StepClaimed { step, fence, .. } => Some((step, fence)),
        _ => None,
    });
    claim.map_or_else(Vec::new, |(step, fence)| {
        [&step.get().to_be_bytes()[..], &fence.get().to_be_bytes()].concat()
    })
}
