//! The program on one chain: its accounts read, listed and explained, and actions sent to it.

use arena_core::contest::{ExitAction, PayoutKind, Status};
use arena_escrow_interface::{accounts, events::Event, layout::Kind};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_rpc_client_types::filter::{Memcmp, RpcFilterType};
use solana_signature::Signature;
use solana_signer::Signer;

use crate::{
    accounts::{HeldContest, HeldEntry, HeldProfile, HeldProtocol},
    action::Action,
    addresses::{Addresses, is_token_program},
    error::ChainError,
    events,
    exits::{self, WayOut},
    explain::{self, Asked},
    note::Note,
    owed::Payout,
    rpc::Rpc,
    send::{Sender, Sending, Sent},
};

/// The amount in a token account's bytes, after mint and owner.
const TOKEN_AMOUNT: usize = 64;
/// How many transactions a node names at once.
const SIGNATURES: usize = 1_000;
/// Where a mint's bytes say whether somebody may freeze its accounts, and then who.
const MINT_FREEZE_AUTHORITY: usize = 46;

/// The program on one chain.
#[derive(Clone, Debug)]
pub struct Chain {
    rpc: Rpc,
    at: Addresses,
    sending: Sending,
}

/// An event with the transaction that logged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The transaction.
    pub signature: String,
    /// The slot of its block.
    pub slot: u64,
    /// What happened.
    pub event: Event,
}

impl Chain {
    /// The program at `program`, through a node.
    #[must_use]
    pub const fn new(rpc: Rpc, program: Address, sending: Sending) -> Self {
        Self { rpc, at: Addresses::of(program), sending }
    }

    /// The node.
    #[must_use]
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// Where the program's accounts are.
    #[must_use]
    pub const fn at(&self) -> &Addresses {
        &self.at
    }

    /// The protocol's account.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] before it was initialised.
    pub async fn protocol(&self) -> Result<HeldProtocol, ChainError> {
        let at = self.at.protocol();
        HeldProtocol::read(&self.at.program(), at, self.rpc.account(&at).await?)
    }

    /// A wallet's profile.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] where there is none.
    pub async fn profile(&self, agent: &Address) -> Result<HeldProfile, ChainError> {
        let at = self.at.profile(agent);
        HeldProfile::read(&self.at.program(), at, self.rpc.account(&at).await?)
    }

    /// A contest.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] where there is none.
    pub async fn contest(&self, at: &Address) -> Result<HeldContest, ChainError> {
        HeldContest::read(&self.at.program(), *at, self.rpc.account(at).await?)
    }

    /// An agent's entry in a contest.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] where there is none.
    pub async fn entry(&self, contest: &Address, agent: &Address) -> Result<HeldEntry, ChainError> {
        let at = self.at.entry(contest, agent);
        HeldEntry::read(&self.at.program(), at, self.rpc.account(&at).await?)
    }

