//! A guard outside this process: a shell that waits for the run to be gone and then kills what the run left behind.
//!
//! A run that is killed with SIGKILL can do nothing any more, but the pipe to the guard closes. The guard then kills the
//! process groups that it was told of and not told to forget.

use std::process::Stdio;

use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
    sync::Mutex,
};

use super::group::Group;

/// Reads `+ GROUP` and `- GROUP` until the run is gone, then kills the groups that are left.
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
"#;

/// The guard's process; without a shell on the machine there is none, and a killed run leaves its processes running.
#[derive(Debug)]
pub(crate) struct Guard {
    stdin: Mutex<Option<ChildStdin>>,
    child: Mutex<Option<Child>>,
}

impl Guard {
    /// Starts it.
    pub(crate) fn start() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Its own group, so that what ends the run's group does not end the guard.
        command.process_group(0);
        let mut child = command.spawn().ok();
        let stdin = child.as_mut().and_then(|child| child.stdin.take());
        Self { stdin: Mutex::new(stdin), child: Mutex::new(child) }
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
        let child = self.child.lock().await.take();
        if let Some(mut child) = child {
            let _ = child.wait().await;
        }
    }
}
