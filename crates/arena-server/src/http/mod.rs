//! The routes, one file for each kind of thing. A handler parses, asks the runtime, and answers.

mod agents;
mod arenas;
mod artifacts;
mod clock;
mod conditional;
mod contests;
mod entries;
mod event_types;
mod events;
mod facts;
mod handles;
mod journal;
mod ledger;
mod messages;
mod participants;
mod payouts;
mod plan;
mod reading;
mod receipt;
mod rounds;
mod server;
mod stream;
mod work;

pub(crate) use events::LONGEST_WAIT_MS;
pub(crate) use stream::Reader;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, page};

/// All routes under `/v1` and the server's own, with what they declare for the OpenAPI document.
pub(crate) fn routes(has_test_clock: bool) -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new()
        .routes(routes!(agents::register_agent, agents::list_agents))
        .routes(routes!(agents::get_agent, agents::remove_agent))
        .routes(routes!(agents::replace_token))
        .routes(routes!(arenas::create_arena, arenas::list_arenas))
        .routes(routes!(arenas::get_arena))
        .routes(routes!(arenas::activate))
        .routes(routes!(arenas::settle))
        .routes(routes!(arenas::archive))
        .routes(routes!(arenas::update_goal))
        .routes(routes!(participants::add_participant))
        .routes(routes!(participants::change_role, participants::remove_participant))
        .routes(routes!(plan::add_steps, plan::list_steps))
        .routes(routes!(plan::get_step, plan::edit_step))
        .routes(routes!(plan::approve))
        .routes(routes!(plan::reopen))
        .routes(routes!(plan::cancel))
        .routes(routes!(plan::adopt))
        .routes(routes!(work::claim))
        .routes(routes!(work::renew))
        .routes(routes!(work::release))
        .routes(routes!(work::fail))
        .routes(routes!(work::complete))
        .routes(routes!(artifacts::list_artifacts))
        .routes(routes!(artifacts::put_artifact, artifacts::get_artifact))
        .routes(routes!(facts::list_facts))
        .routes(routes!(facts::put_fact, facts::get_fact))
        .routes(routes!(messages::send_message, messages::list_messages))
        .routes(routes!(events::list_events))
        .routes(routes!(journal::list_journal))
        .routes(routes!(reading::get_brief))
        .routes(routes!(reading::get_state))
        .routes(routes!(reading::get_report))
        .routes(routes!(reading::verify))
        .routes(routes!(handles::create_handle))
        .routes(routes!(handles::revoke_handle))
        .merge(contest_routes())
        .routes(routes!(server::healthz))
        .routes(routes!(server::readyz))
        .routes(routes!(server::metrics))
        .routes(routes!(server::openapi));
    if has_test_clock { routes.routes(routes!(clock::advance_clock)) } else { routes }
}

fn contest_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(contests::create_contest, contests::list_contests))
        .routes(routes!(contests::get_contest))
        .routes(routes!(contests::start_contest))
        .routes(routes!(contests::cancel_contest))
        .routes(routes!(contests::abandon_contest))
        .routes(routes!(contests::finalize_contest))
        .routes(routes!(entries::enter, entries::list_entries))
        .routes(routes!(entries::leave))
        .routes(routes!(entries::list_standings))
        .routes(routes!(rounds::submit_round))
        .routes(routes!(rounds::list_rounds))
        .routes(routes!(rounds::put_actions, rounds::get_actions))
        .routes(routes!(payouts::pay_out))
        .routes(routes!(payouts::list_obligations))
        .routes(routes!(events::list_contest_events))
        .routes(routes!(receipt::get_receipt))
        .routes(routes!(ledger::deposit))
        .routes(routes!(ledger::withdraw))
        .routes(routes!(ledger::get_account))
        .routes(routes!(ledger::list_transfers))
        .routes(routes!(ledger::audit_ledger))
}
