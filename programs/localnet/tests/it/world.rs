//! A local chain with the protocol initialised, and wallets that are agents.

use std::time::Duration;

use arena_chain::{
    Action, Address, Chain, ChainError, ChainTerms, HeldContest, Keypair, LOCAL_PROGRAM, Mark, Note, Page,
    Rpc, Sending, Signer, associated,
};
use arena_core::{
    Amount,
    contest::{Gates, Score, Terms},
};
use arena_localnet::{Localnet, Options, Pace, Ports, TOKENS, program_id};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The program as it was built.
const PROGRAM: &[u8] = include_bytes!("../../../arena-escrow/fixture/arena_escrow.so");

/// What an agent pays to enter.
pub(crate) const FEE: u64 = 1_000_000;
/// What the creator puts up.
pub(crate) const BOND: u64 = 3_000_000;
/// The oracle is timed out after twice as long.
pub(crate) const INTERVAL_S: u32 = 60;

/// What the tests act on.
pub(crate) struct World {
    pub(crate) chain: Chain,
    pub(crate) mint: Address,
    pub(crate) token_program: Address,
    /// Who deployed the program and may take out of the treasury.
    pub(crate) authority: Keypair,
    pub(crate) creator: Keypair,
    /// Somebody who has no part in any contest.
    pub(crate) stranger: Keypair,
    pub(crate) bots: Vec<Keypair>,
    url: String,
}

/// Runs a test on a chain of its own with so many bots.
pub(crate) fn on_a_chain(bots: usize, test: impl AsyncFnOnce(&World)) {
    let authority = Keypair::new();
    let wallets: Vec<Keypair> = (0..bots + 2).map(|_| Keypair::new()).collect();
    let fund: Vec<Address> = wallets.iter().map(Signer::pubkey).collect();
    let localnet = Localnet::start(&Options {
        pace: Pace::Transactions,
        ports: Ports::default(),
        program: program_id(),
        elf: PROGRAM,
        payer: &authority,
        fund: &fund,
    })
    .unwrap();
    Runtime::new().unwrap().block_on(async {
        let world = World::new(&localnet, authority, wallets).await;
        test(&world).await;
    });
    localnet.stop().unwrap();
}

impl World {
    async fn new(localnet: &Localnet, authority: Keypair, mut wallets: Vec<Keypair>) -> Self {
        let sending = Sending { price_cap: 0, pause: Duration::from_millis(1) };
        let rpc = Rpc::new(&localnet.rpc_url()).unwrap();
        let chain = Chain::new(rpc, LOCAL_PROGRAM, sending);
        let mint = localnet.deployed().mint;
        let token_program = chain.token_program_of(&mint).await.unwrap();
        let (stranger, creator) = (wallets.pop().unwrap(), wallets.pop().unwrap());
        let url = localnet.rpc_url();
        let world = Self { chain, mint, token_program, authority, creator, stranger, bots: wallets, url };
        let at = world.chain.at();
        world.does(&world.authority, at.init_protocol(&world.authority.pubkey())).await;
        world.does(&world.stranger, at.open_treasury(&world.stranger.pubkey(), &mint, &token_program)).await;
        for (number, agent) in world.bots.iter().chain([&world.creator]).enumerate() {
            let action = at.register_profile(&agent.pubkey(), &format!("agent {number}")).unwrap();
            world.does(agent, action).await;
        }
        world
    }

    /// Has an action carried out that one wallet signs and pays for.
    pub(crate) async fn does(&self, signer: &Keypair, action: Action) {
        let name = action.name;
        let sent = self.chain.send(&action, &[signer], &Note::Nowhere, None).await;
        assert!(sent.unwrap_or_else(|error| panic!("{name}: {error}")).signature.is_some(), "{name}");
    }

