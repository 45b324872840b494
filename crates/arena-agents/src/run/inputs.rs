//! Hands the outputs of the steps it depends on to a process, as files.

use std::{fs, io, path::Path};

use arena_api::{artifacts::GetArtifactQuery, steps::Step};
use arena_core::{StepNumber, collaboration::ArtifactName};

use super::{
    error::{Doing, RunError},
    site::Site,
};

/// Fills `folder` with one folder for each dependency, by its name: `stdout`, and every other artifact it put, by theirs.
pub(super) async fn gather(site: &Site, step: &Step, folder: &Path) -> Result<(), RunError> {
    if step.depends_on.is_empty() {
        return Ok(());
    }
    let artifacts = site.artifacts().await?;
    for needed in step.depends_on.iter() {
        let place = folder.join(site.step_name(*needed));
        write(&place.join("stdout"), b"")?; // there even when the step was cancelled or said nothing
        let stdout = site.stdout_name(*needed);
        for artifact in artifacts.values() {
            if artifact.step == Some(*needed) || Some(&artifact.name) == stdout.as_ref() {
                let query = GetArtifactQuery { version: Some(artifact.version) };
                let read = site.client.artifact(site.arena_id, &artifact.name, &query).await;
                let bytes = read.doing(|| format!("read the artifact {}", artifact.name))?.bytes;
                let file = if Some(&artifact.name) == stdout.as_ref() {
                    "stdout"
                } else {
                    local_name(site, *needed, &artifact.name)
                };
                write(&place.join(file), &bytes)?;
            }
        }
    }
    Ok(())
}

/// The artifact's name without the folder that the run puts in front.
fn local_name<'a>(site: &Site, step: StepNumber, name: &'a ArtifactName) -> &'a str {
    let own = format!("{}/", site.step_folder(step));
    name.as_str().strip_prefix(&own).unwrap_or(name.as_str())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|source: io::Error| RunError::File { path: path.to_owned(), source })
}
