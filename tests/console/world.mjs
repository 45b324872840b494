// A real server with real things in it: what the browser tests look at.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** Starts `arena serve --test-clock` on a store of its own, or anew on the one of `former`, at its address. */
export async function serve(arena, former) {
  const data = former?.data || await mkdtemp(join(tmpdir(), 'arena-console-'));
  const child = spawn(arena, ['serve', '--data', data, '--listen', former ? new URL(former.url).host : '127.0.0.1:0', '--test-clock', '--json'], {stdio: ['ignore', 'pipe', 'inherit']});
  const url = await new Promise((found, failed) => {
    let said = '';
    child.stdout.on('data', (more) => { said += more; if (said.includes('\n')) found(JSON.parse(said.split('\n')[0]).url); });
    child.once('exit', (code) => failed(new Error(`arena serve ended with ${code}`)));
  });
  const operator = (await readFile(join(data, 'operator.token'), 'utf8')).trim();
  const ended = new Promise((done) => child.once('exit', done));
  return {url, data, arena, operator, halt: async () => { child.kill('SIGKILL'); await ended; }, stop: async () => { child.kill('SIGTERM'); await ended; await rm(data, {recursive: true, force: true}); }};
}

/** The server behind another address, whose live streams can be frozen: they stay open, and nothing comes over them any more. */
export async function relay(server) {
  const open = new Set(), streams = new Map(), to = new URL(server.url);
  const between = createServer((from) => {
    const on = connect(Number(to.port), to.hostname);
    from.on('data', (bytes) => { if (bytes.includes('text/event-stream')) streams.set(on, from); });
    from.pipe(on).pipe(from);
    for (const [one, other] of [[from, on], [on, from]]) { open.add(one); one.on('error', () => other.destroy()).on('close', () => other.destroy()); }
  });
  await new Promise((ready) => { between.listen(0, '127.0.0.1', ready); });
  return {...server, url: `http://127.0.0.1:${between.address().port}`, freeze: () => { for (const [on, from] of streams) on.unpipe(from).pause(); }, end: () => { for (const one of open) one.destroy(); between.close(); }};
}

/** Asks the server; anything but success fails, unless it is the code that is expected. */
export async function call(server, token, method, path, body, expected) {
  const headers = {Authorization: `Bearer ${token}`};
  if (body !== undefined && !(body instanceof Uint8Array)) headers['Content-Type'] = 'application/json';
  if (body instanceof Uint8Array) headers['Content-Type'] = 'text/plain';
  const answer = await fetch(server.url + path, {method, headers, body: body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body)});
  const text = await answer.text(), read = text && /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : text;
  if (!answer.ok && read.code !== expected) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return read;
}

export const HOSTILE = '<script>globalThis.broken = true</script><img src=x onerror="globalThis.broken = true"> \u202Eright to left\u202C שלום עולם ' + 'Donaudampfschiffahrtsgesellschaftskapitaen'.repeat(4);

export async function agents(server, names) {
  const tokens = {};
  for (const name of names) tokens[name] = (await call(server, server.operator, 'POST', '/v1/agents', {agent_id: name})).token;
  return tokens;
}

