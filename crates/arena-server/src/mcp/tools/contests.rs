//! `contest_list`, `contest_show`, `contest_standings`, `contest_enter`, `contest_leave`, `contest_payout`, `contest_abandon`:
//! taking part in contests, and getting money out of them.

use arena_api::{
    contests::{Contest, ContestQuery},
    entries::{Entered, Entry},
    list::PageQuery,
    payouts::{Payout, RequestPayout},
};
use arena_core::contest::Command;
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::work::paged;
use crate::{
    error::Failure,
    mcp::{
        caller::{Asked, Caller, rendered},
        marked, schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
    page,
    render::contest as render,
    shape::contest as shape,
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "contest_list",
        title: "List contests",
        about: "Contests, oldest first.",
        audience: Audience::Contestants,
        effect: Effect::Reads,
        arena: Arena::None,
        input: || {
            let statuses = ["registration", "active", "eliminating", "finished", "cancelled", "abandoned"];
            let fields = json!({"status": schema::word(&statuses), "agent": schema::said("who has entered"), "limit": schema::count(), "cursor": schema::text()});
            schema::input(fields, &[])
        },
        output: || schema::page(contest_schema()),
        run: |caller, arguments| -> Answered { Box::pin(list(caller, arguments)) },
    },
    Tool {
        name: "contest_show",
        title: "Show a contest",
        about: "A contest with its terms and your entry. `exit_action` is how your money next gets out, `exit_at` from when.",
        audience: Audience::Contestants,
        effect: Effect::Reads,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(show(caller, arguments)) },
    },
    Tool {
        name: "contest_standings",
        title: "Who stands where",
        about: "The entries, the best first, as the rounds so far show them.",
        audience: Audience::Contestants,
        effect: Effect::Reads,
        arena: Arena::Named,
        input: || schema::input(json!({"limit": schema::count(), "cursor": schema::text()}), &[]),
        output: || schema::page(schema::object()),
        run: |caller, arguments| -> Answered { Box::pin(standings(caller, arguments)) },
    },
    Tool {
        name: "contest_enter",
        title: "Enter a contest",
        about: "Pay the entry fee from your wallet and be bound to the terms. Read them first.",
        audience: Audience::Contestants,
        effect: Effect::Sets,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: || {
            schema::output(
                json!({"number": schema::count(), "amount": schema::count(), "exit_action": schema::text(), "exit_at": schema::text()}),
                &["number", "amount"],
            )
        },
        run: |caller, arguments| -> Answered { Box::pin(enter(caller, arguments)) },
    },
    Tool {
        name: "contest_leave",
        title: "Leave before the start",
        about: "Take your entry back; the fee is back at once.",
        audience: Audience::Contestants,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(leave(caller, arguments)) },
    },
    Tool {
        name: "contest_payout",
        title: "Have an obligation paid",
        about: "Pay what a contest owes to its owner; `agent` is you unless said.",
        audience: Audience::Contestants,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || {
            let kinds = schema::word(&["prize", "refund", "bond", "creator_fee", "protocol_fee"]);
            schema::input(json!({"kind": kinds, "agent": schema::text()}), &["kind"])
        },
        output: || {
            let fields = json!({"kind": schema::text(), "payee": schema::text(), "amount": schema::count(), "transfer": schema::count(), "exit_action": schema::text(), "exit_at": schema::text()});
            schema::output(fields, &["kind", "payee", "amount", "transfer"])
        },
        run: |caller, arguments| -> Answered { Box::pin(payout(caller, arguments)) },
    },
    Tool {
        name: "contest_abandon",
        title: "End one whose oracle timed out",
        about: "End a contest whose oracle timed out; entry fees are owed back from then on.",
        audience: Audience::Contestants,
        effect: Effect::Ends,
        arena: Arena::Named,
        input: || schema::input(json!({}), &[]),
        output: contest_schema,
        run: |caller, arguments| -> Answered { Box::pin(abandon(caller, arguments)) },
    },
];

