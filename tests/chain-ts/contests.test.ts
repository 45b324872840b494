// Whole contests through the generated client: made, entered, played or given up, paid out and closed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { type Address, type KeyPairSigner, address, getBase64Encoder } from '@solana/kit';

import * as escrow from './client';
import { World } from './world';

const FEE = 1_000_000n;
const BOND = 250_000n;
const REGISTRATION_S = 3 * 24 * 60 * 60;
const INTERVAL_S = 60;
/** The program of the test mint. */
const TOKEN_PROGRAM = address('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');

let world: World;
let creator: KeyPairSigner;
let entrants: [KeyPairSigner, KeyPairSigner, KeyPairSigner];
let stranger: KeyPairSigner;
let contests = 0;

before(async () => {
    world = await World.start(5);
    [creator, stranger, ...entrants] = world.wallets as [KeyPairSigner, KeyPairSigner, ...typeof entrants];
    await world.send(
        world.payer,
        await escrow.getInitProtocolInstructionAsync({ authority: world.payer }),
        await escrow.getOpenTreasuryInstructionAsync({ payer: world.payer, mint: world.mint }),
    );
    for (const [index, agent] of [creator, ...entrants].entries()) {
        await world.send(agent, await escrow.getRegisterProfileInstructionAsync({ agent, name: `agent ${index}` }));
    }
});

after(async () => assert.equal(await world.stop(), 0));

/** A contest of the creator's with the fees of this file. */
async function create(): Promise<Address> {
    const id = new Uint8Array(16);
    new DataView(id.buffer).setUint32(12, (contests += 1));
    const [contest] = await escrow.findContestPda({ creator: creator.address, id });
    const terms = {
        entryFee: FEE,
        bond: BOND,
        minAgents: 2,
        maxAgents: 3,
        prizeSplitBps: [6_000, 4_000],
        creatorFeeBps: 500,
        eliminationIntervalS: INTERVAL_S,
        durationS: 600,
        actionSchema: 'move: n, e, s or w',
        rulesHash: null,
        seedCommitment: null,
        oracle: null,
        creatorMayEnter: false,
        minCompleted: 0,
        minWins: 0,
        minAgeS: 0,
    };
    const made = { creator, mint: world.mint, id, title: `contest ${contests}`, ...terms };
    await world.send(creator, await escrow.getCreateContestInstructionAsync(made));
    return contest;
}

async function enter(contest: Address, agent: KeyPairSigner): Promise<Address> {
    const { data } = await escrow.fetchContest(world.rpc, contest);
    const { mint } = world;
    await world.send(agent, await escrow.getEnterInstructionAsync({ agent, contest, mint, termsHash: data.termsHash }));
    const [entry] = await escrow.findEntryPda({ contest, agent: agent.address });
    return entry;
}

async function held(wallet: Address): Promise<bigint> {
    const of = { wallet, tokenProgram: TOKEN_PROGRAM, mint: world.mint };
    const [account] = await escrow.findAssociatedTokensPda(of);
    return world.tokens(account);
}

async function holdings(): Promise<bigint[]> {
    return Promise.all([creator, ...entrants].map((wallet) => held(wallet.address)));
}

async function treasury(): Promise<bigint> {
    const [account] = await escrow.findTreasuryPda({ mint: world.mint });
    return world.tokens(account);
}

/** Closes everything of a contest, which only works when every vault is empty and nothing is owed. */
async function close(contest: Address, agents: KeyPairSigner[]): Promise<void> {
    const [vault] = await escrow.findEscrowPda({ contest });
    const [bond] = await escrow.findBondPda({ contest });
    assert.deepEqual([await world.tokens(vault), await world.tokens(bond)], [0n, 0n]);
    for (const { address: agent } of agents) {
        await world.send(stranger, await escrow.getCloseEntryInstructionAsync({ agent, contest }));
    }
    const closed = { creator: creator.address, contest, mint: world.mint };
    await world.send(stranger, await escrow.getCloseContestInstructionAsync(closed));
    for (const account of [contest, vault, bond]) assert.equal(await world.exists(account), false);
}

