//! The figures as tables.

use super::{
    Figures, engine, http, ledger::Ledger, live, memory::Memory, replay::Replay, scale, settle::Settled,
};
use crate::{
    paint::{self, STRONG},
    table::{Rows, item},
};

/// Everything that was measured.
pub(super) fn text(figures: &Figures) -> String {
    let mut parts = vec![format!(
        "arena {} on {} cores, medians of {} rounds of {} ms, {} s in all\n",
        figures.version, figures.cores, figures.rounds, figures.round_ms, figures.seconds
    )];
    parts.extend(figures.engine.as_deref().map(engine_text));
    parts.extend(figures.http.as_deref().map(http_text));
    parts.extend(figures.ledger.as_ref().map(ledger_text));
    parts.extend(figures.settle.as_ref().map(settle_text));
    parts.extend(figures.replay.as_ref().map(replay_text));
    parts.extend(figures.arenas.as_deref().map(arenas_text));
    parts.extend(figures.live.as_deref().map(live_text));
    parts.extend(figures.memory.as_ref().map(memory_text));
    parts.join("\n")
}

fn heading(title: &str, explained: &str) -> String {
    format!("{}: {explained}\n", paint::paint(STRONG, title))
}

fn engine_text(rows: &[engine::Row]) -> String {
    let mut table = Rows::new(&[
        "callers",
        "commands/s",
        "bare rows/s",
        "ratio",
        "a batch",
        "p50 us",
        "p99 us",
        "bare p50 us",
    ]);
    for row in rows {
        table.add([
            item(row.callers),
            item(whole(row.engine_per_s)),
            item(whole(row.bare_per_s)),
            item(format!("{:.2}", row.ratio)),
            item(format!("{:.1}", row.batch)),
            item(row.engine_p50_us),
            item(row.engine_p99_us),
            item(row.bare_p50_us),
        ]);
    }
    let explained = "durable commands, beside the same rows inserted bare, as many a transaction";
    heading("Engine", explained) + &table.text() + without_limit(rows.iter().all(|row| row.is_limit))
}

/// What is to be said where the yardstick was none.
const fn without_limit(all_limits: bool) -> &'static str {
    if all_limits {
        return "";
    }
    "no limit: the bare insert was slower than the engine, so something else held its flushes up;\n\
     the ratios of this run, also those below 1, say nothing. Measure again on a quiet machine.\n"
}

fn ledger_text(ledger: &Ledger) -> String {
    let mut table = Rows::new(&["contests", "transfers/s", "bare/s", "ratio", "a batch", "p50 us", "p99 us"]);
    for row in &ledger.rows {
        table.add([
            item(row.contests),
            item(whole(row.transfers_per_s)),
            item(whole(row.bare_per_s)),
            item(format!("{:.2}", row.ratio)),
            item(format!("{:.1}", row.batch)),
            item(row.p50_us),
            item(row.p99_us),
        ]);
    }
    let explained = format!(
        "durable transfers of {} callers who enter and leave, beside the same rows inserted bare",
        ledger.callers
    );
    let apart = format!("over many contests {:.2} times as many as in one\n", ledger.spread_over_hot);
    let limit = without_limit(ledger.rows.iter().all(|row| row.is_limit));
    heading("Ledger", &explained) + &table.text() + &apart + limit
}

fn settle_text(settled: &Settled) -> String {
    let mut table =
        Rows::new(&["enter ms", "a round ms", "finalize ms", "payouts ms", "all ms", "entrants/s"]);
    table.add([
        item(settled.enter_ms),
        item(settled.round_ms),
        item(settled.finalize_ms),
        item(settled.payouts_ms),
        item(settled.all_ms),
        item(whole(settled.entrants_per_s())),
    ]);
    let explained = format!(
        "a contest of {} entrants, from the first entry to the last of {} payouts",
        settled.entrants, settled.payouts
    );
    heading("Settling", &explained) + &table.text()
}

