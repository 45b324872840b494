//! `arena_wait`: sleeping until something concerns the caller.

use std::time::Duration;

use arena_api::{Problem, brief::HeldStep};
use arena_core::{
    ArenaId, Sequence, SharedArena,
    collaboration::{Permission, Status},
};
use arena_runtime::{EventQuery, RuntimeError, steady_now};
use rmcp::model::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    brief::{self, Place},
    error::Failure,
    mcp::{
        answer,
        caller::Caller,
        concern::{Concern, Waiting},
        marked, schema,
        tool::{Answered, Arena, Audience, Effect, Tool},
    },
};

/// The longest wait in seconds: below what clients wait for an answer.
pub(in crate::mcp) const LONGEST_S: u64 = 50;
/// The wait when nobody says otherwise.
const USUAL_S: u64 = 30;
/// How many changes are told at once.
const MOST: usize = 20;
/// How many events are looked through at once.
const PAGE: usize = 500;
/// How long before the end of a lease its holder is woken, at most.
const LEAD_MS: u64 = 15_000;

pub(super) const TOOLS: &[Tool] = &[Tool {
    name: "arena_wait",
    title: "Wait for something to do",
    about: "Sleeps until something concerns you: a step you may claim, your claim's end, a message to you, approval, settling. \
            Call it again with the `after` it answers; never poll otherwise.",
    audience: Audience::With(Permission::Read),
    effect: Effect::Reads,
    arena: Arena::Named,
    input: || {
        let fields = json!({
            "after": schema::counted("the last answer's `after`; now if left out"),
            "wait_s": {"type": "integer", "minimum": 0, "maximum": LONGEST_S, "description": "30 if left out"},
        });
        schema::input(fields, &[])
    },
    output: || {
        let fields = json!({
            "next": schema::text(),
            "after": schema::count(),
            "status": schema::text(),
            "changes": schema::list(schema::thing(json!({"sequence": schema::count(), "type": schema::text(), "text": schema::text()}))),
            "ready": schema::list(answer::step_line_schema()),
            "claims": schema::list(schema::object()),
        });
        schema::output(fields, &["next", "after", "status", "changes", "ready", "claims"])
    },
    run: |caller, arguments| -> Answered { Box::pin(wait(caller, arguments)) },
}];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    #[serde(default)]
    after: Option<Sequence>,
    #[serde(default)]
    wait_s: Option<u64>,
}

/// What was found after a sequence.
struct Found {
    changes: Vec<Value>,
    may_have_opened: bool,
    /// Up to where was looked.
    after: Sequence,
    /// Whether there is more behind that.
    more: bool,
}

async fn wait(caller: Caller, arguments: JsonObject) -> Result<Value, Failure> {
    let asked = caller.read::<Wait>(arguments)?;
    let arena_id = caller.arena(&asked)?;
    let wait_s = asked.given.wait_s.unwrap_or(USUAL_S);
    if wait_s > LONGEST_S {
        return Err(Problem::invalid("wait_s", format!("a wait is at most {LONGEST_S} seconds")).into());
    }
    let head = caller.state(arena_id).await?.sequence();
    let mut after = asked.given.after.unwrap_or(head);
    if after > head {
        let reason = format!("the arena is at {head}; send the after of an answer");
        return Err(Problem::invalid("after", reason).into());
    }
    let until = steady_now() + Duration::from_secs(wait_s);
    loop {
        let shared = caller.state(arena_id).await?;
        let found = look(&caller, arena_id, after, &shared).await?;
        after = found.after;
        let place = brief::place(&caller.principal, &shared, caller.manager().now());
        let lasts = lasts(&caller, &shared, &place);
        let is_called = found.more || !found.changes.is_empty() || is_free_to_claim(&place, &found);
        let left = until.saturating_duration_since(steady_now()).min(lasts.unwrap_or(Duration::MAX));
        let is_over = left.is_zero() || shared.status() == Status::Archived || *caller.app.draining.borrow();
        if is_called || is_over {
            // How things stand is told to one who may know it still.
            caller.manager().authenticate(caller.token.shown())?;
            let lease_ends = lasts.is_some_and(|lasts| lasts.is_zero());
            return Ok(answered(&caller, &shared, &place, &found, is_called, lease_ends));
        }
        let query = EventQuery { after, limit: 1, wait: Some(left), ..EventQuery::default() };
        tokio::select! {
            biased;
            () = caller.manager().revoked(caller.token.shown()) => return Err(RuntimeError::Unauthenticated.into()),
            () = caller.app.drained() => {}
            waited = caller.manager().events(&caller.principal, arena_id, query) => { waited?; }
        }
    }
}

/// Whether there is a step to claim: for who holds none at once, for others when one may have become ready.
fn is_free_to_claim(place: &Place, found: &Found) -> bool {
    !place.ready.is_empty() && (place.claims.is_empty() || found.may_have_opened)
}

