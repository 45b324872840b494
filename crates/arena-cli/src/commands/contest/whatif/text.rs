//! What terms would pay, as people read it.

use arena_core::contest::Terms;

use super::{Answer, money::Prize};
use crate::{
    paint::{self, paint},
    table::{Rows, item},
    text::count,
};

/// How many winners are named one by one.
const NAMED: usize = 20;

/// The outcomes, the prizes, and the longest waits.
pub(super) fn page(answer: &Answer, terms: &Terms) -> String {
    let entrants = count(answer.entrants.into(), "entrant");
    let mut page = format!("{entrants}, pot {}, bond {}\n\n{}", answer.pot, terms.bond, outcomes(answer));
    match &answer.outcomes.finished {
        Some(finished) => page.push_str(&format!("\n{}", prizes(&finished.prizes))),
        None => page.push_str(&format!(
            "\n{entrants} are too few to start, so it can be cancelled or expire and nothing else\n"
        )),
    }
    page.push_str(&format!("\n{}", times(answer)));
    page
}

fn outcomes(answer: &Answer) -> String {
    let mut rows = Rows::new(&["OUTCOME", "EACH ENTRANT", "CREATOR", "TREASURY"]);
    let all = &answer.outcomes;
    if let Some(finished) = &all.finished {
        rows.add([
            item("finished"),
            item("a prize by its place"),
            item(format!("fee {}, bond {} back", finished.creator_fee, finished.bond_returned)),
            item(finished.protocol_fee),
        ]);
    }
    let others =
        [("cancelled", Some(all.cancelled)), ("abandoned", all.abandoned), ("expired", Some(all.expired))];
    for (name, outcome) in others {
        let Some(outcome) = outcome else { continue };
        rows.add([
            item(name),
            item(format!("{} back", outcome.refund)),
            item(format!("bond {} back", outcome.bond_returned)),
            item(outcome.bond_slashed),
        ]);
    }
    rows.text()
}

fn prizes(prizes: &[Prize]) -> String {
    let winners: Vec<&Prize> = prizes.iter().filter(|one| one.prize > 0).collect();
    let mut rows = Rows::new(&["PLACE", "ENTRANT", "PRIZE"]);
    for one in winners.iter().take(NAMED) {
        rows.add([item(one.standing), item(one.entrant), item(one.prize)]);
    }
    let mut text = rows.text();
    let more = winners.len().saturating_sub(NAMED) as u64;
    if more > 0 {
        text.push_str(&format!("and {}\n", count(more, "more winner")));
    }
    let others = (prizes.len() - winners.len()) as u64;
    if others > 0 {
        text.push_str(&format!("{} without a prize\n", count(others, "entrant")));
    }
    text
}

fn times(answer: &Answer) -> String {
    let times = &answer.times;
    let lines = [
        ("before the start", "at once, by leaving".to_owned()),
        ("never started", format!("{} after it was made", length(times.registration_ms))),
        ("silent oracle", format!("{} after its last round, or the start", length(times.silent_oracle_ms))),
        ("endless oracle", format!("{} after the start", length(times.hard_stop_ms))),
        ("at the longest", format!("{} after entering, whatever others do", length(times.longest_ms))),
    ];
    let mut text = format!("{}\n", paint(paint::STRONG, "when money can be had"));
    for (name, value) in lines {
        text.push_str(&format!("{}  {value}\n", paint(paint::QUIET, format_args!("{name:>16}"))));
    }
    text
}

/// `33d`, `2m`, `1h 0m 1s`: rounded up to seconds, since it says how long at most.
fn length(ms: u64) -> String {
    let mut left = ms.div_ceil(1_000);
    let mut parts = Vec::new();
    for (seconds, unit) in [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")] {
        if left >= seconds {
            parts.push(format!("{}{unit}", left / seconds));
            left %= seconds;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_up() {
        assert_eq!(length(259_200_000), "3d");
        assert_eq!(length(33 * 86_400_000 - 1), "33d");
        assert_eq!(length(3_601_000), "1h 1s");
        assert_eq!(length(0), "0s");
    }
}