    /// The program's word for what it does not do.
    pub(crate) async fn refused(&self, signer: &Keypair, action: Action) -> &'static str {
        match self.chain.send(&action, &[signer], &Note::Nowhere, None).await {
            Err(ChainError::Refused(refusal)) => refusal.word,
            other => panic!("{} should be refused: {other:?}", action.name),
        }
    }

    /// Asks the node for what no other node does.
    pub(crate) async fn surfnet(&self, method: &'static str, asked: Value) {
        let rpc = solana_rpc_client::nonblocking::rpc_client::RpcClient::new(self.url.clone());
        let request = solana_rpc_client_api::request::RpcRequest::Custom { method };
        rpc.send::<Value>(request, asked).await.unwrap();
    }

    /// Takes a wallet's token account away, with all that is in it.
    pub(crate) async fn lose_tokens(&self, wallet: &Keypair) {
        let tokens = associated(&wallet.pubkey(), &self.token_program, &self.mint);
        let nothing = json!({ "lamports": 0, "data": "", "owner": "11111111111111111111111111111111" });
        self.surfnet("surfnet_setAccount", json!([tokens.to_string(), nothing])).await;
        assert_eq!(self.held(wallet).await, 0);
    }

    /// Lets a wallet freeze accounts of the mint.
    pub(crate) async fn let_freeze(&self, wallet: &Keypair) {
        let mut data = self.chain.rpc().account(&self.mint).await.unwrap().unwrap().data;
        data[46..50].copy_from_slice(&1_u32.to_le_bytes());
        data[50..82].copy_from_slice(&wallet.pubkey().to_bytes());
        let data: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
        self.surfnet("surfnet_setAccount", json!([self.mint.to_string(), { "data": data }])).await;
    }

    /// Moves the chain's clock on.
    pub(crate) async fn pass(&self, seconds: u64) {
        let to_ms = (self.chain.rpc().now_s().await.unwrap() + seconds) * 1_000;
        self.surfnet("surfnet_timeTravel", json!([{ "absoluteTimestamp": to_ms }])).await;
        assert!(self.chain.rpc().now_s().await.unwrap() * 1_000 >= to_ms);
    }

    /// What a wallet holds of the mint.
    pub(crate) async fn held(&self, wallet: &Keypair) -> u64 {
        let tokens = associated(&wallet.pubkey(), &self.token_program, &self.mint);
        self.chain.tokens_at(&tokens).await.unwrap()
    }

    /// What the creator, then each bot, has more than it began with.
    pub(crate) async fn gains(&self) -> Vec<i64> {
        let mut gains = Vec::new();
        for wallet in [&self.creator].into_iter().chain(&self.bots) {
            gains.push(self.held(wallet).await.cast_signed() - TOKENS.cast_signed());
        }
        gains
    }

    /// What the treasury holds.
    pub(crate) async fn treasury(&self) -> u64 {
        self.chain.tokens_at(&self.chain.at().treasury(&self.mint)).await.unwrap()
    }

    /// What accounts hold to be kept alive; nothing where there is none.
    pub(crate) async fn lamports(&self, accounts: &[Address]) -> u64 {
        let found = self.chain.rpc().accounts(accounts).await.unwrap();
        found.into_iter().flatten().map(|account| account.lamports).sum()
    }

    /// A contest of the creator's.
    pub(crate) async fn create(&self, number: u8) -> Address {
        let terms = ChainTerms {
            terms: Terms {
                entry_fee: Amount::new(FEE).unwrap(),
                bond: Amount::new(BOND).unwrap(),
                min_agents: 2,
                max_agents: 20,
                prize_split_bps: vec![5_000, 3_000, 2_000],
                creator_fee_bps: 500,
                elimination_interval_s: INTERVAL_S,
                duration_s: 600,
                action_schema: None,
                rules_hash: None,
                seed_commitment: None,
                oracle: None,
                creator_may_enter: false,
                gates: Gates::default(),
            },
            oracle: None,
            mint: self.mint,
            token_program: self.token_program,
        };
        let (creator, id) = (self.creator.pubkey(), [number; 16]);
        let action =
            self.chain.at().create_contest(&creator, id, &format!("contest {number}"), &terms).unwrap();
        self.does(&self.creator, action).await;
        self.chain.at().contest(&creator, &id)
    }

    pub(crate) async fn contest(&self, at: &Address) -> HeldContest {
        self.chain.contest(at).await.unwrap()
    }

    /// Has these bots enter.
    pub(crate) async fn enter(&self, contest: &Address, bots: &[Keypair]) {
        let contest = self.contest(contest).await;
        for bot in bots {
            self.does(bot, self.chain.at().enter(&contest, &bot.pubkey())).await;
        }
    }

    /// Ends registration.
    pub(crate) async fn start(&self, contest: &Address) {
        let contest = self.contest(contest).await;
        self.does(&self.creator, self.chain.at().start(&contest, &self.creator.pubkey())).await;
    }

    /// A page of a round that gives bots new scores and puts some of them out.
    pub(crate) fn page(
        &self,
        contest: &Address,
        place: (u32, u32),
        last: bool,
        marks: &[(usize, i64, bool)],
    ) -> Page {
        let mark = |&(bot, score, is_eliminated): &(usize, i64, bool)| {
            let entry = self.chain.at().entry(contest, &self.bots[bot].pubkey());
            (entry, Mark { is_eliminated, score: Score::new(score) })
        };
        let actions_root = last.then_some([9; 32]);
        Page { round: place.0, page: place.1, last, actions_root, marks: marks.iter().map(mark).collect() }
    }

    pub(crate) async fn submit(&self, contest: &Address, page: &Page) {
        let contest = self.contest(contest).await;
        let oracle = self.creator.pubkey();
        self.does(&self.creator, self.chain.at().submit_page(&contest, &oracle, page).unwrap()).await;
        let kept = self.contest(&contest.address).await.view().last_page_hash();
        assert_eq!(kept, page.hash(), "by which the page is known when it is submitted again");
    }

    /// Has a stranger close all that a contest has, each vault empty before and gone afterwards, its rent with who paid it.
    pub(crate) async fn close(&self, contest: &Address) {
        let at = self.chain.at();
        let vaults = [at.escrow(contest), at.bond_vault(contest)];
        for vault in &vaults {
            assert_eq!(self.chain.tokens_at(vault).await.unwrap(), 0, "a vault holds something");
        }
        for entry in self.chain.entries(contest).await.unwrap() {
            let payer = [entry.agent()];
            let (before, rent) = (self.lamports(&payer).await, self.lamports(&[entry.address]).await);
            self.does(&self.stranger, at.close_entry(&entry)).await;
            assert_eq!(self.lamports(&payer).await, before + rent);
        }
        let [escrow, bond] = vaults;
        let (accounts, payer) = ([*contest, escrow, bond], [self.creator.pubkey()]);
        let (before, rent) = (self.lamports(&payer).await, self.lamports(&accounts).await);
        self.does(&self.stranger, at.close_contest(&self.contest(contest).await)).await;
        assert_eq!(self.lamports(&payer).await, before + rent);
        assert_eq!(self.lamports(&accounts).await, 0, "an account of the contest is left");
    }
}
