//! The sealed report.

use arena_api::report::Report;

use super::{count, moment, size};
use crate::{
    paint::{self, first_line, paint, plain, status_style},
    table::{Rows, item, styled},
};

/// The whole report.
pub(crate) fn report(report: &Report) -> String {
    let counts = report.counts;
    let mut text = format!(
        "{}\n{}\n\n{} of {} completed, {} spent, cost {}; created {} by {}\n",
        paint(paint::STRONG, plain(&report.goal)),
        paint(paint::QUIET, report.arena_id),
        counts.completed_steps,
        count(counts.total_steps, "step"),
        count(report.spent.attempts, "attempt"),
        report.spent.cost,
        moment(report.created_at),
        report.created_by,
    );
    if !report.steps.is_empty() {
        text.push_str(&format!("\n{}", steps(report)));
    }
    if !report.artifacts.is_empty() {
        text.push_str(&format!("\n{}", artifacts(report)));
    }
    if !report.facts.is_empty() {
        text.push_str(&format!("\n{}", facts(report)));
    }
    for orphan in &report.orphans {
        let state = if orphan.adopted { "adopted" } else { "not adopted" };
        text.push_str(&format!("late result of {} for step {}: {state}\n", orphan.agent_id, orphan.step));
    }
    text.push_str(&format!("\nhead    {}:{}:{}\n", report.arena_id, report.head.sequence, report.head.hash));
    text.push_str(&format!("report  {}\n", report.report_hash));
    text
}

fn steps(report: &Report) -> String {
    let mut rows = Rows::new(&["STEP", "STATUS", "TITLE", "BY", "ATTEMPTS", "COST"]);
    for step in &report.steps {
        rows.add([
            item(step.step),
            styled(status_style(step.status.as_str()), step.status),
            item(first_line(&step.title)),
            item(step.holder.as_ref().map(ToString::to_string).unwrap_or_default()),
            item(step.attempts),
            item(step.cost),
        ]);
    }
    rows.text()
}

fn artifacts(report: &Report) -> String {
    let mut rows = Rows::new(&["ARTIFACT", "VERSION", "SIZE", "SLOT", "SHA-256"]);
    for one in &report.artifacts {
        rows.add([
            item(plain(one.name.as_str())),
            item(one.version),
            item(size(one.size)),
            item(&one.slot),
            item(one.sha256),
        ]);
    }
    rows.text()
}

fn facts(report: &Report) -> String {
    let mut rows = Rows::new(&["FACT", "VERSION", "AUTHOR", "SHA-256"]);
    for one in &report.facts {
        rows.add([item(plain(one.key.as_str())), item(one.version), item(&one.author), item(one.sha256)]);
    }
    rows.text()
}
