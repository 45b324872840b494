// The chance of a game: a ChaCha20 stream keyed by SHA-256 of the seed and the round, drawn from as the host draws from it.
const DOMAIN = 'arena/game/v1';
const MASK = (1n << 64n) - 1n;
const text = new TextEncoder();

// The first 32 bits of the fractions of the cube and square roots of the first primes (FIPS 180-4).
const primes = (() => { const found = []; for (let one = 2; found.length < 64; one += 1) if (found.every((other) => one % other)) found.push(one); return found; })();
/** Exactly, by whole numbers: floor(root(prime) * 2^32) without its whole part. */
const fraction = (prime, power) => { const target = BigInt(prime) << BigInt(32 * power); let low = 0n, high = 1n << 40n; while (low < high) { const mid = (low + high + 1n) >> 1n; if (mid ** BigInt(power) <= target) low = mid; else high = mid - 1n; } return Number(low & 0xffffffffn); };
const ROUNDS = primes.map((prime) => fraction(prime, 3));
const BEGIN = primes.slice(0, 8).map((prime) => fraction(prime, 2));

const right = (word, by) => (word >>> by) | (word << (32 - by));
const left = (word, by) => (word << by) | (word >>> (32 - by));

/** SHA-256. The browser's own is there on encrypted and local pages only. */
export function sha256(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64), view = new DataView(padded.buffer), words = new Int32Array(64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  const state = Int32Array.from(BEGIN);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const one = words[i - 15], two = words[i - 2];
      words[i] = words[i - 16] + words[i - 7] + (right(one, 7) ^ right(one, 18) ^ (one >>> 3)) + (right(two, 17) ^ right(two, 19) ^ (two >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const first = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
      const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => out.setInt32(4 * i, word));
  return new Uint8Array(out.buffer);
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes that a commitment was made to: those of the text, or those that it spells in hexadecimal digits; null when neither opens it. */
export function opened(seed, commitment) {
  const plain = text.encode(seed);
  if (hex(sha256(plain)) === commitment) return plain;
  if (!/^([0-9a-f]{2})+$/i.test(seed)) return null;
  const spelled = Uint8Array.from(seed.match(/../g), (pair) => parseInt(pair, 16));
  return hex(sha256(spelled)) === commitment ? spelled : null;
}

function keyOf(seed, round) {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, round);
  const parts = [text.encode(DOMAIN), seed, number], bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 4, 0));
  let at = 0;
  for (const part of parts) { new DataView(bytes.buffer).setUint32(at, part.length); bytes.set(part, at + 4); at += part.length + 4; }
  return sha256(bytes);
}

/** One block of ChaCha20 (RFC 8439) with a counter of 64 bits and a nonce of nought. */
function block(key, counter) {
  const begun = new Int32Array(16), view = new DataView(key.buffer);
  begun.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  for (let i = 0; i < 8; i += 1) begun[4 + i] = view.getInt32(4 * i, true);
  begun[12] = counter;
  begun[13] = Math.floor(counter / 2 ** 32);
  const x = begun.slice();
  const quarter = (a, b, c, d) => {
    x[a] += x[b]; x[d] = left(x[d] ^ x[a], 16); x[c] += x[d]; x[b] = left(x[b] ^ x[c], 12);
    x[a] += x[b]; x[d] = left(x[d] ^ x[a], 8); x[c] += x[d]; x[b] = left(x[b] ^ x[c], 7);
  };
  for (let double = 0; double < 10; double += 1) {
    quarter(0, 4, 8, 12); quarter(1, 5, 9, 13); quarter(2, 6, 10, 14); quarter(3, 7, 11, 15);
    quarter(0, 5, 10, 15); quarter(1, 6, 11, 12); quarter(2, 7, 8, 13); quarter(3, 4, 9, 14);
  }
  return x.map((word, i) => word + begun[i]);
}

/** The random numbers of a round; 0 stands for what happens before the first. */
export function dice(seed, round) {
  const key = keyOf(seed, round);
  let words = new Int32Array(0), at = 0, counter = 0;
  const next = () => {
    if (at >= words.length) { words = block(key, counter); counter += 1; at = 0; }
    const low = BigInt(words[at] >>> 0), high = BigInt(words[at + 1] >>> 0);
    at += 2;
    return (high << 32n) | low;
  };
  /** Below `bound`, each equally likely: numbers of the last, incomplete run are drawn anew. */
  const below = (bound) => {
    if (bound <= 0) return 0;
    const many = BigInt(bound), whole = MASK - (MASK % many);
    for (;;) { const drawn = next(); if (drawn < whole) return Number(drawn % many); }
  };
  return {
    below,
    /** One of `items`, taken out of them; the last takes its place. */
    take(items) {
      if (!items.length) return undefined;
      const index = below(items.length), taken = items[index], last = items.pop();
      if (index < items.length) items[index] = last;
      return taken;
    },
  };
}
