//! Stores what a process left: its output, its errors, and the files in its folder for outputs.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use arena_api::{
    Code,
    artifacts::{Artifact, PutArtifactQuery},
    client,
    steps::{Claim, Step},
};
use arena_core::collaboration::{ArtifactKind, ArtifactName, Limits};

use super::{
    bearer::Bearer,
    error::RunError,
    site::{OWN_FOLDER, Site},
};
use crate::process::Ended;

/// Why the outputs of a step could not be stored.
pub(super) enum OutputError {
    /// The run cannot go on.
    Run(RunError),
    /// The step cannot be completed with them: why.
    Step(String),
}

impl From<RunError> for OutputError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

/// Stores outputs under one claim.
pub(super) struct Outputs<'a> {
    site: &'a Site,
    bearer: &'a Bearer<'a>,
    claim: &'a Claim,
    step: &'a Step,
    present: BTreeMap<ArtifactName, Artifact>,
}

impl<'a> Outputs<'a> {
    /// Looks up what is there already.
    pub(super) async fn new(
        site: &'a Site,
        bearer: &'a Bearer<'a>,
        claim: &'a Claim,
        step: &'a Step,
    ) -> Result<Self, RunError> {
        Ok(Self { site, bearer, claim, step, present: site.artifacts().await? })
    }

    /// Stores the standard output, and what was said on the standard error.
    pub(super) async fn streams(&self, ended: &Ended) -> Result<(), OutputError> {
        let number = self.claim.step;
        if let Some(name) = self.site.stdout_name(number) {
            let mut bytes = ended.stdout.bytes.clone();
            if ended.stdout.is_cut() {
                let note = cut_note(bytes.len(), ended.stdout.total);
                self.site.progress.note(&format!("step {number}: {}", note.trim()));
                bytes.extend_from_slice(note.as_bytes());
            }
            self.put(&name, bytes).await?;
        }
        let stderr = ended.stderr.text();
        match format!("{}/stderr", self.site.step_folder(number)).parse() {
            Ok(name) if !stderr.is_empty() => self.put(&name, stderr.into_bytes()).await,
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Stores every file in `folder`, by its path in it.
    pub(super) async fn files(&self, folder: &Path) -> Result<(), OutputError> {
        let unreadable = |path: &Path, source| RunError::File { path: path.to_owned(), source };
        let files = files_in(folder).map_err(|source| unreadable(folder, source))?;
        for path in files {
            let shown = path.strip_prefix(folder).unwrap_or(&path);
            let name = shown.to_str().and_then(|name| name.parse::<ArtifactName>().ok());
            let Some(name) = name.filter(|name| !name.as_str().starts_with(OWN_FOLDER)) else {
                let shown = shown.display();
                return Err(OutputError::Step(format!(
                    "the output {shown:?} has a name that no artifact can have"
                )));
            };
            let size = path.metadata().map_err(|source| unreadable(&path, source))?.len();
            if size > Limits::default().artifact_bytes {
                let most = Limits::default().artifact_bytes;
                return Err(OutputError::Step(format!(
                    "the output {name} has {size} bytes, and may have {most}"
                )));
            }
            let bytes = fs::read(&path).map_err(|source| unreadable(&path, source))?;
            self.put(&name, bytes).await?;
        }
        Ok(())
    }

    async fn put(&self, name: &ArtifactName, bytes: Vec<u8>) -> Result<(), OutputError> {
        let present = self.present.get(name);
        if let Some(Artifact { step, slot, .. }) = present {
            let ours =
                step.is_none_or(|step| step == self.claim.step || self.step.depends_on.contains(&step));
            if !ours {
                let whose = step.map_or_else(|| slot.to_string(), |step| format!("step {step}"));
                let reason = format!(
                    "the output {name} is there already, put by {whose}; give one of them another name"
                );
                return Err(OutputError::Step(reason));
            }
        }
        let (kind, media_type) = kind_of(name, &bytes);
        let mut query = PutArtifactQuery {
            step: Some(self.claim.step),
            fence: Some(self.claim.fence),
            expected_version: Some(present.map_or(0, |artifact| artifact.version)),
            kind: Some(kind),
        };
        loop {
            let put = self.bearer.client().put_artifact(
                self.site.arena_id,
                name,
                &query,
                media_type,
                bytes.clone(),
            );
            match put.await {
                Ok(_) => return Ok(()),
                Err(error) => self.other_way(name, &mut query, error)?,
            }
        }
    }

    /// Changes the query so that it may be accepted, when there is a way.
    fn other_way(
        &self,
        name: &ArtifactName,
        query: &mut PutArtifactQuery,
        error: client::Error,
    ) -> Result<(), OutputError> {
        match error.code() {
            // The lease has ended: the result may still be adopted, so its outputs are kept all the same.
            Some(Code::StaleFence | Code::WrongState) if query.fence.is_some() => {
                (query.step, query.fence) = (None, None);
                Ok(())
            }
            // The process put it itself; what the run was to put is as good, and newer.
            Some(Code::VersionMismatch) => {
                let current = error.problem().and_then(|problem| problem.current.as_ref()?.as_u64());
                if current.is_none() || current == query.expected_version {
                    return Err(OutputError::Step(format!("the output {name} cannot be stored: {error}")));
                }
                query.expected_version = current;
                Ok(())
            }
            Some(_) => Err(OutputError::Step(format!("the output {name} cannot be stored: {error}"))),
            None => Err(OutputError::Run(RunError::Server {
                doing: format!("store the output {name}"),
                source: error,
            })),
        }
    }
}

/// How much of the standard output is kept: what an artifact may hold, with room for saying that it was cut.
pub(super) fn stdout_bytes() -> usize {
    usize::try_from(Limits::default().artifact_bytes).unwrap_or(usize::MAX).saturating_sub(1_024)
}

fn cut_note(kept: usize, total: u64) -> String {
    format!(
        "\n[arena: cut here: the first {kept} of {total} bytes were kept; leave large outputs in $ARENA_OUTPUTS]\n"
    )
}

/// What an artifact is, by its content and its name.
fn kind_of(name: &ArtifactName, bytes: &[u8]) -> (ArtifactKind, &'static str) {
    let ending = name.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    match (std::str::from_utf8(bytes).is_ok(), ending) {
        (true, "md") => (ArtifactKind::Text, "text/markdown; charset=utf-8"),
        (true, "json") => (ArtifactKind::Data, "application/json"),
        (true, "html") => (ArtifactKind::Text, "text/html; charset=utf-8"),
        (true, "csv") => (ArtifactKind::Data, "text/csv; charset=utf-8"),
        (
            true,
            "patch" | "diff" | "rs" | "py" | "js" | "ts" | "go" | "c" | "h" | "cpp" | "java" | "sh" | "sql",
        ) => (ArtifactKind::Code, "text/plain; charset=utf-8"),
        (true, _) => (ArtifactKind::Text, "text/plain; charset=utf-8"),
        (false, _) => (ArtifactKind::File, "application/octet-stream"),
    }
}

/// Every regular file below `folder`, sorted; symbolic links are not followed.
fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
