//! What a contest answers to a command: pure, and in a fixed order of checks.
//!
//! Existence, `If-Match`, the contest's status, the caller's role ([`asking`]), and only then the checks of the command's row in
//! section 6 of the design, in the order of the row (the other files).

mod asking;
mod payouts;
mod registration;
mod rounds;
mod settling;

use alloc::{format, sync::Arc, vec, vec::Vec};

use self::asking::Asking;
use super::{
    aggregate::Contest,
    bounds,
    commands::{Command, Context},
    events::ContestEvent,
    rejection::{invalid, Rejection},
    terms::Terms,
    Decision, Outcome,
};
use crate::{ids::AgentId, time::Timestamp};

/// What a rule answers.
type Answer = Result<Vec<ContestEvent>, Rejection>;

impl Contest {
    /// Makes a contest; its bond is put up.
    ///
    /// # Errors
    /// [`Rejection::Invalid`], naming the field that is out of its bounds.
    pub fn create(
        title: &str,
        terms: &Terms,
        creator: &AgentId,
        now: Timestamp,
    ) -> Result<Decision, Rejection> {
        if !bounds::title_in_bounds(title) {
            return Err(invalid("title", &format!("has 1 to {} bytes", bounds::TITLE_BYTES)));
        }
        if !bounds::is_plain(title) {
            return Err(invalid("title", "has no control characters"));
        }
        terms.check()?;
        let created = ContestEvent::ContestCreated {
            agent_id: creator.clone(),
            title: Arc::from(title),
            terms: Arc::new(terms.clone()),
            terms_hash: terms.hash(),
            timestamp: now,
        };
        Ok(Decision { events: vec![created], outcome: Outcome::Accepted })
    }

    /// Decides a command.
    ///
    /// # Errors
    /// [`Rejection`], with nothing recorded.
    pub fn decide(&self, command: &Command, context: &Context<'_>) -> Result<Decision, Rejection> {
        command.check()?;
        let asking = Asking::admit(self, command, context)?;
        let events = asking.answer(command)?;
        Ok(Decision { events, outcome: Outcome::Accepted })
    }
}

impl Asking<'_> {
    fn answer(&self, command: &Command) -> Answer {
        match command {
            Command::Enter => self.enter(),
            Command::Leave { agent_id } => self.leave(agent_id),
            Command::Start => self.start(),
            Command::SubmitPage(page) => self.submit_page(page),
            Command::Finalize { seed } => self.finalize(seed.as_deref()),
            Command::StoreActions { round, root, sha256, size } => {
                self.store_actions(*round, *root, *sha256, *size)
            }
            Command::Payout { kind, payee } => self.payout(*kind, payee.as_ref()),
            Command::Cancel => self.cancel(),
            Command::Abandon => self.abandon(),
        }
    }
}
