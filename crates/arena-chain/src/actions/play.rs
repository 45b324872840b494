//! A contest from its making to its end: entered and left, started, its rounds, finalized, cancelled or abandoned.

use arena_core::contest::Status;
use arena_escrow_interface::{Marks, args, instructions as table, instructions::Tag};
use solana_address::Address;

use super::Of;
use crate::{
    accounts::HeldContest,
    action::Action,
    addresses::{Addresses, SYSTEM, associated, key},
    error::ChainError,
    instruction::{also, too_long},
    rounds::Page,
    shows::{is_gone, is_there, of_contest, stands},
    terms::ChainTerms,
};

impl Addresses {
    /// Makes a contest and puts its bond up, from the creator's associated token account.
    ///
    /// # Errors
    /// When title or terms are longer than an instruction, or have more places than a split has.
    pub fn create_contest(
        &self,
        creator: &Address,
        id: [u8; 16],
        title: &str,
        terms: &ChainTerms,
    ) -> Result<Action, ChainError> {
        let contest = self.contest(creator, &id);
        let accounts = table::CreateContestAccounts {
            creator: key(creator),
            profile: key(&self.profile(creator)),
            contest: key(&contest),
            escrow: key(&self.escrow(&contest)),
            bond_vault: key(&self.bond_vault(&contest)),
            treasury: key(&self.treasury(&terms.mint)),
            mint: key(&terms.mint),
            creator_tokens: key(&associated(creator, &terms.token_program, &terms.mint)),
            token_program: key(&terms.token_program),
            system_program: key(&SYSTEM),
        };
        let args = args::CreateContest { id, title, terms: terms.wire(creator)? };
        let action = self
            .action("create_contest", Tag::CreateContest, &accounts.metas(), |writer| args.write(writer))?;
        Ok(action.once(contest, is_there))
    }

    /// Enters a contest and pays the fee, from the agent's associated token account.
    #[must_use]
    pub fn enter(&self, contest: &HeldContest, agent: &Address) -> Action {
        let of = Of { at: self, contest };
        let entry = of.entry(agent);
        let accounts = table::EnterAccounts {
            agent: key(agent),
            profile: of.profile(agent),
            contest: of.contest(),
            entry: key(&entry),
            agent_tokens: of.tokens(agent),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
            system_program: key(&SYSTEM),
        };
        let args = args::Enter { terms_hash: contest.view().terms_hash() };
        let action = self.fixed("enter", Tag::Enter, &accounts.metas(), |writer| args.write(writer));
        action.once(entry, is_there)
    }

    /// Takes an entry back, and the fee with it.
    #[must_use]
    pub fn leave(&self, contest: &HeldContest, agent: &Address) -> Action {
        let of = Of { at: self, contest };
        let entry = of.entry(agent);
        let accounts = table::LeaveAccounts {
            agent: key(agent),
            profile: of.profile(agent),
            contest: of.contest(),
            entry: key(&entry),
            agent_tokens: of.tokens(agent),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("leave", Tag::Leave, &accounts.metas());
        action.once(entry, is_gone)
    }

    /// Ends registration and begins play.
    #[must_use]
    pub fn start(&self, contest: &HeldContest, oracle: &Address) -> Action {
        let accounts = table::StartAccounts { oracle: key(oracle), contest: key(&contest.address) };
        let action = self.plain("start", Tag::Start, &accounts.metas());
        action.once(contest.address, |account| of_contest(account, |contest| contest.started_at_ms() > 0))
    }

    /// Submits a page of a round.
    ///
    /// # Errors
    /// When there are more marks than a page has.
    pub fn submit_page(
        &self,
        contest: &HeldContest,
        oracle: &Address,
        page: &Page,
    ) -> Result<Action, ChainError> {
        let accounts = table::SubmitPageAccounts { oracle: key(oracle), contest: key(&contest.address) };
        let bytes: Vec<u8> = page.marks.iter().flat_map(|(_, mark)| mark.to_bytes()).collect();
        let marks = Marks::new(&bytes).ok_or_else(|| too_long("marks"))?;
        let (round, number) = (page.round, page.page);
        let args =
            args::SubmitPage { round, page: number, last: page.last, actions_root: page.actions_root, marks };
        let mut action =
            self.action("submit_page", Tag::SubmitPage, &accounts.metas(), |writer| args.write(writer))?;
        also(&mut action, page.marks.iter().map(|(entry, _)| *entry));
        // Of an earlier page the account keeps nothing that tells what was in it.
        let last = (round, number, page.hash());
        Ok(action.once(contest.address, move |account| {
            of_contest(account, |contest| {
                (contest.last_page_round(), contest.last_page(), contest.last_page_hash()) == last
            })
        }))
    }

    /// Takes the next entries in standing order, after those that are placed already; the last of them finishes the contest. The
    /// seed goes with the first.
    ///
    /// # Errors
    /// When there are more entries than a page has.
    pub fn finalize(
        &self,
        contest: &HeldContest,
        oracle: &Address,
        placed: u32,
        seed: Option<&str>,
        entries: &[Address],
    ) -> Result<Action, ChainError> {
        let accounts = table::FinalizeAccounts { oracle: key(oracle), contest: key(&contest.address) };
        let args = args::Finalize { placed, seed };
        let mut action =
            self.action("finalize", Tag::Finalize, &accounts.metas(), |writer| args.write(writer))?;
        also(&mut action, entries.iter().copied());
        let then = placed.saturating_add(u32::try_from(entries.len()).unwrap_or(u32::MAX));
        Ok(action.once(contest.address, move |account| {
            of_contest(account, |contest| {
                contest.placed() >= then && (then < contest.entrants() || contest.ended_at_ms() > 0)
            })
        }))
    }

    /// Ends a contest before it started.
    #[must_use]
    pub fn cancel(&self, contest: &HeldContest) -> Action {
        let accounts =
            table::CancelAccounts { creator: contest.view().creator(), contest: key(&contest.address) };
        let action = self.plain("cancel", Tag::Cancel, &accounts.metas());
        action.once(contest.address, |account| stands(account, Status::Cancelled))
    }

    /// Ends a contest whose oracle is timed out; the bond goes to the treasury. Anyone can.
    #[must_use]
    pub fn abandon(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::AbandonAccounts {
            contest: of.contest(),
            bond_vault: of.bond_vault(),
            treasury: of.treasury(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("abandon", Tag::Abandon, &accounts.metas());
        action.once(contest.address, |account| stands(account, Status::Abandoned))
    }
}
