//! `contest_start`, `contest_round`, `contest_finalize`, `contest_cancel`: what a contest's oracle and creator do.

use arena_api::{contests::Finalize, rounds::SubmitRound};
use arena_core::contest::Command;
use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::contests::{Nothing, changed, contest_schema};
use crate::{
    error::Failure,
    mcp::{
        caller::Caller,
        schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "contest_start",
        title: "Start a contest",
        about: "For the oracle: end registration and begin play.",
        audience: Audience::Hosts,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(start(caller, arguments)) },
    },
    Tool {
        name: "contest_round",
        title: "Submit a round",
        about: "For the oracle: a page of the next round, with who is out and new scores.",
        audience: Audience::Hosts,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || {
            let fields = json!({
                "round": schema::count(),
                "page": schema::count(),
                "eliminated": schema::list(schema::text()),
                "scores": schema::object(),
                "actions_root": schema::text(),
                "last": schema::yes_or_no(),
            });
            schema::input(fields, &["round"])
        },
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(round(caller, arguments)) },
    },
    Tool {
        name: "contest_finalize",
        title: "Settle a contest",
        about: "For the oracle: derive the standings; prizes and fees are owed from then on.",
        audience: Audience::Hosts,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({"seed": schema::text()}), &[]),
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(finalize(caller, arguments)) },
    },
    Tool {
        name: "contest_cancel",
        title: "Call a contest off",
        about: "For the creator, before the start: fees and bond are owed back from then on.",
        audience: Audience::Hosts,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(cancel(caller, arguments)) },
    },
];

async fn start(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    changed(&caller, &asked, Command::Start).await
}

async fn round(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<SubmitRound>(arguments)?;
    let page = asked.given.clone().into();
    changed(&caller, &asked, Command::SubmitPage(page)).await
}

async fn finalize(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Finalize>(arguments)?;
    let seed = asked.given.seed.clone();
    changed(&caller, &asked, Command::Finalize { seed }).await
}

async fn cancel(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    changed(&caller, &asked, Command::Cancel).await
}
