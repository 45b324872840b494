//! A chain that runs in this process: the program, wallets, mints and tokens, and how transactions are sent and read.

use std::collections::BTreeMap;

use arena_escrow_interface::{
    events::Event, instructions::Meta, seeds, Error, Key, ASSOCIATED_TOKEN_PROGRAM, LOADER, LOCAL_PROGRAM_ID,
};
use litesvm::LiteSVM;
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_instruction::{error::InstructionError, AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

/// The built program, as it is committed.
pub(crate) const PROGRAM: &[u8] = include_bytes!("../../fixture/arena_escrow.so");
/// When the chain's clock begins here.
pub(crate) const BEGIN_S: i64 = 1_800_000_000;
const DECIMALS: u8 = 6;

/// What a transaction came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) events: Vec<Event>,
    pub(crate) units: u64,
    /// How long it was.
    pub(crate) bytes: usize,
}

/// The most that an instruction took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Most {
    pub(crate) units: u64,
    pub(crate) bytes: usize,
}

/// Why a transaction was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// By the program.
    By(Error),
    /// By a token program, with its number, or by the chain.
    Other(String),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::By(error.into())
    }
}

/// A chain with the program on it.
pub(crate) struct Chain {
    pub(crate) svm: LiteSVM,
    pub(crate) deployer: Key,
    /// Pays for what nobody has to sign.
    relay: Key,
    keys: BTreeMap<Key, Keypair>,
    made: u64,
    /// The most that each instruction took so far, alone in a transaction, by its tag.
    pub(crate) most: BTreeMap<u8, Most>,
}

pub(crate) fn address(key: Key) -> Address {
    Address::new_from_array(key.0)
}

pub(crate) fn key(address: Address) -> Key {
    Key(address.to_bytes())
}

/// Derives an address of the program.
pub(crate) fn derived(seeds: &[&[u8]]) -> Key {
    key(Address::find_program_address(seeds, &address(LOCAL_PROGRAM_ID)).0)
}

/// A wallet's associated token account.
pub(crate) fn associated(wallet: Key, mint: Key, token_program: Key) -> Key {
    let seeds = seeds::associated(&wallet.0, &token_program.0, &mint.0);
    key(Address::find_program_address(&seeds, &address(ASSOCIATED_TOKEN_PROGRAM)).0)
}

impl Chain {
    /// A chain with a program where clients look for it.
    pub(crate) fn with(program: &[u8]) -> Self {
        let mut svm = LiteSVM::new().with_log_bytes_limit(None);
        svm.add_program(address(LOCAL_PROGRAM_ID), program).unwrap();
        let mut chain = Self {
            svm,
            deployer: Key::default(),
            relay: Key::default(),
            keys: BTreeMap::new(),
            made: 0,
            most: BTreeMap::new(),
        };
        chain.deployer = chain.wallet();
        chain.relay = chain.wallet();
        chain.name_deployer();
        chain.set_time_s(BEGIN_S);
        chain
    }

    /// Writes the deployer where the loader keeps it.
    fn name_deployer(&mut self) {
        let at = self.program_data();
        let mut account = self.svm.get_account(&address(at)).unwrap();
        account.data[12] = 1;
        account.data[13..45].copy_from_slice(&self.deployer.0);
        self.svm.set_account(address(at), account).unwrap();
    }

    pub(crate) fn program_data(&self) -> Key {
        let seeds = seeds::program_data(&LOCAL_PROGRAM_ID.0);
        key(Address::find_program_address(&seeds, &address(LOADER)).0)
    }

