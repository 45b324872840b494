//! A contest on the chain and everybody around it: where its accounts are, what stands in them, and each instruction sent.

use arena_escrow_interface::{
    accounts::{Contest, ContestMut, Entry, Profile, Protocol},
    seeds,
    terms::Terms,
    Key, Shares, TOKEN_PROGRAM,
};

use crate::{
    asks::Page,
    chain::{associated, derived, Chain, Done, Refused, PROGRAM},
};

/// What every wallet begins with.
pub(crate) const FUNDS: u64 = 1_000_000_000;
/// An id of a contest.
pub(crate) const ID: [u8; 16] = [3; 16];

/// A chain with a protocol, a treasury and a creator with a profile.
pub(crate) struct World {
    pub(crate) chain: Chain,
    pub(crate) token_program: Key,
    pub(crate) mint: Key,
    pub(crate) creator: Key,
    pub(crate) id: [u8; 16],
}

/// Terms for most tests: a fee of 1,000, a bond of 500, two places.
pub(crate) fn terms() -> Terms<'static> {
    Terms {
        entry_fee: 1_000,
        bond: 500,
        min_agents: 2,
        max_agents: 100,
        prize_split_bps: Shares::new(&[6_000, 4_000]).unwrap(),
        creator_fee_bps: 500,
        elimination_interval_s: 60,
        duration_s: 3_600,
        action_schema: None,
        rules_hash: None,
        seed_commitment: None,
        oracle: None,
        creator_may_enter: false,
        min_completed: 0,
        min_wins: 0,
        min_age_s: 0,
    }
}

/// What a page says of an entry: out or not, and a score.
pub(crate) type Said = (Key, bool, Option<i64>);

impl World {
    pub(crate) fn new() -> Self {
        Self::on(PROGRAM)
    }

    /// The same on another program.
    pub(crate) fn on(program: &[u8]) -> Self {
        let mut world = Self::before(Chain::with(program), TOKEN_PROGRAM, &[]);
        world.init_protocol().unwrap();
        world.open_treasury().unwrap();
        world.register(world.creator).unwrap();
        world
    }

    /// Before anything was asked of the program, with a mint of such a token program.
    pub(crate) fn with(token_program: Key, extensions: &[u8]) -> Self {
        Self::before(Chain::with(PROGRAM), token_program, extensions)
    }

    fn before(mut chain: Chain, token_program: Key, extensions: &[u8]) -> Self {
        let mint = chain.mint(token_program, extensions);
        let creator = chain.wallet();
        let mut world = Self { chain, token_program, mint, creator, id: ID };
        world.fund(world.creator, FUNDS);
        world
    }

    /// A contest by the terms.
    pub(crate) fn created(terms: &Terms<'_>) -> Self {
        let mut world = Self::new();
        world.create(terms).unwrap();
        world
    }

    pub(crate) fn fund(&mut self, wallet: Key, amount: u64) -> Key {
        self.chain.fund(wallet, self.mint, self.token_program, amount)
    }

    /// A registered wallet with funds.
    pub(crate) fn agent(&mut self) -> Key {
        let agent = self.chain.wallet();
        self.fund(agent, FUNDS);
        self.register(agent).unwrap();
        agent
    }

    /// So many agents that entered.
    pub(crate) fn entrants(&mut self, count: usize) -> Vec<Key> {
        (0..count)
            .map(|_| {
                let agent = self.agent();
                self.enter(agent).unwrap();
                agent
            })
            .collect()
    }

    // Addresses.

    pub(crate) fn contest(&self) -> Key {
        derived(&seeds::contest(&self.creator.0, &self.id))
    }
    pub(crate) fn escrow(&self) -> Key {
        derived(&seeds::escrow(&self.contest().0))
    }
    pub(crate) fn bond_vault(&self) -> Key {
        derived(&seeds::bond(&self.contest().0))
    }
    pub(crate) fn treasury(&self) -> Key {
        derived(&seeds::treasury(&self.mint.0))
    }
    pub(crate) fn protocol(&self) -> Key {
        derived(&seeds::protocol())
    }
    pub(crate) fn profile(&self, agent: Key) -> Key {
        derived(&seeds::profile(&agent.0))
    }
    pub(crate) fn entry(&self, agent: Key) -> Key {
        derived(&seeds::entry(&self.contest().0, &agent.0))
    }
    pub(crate) fn tokens_of(&self, agent: Key) -> Key {
        associated(agent, self.mint, self.token_program)
    }

