//! The MCP door as `arena mcp` uses it: one JSON-RPC message there, its answer back.

use std::time::Duration;

use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};

use super::{ANSWER_LIMIT, Client, Error};
use crate::problem::Problem;

/// How much longer than others a call may take: tools wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Client {
    /// Sends a JSON-RPC message with what its revision wants as headers; answers the message that came back, or `None` when
    /// there is nothing to say. It is sent once.
    ///
    /// # Errors
    /// [`Error`]; an error of JSON-RPC is an answer.
    pub async fn mcp(&self, message: String, headers: &[(&str, String)]) -> Result<Option<String>, Error> {
        let mut request = self.http.request(Method::POST, self.address(&["mcp"]));
        request = request.timeout(ANSWER_LIMIT.saturating_add(LONGEST_WAIT));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.header(ACCEPT, "application/json, text/event-stream");
        let request = request.header(CONTENT_TYPE, "application/json").body(message);
        let response = request.send().await.map_err(|error| Error::connection(&error))?;
        let status = response.status().as_u16();
        let is_message = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
        let body = response.text().await.map_err(|error| Error::connection(&error))?;
        if is_message {
            return Ok(Some(body));
        }
        match serde_json::from_str::<Problem>(&body) {
            Ok(problem) => Err(Error::Problem(Box::new(problem))),
            Err(_) if (200..300).contains(&status) => Ok(None),
            Err(error) => Err(Error::Answer { status, reason: error.to_string() }),
        }
    }
}
