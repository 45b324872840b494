//! `arena verify`: checks every event of a store, damaged ones included, or a contest's receipt.

use std::{
    fs,
    path::{Path, PathBuf},
};

use arena_agents::contest::receipt;
use arena_core::{ArenaId, Sequence};
use arena_runtime::{
    Divergence,
    offline::{self, Expected, StoreVerification},
};
use clap::Args;
use serde_json::json;

use crate::{
    args::Global,
    exit::Exit,
    failure::Failure,
    output::Output,
    paint::{self, paint, plain},
    store::require_store,
    text::count,
    values::NotedHead,
};

/// What to check besides.
#[derive(Args, Debug)]
#[command(
    after_help = "A head noted elsewhere shows a store that was rewritten as a whole; `arena report` ends with one."
)]
pub(crate) struct Verify {
    /// A receipt of a contest, to be checked with nothing but itself; without one the store is checked
    receipt: Option<PathBuf>,
    /// A head that was noted elsewhere and must still be there
    #[arg(long, value_name = "ARENA:SEQUENCE:HASH")]
    expect: Vec<NotedHead>,
}

impl Verify {
    /// Reads the receipt or the store, and exits with 7 when anything does not fit.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        if let Some(file) = &self.receipt {
            return check_receipt(file, &self.expect, output);
        }
        require_store(&global.data)?;
        let expected: Vec<Expected> = self
            .expect
            .into_iter()
            .map(|NotedHead { arena_id, sequence, hash }| Expected { arena_id, sequence, hash })
            .collect();
        let found = offline::verify(&global.data, &expected)?;
        output.answer(&json(&found), |_| text(&found, &global.data))?;
        if found.ok {
            return Ok(());
        }
        let damaged = count(found.divergences.len() as u64, "place");
        Err(Failure::new(Exit::Damaged, "damaged", format!("the store is damaged in {damaged}"))
            .with_hint("keep it as it is, and `arena restore` the last backup into another folder"))
    }
}

/// Checks a receipt with no server and no store; names the first thing that does not fit.
fn check_receipt(file: &Path, expect: &[NotedHead], output: Output) -> Result<(), Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
    let noted: Vec<receipt::NotedHead> = expect
        .iter()
        .map(|&NotedHead { arena_id, sequence, hash }| receipt::NotedHead { arena_id, sequence, hash })
        .collect();
    match receipt::check(&bytes, &noted) {
        Ok(checked) => {
            let mut answer = json!({ "ok": true, "checked": checked.events });
            if let (Some(answer), Ok(serde_json::Value::Object(fields))) =
                (answer.as_object_mut(), serde_json::to_value(&checked))
            {
                answer.extend(fields);
            }
            output
                .answer(&answer, |_| format!("{}: {}", paint(paint::DONE, "ok"), plain(&checked.to_string())))
        }
        Err(divergence) => {
            let answer = json!({ "ok": false, "checked": 0, "first_divergence": divergence });
            let place = paint(paint::WRONG, plain(&divergence.place));
            output.answer(&answer, |_| format!("{place}: {}\n", plain(&divergence.reason)))?;
            let detail = format!("the receipt {} does not check", file.display());
            Err(Failure::new(Exit::Damaged, "damaged", detail)
                .with_hint("take the file as the server gave it"))
        }
    }
}

fn json(found: &StoreVerification) -> serde_json::Value {
    let divergences: Vec<_> = found
        .divergences
        .iter()
        .map(|one| json!({ "arena_id": one.arena_id, "sequence": one.sequence, "reason": one.reason }))
        .collect();
    // `checked` and `first_divergence` are what the HTTP API answers for one arena.
    let mut answer = json!({
        "ok": found.ok,
        "checked": found.checked_events,
        "checked_events": found.checked_events,
        "checked_arenas": found.checked_arenas,
        "divergences": divergences,
    });
    if let (Some(first), Some(fields)) = (divergences.first(), answer.as_object_mut()) {
        fields.insert("first_divergence".to_owned(), first.clone());
    }
    answer
}

fn text(found: &StoreVerification, data: &Path) -> String {
    let events = count(found.checked_events, "event");
    let checked = format!("{events} in {} of {}", count(found.checked_arenas, "stream"), data.display());
    if found.ok {
        return format!("{}: {checked} fit together\n", paint(paint::DONE, "ok"));
    }
    let mut text = format!("{checked} were checked\n");
    for one in &found.divergences {
        text.push_str(&format!("{}: {}\n", paint(paint::WRONG, place(one)), one.reason));
    }
    text
}

/// The stream and the event; sequence 0 stands for what is derived from all of its events.
fn place(divergence: &Divergence) -> String {
    let Divergence { arena_id, sequence, .. } = divergence;
    let stream = if *arena_id == ArenaId::SYSTEM {
        "the system stream".to_owned()
    } else {
        format!("arena {arena_id}")
    };
    if *sequence == Sequence::ZERO { stream } else { format!("{stream} sequence {sequence}") }
}
