//! Every instruction of the program as an action: typed arguments in, and the accounts put together by the program's own tables.

use arena_escrow_interface::{
    Key, Mark, Marks,
    accounts::{BondFate, Contest, Entry, Protocol},
    args, instructions as table,
    instructions::{Meta, Tag},
    wire::Writer,
};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{
    accounts::{HeldContest, HeldEntry},
    action::Action,
    addresses::{Addresses, SYSTEM, address, associated, key},
    error::ChainError,
    rpc::Account,
    terms::ChainTerms,
};

/// The most bytes of an instruction's data.
const MOST_DATA: usize = 1_232;
/// How many entries a page of a round names: so many fit a transaction whose payer is another than the oracle.
pub const PAGE_ENTRIES: usize = 18;

/// A page of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The round: one after the last completed one.
    pub round: u32,
    /// The page of that round, from 1.
    pub page: u32,
    /// Whether the round is complete with this page.
    pub last: bool,
    /// The root of the round's actions; with the last page only.
    pub actions_root: Option<[u8; 32]>,
    /// What it says of each entry, by the entry's address, in entry order.
    pub marks: Vec<(Address, Mark)>,
}

/// The instructions that a contest's money is moved by, with what is common to them.
struct Of<'a> {
    at: &'a Addresses,
    contest: &'a HeldContest,
}

impl Of<'_> {
    fn contest(&self) -> Key {
        key(&self.contest.address)
    }

    fn escrow(&self) -> Key {
        self.contest.view().escrow()
    }

    fn bond_vault(&self) -> Key {
        self.contest.view().bond_vault()
    }

    fn treasury(&self) -> Key {
        self.contest.view().treasury()
    }

    fn mint(&self) -> Key {
        self.contest.view().mint()
    }

    fn token_program(&self) -> Key {
        self.contest.view().token_program()
    }

    fn profile(&self, agent: &Address) -> Key {
        key(&self.at.profile(agent))
    }

    fn entry(&self, agent: &Address) -> Address {
        self.at.entry(&self.contest.address, agent)
    }

    /// Where a wallet is paid.
    fn tokens(&self, wallet: &Address) -> Key {
        key(&associated(wallet, &self.contest.token_program(), &self.contest.mint()))
    }
}

impl Addresses {
    /// Names the wallet that takes out of the treasury; only who may upgrade the program can, once.
    #[must_use]
    pub fn init_protocol(&self, authority: &Address) -> Action {
        let accounts = table::InitProtocolAccounts {
            authority: key(authority),
            protocol: key(&self.protocol()),
            program_data: key(&self.program_data()),
            system_program: key(&SYSTEM),
        };
        let action = self.plain("init_protocol", Tag::InitProtocol, &accounts.metas());
        action.once(self.protocol(), is_there)
    }

    /// Hands the right to take out of the treasury on.
    #[must_use]
    pub fn set_authority(&self, authority: &Address, new: &Address) -> Action {
        let accounts = table::SetAuthorityAccounts {
            authority: key(authority),
            protocol: key(&self.protocol()),
            program_data: key(&self.program_data()),
        };
        let args = args::SetAuthority { authority: key(new) };
        let action =
            self.fixed("set_authority", Tag::SetAuthority, &accounts.metas(), |writer| args.write(writer));
        action.once(self.protocol(), move |account| {
            account
                .and_then(|account| Protocol::read(&account.data))
                .is_some_and(|protocol| protocol.authority() == args.authority)
        })
    }

    /// Opens the treasury's token account of a mint, which a contest of that mint needs.
    #[must_use]
    pub fn open_treasury(&self, payer: &Address, mint: &Address, token_program: &Address) -> Action {
        let treasury = self.treasury(mint);
        let accounts = table::OpenTreasuryAccounts {
            payer: key(payer),
            protocol: key(&self.protocol()),
            treasury: key(&treasury),
            mint: key(mint),
            token_program: key(token_program),
            system_program: key(&SYSTEM),
        };
        let action = self.plain("open_treasury", Tag::OpenTreasury, &accounts.metas());
        action.once(treasury, is_there)
    }

