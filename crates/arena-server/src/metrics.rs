//! What `/metrics` shows, in the text form of Prometheus.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use arena_runtime::Health;
use axum::http::StatusCode;

/// Requests answered since the start, by the class of their status.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    succeeded: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    /// Connections of addresses that had as many as they may.
    turned_away: AtomicU64,
}

impl Metrics {
    /// One more answer.
    pub(crate) fn count(&self, status: StatusCode) {
        let counter = match status.as_u16() {
            500.. => &self.failed,
            400.. => &self.refused,
            _ => &self.succeeded,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// One more connection that its address has no place for.
    pub(crate) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// All numbers as text.
    pub(crate) fn render(&self, health: &Health) -> String {
        let mut text = String::new();
        let requests = "arena_http_requests_total";
        head(&mut text, requests, "counter", "requests answered, by the class of their status");
        for (class, counter) in [("2xx", &self.succeeded), ("4xx", &self.refused), ("5xx", &self.failed)] {
            let count = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "{requests}{{class=\"{class}\"}} {count}");
        }
        let commit_seconds = health.commit_micros as f64 / 1e6;
        let turned_away = self.turned_away.load(Ordering::Relaxed) as f64;
        let numbers = [
            (
                "arena_connections_refused_total",
                "counter",
                "connections refused because their address had as many as it may",
                turned_away,
            ),
            ("arena_commands_total", "counter", "commands carried out or refused", health.commands as f64),
            ("arena_batches_total", "counter", "batches stored", health.batches as f64),
            (
                "arena_failed_batches_total",
                "counter",
                "batches that could not be stored",
                health.failed_batches as f64,
            ),
            ("arena_events_total", "counter", "events stored", health.events as f64),
            ("arena_transfers_total", "counter", "transfers of money stored", health.transfers as f64),
            ("arena_commit_seconds_total", "counter", "seconds spent storing batches", commit_seconds),
            ("arena_commands_waiting", "gauge", "commands that wait for the writer", health.waiting as f64),
            ("arena_journal_position", "gauge", "the last position of the journal", health.position as f64),
            ("arena_hot_arenas", "gauge", "arenas in memory", health.hot_arenas as f64),
            ("arena_followers", "gauge", "live streams of events that are open", health.followers as f64),
            (
                "arena_ready",
                "gauge",
                "1 when the last batch could be stored",
                f64::from(u8::from(health.ready)),
            ),
            (
                "arena_safe_mode",
                "gauge",
                "1 when the ledger did not add up and no new money is taken",
                f64::from(u8::from(health.safe_mode.is_some())),
            ),
        ];
        for (name, kind, help, number) in numbers {
            head(&mut text, name, kind, help);
            let _ = writeln!(text, "{name} {number}");
        }
        text
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}
