//! Questions to a node: its methods by the ecosystem's own types, over a JSON-RPC library.

use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use jsonrpsee_core::client::{ClientT, Error};
use jsonrpsee_http_client::{HttpClient, HttpClientBuilder};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client_types::{
    config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSendTransactionConfig, RpcSignatureStatusConfig,
        RpcSignaturesForAddressConfig, RpcSimulateTransactionConfig, RpcTransactionConfig,
    },
    filter::RpcFilterType,
    response::{
        Response, RpcBlockhash, RpcConfirmedTransactionStatusWithSignature, RpcKeyedAccount,
        RpcPrioritizationFee, RpcSimulateTransactionResult,
    },
};
use solana_signature::Signature;
use solana_transaction_status_client_types::{TransactionStatus, UiTransactionEncoding};
use url::Url;

use crate::error::ChainError;

/// How long an answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// The largest answer: a list of accounts.
const ANSWER_BYTES: u32 = 64 << 20;
/// How many accounts are asked for at once; nodes refuse more.
const ACCOUNTS_AT_ONCE: usize = 100;
/// How many accounts fees are asked for.
const FEE_ACCOUNTS: usize = 128;
/// The first pause before a question is asked again.
const PAUSE: Duration = Duration::from_millis(100);
/// Where the chain keeps its clock.
const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// A node, asked over JSON-RPC. Cloning it is cheap.
#[derive(Clone)]
pub struct Rpc {
    http: HttpClient,
    url: String,
    node: String,
    patience: Duration,
    commitment: CommitmentConfig,
}

impl fmt::Debug for Rpc {
    /// Leaves out what may be a secret in the node's address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rpc").field("node", &self.node).finish_non_exhaustive()
    }
}

/// An account as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose rules change it.
    pub owner: Address,
    /// The rent that it holds.
    pub lamports: u64,
    /// What it holds.
    pub data: Vec<u8>,
}

/// A hash that a transaction is signed over, and how long it is good.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Blockhash {
    /// The hash.
    pub(crate) hash: Hash,
    /// The slot of the block that it is of.
    pub(crate) slot: u64,
    /// No block above this height takes it.
    pub(crate) last_valid_block_height: u64,
}

/// How far the chain has come for good.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reached {
    /// The slot of the last block that can no longer be taken back.
    pub(crate) absolute_slot: u64,
    /// Its height.
    pub(crate) block_height: u64,
}

/// What a node knows of a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// How far the node had come when it said so.
    pub(crate) slot: u64,
    /// What became of the transaction; nothing, as far as the node knows.
    pub(crate) status: Option<TransactionStatus>,
}

impl Rpc {
    /// A node at `url`; it is asked for what a supermajority has confirmed.
    ///
    /// # Errors
    /// [`ChainError::Invalid`] when `url` is no address of a server.
    pub fn new(url: &str) -> Result<Self, ChainError> {
        let wrong = |error: &dyn fmt::Display| ChainError::Invalid {
            field: "rpc",
            reason: format!("it is no address of a JSON-RPC server: {error}"),
        };
        let node = Url::parse(url).map_err(|error| wrong(&error))?.origin().ascii_serialization();
        let http = HttpClientBuilder::default()
            .request_timeout(ANSWER_LIMIT)
            .max_response_size(ANSWER_BYTES)
            .build(url)
            .map_err(|error| wrong(&error))?;
        let patience = Duration::from_secs(10);
        Ok(Self { http, url: url.to_owned(), node, patience, commitment: CommitmentConfig::confirmed() })
    }

    /// How long in sum a question is asked again while the node cannot be reached (10 s at first).
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The node's address, which may hold a key to it: messages name its scheme, host and port only.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How sure a transaction has to be.
    #[must_use]
    pub const fn commitment(&self) -> CommitmentConfig {
        self.commitment
    }

    /// What to sign over next.
    pub(crate) async fn latest_blockhash(&self) -> Result<Blockhash, ChainError> {
        let method = "getLatestBlockhash";
        let answer: Response<RpcBlockhash> = self.ask(method, vec![json(&self.commitment)]).await?;
        let hash = answer
            .value
            .blockhash
            .parse()
            .map_err(|_| ChainError::Answer { method, reason: "the blockhash is none".into() })?;
        let last_valid_block_height = answer.value.last_valid_block_height;
        Ok(Blockhash { hash, slot: answer.context.slot, last_valid_block_height })
    }

