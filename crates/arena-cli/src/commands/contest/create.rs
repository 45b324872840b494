//! `arena contest create`: makes a contest.

use arena_api::contests::{Contest, CreateContest};
use clap::Args;

use super::terms::TermsArgs;
use crate::{exit::Exit, failure::Failure, session::Session, text};

/// A new contest.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena contest create --title Cup --fee 1000 --bond 5000 --split 60,40 --interval 60s\nTerms never change; `arena contest whatif` with the same flags says what they would pay."
)]
pub(crate) struct Create {
    #[command(flatten)]
    terms: TermsArgs,
}

impl Create {
    /// Makes it.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (title, terms) = self.terms.read()?;
        let title = title.ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "usage",
                "the contest has no title; give one with --title or in the file",
            )
        })?;
        let contest = session.write(session.client.create_contest(&CreateContest { title, terms })).await?;
        session.output.answer(&contest, created)
    }
}

fn created(contest: &Contest) -> String {
    format!("created {}\n{}", contest.arena_id, text::contest::outcome(contest))
}