/// How long the caller may sleep before the first of its leases has to be renewed.
fn lasts(caller: &Caller, shared: &SharedArena, place: &Place) -> Option<Duration> {
    let now = caller.manager().now().as_millis();
    let of_claim = |held: &HeldStep| {
        let claim = shared.step(held.step)?.claim.as_ref()?;
        let lead = LEAD_MS.min(claim.lease_ms.get() / 3);
        Some(Duration::from_millis(claim.expires_at.as_millis().saturating_sub(now).saturating_sub(lead)))
    };
    place.claims.iter().filter_map(of_claim).min()
}

/// Looks through what happened after a sequence, as far as the state goes that it is told with.
async fn look(
    caller: &Caller,
    arena_id: ArenaId,
    after: Sequence,
    shared: &SharedArena,
) -> Result<Found, Failure> {
    let mut found = Found { changes: Vec::new(), may_have_opened: false, after, more: false };
    let waiting = Waiting::new(&caller.principal, shared);
    loop {
        let query = EventQuery { after: found.after, limit: PAGE, ..EventQuery::default() };
        let page = caller.manager().events(&caller.principal, arena_id, query).await?;
        for event in page.items.iter().take_while(|event| event.sequence <= shared.sequence()) {
            if found.changes.len() >= MOST {
                found.more = true;
                return Ok(found);
            }
            match waiting.concern(event) {
                Concern::Told(change) => found.changes.push(change),
                Concern::MayOpen => found.may_have_opened = true,
                Concern::None => {}
            }
            found.after = event.sequence;
        }
        if page.items.len() < PAGE || found.after >= shared.sequence() {
            return Ok(found);
        }
    }
}

fn answered(
    caller: &Caller,
    shared: &SharedArena,
    place: &Place,
    found: &Found,
    is_called: bool,
    lease_ends: bool,
) -> Value {
    let claims = place.claims.iter().map(|held| {
        let fields =
            json!({"step": held.step, "fence": held.fence, "expires_at": held.expires_at, "title": held.title});
        marked::thing(marked::coordinators(), fields)
    });
    let after = found.after;
    let next = if lease_ends {
        "your lease is about to end: renew it with step_update, or complete the step".to_owned()
    } else if is_called || shared.status() == Status::Archived {
        place.next.clone()
    } else if *caller.app.draining.borrow() {
        format!("the server restarts: call arena_wait with after {after} again")
    } else {
        format!("nothing yet: call arena_wait with after {after} again")
    };
    json!({
        "next": next,
        "after": after,
        "status": shared.status(),
        "changes": found.changes,
        "more": found.more,
        "ready": place.ready.iter().map(|one| answer::step_line(one.step, &one.title)).collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use std::{
        future::ready,
        pin::{Pin, pin},
    };

    use arena_api::Code;
    use arena_core::{
        AgentId,
        collaboration::{ArenaConfig, Role},
    };
    use arena_runtime::{ArenaManager, Ask, Options, Principal};
    use axum::http::{HeaderMap, header};
    use tokio::sync::watch;

    use super::*;
    use crate::{app::App, config::Config, request};

    fn bob() -> AgentId {
        "bob".parse().unwrap()
    }

    /// A worker in an arena where there is nothing to do, at the door.
    async fn calling() -> (ArenaManager, Caller, JsonObject) {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let issued = manager.register_agent(Ask::by(Principal::Operator), bob(), None).await.unwrap();
        let participants = vec![(bob(), Role::Worker)];
        let arena_id = manager.create(ArenaConfig { participants, ..ArenaConfig::new("go") }).await.unwrap();
        manager.operator(arena_id).activate().await.unwrap();
        let app = App::new(manager.clone(), Config::default(), bytes::Bytes::new(), watch::channel(false).1);
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {}", issued.token).parse().unwrap());
        let (principal, token) = request::take_token(&mut headers, &app).unwrap();
        let arguments = json!({"arena": arena_id, "wait_s": LONGEST_S}).as_object().unwrap().clone();
        (manager, Caller { app, principal, token, tool: "arena_wait" }, arguments)
    }

    /// What a call comes to without any more waiting.
    async fn now<T>(call: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        tokio::select! {
            biased;
            done = call => Some(done),
            () = ready(()) => None,
        }
    }

    fn code(answer: Result<Value, Failure>) -> Code {
        answer.expect_err("a refusal").into_problem().code
    }

    #[tokio::test]
    async fn a_wait_ends_at_once_with_the_token_it_was_asked_with() {
        let (manager, caller, arguments) = calling().await;
        let mut call = pin!(wait(caller, arguments));
        assert!(now(call.as_mut()).await.is_none());
        manager.replace_token(Ask::by(Principal::Operator), bob()).await.unwrap();
        assert_eq!(now(call.as_mut()).await.map(code), Some(Code::Unauthenticated));
    }

    #[tokio::test]
    async fn how_things_stand_is_not_told_to_one_whose_token_has_ended() {
        let (manager, caller, mut arguments) = calling().await;
        arguments.insert("wait_s".to_owned(), json!(0));
        assert!(wait(caller.clone(), arguments.clone()).await.is_ok());
        manager.replace_token(Ask::by(Principal::Operator), bob()).await.unwrap();
        assert_eq!(code(wait(caller, arguments).await), Code::Unauthenticated);
    }
}