/** An arena half done: claimed, failed, blocked, waiting for approval, and with text that would break a careless page. */
export async function busyArena(server, tokens, now = (step) => step) {
  const as = (name, ...rest) => call(server, tokens[name], ...rest);
  const {arena_id} = await as('ann', 'POST', '/v1/arenas', {goal: 'Port the importer to the new file format and prove that nothing is lost on the way', open: true,
    participants: [{agent_id: 'ben', role: 'worker'}, {agent_id: 'cleo', role: 'worker'}, {agent_id: 'dora', role: 'observer'}], budget: {attempts: 60, cost: 5000},
    steps: [{title: 'Read the old format and write down its rules'}, {title: 'Collect samples from the archive', max_attempts: 1}, {title: 'Write the reader', depends_on: [1]}, {title: 'Write the writer', depends_on: [1]}, {title: 'Round trip over all samples', depends_on: [2, 3, 4]},
      {title: 'Measure speed and memory', depends_on: [3]}, {title: 'Release notes', depends_on: [5, 6], evidence: {artifacts: ['notes.md'], approval: true}}, {title: HOSTILE}, {title: 'Look over the command line', evidence: {approval: true}, lease_ms: 600000}, {title: 'Only for erin', assignee: 'erin'}, {title: 'An idea that was dropped'}]});
  const path = `/v1/arenas/${arena_id}`;
  await as('ann', 'POST', `${path}/activate`);
  await as('ann', 'POST', `${path}/steps/11/cancel`);
  const claim = async (name, step) => (await as(name, 'POST', `${path}/steps/claim`, {step, lease_ms: 900000})).fence;
  const one = await claim('ben', 1);
  await as('ben', 'PUT', `${path}/artifacts/docs/format.md?step=1&fence=${one}&kind=text`, new TextEncoder().encode('# The old format\n\nRecords of 64 bytes, little endian.\n<script>globalThis.broken = true</script>\n'));
  await as('ben', 'POST', `${path}/steps/1/complete`, {fence: one, result: 'Twelve rules, written down in docs/format.md', cost: 420});
  const two = await claim('cleo', 2);
  await as('cleo', 'POST', `${path}/steps/2/fail`, {fence: two, reason: 'the archive does not answer', cost: 80});
  now(await claim('ben', 3));
  await claim('cleo', 9);
  await as('ben', 'PUT', `${path}/facts/format.endian`, {content: 'little', confidence: 900, tags: ['format']});
  await as('ben', 'PUT', `${path}/facts/format.endian`, {content: 'little, except for the header, which is big', confidence: 1000, tags: ['format']});
  await as('cleo', 'PUT', `${path}/facts/hostile`, {content: HOSTILE, tags: ['<b>tag</b>']});
  await as('ben', 'PUT', `${path}/artifacts/${encodeURIComponent('<img src=x>.html')}?kind=file`, new TextEncoder().encode(HOSTILE));
  await as('cleo', 'POST', `${path}/messages`, {body: 'I take the command line. Ann, will you approve it when it is done?', to: ['ann']});
  await as('ann', 'POST', `${path}/messages`, {body: HOSTILE});
  return arena_id;
}

const TERMS = {entry_fee: 1000, bond: 5000, min_agents: 2, max_agents: 8, prize_split: [60, 40], creator_fee_bps: 500, elimination_interval_s: 60, duration_s: 600};

/** A contest of four, played for three rounds; finished, with everything paid but one prize, unless `upTo` says otherwise. */
export async function contest(server, tokens, title, upTo = 'finished') {
  const as = (name, ...rest) => call(server, tokens[name], ...rest);
  for (const name of ['ann', 'ben', 'cleo', 'dora', 'erin']) await call(server, server.operator, 'POST', '/v1/ledger/deposits', {agent_id: name, amount: 20000, reference: `${title} ${name}`});
  const {arena_id} = await as('ann', 'POST', '/v1/contests', {title, terms: {...TERMS, action_schema: 'up | down | left | right'}});
  const path = `/v1/contests/${arena_id}`;
  for (const name of ['ben', 'cleo', 'dora', 'erin']) await as(name, 'POST', `${path}/entries`);
  if (upTo === 'registration') return arena_id;
  if (upTo === 'cancelled') { await as('ann', 'POST', `${path}/cancel`); await as('ben', 'POST', `${path}/payouts`, {kind: 'refund'}); return arena_id; }
  await as('ann', 'POST', `${path}/start`);
  await as('ann', 'POST', `${path}/eliminations`, {round: 1, eliminated: ['erin'], scores: {ben: 3, cleo: 4, dora: 2, erin: 1}});
  if (upTo === 'active') return arena_id;
  await as('ann', 'POST', `${path}/eliminations`, {round: 2, eliminated: ['dora'], scores: {ben: 7, cleo: 6, dora: 4}});
  await as('ann', 'POST', `${path}/eliminations`, {round: 3, eliminated: [], scores: {ben: 12, cleo: 9}});
  await as('ann', 'POST', `${path}/finalize`);
  await as('ben', 'POST', `${path}/payouts`, {kind: 'prize'});
  await as('ann', 'POST', `${path}/payouts`, {kind: 'creator_fee'});
  return arena_id;
}

/** A plan of `steps` in layers of a hundred; every step depends on three of the layer before. */
export async function greatArena(server, tokens, steps) {
  const as = (...rest) => call(server, tokens.ann, ...rest);
  const plan = Array.from({length: steps}, (_, at) => ({title: `Part ${at + 1}`, depends_on: at < 100 ? [] : [...new Set([0, 7, 13].map((by) => at - 100 - (at % 100) + ((at + by) % 100) + 1))]}));
  const {arena_id} = await as('POST', '/v1/arenas', {goal: `A plan of ${steps} steps`, steps: plan.slice(0, 1000)});
  for (let at = 1000; at < steps; at += 1000) await as('POST', `/v1/arenas/${arena_id}/steps`, {steps: plan.slice(at, at + 1000)});
  await as('POST', `/v1/arenas/${arena_id}/activate`);
  return arena_id;
}

