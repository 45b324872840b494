//! A contest: where it stands, its money, its entries; and when money can next move, in words.

use arena_api::{
    contests::{Contest, ExitAction},
    entries::Entry,
    payouts::Obligation,
    rounds::Round,
    terms::{Gates, Terms},
};
use arena_core::{
    Timestamp,
    contest::{PayoutKind, Status},
};

use super::{count, listed, moment};
use crate::{
    paint::{self, first_line, paint, status_style},
    table::{Rows, item, styled},
};

/// Contests, one a line.
pub(crate) fn list(contests: &[Contest]) -> String {
    let mut rows =
        Rows::new(&["CONTEST", "STATUS", "ENTRANTS", "ROUND", "FEE", "POT", "YOUR MONEY MOVES", "TITLE"]);
    for contest in contests {
        let moves = match (contest.exit_at, contest.exit_action) {
            (Some(at), Some(action)) => format!("{} {}", moment(at), word(action)),
            _ => "-".to_owned(),
        };
        rows.add([
            item(contest.arena_id),
            styled(status_style(contest.status.as_str()), contest.status),
            item(format_args!("{}/{}", contest.entrants, contest.terms.max_agents)),
            item(contest.round),
            item(contest.terms.entry_fee),
            item(contest.pot),
            item(moves),
            item(first_line(&contest.title)),
        ]);
    }
    rows.text()
}

/// Everything about one contest but its entries.
pub(crate) fn page(contest: &Contest) -> String {
    let mut text = format!(
        "{}\n{}\n\n{}\n\n",
        paint(paint::STRONG, first_line(&contest.title)),
        paint(paint::QUIET, contest.arena_id),
        lifecycle(contest.status)
    );
    for (name, value) in facts(contest).into_iter().chain(terms(&contest.terms)) {
        text.push_str(&format!("{}  {value}\n", paint(paint::QUIET, format_args!("{name:>12}"))));
    }
    text.push_str(&format!("\n{}", exit(contest)));
    text
}

/// `CONTEST is active with 2 entrants`, what is to be done next, and the caller's way out.
pub(crate) fn outcome(contest: &Contest) -> String {
    let Contest { arena_id, status, pot, .. } = contest;
    let within = if *status == Status::Registration { "in " } else { "" };
    let entrants = count(contest.entrants.into(), "entrant");
    format!("{arena_id} is {within}{status} with {entrants}, pot {pot}\n{}{}", next(contest), exit(contest))
}

/// What can be done next by anyone, before the way out of the caller.
fn next(contest: &Contest) -> String {
    let Contest { oracle, round, .. } = contest;
    let until = contest.times_out_at.map(moment).unwrap_or_default();
    match contest.status {
        Status::Registration => {
            let ends = moment(contest.registration_ends_at);
            let least = contest.terms.min_agents;
            format!("agents enter until {ends}; {oracle} starts it with {least} or more\n")
        }
        Status::Active => {
            format!("round {} is due from {oracle} until {until}, or the end after round 1\n", round + 1)
        }
        Status::Eliminating => format!("more of round {} is due from {oracle} until {until}\n", round + 1),
        Status::Finished | Status::Cancelled | Status::Abandoned => {
            let id = contest.arena_id;
            format!("`arena contest payout {id} --all` pays all that is owed, as anyone\n")
        }
    }
}

fn exit(contest: &Contest) -> String {
    match (contest.exit_at, contest.exit_action) {
        (Some(at), Some(action)) => way_out(at, action),
        _ => "nothing in it is yours\n".to_owned(),
    }
}

/// When the caller's money can next move, and by what, as a line.
pub(crate) fn way_out(at: Timestamp, action: ExitAction) -> String {
    let at = moment(at);
    let sentence = match action {
        ExitAction::Leave => format!("your fee is back when you leave: since {at}, until it starts"),
        ExitAction::Cancel => {
            format!("your bond is owed to you once you cancel: since {at}, until it starts")
        }
        ExitAction::Abandon => {
            format!(
                "unless a round comes before, anyone may abandon it from {at} on; then entry fees are refunded"
            )
        }
        ExitAction::Refund => format!(
            "once you enter, your fee is back when you leave, or from {at} on by a payout of the refund"
        ),
        ExitAction::Prize => format!("your prize is open since {at}; a payout of the prize moves it"),
        ExitAction::Bond => format!("your bond is open since {at}; a payout of the bond moves it"),
        ExitAction::CreatorFee => {
            format!("your creator fee is open since {at}; a payout of the creator_fee moves it")
        }
    };
    format!("{} {sentence}\n", paint(paint::OPEN, "your money:"))
}

/// Entries in the order of entering.
pub(crate) fn entries(entries: &[Entry]) -> String {
    let mut rows = Rows::new(&["NUMBER", "AGENT", "ALIVE", "SCORE", "OUT IN ROUND", "PAID", "ENTERED"]);
    for entry in entries {
        rows.add([
            item(entry.number),
            item(&entry.agent_id),
            item(if entry.alive { "yes" } else { "no" }),
            item(entry.score),
            item(or_dash(entry.eliminated_round)),
            item(entry.amount),
            item(moment(entry.entered_at)),
        ]);
    }
    rows.text()
}

/// Entries in the order of their places.
pub(crate) fn standings(entries: &[Entry]) -> String {
    let mut rows = Rows::new(&["PLACE", "AGENT", "SCORE", "OUT IN ROUND", "PRIZE"]);
    for entry in entries {
        rows.add([
            item(or_dash(entry.standing)),
            item(&entry.agent_id),
            item(entry.score),
            item(or_dash(entry.eliminated_round)),
            item(or_dash(entry.prize)),
        ]);
    }
    rows.text()
}