async function returnBond(contest: Address): Promise<void> {
    const owed = { creator: creator.address, contest, mint: world.mint };
    await world.send(stranger, await escrow.getReturnBondInstructionAsync(owed));
}

async function refund(contest: Address, agent: KeyPairSigner): Promise<void> {
    const owed = { agent: agent.address, contest, mint: world.mint };
    await world.send(stranger, await escrow.getRefundInstructionAsync(owed));
}

describe('a contest', () => {
    test('that is cancelled gives everybody back what they paid', async () => {
        const before = await holdings();
        const contest = await create();
        const [first, second] = entrants;
        await enter(contest, first);
        await enter(contest, second);
        const { data } = await escrow.fetchContest(world.rpc, contest);
        assert.deepEqual([data.pot, data.entrants, data.bond], [2n * FEE, 2, BOND]);
        assert.equal(await held(first.address), (before[1] ?? 0n) - FEE);
        await world.send(creator, escrow.getCancelInstruction({ creator, contest }));
        for (const agent of [first, second]) await refund(contest, agent);
        await returnBond(contest);
        await close(contest, [first, second]);
        assert.deepEqual(await holdings(), before);
    });

    test('lets an entrant leave and enter again while registration is open', async () => {
        const before = await holdings();
        const contest = await create();
        const [agent] = entrants;
        const entry = await enter(contest, agent);
        await world.send(agent, await escrow.getLeaveInstructionAsync({ agent, contest, mint: world.mint }));
        assert.equal(await world.exists(entry), false);
        assert.deepEqual((await holdings()).slice(1), before.slice(1));
        await enter(contest, agent);
        await world.send(creator, escrow.getCancelInstruction({ creator, contest }));
        await refund(contest, agent);
        await returnBond(contest);
        await close(contest, [agent]);
        assert.deepEqual(await holdings(), before);
    });

    test('whose registration is over gives everybody back what they paid', async () => {
        const before = await holdings();
        const contest = await create();
        await enter(contest, entrants[0]);
        await world.pass(REGISTRATION_S);
        await refund(contest, entrants[0]);
        await returnBond(contest);
        await close(contest, [entrants[0]]);
        assert.deepEqual(await holdings(), before);
    });

    test('whose oracle is gone gives the fees back and the bond to the treasury', async () => {
        const [before, tax] = [await holdings(), await treasury()];
        const contest = await create();
        const [first, second] = entrants;
        for (const agent of [first, second]) await enter(contest, agent);
        await world.send(creator, escrow.getStartInstruction({ oracle: creator, contest }));
        await world.pass(2 * INTERVAL_S);
        await world.send(stranger, await escrow.getAbandonInstructionAsync({ contest, mint: world.mint }));
        for (const agent of [first, second]) await refund(contest, agent);
        await close(contest, [first, second]);
        assert.equal(await treasury(), tax + BOND);
        assert.deepEqual(await holdings(), [(before[0] ?? 0n) - BOND, ...before.slice(1)]);
    });

    test('that is played to its end pays prizes, fees and the bond', async () => {
        const [before, tax] = [await holdings(), await treasury()];
        const contest = await create();
        const places: Address[] = [];
        for (const agent of entrants) places.push(await enter(contest, agent));
        const [first, second, third] = places as [Address, Address, Address];
        const oracle = creator;
        await world.send(oracle, escrow.getStartInstruction({ oracle, contest }));
        const actionsRoot = new Uint8Array(32).fill(7);
        const round = { oracle, contest, page: 1, last: true };
        await world.send(
            oracle,
            escrow.getSubmitPageInstruction({
                ...round,
                round: 1,
                actionsRoot,
                marks: [{ flags: 2, score: 10 }, { flags: 2, score: -4 }, { flags: 3, score: 2 }],
                entries: [first, second, third],
            }),
        );
        await world.send(
            oracle,
            escrow.getSubmitPageInstruction({
                ...round,
                round: 2,
                actionsRoot: null,
                marks: [{ flags: 2, score: 11 }, { flags: 2, score: 12 }],
                entries: [first, second],
            }),
        );
        const played = await escrow.fetchContest(world.rpc, contest);
        assert.deepEqual([played.data.rounds, played.data.alive], [2, 2]);
        await world.send(
            oracle,
            escrow.getFinalizeInstruction({ oracle, contest, placed: 0, seed: null, entries: [second, first, third] }),
        );
        const standings = await escrow.fetchAllEntry(world.rpc, places);
        assert.deepEqual(standings.map(({ data }) => [data.standing, data.score]), [[2, 11n], [1, 12n], [3, 2n]]);

        const { mint } = world;
        for (const { address: agent } of entrants.slice(0, 2)) {
            await world.send(stranger, await escrow.getClaimPrizeInstructionAsync({ agent, contest, mint }));
        }
        const paid = { creator: creator.address, contest, mint };
        await world.send(stranger, await escrow.getPayCreatorFeeInstructionAsync(paid));
        await world.send(stranger, await escrow.getPayProtocolFeeInstructionAsync({ contest, mint }));
        await returnBond(contest);
        for (const { address: agent } of entrants) {
            await world.send(stranger, await escrow.getRecordResultInstructionAsync({ agent, contest }));
        }
        await close(contest, entrants);

        // 3,000,000 in: 30,000 to the treasury, 150,000 to the creator, and of the rest 60 and 40 of a hundred.
        const gains = [150_000n, 1_128_000n - FEE, 1_692_000n - FEE, -FEE];
        assert.deepEqual(await holdings(), before.map((held, index) => held + (gains[index] ?? 0n)));
        assert.equal(await treasury(), tax + 30_000n);
        const [profile] = await escrow.findProfilePda({ agent: entrants[1].address });
        const { data } = await escrow.fetchProfile(world.rpc, profile);
        assert.deepEqual([data.wins, data.earnings], [1, 1_692_000n]);
    });

    test('says what happened in events that the client reads', async () => {
        const contest = await create();
        const signatures = await world.rpc.getSignaturesForAddress(contest, { limit: 1 }).send();
        const [signature] = signatures.map(({ signature }) => signature);
        assert.ok(signature);
        const transaction = await world.rpc
            .getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 })
            .send();
        const logs = transaction?.meta?.logMessages ?? [];
        const said = logs.filter((line) => line.startsWith('Program data: ')).map((line) => line.slice(14));
        const events = said.map((text) => escrow.getEscrowEventDecoder().decode(getBase64Encoder().encode(text)));
        assert.equal(events.length, 1);
        const [event] = events;
        assert.ok(event && event.__kind === 'ContestCreated');
        assert.deepEqual([event.contest, event.creator, event.bond], [contest, creator.address, BOND]);
        const { data } = await escrow.fetchContest(world.rpc, contest);
        assert.deepEqual(event.termsHash, data.termsHash);
    });
});

describe('what the program refuses', () => {
    test('has the name of the rule', async () => {
        const contest = await create();
        const [agent] = entrants;
        await enter(contest, agent);
        const { data } = await escrow.fetchContest(world.rpc, contest);
        const again = { agent, contest, mint: world.mint, termsHash: data.termsHash };
        const other = { ...again, agent: entrants[1], termsHash: new Uint8Array(32) };
        const refused = [
            [agent, await escrow.getEnterInstructionAsync(again), 'already_entered'],
            [entrants[1], await escrow.getEnterInstructionAsync(other), 'terms_differ'],
            [stranger, escrow.getStartInstruction({ oracle: stranger, contest }), 'forbidden'],
            [creator, escrow.getStartInstruction({ oracle: creator, contest }), 'not_enough_entrants'],
            [stranger, await escrow.getAbandonInstructionAsync({ contest, mint: world.mint }), 'wrong_state'],
        ] as const;
        for (const [payer, instruction, word] of refused) {
            const code = await world.refusal(payer, instruction);
            assert.equal(escrow.getArenaEscrowErrorMessage(code as escrow.ArenaEscrowError), word);
        }
    });
});
