//! `arena chain contest`: making, showing and listing contests on the chain.

use arena_api::Code;
use arena_chain::{Address, ChainTerms, ShownContest, ShownEntry, Signer, sort_by_standing};
use arena_core::contest::{Status, Terms};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    act::{Done, Of},
    reach::Session,
    text,
};
use crate::{commands::contest::TermsArgs, exit::Exit, failure::Failure, values};

/// Contests on the chain.
#[derive(Debug, Subcommand)]
pub(super) enum Contest {
    /// Make a contest and lock your bond; you are its creator
    Create(Box<Create>),
    /// Show a contest with its entries
    Show(Of),
    /// List contests
    List(List),
}

/// A new contest.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena chain contest create --title Cup --mint MINT --fee 1000 --bond 5000 --split 60,40\nTerms never change; the program refuses a mint that could break the accounting, and more than 100 agents."
)]
pub(super) struct Create {
    /// What its money is: the address of a mint
    #[arg(long, value_name = "ADDRESS")]
    mint: Address,
    /// The wallet that starts, submits and finalizes [default: the creator]
    #[arg(long, value_name = "ADDRESS")]
    oracle_wallet: Option<Address>,
    #[command(flatten)]
    terms: TermsArgs,
}

/// Which contests.
#[derive(Args, Debug)]
pub(super) struct List {
    /// Only those of this status
    #[arg(long, value_parser = values::contest_status)]
    status: Option<Status>,
    /// Only those that this wallet made
    #[arg(long, value_name = "ADDRESS")]
    creator: Option<Address>,
}

/// A contest and who is in it.
#[derive(Debug, Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    pub(super) contest: ShownContest,
    /// Who may freeze accounts of its mint, and so its vaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) freeze_authority: Option<String>,
    pub(super) entries: Vec<ShownEntry>,
}

/// A list.
#[derive(Debug, Serialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
}

impl Contest {
    /// Does it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Create(verb) => verb.run(session).await,
            Self::Show(of) => show(of, session).await,
            Self::List(verb) => verb.run(session).await,
        }
    }
}

impl Create {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let (title, asked) = self.terms.read()?;
        let usage = |detail: &str| Failure::new(Exit::Usage, "usage", detail);
        let title =
            title.ok_or_else(|| usage("the contest has no title; give one with --title or in the file"))?;
        if asked.oracle.is_some() {
            return Err(usage("an oracle on the chain is a wallet; name it with --oracle-wallet"));
        }
        let request = format!("create {title:?} {asked:?} {} {:?}", self.mint, self.oracle_wallet);
        if session.is_answered(request).await? {
            return Ok(());
        }
        let terms = Terms::try_from(asked).map_err(|unclear| usage(&unclear.to_string()))?;
        let token_program = session.chain.token_program_of(&self.mint).await?;
        let terms = ChainTerms { terms, oracle: self.oracle_wallet, mint: self.mint, token_program };
        terms.check()?;
        let wallet = session.wallet()?;
        let own = wallet.pubkey();
        let id = session.id(&title, &terms.hash(&own)?);
        let at = session.chain.at().contest(&own, &id);
        let action = session.chain.at().create_contest(&own, id, &title, &terms)?;
        let action = action.making_tokens_of(&own, &self.mint, &token_program, &own);
        let sent = session.send(&action, &[&wallet], None).await.map_err(|error| {
            let taken = error.code() == Code::NameTaken;
            let failure = Failure::from(error);
            let hint = format!("where {at} is one like it already, give this one a --key of its own");
            if taken { failure.with_hint(hint) } else { failure }
        })?;
        let contest = ShownContest::from(&session.contest(&at).await?);
        session.answer(&Done::of(&action, sent, Some(contest)), |done| {
            format!("created {at}\n{}", text::done(done))
        })
    }
}

async fn show(of: Of, session: &Session) -> Result<(), Failure> {
    let contest = session.contest(&of.contest).await?;
    let mut entries = session.chain.entries(&of.contest).await?;
    sort_by_standing(&mut entries);
    let freeze_authority = session.chain.freeze_authority_of(&contest.mint()).await?;
    let whole = Whole {
        contest: ShownContest::from(&contest),
        freeze_authority: freeze_authority.map(|wallet| wallet.to_string()),
        entries: entries.iter().map(|entry| ShownEntry::of(entry, &contest)).collect(),
    };
    session.output.answer(&whole, text::whole)
}

impl List {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let mut found = session.chain.contests(self.status, self.creator.as_ref()).await?;
        found.sort_by_key(|contest| (contest.view().created_at_ms(), contest.address));
        let items = found.iter().map(ShownContest::from).collect();
        session.output.answer(&Items { items }, |list| text::list(&list.items))
    }
}
