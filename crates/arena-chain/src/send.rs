//! Sends that survive a lost confirmation without doing the thing twice.
//!
//! A transaction is signed over a recent blockhash, noted, and then handed in again and again, always the same bytes, until the chain
//! says what became of it or no block can take it any more, by a node that remembers the time when it could. Only then, and only when the
//! accounts do not show that the thing is done, is it signed anew. So there is never more than one transaction of an action that the
//! chain could still take.

use std::time::Duration;

use arena_api::Code;
use arena_core::Hash;
use arena_escrow_interface::{Error, Fault};
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionConfirmationStatus;

use crate::{
    action::Action,
    error::ChainError,
    fees,
    note::{Intent, Kept, Note, Signed},
    refusal::{self, Refusal},
    rpc::{Blockhash, Known, Rpc},
};

/// The most bytes of a transaction.
const MOST_BYTES: usize = 1_232;
/// How often an action is signed anew before it is given up.
const TRIES: u32 = 5;
/// After how many looks at its state a transaction is handed in again.
const LOOKS: u32 = 5;
/// How long is waited in sum between looks at one transaction, on a chain that stands still.
const WAIT_LIMIT: Duration = Duration::from_secs(300);

/// How transactions are sent.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// The most that is offered for a compute unit, in micro-lamports.
    pub price_cap: u64,
    /// How long is waited between two looks at a transaction's state.
    pub pause: Duration,
}

impl Default for Sending {
    fn default() -> Self {
        Self { price_cap: fees::PRICE_CAP, pause: Duration::from_millis(400) }
    }
}

/// An action that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// By this transaction; absent when the accounts show that it is done, and not by which.
    pub signature: Option<Signature>,
    /// Whether it was found to be done already, by a transaction that was sent before.
    pub before: bool,
}

/// What became of a transaction.
enum Fate {
    /// It was carried out.
    Landed {
        /// Whether that can no longer be taken back.
        is_final: bool,
    },
    /// The chain took it and refused what it asks for.
    Failed(TransactionError),
    /// No block took it, and none can take it any more.
    Expired,
    /// Its time is over, and the node remembers nothing before this slot.
    Forgotten(u64),
}

/// Sends one action.
pub(crate) struct Sender<'a> {
    pub(crate) rpc: &'a Rpc,
    pub(crate) program: Address,
    pub(crate) sending: Sending,
}