/// Rounds, one a line.
pub(crate) fn rounds(rounds: &[Round]) -> String {
    let mut rows = Rows::new(&["ROUND", "PAGES", "OUT", "COMPLETED", "ACTIONS"]);
    for round in rounds {
        let actions = match (round.actions_sha256, round.actions_root) {
            (Some(_), _) => "stored",
            (None, Some(_)) => "root only",
            (None, None) => "-",
        };
        rows.add([
            item(round.round),
            item(round.pages),
            item(round.eliminated),
            item(round.completed_at.map_or_else(|| "open".to_owned(), moment)),
            item(actions),
        ]);
    }
    rows.text()
}

/// What is and was owed, one a line.
pub(crate) fn obligations(obligations: &[Obligation]) -> String {
    let mut rows = Rows::new(&["KIND", "TO", "AMOUNT", "STATUS"]);
    for one in obligations {
        rows.add([
            item(one.kind),
            item(&one.payee),
            item(one.amount),
            styled(status_style(one.status.as_str()), one.status),
        ]);
    }
    rows.text()
}

/// A kind of payout as people say it.
pub(crate) const fn kind(kind: PayoutKind) -> &'static str {
    match kind {
        PayoutKind::Prize => "prize",
        PayoutKind::CreatorFee => "creator fee",
        PayoutKind::Bond => "bond",
        PayoutKind::ProtocolFee => "protocol fee",
        PayoutKind::Refund => "refund",
    }
}

const fn word(action: ExitAction) -> &'static str {
    match action {
        ExitAction::Leave => "leave",
        ExitAction::Cancel => "cancel",
        ExitAction::Abandon => "abandon",
        ExitAction::Refund => "refund",
        ExitAction::Prize => "prize",
        ExitAction::Bond => "bond",
        ExitAction::CreatorFee => "creator fee",
    }
}

fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// `registration > [active] > finished`; the other two ends take the last place.
fn lifecycle(current: Status) -> String {
    let stage = |status: Status| {
        if status == current {
            paint(status_style(status.as_str()).bold(), format_args!("[{status}]"))
        } else {
            paint(paint::QUIET, status)
        }
    };
    let play = if current == Status::Eliminating { current } else { Status::Active };
    let end = if current.is_terminal() { current } else { Status::Finished };
    [Status::Registration, play, end].map(stage).join(" > ")
}

/// Where it stands, by name.
fn facts(contest: &Contest) -> Vec<(&'static str, String)> {
    let Contest { entrants, alive, round, .. } = contest;
    let mut facts = vec![
        ("creator", contest.creator.to_string()),
        ("oracle", contest.oracle.to_string()),
        ("entrants", format!("{entrants} of at most {}, {alive} alive", contest.terms.max_agents)),
        ("pot", contest.pot.to_string()),
        ("round", format!("{round} completed")),
        ("created", moment(contest.created_at)),
    ];
    if contest.status == Status::Registration {
        facts.push(("enter until", moment(contest.registration_ends_at)));
    }
    let moments = [
        ("started", contest.started_at),
        ("last round", contest.last_submission_at.filter(|_| contest.round > 0)),
        ("times out", contest.times_out_at.filter(|_| !contest.status.is_terminal())),
        ("ended", contest.ended_at),
    ];
    facts.extend(moments.into_iter().filter_map(|(name, at)| Some((name, moment(at?)))));
    facts.extend(contest.seed.as_deref().map(|seed| ("seed", first_line(seed))));
    facts.push(("sequence", contest.sequence.to_string()));
    facts
}

/// What holds in it, by name.
fn terms(terms: &Terms) -> Vec<(&'static str, String)> {
    let split = match &terms.prize_split {
        Some(percents) => format!("{} percent", listed(percents)),
        None => format!("{} basis points", listed(&terms.prize_split_bps)),
    };
    let mut lines = vec![
        ("fee", terms.entry_fee.to_string()),
        ("bond", terms.bond.to_string()),
        ("starts with", count(terms.min_agents.into(), "entrant")),
        ("split", split),
        ("creator fee", format!("{} basis points", terms.creator_fee_bps)),
        (
            "a round each",
            format!(
                "{} s, or it times out after {} s",
                terms.elimination_interval_s,
                2 * u64::from(terms.elimination_interval_s)
            ),
        ),
        ("meant to take", format!("{} s", terms.duration_s)),
    ];
    if terms.creator_may_enter {
        lines.push(("may enter", "creator and oracle too".to_owned()));
    }
    lines.extend(gates(&terms.gates).map(|gates| ("gates", gates)));
    lines.extend(terms.seed_commitment.map(|hash| ("seed hash", hash.to_string())));
    lines.extend(terms.rules_hash.map(|hash| ("rules hash", hash.to_string())));
    lines.extend(terms.action_schema.as_deref().map(|schema| ("actions", first_line(schema))));
    lines
}

fn gates(gates: &Gates) -> Option<String> {
    let asked = [
        (u64::from(gates.min_completed), "contests completed"),
        (u64::from(gates.min_wins), "contests won"),
        (gates.min_age_s, "seconds since registering"),
    ];
    let asked: Vec<String> =
        asked.iter().filter(|(number, _)| *number > 0).map(|(number, of)| format!("{of} {number}")).collect();
    (!asked.is_empty()).then(|| listed(&asked))
}
