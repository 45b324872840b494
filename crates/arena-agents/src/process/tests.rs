//! Real processes: what they leave, how they end, and that they end.

use std::{fs, future::pending, path::Path, time::Duration};

use super::*;

fn shell(script: &str, time_limit: Duration) -> Job {
    Job {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        directory: "/".into(),
        environment: vec![("GREETING".into(), "hello".into())],
        stdin: "from the run".into(),
        time_limit,
        stdout_bytes: 64,
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// Waits until `path` holds a process id and returns it.
async fn pid_in(path: &Path) -> i32 {
    loop {
        if let Some(pid) = fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()) {
            return pid;
        }
        time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until no process `pid` runs (a zombie that nobody collects no longer runs).
async fn gone(pid: i32) {
    let stat = format!("/proc/{pid}/stat");
    while fs::read_to_string(&stat).is_ok_and(|text| !text.contains(") Z ")) {
        time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn output_input_environment_and_exit_code_are_passed() {
    let job = shell("cat; printf ' %s' \"$GREETING\" \"$PWD\"; echo oops >&2; exit 3", MINUTE);
    let ended = run(job, &Guard::start().unwrap(), pending()).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stdout.bytes), "from the run hello /");
    assert_eq!(ended.stderr.text(), "oops\n");
    assert!(matches!(ended.ending, Ending::Exited(status) if status.code() == Some(3)));
}

#[tokio::test]
async fn a_process_that_reads_nothing_and_writes_much_does_not_block() {
    let mut job = shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2", MINUTE);
    job.stdin = "x".repeat(1_000_000);
    let ended = run(job, &Guard::start().unwrap(), pending()).await.unwrap();
    assert_eq!((ended.stdout.bytes.len(), ended.stdout.total, ended.stdout.is_cut()), (64, 1_000_000, true));
}

#[tokio::test]
async fn a_time_limit_kills_the_whole_group_even_when_it_ignores_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script =
        format!("trap '' TERM; (trap '' TERM; sleep 600) & echo $! > {}; wait; sleep 600", file.display());
    let ended =
        run(shell(&script, Duration::from_millis(300)), &Guard::start().unwrap(), pending()).await.unwrap();
    assert_eq!(ended.ending, Ending::TimedOut);
    gone(pid_in(&file).await).await;
}

#[tokio::test]
async fn what_a_process_leaves_in_the_background_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; echo done", file.display());
    let ended = run(shell(&script, MINUTE), &Guard::start().unwrap(), pending()).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stdout.bytes), "done\n");
    gone(pid_in(&file).await).await;
}

#[tokio::test]
async fn the_guard_kills_what_a_killed_run_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let mut leader = Command::new("/bin/sh");
    leader.args(["-c", &format!("sleep 600 & echo $! > {}; wait", file.display())]).process_group(0);
    let mut leader = leader.spawn().unwrap();
    let guard = Guard::start().unwrap();
    guard.add(&group::Group::of(&leader)).await;
    let pid = pid_in(&file).await;
    guard.close().await; // what the kernel does to the pipe of a killed run
    leader.wait().await.unwrap();
    gone(pid).await;
    assert!(!guard.folder().exists());
}

#[tokio::test]
async fn a_stopped_process_is_said_to_be_stopped() {
    let ended = run(shell("sleep 600", MINUTE), &Guard::start().unwrap(), async {}).await.unwrap();
    assert_eq!(ended.ending, Ending::Stopped);
}
