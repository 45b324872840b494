//! What one wallet does in one transaction: registering, entering, leaving, starting, cancelling, abandoning; and reading what happened.

use arena_api::Code;
use arena_chain::{Action, Address, Asked, Logged, Sent, ShownContest, ShownProfile, Signer, shown_event};
use arena_core::{Hash, contest::status};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::{reach::Session, text};
use crate::{exit::Exit, failure::Failure};

/// Which contest.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Of {
    /// The contest's address
    pub(super) contest: Address,
}

/// An entry.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena chain enter CONTEST --terms HASH\n`arena chain contest show CONTEST` prints the hash beside the terms. A contest under the same address can be made anew with others; without --terms you agree to those that it has when you enter."
)]
pub(super) struct Enter {
    /// The contest's address
    contest: Address,
    /// The terms that you agree to, by their hash; with others nothing is paid
    #[arg(long, value_name = "HASH")]
    terms: Option<Hash>,
}

/// A wallet that becomes an agent.
#[derive(Args, Debug)]
pub(super) struct Register {
    /// Its display name: 1 to 32 bytes
    name: String,
}

/// Whose profile.
#[derive(Args, Debug)]
pub(super) struct Profile {
    /// The wallet; your own unless said
    wallet: Option<Address>,
}

/// What was done.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    /// Which action.
    pub(super) action: &'static str,
    /// The transaction; absent when it was done before by one that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<String>,
    /// Whether it had been done before.
    pub(super) before: bool,
    /// The contest as it stands then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contest: Option<ShownContest>,
}

impl Done {
    /// What came of an action.
    pub(super) fn of(action: &Action, sent: Sent, contest: Option<ShownContest>) -> Self {
        let signature = sent.signature.map(|signature| signature.to_string());
        Self { action: action.name, signature, before: sent.before, contest }
    }
}

impl Enter {
    /// Enters, under the terms that were named.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (wallet, contest) = (session.wallet()?, session.contest(&self.contest).await?);
        let (own, has) = (wallet.pubkey(), contest.terms_hash()?);
        if let Some(named) = self.terms.filter(|named| *named != has) {
            let detail =
                format!("the contest has the terms {has} and not {named}; read them before you enter");
            return Err(Failure::new(Exit::Conflict, Code::VersionMismatch.as_str(), detail));
        }
        let asked = Asked::new(self.contest, status::Action::Enter).of(own);
        let action = contest.making_tokens_of(session.chain.at().enter(&contest, &own), &own, &own);
        done(session, Of { contest: self.contest }, &action, &[&wallet], asked).await
    }
}

impl Register {
    /// Registers the wallet.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let wallet = session.wallet()?;
        let action = session.chain.at().register_profile(&wallet.pubkey(), &self.name)?;
        let sent = session.send(&action, &[&wallet], None).await?;
        session.answer(&Done::of(&action, sent, None), |done| {
            format!("registered {}\n{}", wallet.pubkey(), text::done(done))
        })
    }
}

impl Profile {
    /// Shows it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let wallet = session.wallet_or_own(self.wallet)?;
        let profile = ShownProfile::from(&session.chain.profile(&wallet).await?);
        session.output.answer(&profile, text::profile)
    }
}

/// Leaves.
pub(super) async fn leave(of: Of, session: &Session) -> Result<(), Failure> {
    let (wallet, contest) = (session.wallet()?, session.contest(&of.contest).await?);
    let own = wallet.pubkey();
    let action = contest.making_tokens_of(session.chain.at().leave(&contest, &own), &own, &own);
    done(session, of, &action, &[&wallet], Asked::new(of.contest, status::Action::Leave).of(own)).await
}

/// Starts.
pub(super) async fn start(of: Of, session: &Session) -> Result<(), Failure> {
    let (wallet, contest) = (session.wallet()?, session.contest(&of.contest).await?);
    let action = session.chain.at().start(&contest, &wallet.pubkey());
    done(session, of, &action, &[&wallet], Asked::new(of.contest, status::Action::Start)).await
}

/// Cancels.
pub(super) async fn cancel(of: Of, session: &Session) -> Result<(), Failure> {
    let (wallet, contest) = (session.wallet()?, session.contest(&of.contest).await?);
    let action = session.chain.at().cancel(&contest);
    done(session, of, &action, &[&wallet], Asked::new(of.contest, status::Action::Cancel)).await
}

/// Abandons.
pub(super) async fn abandon(of: Of, session: &Session) -> Result<(), Failure> {
    let (wallet, contest) = (session.wallet()?, session.contest(&of.contest).await?);
    let action = session.chain.at().abandon(&contest);
    done(session, of, &action, &[&wallet], Asked::new(of.contest, status::Action::Abandon)).await
}

/// Sends an action about a contest, and says how the contest stands then.
async fn done(
    session: &Session,
    of: Of,
    action: &Action,
    signers: &[&arena_chain::Keypair],
    asked: Asked,
) -> Result<(), Failure> {
    let sent = session.send(action, signers, Some(asked)).await?;
    let contest = ShownContest::from(&session.contest(&of.contest).await?);
    session.answer(&Done::of(action, sent, Some(contest)), text::done)
}

/// Prints the events, a line each.
pub(super) async fn events(of: Of, session: &Session) -> Result<(), Failure> {
    let events = session.chain.events(&of.contest, None).await?;
    let items: Vec<_> = events.iter().map(item).collect();
    session
        .output
        .answer(&json!({ "items": &items }), |_| items.iter().map(|item| format!("{item}\n")).collect())
}

/// An event as JSON: by the field list of the program's own table.
fn item(logged: &Logged) -> serde_json::Value {
    let mut item = shown_event(&logged.event);
    if let Some(fields) = item.as_object_mut() {
        fields.insert("slot".to_owned(), json!(logged.slot));
        fields.insert("signature".to_owned(), json!(logged.signature));
    }
    item
}
