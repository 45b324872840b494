//! Shows how a contest goes: the game drawn on a terminal, plain lines elsewhere, or nothing; always on the standard error.

use std::{env, fmt::Write as _, io::IsTerminal};

use arena_api::payouts::Obligation;
use arena_core::{AgentId, ArenaId, amount::Amount};
use indicatif::{ProgressBar, ProgressStyle};

use super::report::word;
use crate::{contest::actions::ActionLine, spell};

/// Something that happened in a contest.
pub(super) enum Happening<'a> {
    /// There is a contest, and it begins or goes on.
    Begun { arena_id: ArenaId, title: &'a str, going_on: bool },
    /// Money was paid into a wallet.
    Funded { agent_id: &'a AgentId, amount: Amount },
    /// A bot has entered.
    Entered { agent_id: &'a AgentId },
    /// A bot found the contest full.
    LeftOut { agent_id: &'a AgentId },
    /// A round is decided and recorded.
    Round {
        round: u32,
        /// In entry order.
        standings: &'a [Standing<'a>],
        eliminated: &'a [AgentId],
        faults: &'a [ActionLine],
        picture: Option<&'a str>,
    },
    /// An obligation was paid.
    Paid { owed: &'a Obligation },
    /// Nothing happens any more.
    Ended,
}

/// How a player stands.
pub(super) struct Standing<'a> {
    pub(super) name: &'a AgentId,
    pub(super) alive: bool,
    pub(super) score: i64,
}

/// Where it is shown.
#[derive(Debug)]
pub struct Show(Shown);

#[derive(Debug)]
enum Shown {
    Not,
    Lines,
    Screen(ProgressBar),
}

impl Show {
    /// Nothing is shown.
    #[must_use]
    pub fn silent() -> Self {
        Self(Shown::Not)
    }

    /// A line for each thing that happens.
    #[must_use]
    pub fn lines() -> Self {
        Self(Shown::Lines)
    }

    /// The game itself when the standard error is a terminal, lines otherwise.
    #[must_use]
    pub fn automatic() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::lines();
        }
        let screen = ProgressBar::new_spinner();
        screen.set_style(
            ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self(Shown::Screen(screen))
    }

    /// Whether somebody watches the game itself.
    #[must_use]
    pub const fn is_watched(&self) -> bool {
        matches!(self.0, Shown::Screen(_))
    }

    /// Shows what happened.
    pub(super) fn that(&self, happening: &Happening<'_>) {
        match &self.0 {
            Shown::Not => {}
            Shown::Lines => lines(happening).iter().for_each(|line| eprintln!("{}", spell::plain(line))),
            Shown::Screen(screen) => draw(screen, happening),
        }
    }
}

/// The lines that say it.
fn lines(happening: &Happening<'_>) -> Vec<String> {
    match happening {
        Happening::Begun { arena_id, title, going_on: false } => vec![format!("contest {arena_id}: {title}")],
        Happening::Begun { arena_id, title, going_on: true } => {
            vec![format!("contest {arena_id}: {title}, going on")]
        }
        Happening::Funded { agent_id, amount } => {
            vec![format!("{amount} paid into the wallet of {agent_id}")]
        }
        Happening::Entered { agent_id } => vec![format!("{agent_id} entered")],
        Happening::LeftOut { agent_id } => {
            vec![format!("{agent_id} is left out: strangers were faster, and the contest is full")]
        }
        Happening::Round { round, standings, eliminated, faults, .. } => {
            let mut lines: Vec<String> = faults.iter().map(fault).collect();
            let alive = standings.iter().filter(|standing| standing.alive).count();
            let mut ranked: Vec<&Standing<'_>> = standings.iter().filter(|standing| standing.alive).collect();
            ranked.sort_by_key(|standing| std::cmp::Reverse(standing.score));
            let scores = ranked.iter().map(|standing| format!("{} {}", standing.name, standing.score));
            let mut line = format!("round {round}: {alive} alive: {}", scores.collect::<Vec<_>>().join(", "));
            if !eliminated.is_empty() {
                let _ = write!(line, "; out: {}", names(eliminated));
            }
            lines.push(line);
            lines
        }
        Happening::Paid { owed } => vec![format!("{} paid to {}: {}", owed.amount, owed.payee, owed.kind)],
        Happening::Ended => Vec::new(),
    }
}

fn fault(line: &ActionLine) -> String {
    let kind = line.fault.map_or("", word);
    format!("round {}: {} {kind}: {}", line.round, line.agent_id, line.reason.as_deref().unwrap_or_default())
}

fn names(agents: &[AgentId]) -> String {
    agents.iter().map(AgentId::as_str).collect::<Vec<_>>().join(", ")
}

/// Redraws the screen; what is worth keeping stays above it as a line.
fn draw(screen: &ProgressBar, happening: &Happening<'_>) {
    match happening {
        Happening::Round { round, standings, eliminated, faults, picture } => {
            for line in faults.iter().map(fault) {
                screen.println(spell::plain(&line));
            }
            if !eliminated.is_empty() {
                screen.println(spell::plain(&format!("round {round}: out: {}", names(eliminated))));
            }
            let board = board(*round, standings, *picture);
            let in_colour = picture.is_some() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            screen.set_message(if in_colour { coloured(&board) } else { board });
            screen.tick();
        }
        Happening::Ended => screen.finish(),
        Happening::Begun { .. }
        | Happening::Funded { .. }
        | Happening::Entered { .. }
        | Happening::LeftOut { .. }
        | Happening::Paid { .. } => {
            lines(happening).iter().for_each(|line| screen.println(spell::plain(line)));
        }
    }
}

/// The picture with the players beside it; without one, a bar for each score.
fn board(round: u32, standings: &[Standing<'_>], picture: Option<&str>) -> String {
    let alive = standings.iter().filter(|standing| standing.alive).count();
    let mut text = format!("round {round}, {alive} alive\n");
    let players = standings.iter().enumerate().map(|(index, standing)| {
        let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
        let state = if standing.alive { "     " } else { " out " };
        format!("{letter} {:<20}{state}{:>6}", standing.name.as_str(), standing.score)
    });
    let players: Vec<String> = players.collect();
    let rows: Vec<&str> = picture.unwrap_or_default().lines().collect();
    let width = rows.iter().map(|row| row.len()).max().map_or(0, |width| width + 3);
    for index in 0..rows.len().max(players.len()) {
        let row = rows.get(index).copied().unwrap_or_default();
        let player = players.get(index).map_or("", String::as_str);
        let _ = writeln!(text, "{}", format!("{row:<width$}{player}").trim_end());
    }
    spell::plain(text.trim_end())
}

/// The board in colour: each player's letters in one of six, food bright, the rest faint. Without colour it says the same.
fn coloured(board: &str) -> String {
    let mut text = String::with_capacity(board.len() * 2);
    let (head, rows) = board.split_once('\n').unwrap_or((board, ""));
    text.push_str(head);
    for row in rows.lines() {
        text.push('\n');
        // The marks of the picture stand apart from each other; the players' names beside it do not.
        let (picture, beside) = row.split_once("   ").unwrap_or((row, ""));
        if picture.chars().skip(1).step_by(2).any(|mark| mark != ' ') {
            text.push_str(row);
            continue;
        }
        picture.chars().for_each(|mark| paint(&mut text, mark));
        text.push_str("   ");
        text.push_str(beside);
    }
    text
}

fn paint(text: &mut String, mark: char) {
    let code = match mark {
        'A'..='Z' => format!("1;{}", 31 + (u32::from(mark) - u32::from('A')) % 6),
        'a'..='z' => format!("{}", 31 + (u32::from(mark) - u32::from('a')) % 6),
        '*' => "1".to_owned(),
        '.' | '#' => "2".to_owned(),
        _ => return text.push(mark),
    };
    let _ = write!(text, "\u{1b}[{code}m{mark}\u{1b}[0m");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_changes_no_character() {
        let board = "round 4, 1 alive\n. A   A one                  out      3\n* b   B two                           5\nC c";
        let coloured = coloured(board);
        assert!(coloured.contains("\u{1b}[1;31mA\u{1b}[0m"), "{coloured}");
        let mut plain = coloured;
        while let Some((before, after)) = plain.split_once('\u{1b}') {
            plain = format!("{before}{}", after.split_once('m').unwrap().1);
        }
        assert_eq!(plain.lines().map(str::trim_end).collect::<Vec<_>>(), board.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_round_is_a_line_or_a_board() {
        let (one, two): (AgentId, AgentId) = ("one".parse().unwrap(), "two".parse().unwrap());
        let standings =
            [Standing { name: &one, alive: false, score: 3 }, Standing { name: &two, alive: true, score: 5 }];
        let happening = Happening::Round {
            round: 4,
            standings: &standings,
            eliminated: std::slice::from_ref(&one),
            faults: &[],
            picture: None,
        };
        assert_eq!(lines(&happening), ["round 4: 1 alive: two 5; out: one"]);
        assert_eq!(
            board(4, &standings, Some(". A\n. .\n* b\n")),
            "round 4, 1 alive\n. A   A one                  out      3\n. .   B two                           5\n* b"
        );
    }
}