    // What stands on the chain.

    pub(crate) fn balance(&self, agent: Key) -> u64 {
        self.chain.tokens(self.tokens_of(agent))
    }
    pub(crate) fn see<T>(&self, look: impl FnOnce(Contest<'_>) -> T) -> T {
        look(Contest::read(&self.chain.data(self.contest())).unwrap())
    }
    pub(crate) fn see_entry<T>(&self, agent: Key, look: impl FnOnce(Entry<'_>) -> T) -> T {
        look(Entry::read(&self.chain.data(self.entry(agent))).unwrap())
    }
    /// Changes what stands in the contest's account, as no instruction does.
    pub(crate) fn spoil(&mut self, spoil: impl FnOnce(&mut ContestMut<'_>)) {
        let at = self.contest();
        self.chain.change(at, |data| spoil(&mut ContestMut::open(data).unwrap()));
    }
    /// The number of the next withdrawal from the treasury.
    pub(crate) fn next_withdrawal(&self) -> u64 {
        let data = self.chain.data(self.protocol());
        Protocol::read(&data).unwrap().withdrawals() + 1
    }
    pub(crate) fn see_profile<T>(&self, agent: Key, look: impl FnOnce(Profile<'_>) -> T) -> T {
        look(Profile::read(&self.chain.data(self.profile(agent))).unwrap())
    }

    // Sent.

    pub(crate) fn init_protocol(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_init_protocol(self.chain.deployer);
        self.chain.send(&[asked])
    }
    pub(crate) fn open_treasury(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_open_treasury();
        self.chain.send(&[asked])
    }
    pub(crate) fn register(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_register(agent, "somebody");
        self.chain.send(&[asked])
    }
    pub(crate) fn create(&mut self, terms: &Terms<'_>) -> Result<Done, Refused> {
        let asked = self.ask_create("a contest", terms);
        self.chain.send(&[asked])
    }
    pub(crate) fn enter(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_enter(agent);
        self.chain.send(&[asked])
    }
    pub(crate) fn leave(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_leave(agent, agent);
        self.chain.send(&[asked])
    }
    pub(crate) fn start(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_start(self.creator);
        self.chain.send(&[asked])
    }
    /// Submits a whole round as one page.
    pub(crate) fn round(&mut self, round: u32, said: &[Said]) -> Result<Done, Refused> {
        self.page(Page { round, page: 1, last: true, actions_root: None, said })
    }
    pub(crate) fn page(&mut self, page: Page<'_>) -> Result<Done, Refused> {
        let asked = self.ask_page(self.creator, page);
        self.chain.send(&[asked])
    }
    pub(crate) fn finalize(&mut self, placed: u32, agents: &[Key]) -> Result<Done, Refused> {
        let asked = self.ask_finalize(self.creator, placed, None, agents);
        self.chain.send(&[asked])
    }
    pub(crate) fn cancel(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_cancel(self.creator);
        self.chain.send(&[asked])
    }
    pub(crate) fn abandon(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_abandon();
        self.chain.send(&[asked])
    }
    pub(crate) fn claim(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_claim(agent);
        self.chain.send(&[asked])
    }
    pub(crate) fn pay_creator_fee(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_creator_fee();
        self.chain.send(&[asked])
    }
    pub(crate) fn return_bond(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_return_bond();
        self.chain.send(&[asked])
    }
    pub(crate) fn pay_protocol_fee(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_protocol_fee();
        self.chain.send(&[asked])
    }
    pub(crate) fn refund(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_refund(agent);
        self.chain.send(&[asked])
    }
    pub(crate) fn record(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_record(agent);
        self.chain.send(&[asked])
    }
    pub(crate) fn close_entry(&mut self, agent: Key) -> Result<Done, Refused> {
        let asked = self.ask_close_entry(agent);
        self.chain.send(&[asked])
    }
    pub(crate) fn close_contest(&mut self) -> Result<Done, Refused> {
        let asked = self.ask_close_contest();
        self.chain.send(&[asked])
    }
    pub(crate) fn withdraw(&mut self, destination: Key, amount: u64) -> Result<Done, Refused> {
        let asked = self.ask_withdraw(self.chain.deployer, destination, amount, self.next_withdrawal());
        self.chain.send(&[asked])
    }
}
