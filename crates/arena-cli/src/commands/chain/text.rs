//! What the chain's verbs say to people.

use std::fmt::Write;

use arena_chain::{ShownContest, ShownProfile, WayOut};

use super::{
    act::Done,
    contest::Whole,
    exits::Ways,
    rounds::Pages,
    settle::{AllPaid, Paid},
};
use crate::{
    paint::{first_line, paint, status_style},
    table::{Rows, item, styled},
};

/// What was done.
pub(super) fn done(done: &Done) -> String {
    let how = match (&done.signature, done.before) {
        (Some(signature), false) => format!("{}: transaction {signature}\n", done.action),
        (Some(signature), true) => format!("{}: done before by transaction {signature}\n", done.action),
        (None, _) => format!("{}: done before\n", done.action),
    };
    how + &done.contest.as_ref().map(contest).unwrap_or_default()
}

/// Where a contest stands.
pub(super) fn contest(contest: &ShownContest) -> String {
    let status = contest.status.to_string();
    let mut text = format!("{}  {}\n", contest.contest, first_line(&contest.title));
    let _ = write!(text, "{}, round {}", paint(status_style(&status), &status), contest.round);
    let _ = writeln!(text, ", {} entered, {} alive, pot {}", contest.entrants, contest.alive, contest.pot);
    let limit = match (contest.ended_at, contest.timeout_at) {
        (Some(at), _) => format!("ended {at}, {} still owed, bond {}", contest.escrow_due, contest.bond_fate),
        (None, Some(at)) => format!("the oracle has until {at}; then anyone may abandon"),
        (None, None) => {
            format!("registration ends {}; then anyone may ask for refunds", contest.registration_ends_at)
        }
    };
    text + &limit + "\n"
}

/// A contest with its terms and entries.
pub(super) fn whole(whole: &Whole) -> String {
    let terms = &whole.contest.terms;
    let mut text = contest(&whole.contest);
    let _ = writeln!(text, "creator {}, oracle {}", whole.contest.creator, whole.contest.oracle);
    let _ = writeln!(
        text,
        "fee {} and bond {} of {}; {} to {} agents; split {:?} bps, creator {} bps; a round every {} s",
        terms.entry_fee,
        terms.bond,
        terms.mint,
        terms.min_agents,
        terms.max_agents,
        terms.prize_split_bps,
        terms.creator_fee_bps,
        terms.elimination_interval_s
    );
    let _ = writeln!(text, "terms {}", whole.contest.terms_hash);
    if let Some(wallet) = &whole.freeze_authority {
        let _ = writeln!(text, "{wallet} may freeze accounts of this mint, the contest's too");
    }
    if whole.entries.is_empty() {
        return text;
    }
    let mut rows = Rows::new(&["PLACE", "WALLET", "SCORE", "OUT IN", "OWED"]);
    for entry in &whole.entries {
        let owed = entry.owed.map_or_else(String::new, |owed| {
            format!("{} {}{}", owed.kind, owed.amount, if owed.paid { ", paid" } else { "" })
        });
        rows.add([
            item(entry.standing.map_or_else(|| "-".to_owned(), |place| place.to_string())),
            item(entry.agent),
            item(entry.score),
            item(entry.eliminated_round.map_or_else(String::new, |round| round.to_string())),
            item(owed),
        ]);
    }
    text + &rows.text()
}

/// Contests, a line each.
pub(super) fn list(contests: &[ShownContest]) -> String {
    if contests.is_empty() {
        return "there are none\n".to_owned();
    }
    let mut rows = Rows::new(&["CONTEST", "STATUS", "ENTERED", "POT", "TITLE"]);
    for contest in contests {
        let status = contest.status.to_string();
        rows.add([
            item(contest.contest),
            styled(status_style(&status), &status),
            item(contest.entrants),
            item(contest.pot),
            item(first_line(&contest.title)),
        ]);
    }
    rows.text()
}

/// A profile.
pub(super) fn profile(profile: &ShownProfile) -> String {
    format!(
        "{}  {}\nregistered {}; entered {}, completed {}, won {}, top three {}, eliminated {}, earned {}\n",
        profile.agent,
        first_line(&profile.name),
        profile.registered_at,
        profile.entered,
        profile.completed,
        profile.wins,
        profile.top_three,
        profile.eliminations,
        profile.earnings
    )
}

/// What was done in several transactions.
pub(super) fn pages(pages: &Pages) -> String {
    let lines: String =
        pages.signatures.iter().map(|signature| format!("transaction {signature}\n")).collect();
    lines + &contest(&pages.contest)
}

/// A payment.
pub(super) fn paid(paid: &Paid) -> String {
    let by =
        paid.signature.as_ref().map_or_else(|| "done before".to_owned(), |by| format!("transaction {by}"));
    format!("{} to {}: {by}\n", paid.action, paid.payee)
}

/// Payments, or what was closed.
pub(super) fn all_paid(all: &AllPaid) -> String {
    if all.items.is_empty() { "nothing is owed\n".to_owned() } else { all.items.iter().map(paid).collect() }
}

/// Ways out.
pub(super) fn ways(ways: &Ways) -> String {
    let taken: String = ways.taken.iter().map(|way| format!("took {}", way_out(way))).collect();
    if ways.items.is_empty() {
        return taken + "nothing of this wallet is in any contest\n";
    }
    let left: String = ways.items.iter().map(way_out).collect();
    taken + &left
}

fn way_out(way: &WayOut) -> String {
    let when = match (way.is_open, way.gives_up) {
        (true, false) => "now".to_owned(),
        (true, true) => "now, which gives up the contest".to_owned(),
        (false, _) => format!("from {} on", way.at),
    };
    format!("{} by {} {when}: {} ({})\n", way.amount, way.action, way.contest, way.status)
}
