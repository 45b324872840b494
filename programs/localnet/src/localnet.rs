//! What a local chain holds from its first block on: the program, a mint, and wallets that can pay.

use solana_account::Account;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;

use crate::{
    chain::{Chain, ChainError, Pace},
    ports::Ports,
    token,
};

/// Lamports that each funded wallet begins with: a thousand SOL.
pub const LAMPORTS: u64 = 1_000_000_000_000;

/// Units of the test mint that each funded wallet begins with.
pub const TOKENS: u64 = 1_000_000_000_000;

/// Decimals of the test mint, as common stablecoins have them.
pub const DECIMALS: u8 = 6;

/// The seed that gives the mint's address from the payer's: the same payer, the same mint.
const MINT_SEED: &str = "arena test mint";

/// What is wanted of a local chain.
pub struct Options<'a> {
    /// When blocks are made.
    pub pace: Pace,
    /// Where it listens.
    pub ports: Ports,
    /// Where the program stands.
    pub program: Pubkey,
    /// The program's file.
    pub elf: &'a [u8],
    /// Who may upgrade the program and make more of the test mint; funded.
    pub payer: &'a Keypair,
    /// More wallets to fund.
    pub fund: &'a [Pubkey],
}

/// Where things are on the chain.
#[derive(Clone, Copy, Debug)]
pub struct Deployed {
    /// Arena's program.
    pub program: Pubkey,
    /// The test mint, of the token program `spl-token`.
    pub mint: Pubkey,
}

/// A local chain that runs.
pub struct Localnet {
    chain: Chain,
    ports: Ports,
    deployed: Deployed,
}

impl Localnet {
    /// Starts a chain with the program deployed, a test mint, and wallets that hold both SOL and the mint's tokens.
    ///
    /// # Errors
    ///
    /// When a port is taken or the node refuses.
    pub fn start(options: &Options<'_>) -> Result<Self, ChainError> {
        let mut chain = Chain::new(options.pace)?;
        let payer = options.payer.pubkey();
        let mint = mint_of(&payer)?;
        chain.deploy(options.program, payer, options.elf)?;
        let mut wallets = vec![payer];
        wallets.extend(options.fund);
        wallets.sort_unstable();
        wallets.dedup();
        let supply = TOKENS.saturating_mul(wallets.len() as u64);
        let rent = chain.rent(token::MINT_BYTES);
        chain.set_account(mint, token::mint(payer, supply, DECIMALS, rent))?;
        let rent = chain.rent(token::HOLDING_BYTES);
        for wallet in wallets {
            chain.set_account(wallet, Account { lamports: LAMPORTS, ..Account::default() })?;
            let holding = get_associated_token_address(&wallet, &mint);
            chain.set_account(holding, token::holding(mint, wallet, TOKENS, rent))?;
        }
        let ports = chain.start(options.ports)?;
        Ok(Self { chain, ports, deployed: Deployed { program: options.program, mint } })
    }

    /// Where the program and the mint are.
    pub const fn deployed(&self) -> Deployed {
        self.deployed
    }

    /// The address for JSON-RPC.
    pub fn rpc_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.rpc)
    }

    /// The address for subscriptions.
    pub fn ws_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.ports.ws)
    }

    /// Stops the chain; everything on it is gone.
    ///
    /// # Errors
    ///
    /// When the node ended on its own.
    pub fn stop(mut self) -> Result<(), ChainError> {
        self.chain.stop()
    }
}

/// The test mint that belongs to a payer.
fn mint_of(payer: &Pubkey) -> Result<Pubkey, ChainError> {
    Pubkey::create_with_seed(payer, MINT_SEED, &spl_token_interface::ID)
        .map_err(|error| ChainError::Node(error.to_string()))
}