fn http_text(rows: &[http::Row]) -> String {
    let mut table = Rows::new(&["connections", "commands/s", "empty POST/s", "ratio", "p50 us", "p99 us"]);
    for row in rows {
        table.add([
            item(row.connections),
            item(whole(row.commands_per_s)),
            item(whole(row.empty_per_s)),
            item(format!("{:.2}", row.ratio)),
            item(row.p50_us),
            item(row.p99_us),
        ]);
    }
    heading("HTTP", "one durable command a request, beside an empty JSON POST of the same size")
        + &table.text()
}

fn replay_text(replay: &Replay) -> String {
    let explained = format!(
        "{} events/s folded from memory, {} events/s from the disk ({} events of one arena)",
        whole(replay.memory_per_s),
        whole(replay.disk_per_s),
        replay.events
    );
    heading("Replay", &explained)
}

fn arenas_text(rows: &[scale::Row]) -> String {
    let mut table = Rows::new(&["arenas", "us/command", "ratio", "us/read", "ratio", "us/cold arena"]);
    for row in rows {
        let cut = if row.cut_short { " (as many as fitted the time)" } else { "" };
        table.add([
            item(format!("{}{cut}", row.arenas)),
            item(format!("{:.1}", row.command_us)),
            item(format!("{:.2}", row.command_ratio)),
            item(format!("{:.1}", row.read_us)),
            item(format!("{:.2}", row.read_ratio)),
            item(row.cold_us.map_or_else(|| "-".to_owned(), |us| us.to_string())),
        ]);
    }
    let explained = "what a command of 64 callers and a read of 100 events cost in ten of them";
    heading("Arenas in the store", explained) + &table.text()
}

fn live_text(rows: &[live::Row]) -> String {
    let mut table = Rows::new(&[
        "readers",
        "events/s",
        "offered/s",
        "received",
        "resumed",
        "p50 ms",
        "p99 ms",
        "commands/s",
        "alone",
        "ratio",
        "p99 ms",
        "alone",
        "writing",
        "streams",
        "readers",
        "idle",
    ]);
    let ms = |us: u32| item(format!("{:.1}", f64::from(us) / 1e3));
    let cores = |cores: f64| item(format!("{cores:.2}"));
    for row in rows {
        table.add([
            item(whole(f64::from(row.readers))),
            item(row.events_per_s),
            item(row.offered_per_s.map_or_else(|| "all".to_owned(), |rate| whole(f64::from(rate)))),
            item(whole(row.received as f64)),
            item(whole(row.resumed as f64)),
            ms(row.p50_us),
            ms(row.p99_us),
            item(whole(row.commands_per_s)),
            item(whole(row.alone_per_s)),
            item(format!("{:.2}", row.ratio)),
            ms(row.command_p99_us),
            ms(row.alone_p99_us),
            cores(row.cores.writing),
            cores(row.cores.streams),
            cores(row.cores.readers),
            cores(row.cores.idle),
        ]);
    }
    let explained = "readers of one arena in a process of their own, each event once and in order, p50 and p99 from being stored to\n\
                     being read; commands of 64 callers in other arenas, beside those callers alone; busy cores by what kept them so";
    heading("Live", explained) + &table.text()
}

fn memory_text(memory: &Memory) -> String {
    let mebibytes = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    let mut table = Rows::new(&["arenas stored", "MiB in use", "MiB idle", "still in memory"]);
    table.add([item(0), item("-"), item(mebibytes(memory.empty)), item(0)]);
    for fill in &memory.fills {
        let (hot, idle) = (mebibytes(fill.hot), mebibytes(fill.idle));
        table.add([item(fill.stored), item(hot), item(idle), item(fill.still_hot)]);
    }
    let explained = format!(
        "resident; {} bytes an arena in use, {} bytes an idle arena, once the caches are full",
        memory.hot_bytes, memory.idle_bytes
    );
    heading("Memory", &explained) + &table.text()
}

/// A rate with its thousands apart.
fn whole(rate: f64) -> String {
    let digits = format!("{rate:.0}");
    let mut spaced = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            spaced.push(',');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([whole(0.4), whole(999.6), whole(1_234_567.0)], ["0", "1,000", "1,234,567"]);
    }
}
