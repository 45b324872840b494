//! Turns a cup file into a checked cup.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use arena_api::terms::NewTerms;
use arena_core::{AgentId, amount::Amount, contest as core};
use serde_json::Value;
use toml::Spanned;

use super::{
    Cup, CupBot, CupError, Mover,
    file::{BotTable, CupFile, TermsTable, TimeTable},
};
use crate::{
    contest::{bots::TimeControl, games::Rules, strategies::Strategy},
    plan::{Length, Problem, line_of},
};

/// Names that belong to the system and cannot be registered.
const RESERVED: [&str; 4] = ["operator", "system", "treasury", "external"];

/// A mistake at a byte of the text.
struct Mistake {
    at: Option<usize>,
    field: String,
    message: String,
}

impl Mistake {
    fn at(at: usize, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: Some(at), field: field.into(), message: message.into() }
    }
}

/// Reads `text`, which is the file named `name`.
pub(super) fn check(name: &str, path: PathBuf, text: &str) -> Result<Cup, CupError> {
    let parsed = toml::from_str(text).map_err(|error| Mistake {
        at: error.span().map(|span| span.start),
        field: String::new(),
        message: error.message().trim().to_owned(),
    });
    parsed.and_then(|file| cup(file, path)).map_err(|mistake| CupError::Mistake {
        file: name.to_owned(),
        problem: Problem {
            line: mistake.at.map(|at| line_of(text, at)),
            field: mistake.field,
            message: mistake.message,
        },
    })
}

fn cup(file: CupFile, path: PathBuf) -> Result<Cup, Mistake> {
    let rules = rules(&file.game)?;
    let folder = path.parent().map(ToOwned::to_owned).unwrap_or_default();
    let mut names = BTreeSet::new();
    let mut bots = Vec::new();
    for (index, table) in file.bots.iter().enumerate() {
        let table = table.get_ref();
        let bot = bot(index, table, rules.name(), &folder)?;
        if !names.insert(bot.name.clone()) {
            let message = format!("two bots are named {:?}; give each a name of its own", bot.name);
            return Err(Mistake::at(table.name.span().start, format!("bots[{index}].name"), message));
        }
        bots.push(bot);
    }
    let most = rules.most_players();
    if !(2..=most).contains(&bots.len()) {
        let message = format!("there are {} bots, and the game is for 2 to {most}", bots.len());
        return Err(Mistake { at: None, field: "bots".into(), message });
    }
    let seed = match &file.seed {
        None => None,
        Some(seed) => Some(seed.get_ref().parse().map_err(|bad: crate::contest::games::BadSeed| {
            Mistake::at(seed.span().start, "seed", bad.to_string())
        })?),
    };
    let terms = terms(&file.terms, &rules, bots.len())?;
    if file.title.chars().any(char::is_control) {
        let message = "is one line, without control characters".to_owned();
        return Err(Mistake { at: None, field: "title".into(), message });
    }
    Ok(Cup {
        file: path,
        title: file.title,
        seed,
        fund: file.fund,
        terms,
        time: time(&file.time),
        rules,
        bots,
    })
}

/// `[game]`: a name, and parameters by the game's own names.
fn rules(game: &Spanned<toml::Table>) -> Result<Rules, Mistake> {
    let at = game.span().start;
    let mut value =
        serde_json::to_value(game.get_ref()).map_err(|error| Mistake::at(at, "game", error.to_string()))?;
    if let Some(fields) = value.as_object_mut() {
        let name = fields.remove("name").unwrap_or(Value::Null);
        fields.insert("game".into(), name);
    }
    Rules::from_value(value).map_err(|error| Mistake::at(at, "game", error.to_string()))
}

fn bot(index: usize, table: &BotTable, game: &str, folder: &std::path::Path) -> Result<CupBot, Mistake> {
    let field = |key: &str| format!("bots[{index}].{key}");
    let (name, at) = (table.name.get_ref(), table.name.span().start);
    let id: AgentId =
        name.parse().map_err(|invalid| Mistake::at(at, field("name"), format!("{name:?}: {invalid}")))?;
    if RESERVED.contains(&name.as_str()) {
        let message = format!("{name:?} belongs to the system; choose another name");
        return Err(Mistake::at(at, field("name"), message));
    }
    let mover = match (&table.strategy, &table.command) {
        (Some(strategy), None) => {
            let known: Vec<&str> = Strategy::names(game).collect();
            let found = Strategy::find(game, strategy.get_ref());
            Mover::BuiltIn(found.ok_or_else(|| {
                let message = format!("{game} has the strategies {}", known.join(", "));
                Mistake::at(strategy.span().start, field("strategy"), message)
            })?)
        }
        (None, Some(command)) => {
            let words = command.get_ref().0.clone();
            if words.first().is_none_or(String::is_empty) || words.iter().any(|word| word.contains('\0')) {
                let message = "names no program; write it as a list, such as [\"python3\", \"bot.py\"]";
                return Err(Mistake::at(command.span().start, field("command"), message));
            }
            Mover::Command(words)
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "a bot has either a strategy or a command";
            return Err(Mistake::at(at, format!("bots[{index}]"), message));
        }
    };
    let token_file = table.token_file.as_ref().map(|file| folder.join(file));
    Ok(CupBot { name: id, mover, token_file })
}

fn terms(table: &TermsTable, rules: &Rules, bots: usize) -> Result<NewTerms, Mistake> {
    let wrong = |field: &str, message: String| Mistake { at: None, field: field.into(), message };
    let amount = |field: &str, units: Option<u64>| {
        Amount::try_from(units.unwrap_or_default()).map_err(|error| wrong(field, error.to_string()))
    };
    let bots = u32::try_from(bots).unwrap_or(u32::MAX);
    let split = (table.prize_split.clone(), table.prize_split_bps.clone());
    let (percents, bps) = if split == (None, None) { (Some(vec![100]), None) } else { split };
    let terms = NewTerms {
        entry_fee: amount("terms.entry_fee", table.entry_fee)?,
        bond: amount("terms.bond", table.bond)?,
        min_agents: table.min_agents.unwrap_or(2),
        max_agents: table.max_agents.unwrap_or(bots),
        prize_split: percents,
        prize_split_bps: bps,
        creator_fee_bps: table.creator_fee_bps.unwrap_or_default(),
        elimination_interval_s: table.elimination_interval_s.unwrap_or(3_600),
        duration_s: table.duration_s.unwrap_or(3_600),
        action_schema: Some(rules.text()),
        rules_hash: Some(rules.hash()),
        seed_commitment: None,
        oracle: None,
        creator_may_enter: table.creator_may_enter,
        gates: table.gates,
    };
    if terms.max_agents < bots {
        return Err(wrong("terms.max_agents", format!("{bots} bots are to enter; allow as many")));
    }
    let most = rules.most_players();
    if usize::try_from(terms.max_agents).is_ok_and(|agents| agents > most) {
        let message = format!("is {}, and {} is for 2 to {most}", terms.max_agents, rules.name());
        return Err(wrong("terms.max_agents", message));
    }
    let frozen =
        core::Terms::try_from(terms.clone()).map_err(|unclear| wrong("terms", unclear.to_string()))?;
    frozen.check().map_err(|rejection| wrong("terms", rejection.to_string()))?;
    Ok(terms)
}

fn time(table: &TimeTable) -> TimeControl {
    let length =
        |length: Option<Length>, or_ms| length.map_or(Duration::from_millis(or_ms), Length::duration);
    TimeControl {
        bank: length(table.bank, 10_000),
        increment: length(table.increment, 100),
        start: length(table.start, 10_000),
    }
}
