//! The bots of a contest at work: asked all at once, dismissed when they are out.

use std::{collections::BTreeMap, io, path::Path, time::Duration};

use arena_core::{AgentId, ArenaId};
use futures::future::join_all;
use tokio::time;

use super::{HostError, state::RoundRecord};
use crate::{
    contest::{
        bots::{Answer, Bot, BotCommand, Fault, Hello, Over, PROTOCOL, Question, millis},
        cup::{Cup, CupBot, Mover},
        games::{Player, Seed},
        table::Table,
    },
    process::{self, Guard},
};

/// How often a bot's process is tried to be started when this machine fails to.
const TRIES: u32 = 3;
/// How long is waited in between.
const PAUSE: Duration = Duration::from_millis(200);

/// The bots that still play.
#[derive(Debug)]
pub(super) struct Crew {
    bots: BTreeMap<AgentId, Bot>,
}

impl Crew {
    /// The bots of the cup that entered; those who entered by themselves have none here.
    pub(super) fn new(cup: &Cup, program: &Path, arena_id: ArenaId, players: &[AgentId]) -> Self {
        let entered = cup.bots.iter().filter(|bot| players.contains(&bot.name));
        let bots = entered.map(|bot| {
            let hello = Hello {
                protocol: PROTOCOL,
                rules: serde_json::to_value(&cup.rules).unwrap_or_default(),
                arena_id,
                you: bot.name.clone(),
                players: players.to_vec(),
                bank_ms: millis(cup.time.bank),
                increment_ms: millis(cup.time.increment),
            };
            (bot.name.clone(), Bot::new(command(cup, bot, program), hello, cup.time))
        });
        Self { bots: bots.collect() }
    }

    /// Takes up what was noted of the bots in the last decided round.
    pub(super) fn resume(&mut self, record: &RoundRecord) {
        for (name, (left_ms, lost)) in &record.bots {
            if let Some(bot) = self.bots.get_mut(name) {
                bot.resume(Duration::from_millis(*left_ms), *lost);
            }
        }
    }

    /// What each bot has left and how often its process was lost.
    pub(super) fn used(&self) -> BTreeMap<AgentId, (u64, u32)> {
        let used = |bot: &Bot| {
            let (left, lost) = bot.used();
            (millis(left), lost)
        };
        self.bots.iter().map(|(name, bot)| (name.clone(), used(bot))).collect()
    }

    /// Asks everyone who is alive for a move, all at the same time; the answers come in entry order.
    pub(super) async fn answers(
        &mut self,
        table: &Table,
        seed: &Seed,
        guard: &Guard,
    ) -> Result<Vec<(AgentId, Answer)>, HostError> {
        let mut alive: BTreeMap<&AgentId, Player> =
            table.alive().into_iter().map(|(player, name)| (name, player)).collect();
        let asked = self.bots.iter_mut().filter_map(|(name, bot)| Some((alive.remove(name)?, name, bot)));
        let asking = asked.map(async |(player, name, bot)| {
            let answer = answer(bot, player, table, seed, guard).await;
            answer
                .map(|answer| (name.clone(), answer))
                .map_err(|source| HostError::Start { bot: name.clone(), source })
        });
        let mut answers: BTreeMap<AgentId, Answer> =
            join_all(asking).await.into_iter().collect::<Result<_, _>>()?;
        let absent = || Answer::forfeit(Fault::Absent, "the host has no bot for it");
        let in_order = table.alive().into_iter();
        Ok(in_order.map(|(_, name)| (name.clone(), answers.remove(name).unwrap_or_else(absent))).collect())
    }

    /// Tells those who are out, or everyone at the end, that it is over.
    pub(super) async fn dismiss(&mut self, who: &[AgentId], over: &Over, guard: &Guard) {
        let leaving: Vec<Bot> = who.iter().filter_map(|name| self.bots.remove(name)).collect();
        join_all(leaving.into_iter().map(|bot| bot.dismiss(over, guard))).await;
    }

    /// Whoever still has a bot here.
    pub(super) fn names(&self) -> Vec<AgentId> {
        self.bots.keys().cloned().collect()
    }
}

/// One bot's answer; when this machine cannot start it, it is tried again, and the bot is not charged for that.
async fn answer(
    bot: &mut Bot,
    player: Player,
    table: &Table,
    seed: &Seed,
    guard: &Guard,
) -> io::Result<Answer> {
    let game = table.game();
    let round = game.round() + 1;
    let mut failed = None;
    for _ in 0..TRIES {
        let question = Question {
            round,
            random: seed.for_turn(round, bot.name()),
            choices: game.choices(player),
            observation: game.observation(player),
            check: &|action| game.check(player, action),
        };
        match bot.ask(question, guard).await {
            Ok(answer) => return Ok(noted(answer, failed.as_ref())),
            Err(error) => failed = Some(error),
        }
        time::sleep(PAUSE).await;
    }
    Err(failed.unwrap_or_else(|| io::ErrorKind::Other.into()))
}

/// The answer with a note of what the host failed at before; a fault of the bot's own says more.
fn noted(answer: Answer, failed: Option<&io::Error>) -> Answer {
    match failed {
        Some(error) if answer.fault.is_none() => Answer {
            fault: Some(Fault::Host),
            reason: Some(format!("the host could not start it at first: {error}")),
            ..answer
        },
        Some(_) | None => answer,
    }
}

fn command(cup: &Cup, bot: &CupBot, program: &Path) -> BotCommand {
    let directory = cup.folder().to_owned();
    match &bot.mover {
        Mover::BuiltIn(strategy) => BotCommand {
            program: program.to_owned(),
            arguments: ["contest", "bot", strategy.game, "--strategy", strategy.name].map(Into::into).into(),
            directory,
        },
        Mover::Command(words) => {
            let (first, rest) =
                words.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
            let found = process::find_program(first, &directory);
            BotCommand { program: found.unwrap_or_else(|| first.into()), arguments: rest.to_vec(), directory }
        }
    }
}

/// Checks that every program the cup starts is on this machine.
pub(super) fn check_programs(cup: &Cup) -> Result<(), HostError> {
    for bot in &cup.bots {
        if let Mover::Command(words) = &bot.mover
            && let Some(program) = words.first()
            && process::find_program(program, cup.folder()).is_none()
        {
            return Err(HostError::NoProgram { bot: bot.name.clone(), program: program.clone() });
        }
    }
    Ok(())
}