    /// The hash of the chain's first block, which no other chain has.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn genesis_hash(&self) -> Result<String, ChainError> {
        self.ask("getGenesisHash", Vec::new()).await
    }

    /// How far the chain has come for good.
    pub(crate) async fn reached(&self) -> Result<Reached, ChainError> {
        self.ask("getEpochInfo", vec![json(&CommitmentConfig::finalized())]).await
    }

    /// The slot from which on the node remembers what became of transactions.
    pub(crate) async fn first_remembered(&self) -> Result<u64, ChainError> {
        self.ask("getFirstAvailableBlock", Vec::new()).await
    }

    /// Hands a signed transaction in. That it came in twice is no error.
    pub(crate) async fn send(&self, transaction: &[u8]) -> Result<(), ChainError> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            encoding: Some(UiTransactionEncoding::Base64),
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let asked = vec![Value::String(BASE64_STANDARD.encode(transaction)), json(&config)];
        let _: String = self.once("sendTransaction", asked).await?;
        Ok(())
    }

    /// What became of a transaction, as far as the node knows.
    pub(crate) async fn status(&self, signature: &Signature) -> Result<Known, ChainError> {
        let config = RpcSignatureStatusConfig { search_transaction_history: true };
        let asked = vec![Value::Array(vec![Value::String(signature.to_string())]), json(&config)];
        let answer: Response<Vec<Option<TransactionStatus>>> =
            self.ask("getSignatureStatuses", asked).await?;
        Ok(Known { slot: answer.context.slot, status: answer.value.into_iter().next().flatten() })
    }

    /// What a transaction would come to.
    pub(crate) async fn simulate(
        &self,
        transaction: &[u8],
    ) -> Result<RpcSimulateTransactionResult, ChainError> {
        let config = RpcSimulateTransactionConfig {
            replace_recent_blockhash: true,
            commitment: Some(self.commitment),
            encoding: Some(UiTransactionEncoding::Base64),
            ..RpcSimulateTransactionConfig::default()
        };
        let asked = vec![Value::String(BASE64_STANDARD.encode(transaction)), json(&config)];
        let answer: Response<RpcSimulateTransactionResult> = self.ask("simulateTransaction", asked).await?;
        Ok(answer.value)
    }

    /// What was paid lately, in micro-lamports a compute unit, to change these accounts. A node that does not say knows of nothing.
    pub(crate) async fn recent_fees(&self, writable: &[Address]) -> Result<Vec<u64>, ChainError> {
        let accounts: Vec<Value> = writable.iter().take(FEE_ACCOUNTS).map(address).collect();
        let asked = self.ask("getRecentPrioritizationFees", vec![Value::Array(accounts)]).await;
        let fees: Vec<RpcPrioritizationFee> = match asked {
            Err(ChainError::Node { .. }) => Vec::new(),
            asked => asked?,
        };
        Ok(fees.into_iter().map(|fee| fee.prioritization_fee).collect())
    }

    /// An account; `None` where there is none.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn account(&self, at: &Address) -> Result<Option<Account>, ChainError> {
        Ok(self.accounts(&[*at]).await?.into_iter().next().flatten())
    }

    /// Accounts, in the order of their addresses.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn accounts(&self, at: &[Address]) -> Result<Vec<Option<Account>>, ChainError> {
        let mut all = Vec::with_capacity(at.len());
        for some in at.chunks(ACCOUNTS_AT_ONCE) {
            let asked = vec![Value::Array(some.iter().map(address).collect()), json(&self.account_config())];
            let answer: Response<Vec<Option<UiAccount>>> = self.ask("getMultipleAccounts", asked).await?;
            for account in answer.value {
                all.push(account.as_ref().map(read_account).transpose()?);
            }
        }
        all.resize(at.len(), None);
        Ok(all)
    }

    /// The accounts of a program that pass the filters, by address.
    pub(crate) async fn program_accounts(
        &self,
        program: &Address,
        filters: Vec<RpcFilterType>,
    ) -> Result<Vec<(Address, Account)>, ChainError> {
        let config = RpcProgramAccountsConfig {
            filters: Some(filters),
            account_config: self.account_config(),
            ..RpcProgramAccountsConfig::default()
        };
        let asked = vec![address(program), json(&config)];
        let found: Vec<RpcKeyedAccount> = self.ask("getProgramAccounts", asked).await?;
        let mut accounts = Vec::with_capacity(found.len());
        for RpcKeyedAccount { pubkey, account } in found {
            let at = pubkey
                .parse()
                .map_err(|_| ChainError::Answer { method: "getProgramAccounts", reason: pubkey })?;
            accounts.push((at, read_account(&account)?));
        }
        accounts.sort_unstable_by_key(|(at, _)| *at);
        Ok(accounts)
    }

    /// The chain's own time, in seconds since 1970.
    ///
    /// # Errors
    /// When the node cannot be asked, or has no clock.
    pub async fn now_s(&self) -> Result<u64, ChainError> {
        let clock =
            self.account(&CLOCK).await?.ok_or(ChainError::NotFound { what: "clock", address: CLOCK })?;
        // Slot, start of the epoch, epoch, epoch of the leaders' schedule; then the time.
        let time = clock.data.get(32..).and_then(<[u8]>::first_chunk).map(|bytes| i64::from_le_bytes(*bytes));
        Ok(time.and_then(|time| u64::try_from(time).ok()).unwrap_or_default())
    }

    /// The newest transactions that named an account, the newest first, before and after the ones given.
    pub(crate) async fn signatures(
        &self,
        of: &Address,
        before: Option<Signature>,
        until: Option<Signature>,
    ) -> Result<Vec<RpcConfirmedTransactionStatusWithSignature>, ChainError> {
        let config = RpcSignaturesForAddressConfig {
            before: before.map(|signature| signature.to_string()),
            until: until.map(|signature| signature.to_string()),
            commitment: Some(self.commitment),
            ..RpcSignaturesForAddressConfig::default()
        };
        self.ask("getSignaturesForAddress", vec![address(of), json(&config)]).await
    }

    /// The logs of a transaction; `None` when the node does not know it.
    pub(crate) async fn logs(&self, signature: &str) -> Result<Option<Vec<String>>, ChainError> {
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.commitment),
            max_supported_transaction_version: Some(0),
        };
        let asked = vec![Value::String(signature.to_owned()), json(&config)];
        let found: Value = self.ask("getTransaction", asked).await?;
        let logs = found.pointer("/meta/logMessages").cloned();
        Ok(logs.map(|logs| serde_json::from_value(logs).unwrap_or_default()))
    }

    fn account_config(&self) -> RpcAccountInfoConfig {
        RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.commitment),
            ..RpcAccountInfoConfig::default()
        }
    }

    /// Asks, and asks again while the node cannot be reached: every question here changes nothing.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        asked: Vec<Value>,
    ) -> Result<T, ChainError> {
        let (mut pause, mut patience) = (PAUSE, self.patience);
        loop {
            match self.once(method, asked.clone()).await {
                Err(ChainError::Unreachable { .. }) if pause <= patience => {}
                answer => return answer,
            }
            tokio::time::sleep(pause).await;
            patience -= pause;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    async fn once<T: DeserializeOwned>(
        &self,
        method: &'static str,
        asked: Vec<Value>,
    ) -> Result<T, ChainError> {
        self.http.request(method, asked).await.map_err(|error| self.failed(method, &error))
    }

    fn failed(&self, method: &'static str, error: &Error) -> ChainError {
        match error {
            Error::Call(object) => {
                ChainError::Node { method, code: object.code(), message: object.message().to_owned() }
            }
            Error::ParseError(_) | Error::InvalidRequestId(_) => {
                ChainError::Answer { method, reason: error.to_string() }
            }
            _ => ChainError::Unreachable { node: self.node.clone(), reason: reason(error) },
        }
    }
}

/// The innermost reason of an error: the outer ones say less.
fn reason(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn address(address: &Address) -> Value {
    Value::String(address.to_string())
}

fn read_account(account: &UiAccount) -> Result<Account, ChainError> {
    let wrong =
        |reason: &str| ChainError::Answer { method: "getMultipleAccounts", reason: reason.to_owned() };
    Ok(Account {
        owner: account.owner.parse().map_err(|_| wrong("an owner is no address"))?,
        lamports: account.lamports,
        data: account
            .data
            .decode()
            .ok_or_else(|| wrong("an account is in an encoding that was not asked for"))?,
    })
}
