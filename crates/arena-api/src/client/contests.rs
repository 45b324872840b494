//! Calls about contests: their lifecycle, entries, rounds, payouts, and what is read of them.

use std::time::Duration;

use arena_core::{AgentId, ArenaId};
use bytes::Bytes;
use reqwest::{Method, header::HeaderMap};

use super::{
    Client, Error,
    call::{Body, Call, Read, json},
};
use crate::{
    contests::{Contest, ContestQuery, CreateContest, Finalize},
    entries::{Entered, Entry},
    events::{EventPage, EventQuery},
    list::{List, PageQuery},
    payouts::{Obligation, Payout, RequestPayout},
    rounds::{Round, SubmitRound},
};

impl Client {
    /// Makes a contest; the caller becomes its creator and locks the bond.
    pub fn create_contest(&self, asked: &CreateContest) -> Call<Contest> {
        self.send(Method::POST, &["v1", "contests"], Body::json(asked), json)
    }

    /// Lists contests by id, which is the order of creation.
    pub fn contests(&self, query: &ContestQuery) -> Call<List<Contest>> {
        self.get_with(&["v1", "contests"], query, json)
    }

    /// Reads a contest.
    pub fn contest(&self, contest: ArenaId) -> Call<Contest> {
        self.get(&["v1", "contests", &contest.to_string()], json)
    }

    /// Enters a contest and pays its fee.
    pub fn enter(&self, contest: ArenaId) -> Call<Entered> {
        self.of_contest(Method::POST, contest, &["entries"], Body::Empty, json)
    }

    /// Leaves a contest before it starts and gets the fee back.
    pub fn leave_contest(&self, contest: ArenaId, agent: &AgentId) -> Call<Contest> {
        self.of_contest(Method::DELETE, contest, &["entries", agent.as_str()], Body::Empty, json)
    }

    /// Lists entries in the order of entering.
    pub fn entries(&self, contest: ArenaId, page: &PageQuery) -> Call<List<Entry>> {
        self.of_contest(Method::GET, contest, &["entries"], Body::Empty, json).query(page)
    }

    /// Starts a contest.
    pub fn start_contest(&self, contest: ArenaId) -> Call<Contest> {
        self.of_contest(Method::POST, contest, &["start"], Body::Empty, json)
    }

    /// Submits a page of a round.
    pub fn submit_round(&self, contest: ArenaId, asked: &SubmitRound) -> Call<Contest> {
        self.of_contest(Method::POST, contest, &["eliminations"], Body::json(asked), json)
    }

    /// Derives the standings and opens the obligations.
    pub fn finalize_contest(&self, contest: ArenaId, asked: &Finalize) -> Call<Contest> {
        self.of_contest(Method::POST, contest, &["finalize"], Body::json(asked), json)
    }

    /// Calls a contest off before it starts.
    pub fn cancel_contest(&self, contest: ArenaId) -> Call<Contest> {
        self.of_contest(Method::POST, contest, &["cancel"], Body::Empty, json)
    }

    /// Ends a contest whose oracle is silent.
    pub fn abandon_contest(&self, contest: ArenaId) -> Call<Contest> {
        self.of_contest(Method::POST, contest, &["abandon"], Body::Empty, json)
    }

    /// Has an open obligation paid to its owner.
    pub fn payout(&self, contest: ArenaId, asked: &RequestPayout) -> Call<Payout> {
        self.of_contest(Method::POST, contest, &["payouts"], Body::json(asked), json)
    }

    /// Lists what a contest owes and owed.
    pub fn obligations(&self, contest: ArenaId, page: &PageQuery) -> Call<List<Obligation>> {
        self.of_contest(Method::GET, contest, &["obligations"], Body::Empty, json).query(page)
    }

    /// Lists entries in the order of their standings.
    pub fn standings(&self, contest: ArenaId, page: &PageQuery) -> Call<List<Entry>> {
        self.of_contest(Method::GET, contest, &["standings"], Body::Empty, json).query(page)
    }

    /// Lists rounds by number.
    pub fn rounds(&self, contest: ArenaId, page: &PageQuery) -> Call<List<Round>> {
        self.of_contest(Method::GET, contest, &["rounds"], Body::Empty, json).query(page)
    }

    /// Stores the actions of a round: JSON lines whose Merkle root the round recorded.
    pub fn put_actions(&self, contest: ArenaId, round: u32, lines: impl Into<Bytes>) -> Call<Round> {
        let body = Body::Bytes { media_type: "application/x-ndjson".to_owned(), bytes: lines.into() };
        self.of_contest(Method::PUT, contest, &["rounds", &round.to_string(), "actions"], body, json)
    }

    /// Reads the actions of a round, as they were stored.
    pub fn actions(&self, contest: ArenaId, round: u32) -> Call<Bytes> {
        let rest = ["rounds", &round.to_string(), "actions"];
        self.of_contest(Method::GET, contest, &rest, Body::Empty, whole)
    }

    /// Reads events of a contest, waiting for the first as long as `query.wait_ms` says.
    pub fn contest_events(&self, contest: ArenaId, query: &EventQuery) -> Call<EventPage> {
        let wait = Duration::from_millis(query.wait_ms.unwrap_or_default().into());
        self.of_contest(Method::GET, contest, &["events"], Body::Empty, json).query(query).waiting(wait)
    }

    /// Reads the receipt of a contest that is over: the bytes of the file, for [`crate::receipt::Receipt::open`].
    pub fn receipt(&self, contest: ArenaId) -> Call<Bytes> {
        self.of_contest(Method::GET, contest, &["receipt"], Body::Empty, whole)
    }

    fn of_contest<T>(
        &self,
        method: Method,
        contest: ArenaId,
        rest: &[&str],
        body: Body,
        read: Read<T>,
    ) -> Call<T> {
        let id = contest.to_string();
        let path: Vec<&str> = ["v1", "contests", id.as_str()].iter().chain(rest).copied().collect();
        self.send(method, &path, body, read)
    }
}

/// Takes the body as it is.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the readers of answers")]
fn whole(_: u16, _: &HeaderMap, body: &Bytes) -> Result<Bytes, Error> {
    Ok(body.clone())
}
