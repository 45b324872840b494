//! A server in memory, a folder for the processes of a run, and what tests ask of both.

use std::{collections::BTreeMap, fs, future::pending, path::PathBuf, time::Duration};

use arena_agents::{Plan, Progress, Run, RunOptions, RunReport};
use arena_api::{
    artifacts::GetArtifactQuery,
    client::Client,
    steps::{Step, StepQuery},
};
use arena_core::{ArenaId, collaboration::StepStatus};
use arena_runtime::{ArenaManager, Options};
use arena_server::{Config, serve};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle, time};

/// One server and one folder.
pub(crate) struct House {
    pub(crate) client: Client,
    folder: TempDir,
    serving: JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl House {
    /// A server with the machine's clock.
    pub(crate) async fn new() -> Self {
        Self::with(Options::in_memory()).await
    }

    /// A server whose clock stands still until a test moves it.
    pub(crate) async fn with_test_clock() -> Self {
        Self::with(Options { test_clock: true, ..Options::in_memory() }).await
    }

    async fn with(options: Options) -> Self {
        let manager = ArenaManager::open(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let client = Client::new(&url, manager.operator_token()).unwrap();
        let serving = tokio::spawn(async move {
            serve(listener, manager, Config::default(), pending()).await.unwrap();
        });
        Self { client, folder: tempfile::tempdir().unwrap(), serving }
    }

    /// A file in the folder, which plans know as `{{here}}`.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a file in the folder holds; nothing when it is not there.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// Waits until a file in the folder holds something, and returns it.
    pub(crate) async fn appears(&self, name: &str) -> String {
        let mut text = String::new();
        until(|| {
            text = self.read(name);
            !text.is_empty()
        })
        .await;
        text
    }

    /// The plan of a text, whose processes find the folder at `$HERE`.
    pub(crate) fn plan(&self, steps: &str) -> Plan {
        self.try_plan(steps).unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_plan(&self, steps: &str) -> Result<Plan, arena_agents::PlanError> {
        let agent = "[[agents]]\nname = 'shell'\ncommand = ['sh', '-c', 'cat']\nenvironment = { HERE = '{{here}}' }\n";
        let (top, steps) = steps.split_once("[[").unwrap();
        let agent = if steps.starts_with("agents") { "" } else { agent };
        let text = format!("goal = 'a test'\n{top}\n[variables]\nhere = ''\n{agent}[[{steps}");
        let path = self.file("plan.toml");
        fs::write(&path, text).unwrap();
        Plan::load(&path, BTreeMap::from([("here".into(), self.folder.path().display().to_string())]))
    }

    /// Begins a run.
    pub(crate) async fn start(&self, steps: &str) -> Run {
        let plan = self.plan(steps);
        Run::start(&self.client, plan, RunOptions::default(), Progress::silent()).await.unwrap()
    }

    /// Begins a run and drives it to its end.
    pub(crate) async fn run(&self, steps: &str) -> RunReport {
        self.start(steps).await.drive(pending()).await.unwrap()
    }

    /// Takes up a run again and drives it to its end.
    pub(crate) async fn resume(&self, arena_id: ArenaId) -> RunReport {
        let resumed = Run::resume(&self.client, arena_id, RunOptions::default(), Progress::silent()).await;
        resumed.unwrap().drive(pending()).await.unwrap()
    }

    /// The text of an artifact.
    pub(crate) async fn artifact(&self, arena_id: ArenaId, name: &str) -> String {
        let read = self.client.artifact(arena_id, &name.parse().unwrap(), &GetArtifactQuery::default()).await;
        String::from_utf8(read.unwrap().bytes.to_vec()).unwrap()
    }

    /// The steps of an arena.
    pub(crate) async fn steps(&self, arena_id: ArenaId) -> Vec<Step> {
        self.client.steps(arena_id, &StepQuery::default()).await.unwrap().items
    }
}

/// How the steps of a report stand.
pub(crate) fn statuses(report: &RunReport) -> Vec<StepStatus> {
    report.steps.iter().map(|step| step.status).collect()
}

/// Waits until the process `pid` runs no more; a zombie that nobody collects does not run.
pub(crate) async fn gone(pid: &str) {
    let stat = format!("/proc/{}/stat", pid.trim());
    until(|| !fs::read_to_string(&stat).is_ok_and(|text| !text.contains(") Z "))).await;
}

/// Waits until something is so, a minute at most.
async fn until(mut so: impl FnMut() -> bool) {
    let waiting = async {
        while !so() {
            time::sleep(Duration::from_millis(5)).await;
        }
    };
    time::timeout(Duration::from_secs(60), waiting).await.expect("what was waited for did not come");
}
