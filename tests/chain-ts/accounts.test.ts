// The generated decoders read every account as the Rust readers do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { getBase16Decoder, getBase16Encoder } from '@solana/kit';

import * as escrow from './client';

/** The variable that names the samples: bytes, with what the Rust readers see in them. */
const SAMPLES = 'CHAIN_SAMPLES';

type Sample = { name: string; bytes: string; fields: Record<string, unknown> };

const decoders: Record<string, { decode(bytes: Uint8Array): object }> = {
    protocol: escrow.getProtocolDecoder(),
    profile: escrow.getProfileDecoder(),
    contest: escrow.getContestDecoder(),
    entry: escrow.getEntryDecoder(),
};

/** A value as the samples have it: bytes as digits, what may be larger than 2^53 as text. */
function shown(value: unknown): unknown {
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Uint8Array) return getBase16Decoder().decode(value);
    if (Array.isArray(value)) return value.map(shown);
    return value;
}

const path = process.env[SAMPLES];
if (!path) throw new Error(`${SAMPLES} must name the samples`);
const samples = JSON.parse(readFileSync(path, 'utf8')) as Sample[];

test('there is a sample for each decoder', () => {
    assert.deepEqual(samples.map(({ name }) => name).sort(), Object.keys(decoders).sort());
});

for (const { name, bytes, fields } of samples) {
    test(`${name} is read as Rust reads it`, () => {
        const read = decoders[name]?.decode(new Uint8Array(getBase16Encoder().encode(bytes)));
        assert.ok(read);
        const { kind, version, ...seen } = read as { kind: number; version: number };
        assert.ok(kind > 0 && version > 0);
        assert.deepEqual(Object.fromEntries(Object.entries(seen).map(([key, value]) => [key, shown(value)])), fields);
    });
}
