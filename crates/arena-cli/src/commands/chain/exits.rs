//! `arena chain exits`: what a wallet can get out of the chain, with nobody's help.

use arena_chain::{Address, Asked, ChainError, Signer, WayOut};
use arena_core::contest::{ExitAction, PayoutKind, status};
use clap::Args;
use serde::Serialize;

use super::{reach::Session, text};
use crate::failure::Failure;

/// Whose money.
#[derive(Args, Debug)]
#[command(
    after_help = "It takes a wallet's key and a node, and neither creator nor oracle: what is not open now is open from the time that is shown.\n--take takes what is owed and what nobody plays for any more. It leaves and cancels a contest that may still be played only where that one is named with --contest."
)]
pub(super) struct Exits {
    /// The wallet; your own unless said
    wallet: Option<Address>,
    /// Only this contest; needs no lists, which many nodes refuse
    #[arg(long, value_name = "ADDRESS")]
    contest: Option<Address>,
    /// Take what is open now, as the wallet itself
    #[arg(long, conflicts_with = "wallet")]
    take: bool,
}

/// The ways out, and what was taken.
#[derive(Debug, Serialize)]
pub(super) struct Ways {
    /// What is left.
    pub(super) items: Vec<WayOut>,
    /// What was taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) taken: Vec<WayOut>,
}

impl Exits {
    /// Lists them, and takes those that are open.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let wallet = session.wallet_or_own(self.wallet)?;
        let mut ways = Ways { items: self.found(session, &wallet).await?, taken: Vec::new() };
        if !self.take {
            return session.output.answer(&ways, text::ways);
        }
        let mut refused = None;
        for way in &ways.items {
            if !way.is_open || way.gives_up && self.contest.is_none() {
                continue;
            }
            match taken(way, session).await {
                Ok(()) => ways.taken.push(way.clone()),
                Err(error @ (ChainError::Refused(_) | ChainError::Transaction { .. })) => {
                    refused = refused.or(Some(error.into()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        ways.items = self.found(session, &wallet).await?;
        session.answer_unless(&ways, text::ways, refused)
    }

    async fn found(&self, session: &Session, wallet: &Address) -> Result<Vec<WayOut>, ChainError> {
        match &self.contest {
            Some(contest) => session.chain.ways_out_of(contest, wallet).await,
            None => session.chain.ways_out(wallet).await,
        }
    }
}

/// Takes one way out, in as many steps as it takes.
async fn taken(way: &WayOut, session: &Session) -> Result<(), ChainError> {
    let own = session.key_pair()?;
    let actions = session.chain.taken(way, &own.pubkey()).await?;
    let asked = Asked::new(way.contest, asked(way.action)).of(own.pubkey());
    for action in actions {
        let name = format!("{} {}", action.name, way.contest);
        match session.send_one_of(&action, &name, &[&own], Some(asked)).await {
            // Somebody else ended it meanwhile: what is owed then is the next step.
            Err(error) if action.name == "abandon" && error.code() == arena_api::Code::WrongState => {}
            sent => {
                sent?;
            }
        }
    }
    Ok(())
}

const fn asked(action: ExitAction) -> status::Action {
    match action {
        ExitAction::Leave => status::Action::Leave,
        ExitAction::Cancel => status::Action::Cancel,
        ExitAction::Abandon => status::Action::Abandon,
        ExitAction::Refund => status::Action::Pay(PayoutKind::Refund),
        ExitAction::Prize => status::Action::Pay(PayoutKind::Prize),
        ExitAction::Bond => status::Action::Pay(PayoutKind::Bond),
        ExitAction::CreatorFee => status::Action::Pay(PayoutKind::CreatorFee),
    }
}