impl Sender<'_> {
    /// Has an action carried out once; the first signer pays.
    pub(crate) async fn send(
        &self,
        action: &Action,
        signers: &[&Keypair],
        note: &Note,
    ) -> Result<Sent, ChainError> {
        let intent = intent(action, signers);
        match note.read(&intent)? {
            Some(Kept::Done(signature)) => return Ok(Sent { signature, before: true }),
            Some(Kept::Sent(signed)) => {
                if let Some(sent) = self.finished(action, &signed, &intent, note).await? {
                    return Ok(Sent { before: true, ..sent });
                }
            }
            None => {}
        }
        for _ in 0..TRIES {
            let signed = self.signed(action, signers).await?;
            note.sent(&intent, &signed)?;
            if let Some(sent) = self.finished(action, &signed, &intent, note).await? {
                return Ok(sent);
            }
        }
        let reason = format!(
            "{TRIES} transactions in a row were not taken in time; offer more with --price-cap, or try again later"
        );
        Err(ChainError::Transaction { code: Code::Overloaded, reason })
    }

    /// Finds out what became of the transaction that a note tells of; a note of one that can no longer be carried out goes.
    pub(crate) async fn caught_up(&self, note: &Note) -> Result<(), ChainError> {
        let Some((intent, signed)) = note.open() else { return Ok(()) };
        match self.settled(&signed).await? {
            Fate::Landed { is_final } => self.landed(&signed, is_final, &intent, note),
            Fate::Failed(_) | Fate::Expired => note.forget(&intent),
            Fate::Forgotten(from) => self.forgotten(&signed, from, &intent, note),
        }
    }

    /// Sees a signed transaction to its end; `None` when it has expired and the thing is not done.
    async fn finished(
        &self,
        action: &Action,
        signed: &Signed,
        intent: &Intent,
        note: &Note,
    ) -> Result<Option<Sent>, ChainError> {
        let sent = Some(Sent { signature: Some(signed.signature), before: false });
        match self.settled(signed).await? {
            Fate::Landed { is_final } => self.landed(signed, is_final, intent, note).map(|()| sent),
            Fate::Failed(error) => {
                note.forget(intent)?;
                Err(refusal::of(&error, &[], &self.program))
            }
            Fate::Expired if action.is_done(self.rpc).await? => {
                note.done(intent, None)?;
                Ok(Some(Sent { signature: None, before: true }))
            }
            Fate::Expired => {
                note.forget(intent)?;
                Ok(None)
            }
            Fate::Forgotten(from) => self.forgotten(signed, from, intent, note).map(|()| sent),
        }
    }

    /// Notes that it was carried out. While that can still be taken back the transaction stays in the note, to be asked for again.
    fn landed(
        &self,
        signed: &Signed,
        is_final: bool,
        intent: &Intent,
        note: &Note,
    ) -> Result<(), ChainError> {
        if is_final || matches!(note, Note::UntilKnown(_)) {
            return note.done(intent, Some(&signed.signature));
        }
        note.sent(intent, &Signed { has_landed: true, ..signed.clone() })
    }

    /// What was seen to be carried out counts as that when nobody remembers it any more; of anything else it stays unknown.
    fn forgotten(&self, signed: &Signed, from: u64, intent: &Intent, note: &Note) -> Result<(), ChainError> {
        if signed.has_landed {
            return note.done(intent, Some(&signed.signature));
        }
        Err(unknown(signed, ChainError::Forgotten { from }))
    }

    /// Hands a transaction in until it is known what became of it.
    async fn settled(&self, signed: &Signed) -> Result<Fate, ChainError> {
        let lost = |source| unknown(signed, source);
        let mut waited = Duration::ZERO;
        for look in 0_u32.. {
            // How far the chain has come is read first: what is not there afterwards, although no block from there on can take it, never
            // will be. The answer has to be of a node that has come as far.
            let reached = self.rpc.reached().await.map_err(lost)?;
            let Known { slot, status } = self.rpc.status(&signed.signature).await.map_err(lost)?;
            match status {
                Some(status) if status.satisfies_commitment(self.rpc.commitment()) => {
                    let is_final = status.confirmation_status() == TransactionConfirmationStatus::Finalized;
                    return Ok(status.err.map_or(Fate::Landed { is_final }, Fate::Failed));
                }
                None if reached.block_height > signed.last_valid_block_height
                    && slot >= reached.absolute_slot =>
                {
                    let from = self.rpc.first_remembered().await.map_err(lost)?;
                    return Ok(if from <= signed.slot { Fate::Expired } else { Fate::Forgotten(from) });
                }
                Some(_) | None => {}
            }
            if look % LOOKS == 0 {
                // Whether it came in is seen by what becomes of it, not by this answer, which may be lost.
                let _ = self.rpc.send(&signed.wire).await;
            }
            if waited > WAIT_LIMIT {
                break;
            }
            tokio::time::sleep(self.sending.pause).await;
            waited += self.sending.pause;
        }
        Err(unknown(signed, ChainError::Stands))
    }

    /// Tries an action without doing it, and signs it with a limit and a price that fit.
    async fn signed(&self, action: &Action, signers: &[&Keypair]) -> Result<Signed, ChainError> {
        let payer = payer(signers)?;
        let trial = transaction(
            &action.instructions,
            &payer,
            signers,
            &Blockhash::default(),
            fees::limit(u64::MAX),
            0,
        )?;
        let came_to = self.rpc.simulate(&trial.wire).await?;
        if let Some(error) = came_to.err {
            return Err(refusal::of(&error.into(), &came_to.logs.unwrap_or_default(), &self.program));
        }
        let recent = self.rpc.recent_fees(&writable(&action.instructions)).await?;
        let price = fees::price(recent, self.sending.price_cap);
        let limit = fees::limit(came_to.units_consumed.unwrap_or(u64::MAX));
        let blockhash = self.rpc.latest_blockhash().await?;
        transaction(&action.instructions, &payer, signers, &blockhash, limit, price)
    }
}

fn unknown(signed: &Signed, source: ChainError) -> ChainError {
    ChainError::Unknown { signature: signed.signature, source: Box::new(source) }
}