    /// Makes a wallet with lamports; the same ones in every run.
    pub(crate) fn wallet(&mut self) -> Key {
        self.made += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.made.to_le_bytes());
        seed[31] = 7;
        let pair = Keypair::new_from_array(seed);
        let wallet = key(pair.pubkey());
        self.keys.insert(wallet, pair);
        self.svm.airdrop(&address(wallet), 100_000_000_000).unwrap();
        wallet
    }

    /// An address that nothing is at.
    pub(crate) fn fresh(&mut self) -> Key {
        self.made += 1;
        let mut bytes = [9; 32];
        bytes[..8].copy_from_slice(&self.made.to_le_bytes());
        Key(bytes)
    }

    pub(crate) fn set_time_s(&mut self, seconds: i64) {
        let mut clock: Clock = self.svm.get_sysvar();
        clock.unix_timestamp = seconds;
        self.svm.set_sysvar(&clock);
    }

    pub(crate) fn time_s(&self) -> i64 {
        self.svm.get_sysvar::<Clock>().unix_timestamp
    }

    pub(crate) fn pass_s(&mut self, seconds: i64) {
        let now = self.time_s();
        self.set_time_s(now + seconds);
    }

    /// Makes a mint of SPL Token, or with extension bytes one of Token-2022.
    pub(crate) fn mint(&mut self, token_program: Key, extensions: &[u8]) -> Key {
        let at = self.fresh();
        let mut data = vec![0; 82];
        data[0] = 1;
        data[4..36].copy_from_slice(&self.deployer.0);
        data[36..44].copy_from_slice(&(1_u64 << 60).to_le_bytes());
        data[44] = DECIMALS;
        data[45] = 1;
        data[46] = 1;
        data[50..82].copy_from_slice(&self.deployer.0);
        if !extensions.is_empty() {
            data.resize(165, 0);
            data.push(1);
            data.extend_from_slice(extensions);
        }
        self.put(at, token_program, data);
        at
    }

    /// Makes a token account with an amount.
    pub(crate) fn tokens_at(&mut self, at: Key, owner: Key, mint: Key, token_program: Key, amount: u64) {
        let mut data = vec![0; 165];
        data[..32].copy_from_slice(&mint.0);
        data[32..64].copy_from_slice(&owner.0);
        data[64..72].copy_from_slice(&amount.to_le_bytes());
        data[108] = 1;
        self.put(at, token_program, data);
    }

    /// Makes a wallet's associated token account with an amount.
    pub(crate) fn fund(&mut self, wallet: Key, mint: Key, token_program: Key, amount: u64) -> Key {
        let at = associated(wallet, mint, token_program);
        self.tokens_at(at, wallet, mint, token_program, amount);
        at
    }

    /// Puts an account.
    pub(crate) fn put(&mut self, at: Key, owner: Key, data: Vec<u8>) {
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: address(owner), executable: false, rent_epoch: 0 };
        self.svm.set_account(address(at), account).unwrap();
    }

    /// Changes an account's bytes.
    pub(crate) fn change(&mut self, at: Key, change: impl FnOnce(&mut Vec<u8>)) {
        let mut account = self.svm.get_account(&address(at)).unwrap();
        change(&mut account.data);
        self.svm.set_account(address(at), account).unwrap();
    }

    /// Freezes or thaws a token account.
    pub(crate) fn set_frozen(&mut self, at: Key, is_frozen: bool) {
        self.change(at, |data| data[108] = if is_frozen { 2 } else { 1 });
    }

    /// How many tokens an account holds; nothing where there is none.
    pub(crate) fn tokens(&self, at: Key) -> u64 {
        let data = self.data(at);
        data.get(64..72).map_or(0, |amount| u64::from_le_bytes(amount.try_into().unwrap()))
    }

    pub(crate) fn lamports(&self, at: Key) -> u64 {
        self.svm.get_balance(&address(at)).unwrap_or(0)
    }

    pub(crate) fn data(&self, at: Key) -> Vec<u8> {
        self.svm.get_account(&address(at)).map(|account| account.data).unwrap_or_default()
    }

    /// Whether nothing is at an address.
    pub(crate) fn is_gone(&self, at: Key) -> bool {
        self.svm
            .get_account(&address(at))
            .is_none_or(|account| account.lamports == 0 && account.data.is_empty())
    }

    /// Sends instructions in one transaction, signed by whoever must sign; the first signer, or else a relay, pays the fee.
    pub(crate) fn send(&mut self, asked: &[Asked]) -> Result<Done, Refused> {
        self.svm.expire_blockhash();
        let instructions: Vec<Instruction> = asked.iter().map(Asked::instruction).collect();
        let signs = |meta: &&AccountMeta| meta.is_signer;
        let mut signers: Vec<Key> = instructions
            .iter()
            .flat_map(|ask| ask.accounts.iter().filter(signs))
            .map(|meta| key(meta.pubkey))
            .collect();
        if signers.is_empty() {
            signers.push(self.relay);
        }
        signers.sort_unstable();
        signers.dedup();
        let pairs: Vec<&Keypair> = signers.iter().map(|signer| &self.keys[signer]).collect();
        let message = Message::new(&instructions, Some(&address(signers[0])));
        let transaction = Transaction::new(&pairs, message, self.svm.latest_blockhash());
        let bytes = 1 + 64 * transaction.signatures.len() + transaction.message_data().len();
        match self.svm.send_transaction(transaction) {
            Ok(meta) => {
                let units = meta.compute_units_consumed;
                if let [one] = asked {
                    let most = self.most.entry(one.data[0]).or_default();
                    *most = Most { units: most.units.max(units), bytes: most.bytes.max(bytes) };
                }
                Ok(Done { events: events(&meta.logs), units, bytes })
            }
            Err(failed) => Err(refused(&failed.err, &failed.meta.logs)),
        }
    }
}

fn refused(error: &TransactionError, logs: &[String]) -> Refused {
    let TransactionError::InstructionError(_, InstructionError::Custom(number)) = error else {
        return Refused::Other(format!("{error:?} {logs:?}"));
    };
    Error::from_number(*number).map_or_else(|| Refused::Other(format!("custom {number}")), Refused::By)
}

/// The events in a transaction's logs.
fn events(logs: &[String]) -> Vec<Event> {
    let lines = logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    lines.map(|line| Event::decode(&base64(line)).unwrap_or_else(|| panic!("no event: {line}"))).collect()
}

/// Reads base64 as the chain's logs have it.
fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |letter: u8| LETTERS.iter().position(|other| *other == letter).unwrap();
    let digits = text.bytes().filter(|letter| *letter != b'=').map(value);
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0);
    for digit in digits {
        held = held << 6 | digit;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    bytes
}

/// An instruction to be sent, which a test may spoil before.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) metas: Vec<Meta>,
    pub(crate) data: Vec<u8>,
}

impl Asked {
    fn instruction(&self) -> Instruction {
        let meta = |meta: &Meta| AccountMeta {
            pubkey: address(meta.address),
            is_signer: meta.is_signer,
            is_writable: meta.is_writable,
        };
        Instruction {
            program_id: address(LOCAL_PROGRAM_ID),
            accounts: self.metas.iter().map(meta).collect(),
            data: self.data.clone(),
        }
    }
}
