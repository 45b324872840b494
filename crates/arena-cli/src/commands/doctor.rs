//! `arena doctor`: what is wrong with the data folder and this machine, and what to do about it.

use arena_runtime::offline::{self, Finding};
use clap::Args;
use serde_json::json;

use crate::{
    args::Global,
    exit::Exit,
    failure::Failure,
    output::Output,
    paint::{self, paint},
    text::count,
};

/// Nothing to say.
#[derive(Args, Debug)]
pub(crate) struct Doctor {}

impl Doctor {
    /// Looks, and exits with 1 when something is wrong.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let findings = offline::doctor(&global.data);
        let items: Vec<_> = findings
            .iter()
            .map(|one| json!({ "name": one.name, "ok": one.ok, "detail": one.detail, "advice": one.advice }))
            .collect();
        let wrong = findings.iter().filter(|one| !one.ok).count();
        let answer = json!({ "ok": wrong == 0, "items": items });
        output.answer(&answer, |_| findings.iter().map(line).collect())?;
        if wrong == 0 {
            return Ok(());
        }
        Err(Failure::new(Exit::Refused, "unwell", format!("{} found", count(wrong as u64, "thing"))))
    }
}

fn line(finding: &Finding) -> String {
    let mark = if finding.ok { paint(paint::DONE, "ok   ") } else { paint(paint::WRONG, "wrong") };
    let mut line = format!("{mark}  {:<16}  {}\n", finding.name, finding.detail);
    if let Some(advice) = &finding.advice {
        line.push_str(&format!("       {:<16}  {advice}\n", ""));
    }
    line
}