/// Which action it is: its instructions and who pays; not when or for how much it is sent.
fn intent(action: &Action, signers: &[&Keypair]) -> Intent {
    let mut bytes = Vec::new();
    bytes.extend(signers.first().map(|payer| payer.pubkey().to_bytes()).unwrap_or_default());
    for instruction in &action.instructions {
        bytes.extend(instruction.program_id.to_bytes());
        bytes.extend(length(instruction.accounts.len()));
        for meta in &instruction.accounts {
            bytes.extend(meta.pubkey.to_bytes());
            bytes.extend([u8::from(meta.is_signer), u8::from(meta.is_writable)]);
        }
        bytes.extend(length(instruction.data.len()));
        bytes.extend(&instruction.data);
    }
    Intent { intent: Hash::of(&bytes), number: action.number }
}

fn length(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes()
}

fn payer(signers: &[&Keypair]) -> Result<Address, ChainError> {
    let reason = || ChainError::Invalid { field: "signers", reason: "nobody pays".into() };
    signers.first().map(|payer| payer.pubkey()).ok_or_else(reason)
}

fn writable(instructions: &[Instruction]) -> Vec<Address> {
    let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
    metas.filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect()
}

/// A signed transaction of these instructions, with its limit and its price before them.
fn transaction(
    instructions: &[Instruction],
    payer: &Address,
    signers: &[&Keypair],
    blockhash: &Blockhash,
    limit: u32,
    price: u64,
) -> Result<Signed, ChainError> {
    let mut all = vec![
        ComputeBudgetInstruction::set_compute_unit_limit(limit),
        ComputeBudgetInstruction::set_compute_unit_price(price),
    ];
    all.extend_from_slice(instructions);
    let mut transaction = Transaction::new_unsigned(Message::new(&all, Some(payer)));
    // Who has no key of an account that must sign is refused in the program's words; it would not be asked otherwise.
    transaction
        .try_sign(signers, blockhash.hash)
        .map_err(|_| Refusal::of(Error::Account(Fault::NotSigner)).error())?;
    let wire = wincode::serialize(&transaction)
        .map_err(|error| ChainError::Invalid { field: "transaction", reason: error.to_string() })?;
    if wire.len() > MOST_BYTES {
        let reason = format!("has {} bytes, and the chain takes {MOST_BYTES}", wire.len());
        return Err(ChainError::Invalid { field: "transaction", reason });
    }
    let signature = transaction.signatures.first().copied().unwrap_or_default();
    let Blockhash { slot, last_valid_block_height, .. } = *blockhash;
    Ok(Signed { signature, wire, slot, last_valid_block_height, has_landed: false })
}

impl Refusal {
    /// As an error.
    pub(crate) const fn error(self) -> ChainError {
        ChainError::Refused(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Addresses, ChainTerms, LOCAL_PROGRAM};
    use arena_core::contest::{Gates, Terms, bounds};

    #[test]
    fn the_longest_terms_fit_a_transaction_that_makes_a_token_account_too() {
        let (wallet, mint, token_program) =
            (Keypair::new(), Address::new_from_array([1; 32]), Address::new_from_array([2; 32]));
        let hash = Some(Hash::of(b"hash"));
        let terms = Terms {
            entry_fee: arena_core::Amount::MAX,
            bond: arena_core::Amount::MAX,
            min_agents: 2,
            max_agents: 100,
            prize_split_bps: vec![1_000; 10],
            creator_fee_bps: 2_000,
            elimination_interval_s: 60,
            duration_s: 600,
            action_schema: Some("x".repeat(bounds::ACTION_SCHEMA_BYTES)),
            rules_hash: hash,
            seed_commitment: hash,
            oracle: None,
            creator_may_enter: true,
            gates: Gates { min_completed: u32::MAX, min_wins: u32::MAX, min_age_s: u64::MAX },
        };
        let terms = ChainTerms { terms, oracle: None, mint, token_program };
        let (at, own, title) =
            (Addresses::of(LOCAL_PROGRAM), wallet.pubkey(), "x".repeat(bounds::TITLE_BYTES));
        let action = at.create_contest(&own, [1; 16], &title, &terms).unwrap();
        let action = action.making_tokens_of(&own, &mint, &token_program, &own);
        let blockhash = Blockhash::default();
        transaction(&action.instructions, &own, &[&wallet], &blockhash, u32::MAX, u64::MAX).unwrap();
    }
}
