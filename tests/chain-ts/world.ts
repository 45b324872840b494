// A local chain for the tests: `arena-localnet` as a child, wallets that can pay, and sends that wait until they are confirmed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import {
    SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
    type Address,
    type Instruction,
    type KeyPairSigner,
    address,
    appendTransactionMessageInstructions,
    assertIsTransactionWithBlockhashLifetime,
    createKeyPairSignerFromBytes,
    createSolanaRpc,
    createSolanaRpcSubscriptions,
    createTransactionMessage,
    generateKeyPairSigner,
    getBase64Encoder,
    isSolanaError,
    pipe,
    sendAndConfirmTransactionFactory,
    setTransactionMessageFeePayerSigner,
    setTransactionMessageLifetimeUsingBlockhash,
    signTransactionMessageWithSigners,
} from '@solana/kit';

/** The variable that names the program `arena-localnet`. */
const PROGRAM = 'CHAIN_LOCALNET';
/** The chain's clock: 8 bytes of slot, three numbers of epochs, then the time in seconds. */
const CLOCK = address('SysvarC1ock11111111111111111111111111111111');
const CLOCK_SECONDS_AT = 32;

type Ready = { rpc_url: string; ws_url: string; program: string; mint: string; payer: string };

export class World {
    readonly mint: Address;
    readonly program: Address;
    readonly rpc: ReturnType<typeof createSolanaRpc>;
    private readonly confirm: ReturnType<typeof sendAndConfirmTransactionFactory>;

    private constructor(
        private readonly child: ChildProcess,
        private readonly folder: string,
        private readonly url: string,
        ready: Ready,
        readonly payer: KeyPairSigner,
        /** Wallets that hold SOL and the mint's tokens. */
        readonly wallets: KeyPairSigner[],
    ) {
        this.mint = address(ready.mint);
        this.program = address(ready.program);
        this.rpc = createSolanaRpc(ready.rpc_url);
        const rpcSubscriptions = createSolanaRpcSubscriptions(ready.ws_url);
        this.confirm = sendAndConfirmTransactionFactory({ rpc: this.rpc, rpcSubscriptions });
    }

    /** A chain whose clock stands still unless a test moves it, with so many wallets besides the payer. */
    static async start(wallets: number): Promise<World> {
        const program = process.env[PROGRAM];
        if (!program) throw new Error(`${PROGRAM} must name the program arena-localnet`);
        const folder = await mkdtemp(join(tmpdir(), 'arena-chain-ts-'));
        const signers = await Promise.all(Array.from({ length: wallets }, () => generateKeyPairSigner()));
        const funded = signers.flatMap((signer) => ['--fund', signer.address]);
        const child = spawn(
            program,
            ['--json', '--port', '0', '--slot-ms', '0', '--data', folder, ...funded],
            { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        const ready = JSON.parse(await firstLine(child)) as Ready;
        const key = new Uint8Array(JSON.parse(await readFile(ready.payer, 'utf8')) as number[]);
        const payer = await createKeyPairSignerFromBytes(key);
        return new World(child, folder, ready.rpc_url, ready, payer, signers);
    }

    /** Sends one transaction that `payer` pays for, and waits until it is confirmed. */
    async send(payer: KeyPairSigner, ...instructions: Instruction[]): Promise<void> {
        const { value: lifetime } = await this.rpc.getLatestBlockhash({ commitment: 'confirmed' }).send();
        const message = pipe(
            createTransactionMessage({ version: 0 }),
            (message) => setTransactionMessageFeePayerSigner(payer, message),
            (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
            (message) => appendTransactionMessageInstructions(instructions, message),
        );
        const transaction = await signTransactionMessageWithSigners(message);
        assertIsTransactionWithBlockhashLifetime(transaction);
        await this.confirm(transaction, { commitment: 'confirmed' });
    }

    /** The number with which the program refuses a transaction of one instruction. */
    async refusal(payer: KeyPairSigner, instruction: Instruction): Promise<number> {
        try {
            await this.send(payer, instruction);
        } catch (error) {
            const cause = error instanceof Error ? error.cause : undefined;
            if (isSolanaError(cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM)) return cause.context.code;
            throw error;
        }
        throw new Error('it was not refused');
    }

    /** The chain's clock, in seconds. */
    async now(): Promise<number> {
        const { value } = await this.rpc.getAccountInfo(CLOCK, { encoding: 'base64' }).send();
        if (!value) throw new Error('the chain has no clock');
        const bytes = getBase64Encoder().encode(value.data[0]);
        return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(CLOCK_SECONDS_AT, true));
    }

    /** Moves the chain's clock on. */
    async pass(seconds: number): Promise<void> {
        const absoluteTimestamp = ((await this.now()) + seconds) * 1000;
        const response = await fetch(this.url, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'surfnet_timeTravel', params: [{ absoluteTimestamp }] }),
        });
        const answer = (await response.json()) as { error?: { message: string } };
        if (answer.error) throw new Error(answer.error.message);
    }

    /** What a token account holds. */
    async tokens(account: Address): Promise<bigint> {
        const { value } = await this.rpc.getTokenAccountBalance(account, { commitment: 'confirmed' }).send();
        return BigInt(value.amount);
    }

    /** Whether there is an account at an address. */
    async exists(account: Address): Promise<boolean> {
        const { value } = await this.rpc.getAccountInfo(account, { encoding: 'base64', commitment: 'confirmed' }).send();
        return value !== null;
    }

    /** Ends the chain as an operator would; answers its exit code. */
    async stop(): Promise<number | null> {
        const ended = once(this.child, 'exit');
        this.child.kill('SIGTERM');
        const [code] = (await ended) as [number | null];
        await rm(this.folder, { recursive: true });
        return code;
    }
}

async function firstLine(child: ChildProcess): Promise<string> {
    if (!child.stdout) throw new Error('its output is not piped');
    for await (const line of createInterface({ input: child.stdout })) return line;
    throw new Error('arena-localnet ended before it was ready');
}
