//! A guard outside this process: a shell that waits for the run to be gone and then removes what the run left behind.
//!
//! A run that is killed with SIGKILL can do nothing any more, but the pipe to the guard closes. The guard then kills the
//! process groups that it was told of and not told to forget, and removes the run's folder.

use std::{io, path::Path, process::Stdio};

use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
    sync::Mutex,
};

use super::group::Group;

/// Reads `+ GROUP` and `- GROUP` until the run is gone, then kills the groups that are left and removes the folder `$1`.
const SCRIPT: &str = r#"
groups=
while read -r verb group; do
    case $verb in
        +) groups="$groups $group" ;;
        -) left=
           for other in $groups; do [ "$other" = "$group" ] || left="$left $other"; done
           groups=$left ;;
    esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$1"
"#;

/// The guard's process, and the folder that it removes.
#[derive(Debug)]
pub(crate) struct Guard {
    folder: TempDir,
    stdin: Mutex<Option<ChildStdin>>,
    child: Mutex<Child>,
}

impl Guard {
    /// Starts it over a new folder for temporary files.
    pub(crate) fn start() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("arena-run-").tempdir()?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "arena-guard"]).arg(folder.path()).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Its own group, so that what ends the run's group does not end the guard.
        command.process_group(0);
        let mut child = command.spawn()?;
        Ok(Self { folder, stdin: Mutex::new(child.stdin.take()), child: Mutex::new(child) })
    }

    /// The run's folder for temporary files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Has it watch over a group.
    pub(super) async fn add(&self, group: &Group) {
        self.tell('+', group).await;
    }

    /// Has it forget a group, which is gone.
    pub(super) async fn remove(&self, group: &Group) {
        self.tell('-', group).await;
    }

    async fn tell(&self, verb: char, group: &Group) {
        if let (Some(stdin), Some(number)) = (self.stdin.lock().await.as_mut(), group.number()) {
            // A guard that is gone guards nothing; the run goes on.
            let _ = stdin.write_all(format!("{verb} {number}\n").as_bytes()).await;
        }
    }

    /// Ends it, once no process is left.
    pub(crate) async fn close(&self) {
        drop(self.stdin.lock().await.take());
        // It ends when it has read to the end.
        let _ = self.child.lock().await.wait().await;
    }
}
