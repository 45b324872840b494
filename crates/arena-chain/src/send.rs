//! Sends that survive a lost confirmation without doing the thing twice.
//!
//! A transaction is signed over a recent blockhash, noted, and then handed in again and again, always the same bytes, until the chain
//! says what became of it or no block can take it any more. Only then, and only when the accounts do not show that the thing is done,
//! is it signed anew. So there is never more than one transaction of an action that the chain could still take.

use std::time::Duration;

use arena_core::Hash;
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

use crate::{
    action::Action,
    error::ChainError,
    fees,
    note::{Kept, Note, Signed},
    refusal::{self, Refusal},
    rpc::{Blockhash, Rpc},
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
    Landed,
    /// The chain took it and refused what it asks for.
    Failed(TransactionError),
    /// No block can take it any more.
    Expired,
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
            Some(Kept::Signed(signed)) => {
                if let Some(sent) = self.finished(action, &signed, &intent, note).await? {
                    return Ok(Sent { before: true, ..sent });
                }
            }
            None => {}
        }
        for _ in 0..TRIES {
            let signed = self.signed(action, signers).await?;
            note.signed(&intent, &signed)?;
            if let Some(sent) = self.finished(action, &signed, &intent, note).await? {
                return Ok(sent);
            }
        }
        let reason = format!(
            "{TRIES} transactions in a row were not taken in time; offer more with --price-cap, or try again later"
        );
        Err(ChainError::Transaction { reason })
    }

    /// Finds out what became of the transaction that a note tells of; one that is not carried out stays noted.
    pub(crate) async fn caught_up(&self, note: &Note) -> Result<(), ChainError> {
        let Some((intent, signed)) = note.open() else { return Ok(()) };
        match self.settled(&signed).await? {
            Fate::Landed => note.done(&intent, Some(&signed.signature)),
            Fate::Failed(_) | Fate::Expired => Ok(()),
        }
    }

    /// Sees a signed transaction to its end; `None` when it has expired and the thing is not done.
    async fn finished(
        &self,
        action: &Action,
        signed: &Signed,
        intent: &Hash,
        note: &Note,
    ) -> Result<Option<Sent>, ChainError> {
        match self.settled(signed).await? {
            Fate::Landed => {
                note.done(intent, Some(&signed.signature))?;
                Ok(Some(Sent { signature: Some(signed.signature), before: false }))
            }
            Fate::Failed(error) => {
                note.clear()?;
                Err(refusal::of(&error, &[], &self.program))
            }
            Fate::Expired if action.is_done(self.rpc).await? => {
                note.done(intent, None)?;
                Ok(Some(Sent { signature: None, before: true }))
            }
            Fate::Expired => {
                note.clear()?;
                Ok(None)
            }
        }
    }

    /// Hands a transaction in until it is known what became of it.
    async fn settled(&self, signed: &Signed) -> Result<Fate, ChainError> {
        let unknown = |source| ChainError::Unknown { signature: signed.signature, source: Box::new(source) };
        let mut waited = Duration::ZERO;
        for look in 0_u32.. {
            // The height is read first: what is not there although no block after that height can take it never will be.
            let height = self.rpc.final_block_height().await.map_err(unknown)?;
            let status = self.rpc.status(&signed.signature).await.map_err(unknown)?;
            match status {
                Some(status) if status.satisfies_commitment(self.rpc.commitment()) => {
                    return Ok(status.err.map_or(Fate::Landed, Fate::Failed));
                }
                None if height > signed.last_valid_block_height => return Ok(Fate::Expired),
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
        let reason = "the chain makes no blocks".to_owned();
        Err(unknown(ChainError::Transaction { reason }))
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

/// Which action it is: its instructions and who pays; not when or for how much it is sent.
pub(crate) fn intent(action: &Action, signers: &[&Keypair]) -> Hash {
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
    Hash::of(&bytes)
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
    transaction
        .try_sign(signers, blockhash.hash)
        .map_err(|error| ChainError::Invalid { field: "signers", reason: error.to_string() })?;
    let wire = wincode::serialize(&transaction)
        .map_err(|error| ChainError::Invalid { field: "transaction", reason: error.to_string() })?;
    if wire.len() > MOST_BYTES {
        let reason = format!("has {} bytes, and the chain takes {MOST_BYTES}", wire.len());
        return Err(ChainError::Invalid { field: "transaction", reason });
    }
    let signature = transaction.signatures.first().copied().unwrap_or_default();
    Ok(Signed { signature, wire, last_valid_block_height: blockhash.last_valid_block_height })
}

impl Refusal {
    /// As an error.
    pub(crate) const fn error(self) -> ChainError {
        ChainError::Refused(self)
    }
}
