//! What every verb of the chain works with: a node, the program, a wallet's key, and notes of what was sent.

use std::{env, path::PathBuf, sync::OnceLock, time::Duration};

use arena_api::Code;
use arena_chain::{
    Action, Address, Alone, Asked, Chain, ChainError, HeldContest, Keypair, LOCAL_PROGRAM, Note, PRICE_CAP,
    Rpc, Sending, Sent, Signer, read_keypair,
};
use arena_core::Hash;
use clap::Args;

use crate::{args::Global, exit::Exit, failure::Failure, output::Output};

/// How the chain is reached.
#[derive(Args, Debug)]
#[command(next_help_heading = "Chain")]
pub(crate) struct Reach {
    /// The JSON-RPC address of a Solana node
    #[arg(
        long,
        global = true,
        env = "ARENA_RPC",
        value_name = "URL",
        default_value = "http://127.0.0.1:8899"
    )]
    pub(crate) rpc: String,
    /// The key file that signs and pays, as the Solana tools write it [default: ~/.config/solana/id.json]
    #[arg(long, global = true, env = "ARENA_KEYPAIR", value_name = "FILE")]
    pub(crate) keypair: Option<PathBuf>,
    /// The address of Arena's program
    #[arg(long, global = true, env = "ARENA_PROGRAM", value_name = "ADDRESS", default_value_t = LOCAL_PROGRAM)]
    pub(crate) program: Address,
    /// The most to offer for a compute unit, in micro-lamports; what others paid lately is offered, up to that
    #[arg(long, global = true, value_name = "MICROLAMPORTS", default_value_t = PRICE_CAP)]
    pub(crate) price_cap: u64,
    /// How long to wait between two looks at a transaction, in milliseconds
    #[arg(long, global = true, value_name = "MS", default_value_t = 400, hide = true)]
    pub(crate) look_ms: u64,
}

impl Reach {
    /// The program on its chain.
    pub(crate) fn chain(&self) -> Result<Chain, Failure> {
        let sending = Sending { price_cap: self.price_cap, pause: Duration::from_millis(self.look_ms) };
        Ok(Chain::new(Rpc::new(&self.rpc)?, self.program, sending))
    }

    /// Where the key is.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.keypair.clone().unwrap_or_else(|| {
            let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
            home.join(".config/solana/id.json")
        })
    }

    /// Ready to ask.
    pub(crate) fn open(self, global: &Global, output: Output) -> Result<Session, Failure> {
        if global.if_match.is_some() {
            let detail = "an account of the chain has no sequence; leave --if-match out";
            return Err(Failure::new(Exit::Usage, "usage", detail));
        }
        Ok(Session {
            chain: self.chain()?,
            output,
            key: global.key.as_ref().map(ToString::to_string),
            notes: global.data.join("chain"),
            request: OnceLock::new(),
            reach: self,
        })
    }
}

/// The program on its chain, where answers go, and what writes carry.
#[derive(Debug)]
pub(crate) struct Session {
    /// The program on its chain.
    pub(crate) chain: Chain,
    /// Where answers go.
    pub(crate) output: Output,
    pub(super) key: Option<String>,
    pub(super) notes: PathBuf,
    /// What was asked for under the key, and the right to do it alone.
    pub(super) request: OnceLock<(String, Alone)>,
    reach: Reach,
}

impl Session {
    /// The key that signs and pays.
    pub(crate) fn wallet(&self) -> Result<Keypair, Failure> {
        let hint = "name a key file with --keypair or ARENA_KEYPAIR";
        self.key_pair().map_err(|error| Failure::from(error).with_hint(hint))
    }

    /// The same, where only the chain's own failures are told.
    pub(crate) fn key_pair(&self) -> Result<Keypair, ChainError> {
        read_keypair(&self.reach.key_file())
    }

    /// The wallet that is named, or the one whose key it is.
    pub(crate) fn wallet_or_own(&self, wallet: Option<Address>) -> Result<Address, Failure> {
        wallet.map_or_else(|| Ok(self.wallet()?.pubkey()), Ok)
    }

    /// The id of a new contest: by the key of this write, or else by the contest itself. The same each time, so that the contest is made
    /// once.
    pub(crate) fn id(&self, title: &str, terms_hash: &Hash) -> [u8; 16] {
        let hash = match &self.key {
            Some(key) => Hash::of(key.as_bytes()),
            None => Hash::of(format!("{terms_hash}\n{title}").as_bytes()),
        };
        hash.as_bytes().first_chunk().copied().expect("a hash has 32 bytes")
    }

    /// A contest.
    pub(crate) async fn contest(&self, at: &Address) -> Result<HeldContest, Failure> {
        Ok(self.chain.contest(at).await?)
    }

    /// Has an action carried out once.
    pub(crate) async fn send(
        &self,
        action: &Action,
        signers: &[&Keypair],
        asked: Option<Asked>,
    ) -> Result<Sent, ChainError> {
        let note = self.note(action, "");
        let _alone = note.alone().await?;
        self.chain.send(action, signers, &note, asked.as_ref()).await
    }

    /// Has one of several actions of a verb carried out once; one that was done before is no failure.
    pub(crate) async fn send_one_of(
        &self,
        action: &Action,
        name: &str,
        signers: &[&Keypair],
        asked: Option<Asked>,
    ) -> Result<Option<Sent>, ChainError> {
        let note = self.note(action, name);
        let _alone = note.alone().await?;
        match self.chain.send(action, signers, &note, asked.as_ref()).await {
            Err(error) if is_done(error.code()) => Ok(None),
            sent => sent.map(Some),
        }
    }

    /// With a key the note is kept under it, without one until it is known what became of the transaction.
    pub(super) fn note(&self, action: &Action, name: &str) -> Note {
        match &self.key {
            Some(key) => {
                let file = Hash::of(format!("{key}\n{name}").as_bytes());
                Note::ForGood(self.notes.join(format!("key-{file}.json")))
            }
            None => {
                let file = Hash::of(&action.instructions.iter().flat_map(bytes).collect::<Vec<u8>>());
                Note::UntilKnown(self.notes.join(format!("sent-{file}.json")))
            }
        }
    }
}

/// What an instruction is, for the name of its note.
fn bytes(instruction: &arena_chain::Instruction) -> Vec<u8> {
    let accounts = instruction.accounts.iter().flat_map(|meta| meta.pubkey.to_bytes());
    instruction
        .program_id
        .to_bytes()
        .into_iter()
        .chain(accounts)
        .chain(instruction.data.iter().copied())
        .collect()
}

/// Whether somebody else did it meanwhile.
const fn is_done(code: Code) -> bool {
    matches!(code, Code::AlreadyPaid | Code::NothingOwed)
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        let detail = error.to_string();
        match &error {
            ChainError::Unreachable { .. } => Self::new(Exit::Unavailable, "unreachable", detail),
            ChainError::Unknown { .. } => Self::new(Exit::Unavailable, "unknown", detail),
            ChainError::Node { .. }
            | ChainError::Answer { .. }
            | ChainError::Forgotten { .. }
            | ChainError::Stands => Self::new(Exit::Unavailable, "unavailable", detail),
            ChainError::File { path, source } => Self::file("use", path, source),
            ChainError::Key { .. } => Self::new(Exit::Usage, "keypair", detail),
            ChainError::Refused(_)
            | ChainError::Transaction { .. }
            | ChainError::NotFound { .. }
            | ChainError::Invalid { .. }
            | ChainError::OtherAction { .. } => {
                let problem = error.problem();
                Self::answered(problem.status, serde_json::to_value(&problem).unwrap_or_default())
            }
        }
    }
}