/// The schema of a contest.
pub(super) fn contest_schema() -> Value {
    schema::thing(json!({
        "arena_id": schema::text(),
        "status": schema::text(),
        "title": schema::text(),
        "terms": schema::object(),
        "exit_action": schema::text(),
        "exit_at": schema::text(),
    }))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A contest, whose title and terms are its creator's words.
pub(super) fn marked_contest(contest: &Contest) -> Value {
    let from = json!({"agent_id": contest.creator, "role": "creator"});
    marked::thing(from, json!(contest))
}

async fn list(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<ContestQuery>(arguments)?.given;
    let query = arena_runtime::ContestQuery {
        status: asked.status,
        agent: asked.agent,
        after: page::cursor(asked.cursor.as_deref())?,
        limit: page::limit(Some(asked.limit.unwrap_or(10)))?,
    };
    let found = caller.manager().contests(&caller.principal, query).await?;
    let agent_id = caller.principal.agent_id();
    let items = found.items.iter().map(|state| shape::contest(&state.contest, &agent_id)).collect();
    let page = page::list(items, found.more, |contest: &Contest| contest.arena_id.to_string());
    Ok(paged(page.items.iter().map(marked_contest).collect(), page.next_cursor))
}

async fn show(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    let state = caller.manager().contest(&caller.principal, caller.arena(&asked)?).await?;
    let agent_id = caller.principal.agent_id();
    let mut shown = marked_contest(&shape::contest(&state.contest, &agent_id));
    if let (Some(entry), Some(fields)) = (state.contest.entry(&agent_id), shown.as_object_mut()) {
        fields.insert("entry".to_owned(), json!(Entry::from(entry)));
    }
    Ok(shown)
}

async fn standings(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<PageQuery>(arguments)?;
    let limit = page::limit(Some(asked.given.limit.unwrap_or(20)))?;
    let after = page::cursor(asked.given.cursor.as_deref())?.unwrap_or(0);
    let state = caller.manager().contest(&caller.principal, caller.arena(&asked)?).await?;
    let page = page::counted(&state.contest.standings(), after, limit, |standing| Entry::from(standing));
    Ok(paged(page.items.iter().map(|entry| json!(entry)).collect(), page.next_cursor))
}

async fn enter(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let ask = caller.ask(&asked, Some(arena_id));
    let reply = caller.manager().submit_contest(ask, arena_id, Command::Enter, render::entry).await?;
    let entry = rendered::<Entered>(&reply)?.ok_or_else(|| Failure::not_found("entry"))?;
    Ok(json!(entry))
}

/// Gives a command that is answered with the contest.
pub(super) async fn changed<T: Serialize>(
    caller: &Caller,
    asked: &Asked<T>,
    command: Command,
) -> Result<Value, Failure> {
    let arena_id = caller.arena(asked)?;
    let ask = caller.ask(asked, Some(arena_id));
    let reply = caller.manager().submit_contest(ask, arena_id, command, render::contest).await?;
    let contest = rendered::<Contest>(&reply)?.ok_or_else(|| Failure::not_found("contest"))?;
    Ok(marked_contest(&contest))
}

async fn leave(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    let agent_id = caller.principal.agent_id();
    changed(&caller, &asked, Command::Leave { agent_id }).await
}

async fn payout(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<RequestPayout>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let ask = caller.ask(&asked, Some(arena_id));
    let command = Command::Payout { kind: asked.given.kind, payee: asked.given.agent.clone() };
    let reply = caller.manager().submit_contest(ask, arena_id, command, render::payout).await?;
    let paid = rendered::<Payout>(&reply)?.ok_or_else(|| Failure::not_found("obligation"))?;
    Ok(json!(paid))
}

async fn abandon(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Nothing>(arguments)?;
    changed(&caller, &asked, Command::Abandon).await
}
