//! `arena artifact`: named, versioned outputs.

use std::path::PathBuf;

use arena_api::{
    artifacts::{Artifact as Shown, GetArtifactQuery, PutArtifactQuery},
    client::ArtifactBytes,
};
use arena_core::{
    ArenaId, Fence, StepNumber,
    collaboration::{ArtifactKind, ArtifactName},
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    failure::Failure,
    paging::Paging,
    paint::plain,
    session::Session,
    table::{Rows, item},
    text::{moment, size},
    values::{self, Source},
};

/// What can be done with artifacts.
#[derive(Debug, Subcommand)]
pub(crate) enum Artifact {
    /// Put a version of an artifact
    Put(Put),
    /// Write an artifact's bytes to standard output, or to a file
    Get(Get),
    /// List artifacts
    List {
        /// The arena
        arena: ArenaId,
        #[command(flatten)]
        paging: Paging,
    },
}

/// A new version.
#[derive(Args, Debug)]
pub(crate) struct Put {
    /// The arena
    arena: ArenaId,
    /// Its name, such as reports/summary.md
    name: ArtifactName,
    /// The file that holds the bytes (`-`: standard input)
    #[arg(default_value = "-")]
    file: Source,
    /// The step under whose claim it is put
    #[arg(long, value_parser = values::step_number, requires = "fence")]
    step: Option<StepNumber>,
    /// The claim's fence
    #[arg(long, env = "ARENA_FENCE", value_parser = values::fence)]
    fence: Option<Fence>,
    /// The version it must follow; 0: it must not exist
    #[arg(long, value_name = "VERSION")]
    expected_version: Option<u64>,
    /// text, code, file or data
    #[arg(long, value_parser = values::artifact_kind)]
    kind: Option<ArtifactKind>,
    /// Its media type
    #[arg(long, default_value = "application/octet-stream")]
    media_type: String,
}

/// A version to get.
#[derive(Args, Debug)]
pub(crate) struct Get {
    /// The arena
    arena: ArenaId,
    /// Its name
    name: ArtifactName,
    /// Which version; the last unless said
    #[arg(long)]
    version: Option<u64>,
    /// Write the bytes to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Artifact {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Put(put) => put.run(session).await,
            Self::Get(get) => get.run(session).await,
            Self::List { arena, paging } => {
                let page = session.read(session.client.artifacts(arena, &paging.query())).await?;
                session.output.answer(&page, |page| list(&page.items))?;
                session.more(page.next_cursor.as_deref(), "--cursor");
                Ok(())
            }
        }
    }
}

impl Put {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        // The fence may come from the environment of an agent that puts something outside its claim.
        let fence = self.step.and(self.fence);
        let query = PutArtifactQuery {
            step: self.step,
            fence,
            expected_version: self.expected_version,
            kind: self.kind,
        };
        let bytes = self.file.bytes()?;
        let put = session.client.put_artifact(self.arena, &self.name, &query, &self.media_type, bytes);
        let shown = session.write(put).await?;
        session.output.answer(&shown, |one| {
            format!("put {} as version {} ({})\n", plain(one.name.as_str()), one.version, size(one.size))
        })
    }
}

impl Get {
    /// The bytes go to standard output unless a file is named; then `--json` says what was written.
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let query = GetArtifactQuery { version: self.version };
        let got = session.read(session.client.artifact(self.arena, &self.name, &query)).await?;
        let Some(path) = self.output else { return session.output.bytes(&got.bytes) };
        std::fs::write(&path, &got.bytes).map_err(|error| Failure::file("write", &path, &error))?;
        let ArtifactBytes { version, sha256, media_type, bytes } = got;
        let written = json!({
            "name": self.name, "version": version, "sha256": sha256, "media_type": media_type,
            "size": bytes.len(), "file": path,
        });
        session.output.answer(&written, |_| format!("wrote version {version} to {}\n", path.display()))
    }
}

fn list(artifacts: &[Shown]) -> String {
    let mut rows = Rows::new(&["ARTIFACT", "VERSION", "SIZE", "KIND", "SLOT", "UPDATED"]);
    for one in artifacts {
        rows.add([
            item(plain(one.name.as_str())),
            item(one.version),
            item(size(one.size)),
            item(one.kind),
            item(&one.slot),
            item(moment(one.updated_at)),
        ]);
    }
    rows.text()
}
