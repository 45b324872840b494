//! A server with the test clock and agents that have money, asked by the command line.

use serde_json::Value;

use crate::folder::{Folder, Serving, text};

/// Terms in which money moves.
pub(crate) const PAID: [&str; 10] =
    ["--fee", "1000", "--bond", "500", "--split", "60,40", "--creator-fee-bps", "500", "--interval", "60s"];

/// A server with the test clock, and agents with money.
pub(crate) struct Cup {
    pub(crate) folder: Folder,
    serving: Serving,
    tokens: Vec<(&'static str, String)>,
}

impl Cup {
    pub(crate) fn new(agents: &[&'static str]) -> Self {
        let folder = Folder::new();
        let serving = folder.serve(&["--test-clock"]);
        let tokens: Vec<_> = agents.iter().map(|agent| (*agent, folder.register(agent))).collect();
        for agent in agents {
            let reference = format!("first-{agent}");
            folder.json(&["ledger", "deposit", agent, "10000", "--reference", &reference]);
        }
        Self { folder, serving, tokens }
    }

    pub(crate) fn token(&self, agent: &str) -> &str {
        let found = self.tokens.iter().find(|(name, _)| *name == agent);
        found.map(|(_, token)| token.as_str()).unwrap_or_else(|| panic!("{agent} has no token"))
    }

    /// `arena contest VERB` as an agent, with `--json`.
    pub(crate) fn contest(&self, agent: &str, args: &[&str]) -> Value {
        self.folder.json_as(self.token(agent), &[&["contest"], args].concat())
    }

    pub(crate) fn refused(&self, agent: &str, args: &[&str], exit: i32, code: &str) -> Value {
        let args = [&["contest"], args, &["--json"]].concat();
        self.folder.arena_as(self.token(agent), &args).refused(exit, code)
    }

    /// What people read.
    pub(crate) fn said(&self, agent: &str, args: &[&str]) -> String {
        self.folder.arena_as(self.token(agent), &[&["contest"], args].concat()).ok().stdout
    }

    pub(crate) fn create(&self, agent: &str, flags: &[&str]) -> String {
        let made = self.contest(agent, &[&["create", "--title", "Cup"], flags].concat());
        text(&made, "/arena_id").to_owned()
    }

    pub(crate) fn balance(&self, account: &str) -> u64 {
        self.folder.json(&["ledger", "balance", account])["balance"].as_u64().unwrap()
    }

    /// Every account of a contest is empty and the ledger adds up.
    pub(crate) fn is_settled(&self, contest: &str) {
        assert_eq!(self.balance(&format!("escrow:{contest}")), 0);
        assert_eq!(self.balance(&format!("bond:{contest}")), 0);
        assert_eq!(self.folder.json(&["ledger", "audit"])["ok"], true);
        assert_eq!(self.folder.json(&["verify"])["ok"], true);
    }

    pub(crate) fn advance(&self, ms: u64) {
        self.serving.advance(&self.folder.operator(), ms);
    }
}
