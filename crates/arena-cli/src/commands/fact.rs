//! `arena fact`: keyed, versioned pieces of shared knowledge.

use arena_api::facts::{Fact as Shown, FactQuery, PutFact};
use arena_core::{ArenaId, collaboration::FactKey};
use clap::{Args, Subcommand};

use crate::{
    failure::Failure,
    paging::Paging,
    paint::{first_line, plain},
    session::Session,
    table::{Rows, item},
    text::moment,
};

/// What can be done with facts.
#[derive(Debug, Subcommand)]
pub(crate) enum Fact {
    /// Put a version of a fact
    Put(Put),
    /// Print a fact
    Get {
        /// The arena
        arena: ArenaId,
        /// Its key
        key: FactKey,
    },
    /// List facts
    List(Filter),
    /// Search facts by words in their key or content
    Search {
        #[command(flatten)]
        filter: Filter,
        /// The words
        words: String,
    },
}

/// A new version.
#[derive(Args, Debug)]
pub(crate) struct Put {
    /// The arena
    arena: ArenaId,
    /// Its key
    key: FactKey,
    /// What is so
    content: String,
    /// How sure, in whole per mille
    #[arg(long, value_name = "0..1000", value_parser = clap::value_parser!(u16).range(0..=1000))]
    confidence: Option<u16>,
    /// A tag
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// The version it must follow; 0: it must not exist
    #[arg(long, value_name = "VERSION")]
    expected_version: Option<u64>,
}

/// Which facts.
#[derive(Args, Debug)]
pub(crate) struct Filter {
    /// The arena
    arena: ArenaId,
    /// Only those that bear this tag
    #[arg(long)]
    tag: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

impl Fact {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Put(Put { arena, key, content, confidence, tags, expected_version }) => {
                let asked = PutFact { content: content.into(), confidence, tags, expected_version };
                let fact = session.write(session.client.put_fact(arena, &key, &asked)).await?;
                session.output.answer(&fact, |one| {
                    format!("put {} as version {}\n", plain(one.key.as_str()), one.version)
                })
            }
            Self::Get { arena, key } => {
                let fact = session.read(session.client.fact(arena, &key)).await?;
                session.output.answer(&fact, |one| format!("{}\n", plain(&one.content)))
            }
            Self::List(filter) => filter.run(session, None).await,
            Self::Search { filter, words } => filter.run(session, Some(words)).await,
        }
    }
}

impl Filter {
    async fn run(self, session: &Session, q: Option<String>) -> Result<(), Failure> {
        let Paging { limit, cursor } = self.paging;
        let query = FactQuery { q, tag: self.tag, limit: limit.number(), cursor };
        let page = session.read(session.client.facts(self.arena, &query)).await?;
        session.output.answer(&page, |page| list(&page.items))?;
        session.more(page.next_cursor.as_deref(), "--cursor");
        Ok(())
    }
}

fn list(facts: &[Shown]) -> String {
    let mut rows = Rows::new(&["FACT", "VERSION", "SURE", "AUTHOR", "UPDATED", "CONTENT"]);
    for one in facts {
        let sure = one.confidence.map(|per_mille| format!("{}.{} %", per_mille / 10, per_mille % 10));
        rows.add([
            item(plain(one.key.as_str())),
            item(one.version),
            item(sure.unwrap_or_default()),
            item(&one.author),
            item(moment(one.updated_at)),
            item(first_line(&one.content)),
        ]);
    }
    rows.text()
}
