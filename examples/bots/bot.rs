//! A bot for Arena's contests, to start from: plays all three games with nothing but Rust's standard library.
//!
//! Build it with `rustc -O bot.rs`. It reads a JSON object a line from the standard input and answers on the standard output; what it
//! writes to the standard error is its own. `docs/bots.md` says what a turn holds. With Cargo at hand, replace the
//! small JSON reader at the end by serde_json.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, Write},
};

fn main() {
    let mut game = String::new();
    for line in io::stdin().lock().lines() {
        let message = Json::read(&line.expect("the host writes text"));
        let answer = match message.get("type").text() {
            "hello" => {
                game = message.get("rules").get("game").text().to_owned();
                "{\"ready\":true}".to_owned()
            }
            "turn" => {
                let action = match game.as_str() {
                    "rock-paper-scissors" => rock_paper_scissors(&message),
                    "prisoners-dilemma" => prisoners_dilemma(&message),
                    _ => snakes(&message),
                };
                format!("{{\"round\":{},\"action\":{action}}}", message.get("round").number())
            }
            _ => break,
        };
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{answer}").and_then(|()| stdout.flush()).expect("the host reads answers");
    }
}

/// Throws what beats everyone's favourite throw.
fn rock_paper_scissors(turn: &Json) -> String {
    let you = turn.get("you").text();
    let players = turn.get("observation").get("players").list();
    let others = players.iter().filter(|player| player.get("alive").is_true() && player.get("name").text() != you);
    let thrown: String = others.map(|player| player.get("history").text()).collect();
    // Where letters are thrown equally often, the turn's random value decides: asked again, it is answered the same.
    let offset = turn.get("random").number() as usize;
    let letters = (0..3).map(|index| ["R", "P", "S"][(index + offset) % 3]);
    let favourite = letters.max_by_key(|letter| thrown.matches(letter).count());
    quoted(match favourite {
        Some("R") => "paper",
        Some("P") => "scissors",
        _ => "rock",
    })
}

/// Tit for tat: does to each what it did last.
fn prisoners_dilemma(turn: &Json) -> String {
    let opponents = turn.get("observation").get("opponents").fields();
    let choices = opponents.iter().map(|(name, met)| {
        let choice = if met.get("theirs").text().ends_with('D') { "defect" } else { "cooperate" };
        format!("{}:{}", quoted(name), quoted(choice))
    });
    format!("{{{}}}", choices.collect::<Vec<_>>().join(","))
}

type Cell = (i64, i64);

const MOVES: [(&str, Cell); 4] = [("up", (0, -1)), ("down", (0, 1)), ("left", (-1, 0)), ("right", (1, 0))];

/// Goes where the most room is, and for food where that makes no difference.
fn snakes(turn: &Json) -> String {
    let seen = turn.get("observation");
    let you = turn.get("you").text();
    let cell = |json: &Json| (json.list()[0].number(), json.list()[1].number());
    let bodies: Vec<(&str, Vec<Cell>)> = seen
        .get("snakes")
        .list()
        .iter()
        .map(|snake| (snake.get("name").text(), snake.get("body").list().iter().map(cell).collect()))
        .collect();
    let food: Vec<Cell> = seen.get("food").list().iter().map(cell).collect();
    // A tail leaves its cell at the next move.
    let taken: BTreeSet<Cell> =
        bodies.iter().flat_map(|(_, body)| &body[..body.len() - 1]).copied().collect();
    let head = bodies.iter().find(|(name, _)| *name == you).map(|(_, body)| body[0]).unwrap_or_default();
    let choices: Vec<&str> = turn.get("choices").list().iter().map(Json::text).collect();
    let value = |(x, y): Cell| {
        if taken.contains(&(x, y)) || !inside((x, y), seen.get("zone")) {
            return -1;
        }
        let nearest = food.iter().map(|(fx, fy)| (fx - x).abs() + (fy - y).abs()).min().unwrap_or(200);
        room((x, y), &taken, seen.get("next_zone")) / 20 * 1_000 + 500 - nearest
    };
    let moves = MOVES.iter().filter(|(word, _)| choices.contains(word));
    let best = moves.max_by_key(|(_, (dx, dy))| value((head.0 + dx, head.1 + dy)));
    quoted(best.map_or("up", |(word, _)| word))
}

fn inside((x, y): Cell, area: &Json) -> bool {
    let side = |name: &str| area.get(name).number();
    (side("left")..=side("right")).contains(&x) && (side("top")..=side("bottom")).contains(&y)
}

/// How many cells can be reached.
fn room(start: Cell, taken: &BTreeSet<Cell>, area: &Json) -> i64 {
    let mut reached = BTreeSet::from([start]);
    let mut edge = vec![start];
    while let Some((x, y)) = edge.pop() {
        for (_, (dx, dy)) in MOVES {
            let next = (x + dx, y + dy);
            if !taken.contains(&next) && inside(next, area) && reached.insert(next) {
                edge.push(next);
            }
        }
    }
    reached.len() as i64
}

/// A JSON string of a text that needs no escapes, as names and moves do.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Just enough JSON for what a host says: no fractions.
enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn read(text: &str) -> Self {
        let mut rest = text.chars().collect::<Vec<_>>();
        rest.reverse();
        Self::value(&mut rest)
    }

    fn get(&self, name: &str) -> &Self {
        self.fields().iter().find(|(field, _)| field == name).map_or(&Self::Null, |(_, value)| value)
    }

    fn fields(&self) -> &[(String, Json)] {
        if let Self::Object(fields) = self { fields } else { &[] }
    }

    fn list(&self) -> &[Json] {
        if let Self::List(items) = self { items } else { &[] }
    }

    fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    fn number(&self) -> i64 {
        if let Self::Number(number) = self { *number } else { 0 }
    }

    fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// Reads a value from the end of what is left, which stands in reverse.
    fn value(rest: &mut Vec<char>) -> Self {
        match rest.pop() {
            Some(' ') => Self::value(rest),
            Some('"') => Self::Text(Self::string(rest)),
            Some('[') => {
                let mut items = Vec::new();
                while !Self::ends(rest, ']') {
                    items.push(Self::value(rest));
                }
                Self::List(items)
            }
            Some('{') => {
                let mut fields = Vec::new();
                while !Self::ends(rest, '}') {
                    let name = Self::value(rest).text().to_owned();
                    while rest.pop_if(|c| matches!(c, ' ' | ':')).is_some() {}
                    fields.push((name, Self::value(rest)));
                }
                Self::Object(fields)
            }
            Some(first) => {
                let mut word = String::from(first);
                while let Some(next) = rest.pop_if(|c| !matches!(c, ',' | ']' | '}' | ' ')) {
                    word.push(next);
                }
                match word.as_str() {
                    "true" => Self::Bool(true),
                    "false" => Self::Bool(false),
                    _ => word.parse().map_or(Self::Null, Self::Number),
                }
            }
            None => Self::Null,
        }
    }

    /// Passes over commas; whether the list or object ends here.
    fn ends(rest: &mut Vec<char>, closing: char) -> bool {
        while rest.pop_if(|c| matches!(c, ' ' | ',')).is_some() {}
        rest.is_empty() || rest.pop_if(|c| *c == closing).is_some()
    }

    fn string(rest: &mut Vec<char>) -> String {
        let mut text = String::new();
        loop {
            match rest.pop() {
                None | Some('"') => return text,
                Some('\\') => text.extend(rest.pop()),
                Some(plain) => text.push(plain),
            }
        }
    }
}