/** Says something until the arena has `events` events. */
export async function chatter(server, tokens, arena_id, events) {
  const {sequence} = await call(server, tokens.ann, 'GET', `/v1/arenas/${arena_id}`);
  let left = events - sequence;
  const worker = async () => { while (left-- > 0) await call(server, tokens.ann, 'POST', `/v1/arenas/${arena_id}/messages`, {body: `note ${left}`}); };
  await Promise.all(Array.from({length: 64}, worker));
}

/** A cup of snakes among built-in bots, hosted to its end; answers with its id. */
export async function hosted(server, {title = 'Snakes cup', seed = 'a demonstration', bots = ['hunter', 'space', 'forager', 'hunter', 'random'], rules = {width: 20, height: 12, food: 8, shrink_from: 10, shrink_every: 3}} = {}) {
  const table = (values) => Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join('\n');
  const cup = [table({title, fund: true, seed}), '[game]', table({name: 'snakes', ...rules}), '[terms]', table({entry_fee: 1000, bond: 5000, prize_split: [60, 30, 10], creator_fee_bps: 500}), '[time]', table({bank: '10m', increment: '10s'}),
    ...bots.map((strategy, at) => `[[bots]]\n${table({name: `snake-${at + 1}`, strategy})}`)].join('\n');
  const file = join(server.data, 'cup.toml');
  await writeFile(file, cup);
  const child = spawn(server.arena, ['contest', 'host', file, '--url', server.url, '--token', server.operator, '--state', join(server.data, 'hosting'), '--new', '--json'], {stdio: ['ignore', 'pipe', 'ignore']});
  let said = '';
  child.stdout.on('data', (more) => { said += more; });
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`hosting ended with ${code}: ${said}`);
  return JSON.parse(said).arena_id;
}

const hash = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest();
/** The Merkle root of lines, as RFC 6962 has it. */
export function root(lines) {
  let row = lines.map((line) => hash(Buffer.from([0]), line));
  while (row.length > 1) row = row.flatMap((one, at) => (at % 2 ? [] : [at + 1 < row.length ? hash(Buffer.from([1]), one, row[at + 1]) : one]));
  return row[0].toString('hex');
}

/** A contest of snakes that is under way, with two rounds of moves recorded. */
export async function snakesUnderWay(server, tokens) {
  const as = (name, ...rest) => call(server, tokens[name], ...rest), schema = JSON.stringify({food: 6, game: 'snakes', height: 18, shrink_every: 6, shrink_from: 30, version: 1, width: 30});
  for (const name of ['ann', 'ben', 'cleo']) await call(server, server.operator, 'POST', '/v1/ledger/deposits', {agent_id: name, amount: 20000, reference: `snakes ${name}`});
  const {arena_id} = await as('ann', 'POST', '/v1/contests', {title: 'Snakes under way', terms: {...TERMS, action_schema: schema, seed_commitment: createHash('sha256').update('secret').digest('hex')}}), path = `/v1/contests/${arena_id}`;
  for (const name of ['ben', 'cleo']) await as(name, 'POST', `${path}/entries`);
  await as('ann', 'POST', `${path}/start`);
  for (const [round, moves] of [[1, ['up', 'left']], [2, ['up', undefined]]]) {
    const lines = ['ben', 'cleo'].map((agent_id, at) => JSON.stringify(moves[at] ? {action: moves[at], agent_id, arena_id, round} : {agent_id, arena_id, fault: 'timeout', round}));
    await as('ann', 'POST', `${path}/eliminations`, {round, eliminated: [], scores: {ben: 3, cleo: 3}, actions_root: root(lines)});
    await as('ann', 'PUT', `${path}/rounds/${round}/actions`, new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
  }
  return arena_id;
}

/** `arena run` of a plan, under way. */
export async function running(server, plan) {
  const file = join(server.data, 'plan.toml');
  await writeFile(file, plan);
  const child = spawn(server.arena, ['run', file, '--url', server.url, '--token', server.operator, '--data', join(server.data, 'runs'), '--json'], {stdio: 'ignore'});
  return {ended: new Promise((done) => child.once('exit', done)), stop: () => child.kill()};
}