    /// Contests, by address; of one status and of one creator where that is asked for.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn contests(
        &self,
        status: Option<Status>,
        creator: Option<&Address>,
    ) -> Result<Vec<HeldContest>, ChainError> {
        let mut filters = Vec::new();
        if let Some(status) = status {
            filters.push(field(Kind::Contest, "status", &[accounts::status_number(status)]));
        }
        if let Some(creator) = creator {
            filters.push(field(Kind::Contest, "creator", creator.as_array()));
        }
        let found = self.listed(Kind::Contest, filters).await?;
        found
            .into_iter()
            .map(|(at, account)| HeldContest::read(&self.at.program(), at, Some(account)))
            .collect()
    }

    /// The entries of a contest, in entry order.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn entries(&self, contest: &Address) -> Result<Vec<HeldEntry>, ChainError> {
        let mut entries = self.entries_by("contest", contest).await?;
        entries.sort_by_key(|entry| entry.view().number());
        Ok(entries)
    }

    /// The entries of a wallet, by address.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn entries_of(&self, agent: &Address) -> Result<Vec<HeldEntry>, ChainError> {
        self.entries_by("agent", agent).await
    }

    async fn entries_by(&self, name: &str, address: &Address) -> Result<Vec<HeldEntry>, ChainError> {
        let found = self.listed(Kind::Entry, vec![field(Kind::Entry, name, address.as_array())]).await?;
        found
            .into_iter()
            .map(|(at, account)| HeldEntry::read(&self.at.program(), at, Some(account)))
            .collect()
    }

    async fn listed(
        &self,
        kind: Kind,
        mut filters: Vec<RpcFilterType>,
    ) -> Result<Vec<(Address, crate::rpc::Account)>, ChainError> {
        let size = u64::try_from(kind.size()).unwrap_or(u64::MAX);
        filters.push(RpcFilterType::DataSize(size));
        filters.push(bytes_at(0, &[kind as u8, arena_escrow_interface::layout::VERSION]));
        self.rpc.program_accounts(&self.at.program(), filters).await
    }

    /// How much a token account holds; nothing where there is none.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn tokens_at(&self, tokens: &Address) -> Result<u64, ChainError> {
        let account = self.rpc.account(tokens).await?;
        let amount = account.filter(|account| is_token_program(&account.owner)).and_then(|account| {
            let bytes = account.data.get(TOKEN_AMOUNT..)?.first_chunk().copied()?;
            Some(u64::from_le_bytes(bytes))
        });
        Ok(amount.unwrap_or_default())
    }

    /// The program of a mint.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] when it is no mint of a token program.
    pub async fn token_program_of(&self, mint: &Address) -> Result<Address, ChainError> {
        let account = self.rpc.account(mint).await?;
        let program = account.map(|account| account.owner).filter(is_token_program);
        program.ok_or(ChainError::NotFound { what: "mint", address: *mint })
    }

    /// Who may freeze the accounts of a mint, and with a contest's vaults everybody's money in it.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] when it is no mint of a token program.
    pub async fn freeze_authority_of(&self, mint: &Address) -> Result<Option<Address>, ChainError> {
        let account = self.rpc.account(mint).await?.filter(|account| is_token_program(&account.owner));
        let account = account.ok_or(ChainError::NotFound { what: "mint", address: *mint })?;
        let field = account.data.get(MINT_FREEZE_AUTHORITY..).and_then(<[u8]>::split_first_chunk::<4>);
        let (_, key) = field.filter(|(is_there, _)| **is_there == 1_u32.to_le_bytes()).unzip();
        Ok(key.and_then(<[u8]>::first_chunk).copied().map(Address::new_from_array))
    }

    /// Has an action carried out once, whatever gets lost on the way; the first signer pays.
    ///
    /// # Errors
    /// When the program refuses, in the words of the rules where `asked` says what was asked of a contest; and when it is not known
    /// what became of it, until it is asked for again.
    pub async fn send(
        &self,
        action: &Action,
        signers: &[&Keypair],
        note: &Note,
        asked: Option<&Asked>,
    ) -> Result<Sent, ChainError> {
        let mut once: Vec<&Keypair> = Vec::new();
        for signer in signers {
            if !once.iter().any(|before| before.pubkey() == signer.pubkey()) {
                once.push(signer);
            }
        }
        let sender = Sender { rpc: &self.rpc, program: self.at.program(), sending: self.sending };
        let sent = sender.send(action, &once, note).await;
        match (sent, asked) {
            (Err(ChainError::Refused(refusal)), Some(asked)) => {
                Err(ChainError::Refused(explain::explained(self, refusal, asked).await))
            }
            (sent, _) => sent,
        }
    }

    /// Finds out what became of the transaction that a note tells of, whatever it was for.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub async fn caught_up(&self, note: &Note) -> Result<(), ChainError> {
        Sender { rpc: &self.rpc, program: self.at.program(), sending: self.sending }.caught_up(note).await
    }

    /// What a wallet can get out of the chain, from when on, and how: as an entrant and as a creator.
    ///
    /// # Errors
    /// When the node cannot be asked; many refuse lists, and [`Self::ways_out_of`] asks for none.
    pub async fn ways_out(&self, wallet: &Address) -> Result<Vec<WayOut>, ChainError> {
        let now_ms = self.now_ms().await?;
        let mut ways = Vec::new();
        for entry in self.entries_of(wallet).await? {
            let contest = self.contest(&entry.contest()).await?;
            ways.extend(exits::of_entry(&contest, &entry, now_ms));
        }
        for contest in self.contests(None, Some(wallet)).await? {
            ways.extend(exits::of_creator(&contest, now_ms));
        }
        Ok(ways)
    }

    /// The same of one contest, whose accounts' addresses follow from its own.
    ///
    /// # Errors
    /// When the node cannot be asked, or there is no such contest.
    pub async fn ways_out_of(&self, contest: &Address, wallet: &Address) -> Result<Vec<WayOut>, ChainError> {
        let now_ms = self.now_ms().await?;
        let contest = self.contest(contest).await?;
        let mut ways = Vec::new();
        match self.entry(&contest.address, wallet).await {
            Ok(entry) => ways.extend(exits::of_entry(&contest, &entry, now_ms)),
            Err(ChainError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        if contest.creator() == *wallet {
            ways.extend(exits::of_creator(&contest, now_ms));
        }
        Ok(ways)
    }

    /// The chain's own time, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn now_ms(&self) -> Result<u64, ChainError> {
        Ok(self.rpc.now_s().await?.saturating_mul(1_000))
    }

    /// What carries a way out: an action after which the money is with its wallet, or, where somebody has to be timed out first,
    /// two of them.
    ///
    /// # Errors
    /// When the node cannot be asked, or the contest is gone.
    pub async fn taken(&self, way: &WayOut, wallet: &Address) -> Result<Vec<Action>, ChainError> {
        let contest = self.contest(&way.contest).await?;
        let pay = |kind| Payout::of(&contest, kind, *wallet).action_making_tokens(&self.at, &contest, wallet);
        Ok(match way.action {
            ExitAction::Leave => {
                vec![contest.making_tokens_of(self.at.leave(&contest, wallet), wallet, wallet)]
            }
            ExitAction::Refund => vec![pay(PayoutKind::Refund)],
            ExitAction::Abandon => vec![self.at.abandon(&contest), pay(PayoutKind::Refund)],
            ExitAction::Prize => vec![pay(PayoutKind::Prize)],
            ExitAction::Cancel => vec![self.at.cancel(&contest), pay(PayoutKind::Bond)],
            ExitAction::Bond => vec![pay(PayoutKind::Bond)],
            ExitAction::CreatorFee => vec![pay(PayoutKind::CreatorFee)],
        })
    }

    /// The events of a contest or of any other account of the program, the oldest first; after a transaction, where one is given.
    ///
    /// # Errors
    /// When the node cannot be asked; nodes forget old transactions.
    pub async fn events(&self, of: &Address, after: Option<Signature>) -> Result<Vec<Logged>, ChainError> {
        let mut named = Vec::new();
        let mut before = None;
        loop {
            let page = self.rpc.signatures(of, before, after).await?;
            before = page.last().and_then(|one| one.signature.parse().ok());
            let is_last = page.len() < SIGNATURES;
            named.extend(page.into_iter().filter(|one| one.err.is_none()));
            if is_last || before.is_none() {
                break;
            }
        }
        let mut events = Vec::new();
        for one in named.into_iter().rev() {
            let logs = self.rpc.logs(&one.signature).await?.unwrap_or_default();
            for event in events::decode(&self.at.program(), &logs) {
                events.push(Logged { signature: one.signature.clone(), slot: one.slot, event });
            }
        }
        Ok(events)
    }
}

/// Accounts whose field has these bytes; by the offsets of the program's own layouts.
fn field(kind: Kind, name: &str, bytes: &[u8]) -> RpcFilterType {
    let fields = accounts::ACCOUNTS.iter().filter(|spec| spec.kind == kind).flat_map(|spec| spec.fields);
    let found = fields.into_iter().find(|(_, field)| field.name == name);
    bytes_at(found.map_or(usize::MAX, |(offset, _)| *offset), bytes)
}

fn bytes_at(offset: usize, bytes: &[u8]) -> RpcFilterType {
    RpcFilterType::Memcmp(Memcmp::new_base58_encoded(offset, bytes))
}