    /// Registers a wallet as an agent.
    ///
    /// # Errors
    /// When the name is longer than an instruction.
    pub fn register_profile(&self, agent: &Address, name: &str) -> Result<Action, ChainError> {
        let profile = self.profile(agent);
        let accounts = table::RegisterProfileAccounts {
            agent: key(agent),
            profile: key(&profile),
            system_program: key(&SYSTEM),
        };
        let args = args::RegisterProfile { name };
        let action = self.action("register_profile", Tag::RegisterProfile, &accounts.metas(), |writer| {
            args.write(writer)
        })?;
        Ok(action.once(profile, is_there))
    }

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
        let args = args::CreateContest { id, title, terms: terms.wire()? };
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
        Ok(action.once(contest.address, move |account| {
            of_contest(account, |contest| (contest.last_page_round(), contest.last_page()) >= (round, number))
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
            of_contest(account, |contest| contest.placed() >= then && contest.ended_at_ms() > 0)
                || of_contest(account, |contest| contest.placed() >= then && then < contest.entrants())
        }))
    }

    /// Ends a contest before it started.
    #[must_use]
    pub fn cancel(&self, contest: &HeldContest) -> Action {
        let accounts =
            table::CancelAccounts { creator: contest.view().creator(), contest: key(&contest.address) };
        let action = self.plain("cancel", Tag::Cancel, &accounts.metas());
        action.once(contest.address, |account| of_contest(account, |contest| contest.ended_at_ms() > 0))
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
        action.once(contest.address, |account| of_contest(account, |contest| contest.ended_at_ms() > 0))
    }

    /// Pays a prize to its winner, whoever asks.
    #[must_use]
    pub fn claim_prize(&self, contest: &HeldContest, agent: &Address) -> Action {
        let of = Of { at: self, contest };
        let entry = of.entry(agent);
        let accounts = table::ClaimPrizeAccounts {
            agent: key(agent),
            profile: of.profile(agent),
            contest: of.contest(),
            entry: key(&entry),
            agent_tokens: of.tokens(agent),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("claim_prize", Tag::ClaimPrize, &accounts.metas());
        action.once(entry, is_paid)
    }

    /// Pays an entry fee back to its entrant, whoever asks; the first after registration expired ends the contest too.
    #[must_use]
    pub fn refund(&self, contest: &HeldContest, agent: &Address) -> Action {
        let of = Of { at: self, contest };
        let entry = of.entry(agent);
        let accounts = table::RefundAccounts {
            agent: key(agent),
            contest: of.contest(),
            entry: key(&entry),
            agent_tokens: of.tokens(agent),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("refund", Tag::Refund, &accounts.metas());
        action.once(entry, is_paid)
    }

    /// Pays the creator's part of the pot to the creator, whoever asks.
    #[must_use]
    pub fn pay_creator_fee(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::PayCreatorFeeAccounts {
            creator: contest.view().creator(),
            contest: of.contest(),
            creator_tokens: of.tokens(&contest.creator()),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("pay_creator_fee", Tag::PayCreatorFee, &accounts.metas());
        action.once(contest.address, |account| {
            account.is_none() || of_contest(account, |contest| contest.creator_fee_paid() != 0)
        })
    }

    /// Pays the bond back to the creator, whoever asks; where nobody has paid a fee it ends an expired contest too.
    #[must_use]
    pub fn return_bond(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::ReturnBondAccounts {
            creator: contest.view().creator(),
            contest: of.contest(),
            creator_tokens: of.tokens(&contest.creator()),
            bond_vault: of.bond_vault(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("return_bond", Tag::ReturnBond, &accounts.metas());
        action.once(contest.address, |account| {
            account.is_none()
                || of_contest(account, |contest| contest.bond_fate() == BondFate::Returned as u8)
        })
    }

    /// Pays the treasury's part of the pot, whoever asks.
    #[must_use]
    pub fn pay_protocol_fee(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::PayProtocolFeeAccounts {
            contest: of.contest(),
            treasury: of.treasury(),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("pay_protocol_fee", Tag::PayProtocolFee, &accounts.metas());
        action.once(contest.address, |account| {
            account.is_none() || of_contest(account, |contest| contest.protocol_fee_paid() != 0)
        })
    }

    /// Counts what an entry of a finished contest came to in its agent's profile, once. Anyone can.
    #[must_use]
    pub fn record_result(&self, entry: &HeldEntry) -> Action {
        let agent = entry.agent();
        let accounts = table::RecordResultAccounts {
            agent: key(&agent),
            profile: key(&self.profile(&agent)),
            contest: key(&entry.contest()),
            entry: key(&entry.address),
        };
        let action = self.plain("record_result", Tag::RecordResult, &accounts.metas());
        action.once(entry.address, |account| {
            account.is_none() || of_entry(account, |entry| entry.is_recorded() != 0)
        })
    }

    /// Closes an entry that nothing is owed for; its rent goes back to the entrant. Anyone can.
    #[must_use]
    pub fn close_entry(&self, entry: &HeldEntry) -> Action {
        let accounts = table::CloseEntryAccounts {
            agent: key(&entry.agent()),
            contest: key(&entry.contest()),
            entry: key(&entry.address),
        };
        let action = self.plain("close_entry", Tag::CloseEntry, &accounts.metas());
        action.once(entry.address, is_gone)
    }

    /// Closes a contest that owes nothing, and its vaults; their rent goes back to the creator. Anyone can.
    #[must_use]
    pub fn close_contest(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::CloseContestAccounts {
            creator: contest.view().creator(),
            contest: of.contest(),
            escrow: of.escrow(),
            bond_vault: of.bond_vault(),
            treasury: of.treasury(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("close_contest", Tag::CloseContest, &accounts.metas());
        action.once(contest.address, is_gone)
    }

    /// Takes tokens out of the treasury, by the withdrawal of this number.
    #[must_use]
    pub fn withdraw_treasury(
        &self,
        authority: &Address,
        mint: &Address,
        token_program: &Address,
        destination: &Address,
        amount: u64,
        number: u64,
    ) -> Action {
        let accounts = table::WithdrawTreasuryAccounts {
            authority: key(authority),
            protocol: key(&self.protocol()),
            treasury: key(&self.treasury(mint)),
            destination: key(destination),
            mint: key(mint),
            token_program: key(token_program),
        };
        let args = args::WithdrawTreasury { amount, number };
        let action = self.fixed("withdraw_treasury", Tag::WithdrawTreasury, &accounts.metas(), |writer| {
            args.write(writer)
        });
        action.once(self.protocol(), move |account| {
            account
                .and_then(|account| Protocol::read(&account.data))
                .is_some_and(|protocol| protocol.withdrawals() >= number)
        })
    }

    /// An action without arguments.
    fn plain(&self, name: &'static str, tag: Tag, metas: &[Meta]) -> Action {
        self.fixed(name, tag, metas, |_| Some(()))
    }

    /// An action whose arguments always have the same length.
    fn fixed(
        &self,
        name: &'static str,
        tag: Tag,
        metas: &[Meta],
        write: impl FnOnce(&mut Writer<'_>) -> Option<()>,
    ) -> Action {
        self.action(name, tag, metas, write).expect("a few numbers and addresses have room")
    }

    fn action(
        &self,
        name: &'static str,
        tag: Tag,
        metas: &[Meta],
        write: impl FnOnce(&mut Writer<'_>) -> Option<()>,
    ) -> Result<Action, ChainError> {
        let mut room = [0; MOST_DATA];
        let mut writer = Writer::new(&mut room);
        let written = writer.put(&[tag as u8]).and_then(|()| write(&mut writer));
        let length = writer.length();
        let data = written.and_then(|()| room.get(..length)).ok_or_else(|| too_long("arguments"))?.to_vec();
        let accounts = metas.iter().map(account_meta).collect();
        Ok(Action::new(name, Instruction { program_id: self.program(), accounts, data }))
    }
}

fn account_meta(meta: &Meta) -> AccountMeta {
    let pubkey = address(meta.address);
    let (is_signer, is_writable) = (meta.is_signer, meta.is_writable);
    AccountMeta { pubkey, is_signer, is_writable }
}

/// Adds the entries that come after the fixed accounts, to be changed.
fn also(action: &mut Action, entries: impl Iterator<Item = Address>) {
    if let Some(instruction) = action.instructions.first_mut() {
        instruction.accounts.extend(entries.map(|entry| AccountMeta::new(entry, false)));
    }
}

fn too_long(field: &'static str) -> ChainError {
    ChainError::Invalid { field, reason: "has more than fits an instruction".into() }
}

fn is_there(account: Option<&Account>) -> bool {
    account.is_some_and(|account| !account.data.is_empty())
}

fn is_gone(account: Option<&Account>) -> bool {
    !is_there(account)
}

fn is_paid(account: Option<&Account>) -> bool {
    is_gone(account) || of_entry(account, |entry| entry.is_paid() != 0)
}

fn of_contest(account: Option<&Account>, is: impl FnOnce(Contest<'_>) -> bool) -> bool {
    account.and_then(|account| Contest::read(&account.data)).is_some_and(is)
}

fn of_entry(account: Option<&Account>, is: impl FnOnce(Entry<'_>) -> bool) -> bool {
    account.and_then(|account| Entry::read(&account.data)).is_some_and(is)
}
