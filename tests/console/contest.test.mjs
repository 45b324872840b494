// Contests in the console: what was played, who got what, and what can be done to one.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {after, before, test} from 'node:test';
import {launch, see, until, visit} from './browser.mjs';
import {agents, call, contest, hosted, serve, snakesUnderWay} from './world.mjs';

let server, browser, tokens;
before(async () => {
  server = await serve(process.env.CONSOLE_ARENA);
  browser = await launch();
  tokens = await agents(server, ['ann', 'ben', 'cleo', 'dora', 'erin']);
});
after(async () => { await browser?.close(); await server?.stop(); });

const balance = async (account) => (await call(server, server.operator, 'GET', `/v1/ledger/accounts/${account}`)).balance;
/** Presses a button, and then the one that confirms it. */
async function confirmed(page, name, sure = name) {
  await page.getByRole('button', {name, exact: true}).first().click();
  await page.getByRole('dialog').getByRole('button', {name: sure, exact: true}).click();
  await until(page, () => !document.querySelector('dialog'));
}

test('every frame that the page makes of a game of snakes is that of the host’s rules', async () => {
  const games = JSON.parse(await readFile(new URL('snakes.json', import.meta.url), 'utf8'));
  const view = await visit(browser, server), {page} = view;
  await page.getByLabel('Token', {exact: true}).waitFor();
  const rounds = await page.evaluate(async (kept) => {
    const {hex, opened, sha256} = await import('/console/dice.js'), {begin} = await import('/console/snakes.js');
    const canonical = (value) => (Array.isArray(value) ? `[${value.map(canonical).join()}]` : value && typeof value === 'object' ? `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}` : JSON.stringify(value));
    const WORDS = {u: 'up', d: 'down', l: 'left', r: 'right', x: 'sideways'};
    let count = 0;
    for (const [number, one] of kept.entries()) {
      const rules = JSON.parse(one.rules), game = begin(rules, one.players, opened(one.seed, one.commitment));
      const seen = (out, scores) => { const {zone, food, snakes} = game.frame(); return hex(sha256(new TextEncoder().encode(canonical({finished: game.isFinished(), food, out, scores, zone, snakes: snakes.filter((snake) => snake.alive).map(({name, body, direction}) => ({name, body, direction}))})))).slice(0, one.begun.length); };
      if (seen([], {}) !== one.begun) return `game ${number} begins otherwise`;
      for (const [at, line] of one.rounds.entries()) {
        const [letters, expected] = line.split(' '), {eliminated, scores} = game.play(Array.from(letters, (letter) => WORDS[letter]));
        if (seen(eliminated, scores) !== expected) return `game ${number} differs in round ${at + 1}`;
        count += 1;
      }
      if (!game.isFinished()) return `game ${number} is not over`;
    }
    return count;
  }, games);
  assert.equal(rounds, games.reduce((sum, one) => sum + one.rounds.length, 0));
  assert.ok(games.length >= 5 && rounds > 100, `${rounds} rounds of ${games.length} games`);
  await view.close();
});

test('a hosted game is replayed as it was, and what does not fit the record is not shown', async () => {
  const id = await hosted(server), view = await visit(browser, server, {token: tokens.ann, path: `contest/${id}/rounds`}), {page} = view;
  const receipt = await call(server, tokens.ann, 'GET', `/v1/contests/${id}/receipt`), last = receipt.rounds.length;
  await page.locator('svg.field').waitFor();
  const slider = page.getByRole('slider', {name: 'Round', exact: true});
  for (const round of [0, 1, Math.ceil(last / 2), last]) {
    await slider.fill(String(round));
    const said = await page.locator('svg.field').getAttribute('aria-label');
    const gone = receipt.rounds.slice(0, round).flatMap((one) => one.pages.flatMap((part) => part.eliminated));
    assert.ok(said.startsWith(round ? `After round ${round}: ` : 'At the start: ') && said.includes(`${5 - gone.length} of 5 snakes alive`), said);
    const shown = await page.locator('.field .snake').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.dataset.agent, one.querySelector('path').getAttribute('d').split('L').length])));
    const scores = Object.assign({}, ...receipt.rounds.slice(0, round).map((one) => Object.assign({}, ...one.pages.map((part) => part.scores))));
    for (const entry of receipt.entries) assert.equal(shown[entry.agent_id], gone.includes(entry.agent_id) ? undefined : (scores[entry.agent_id] ?? 3), `${entry.agent_id} after round ${round}`);
  }
  const fell = receipt.rounds.findIndex((one) => one.pages.some((part) => part.eliminated.length)) + 1;
  await slider.fill(String(fell));
  assert.equal(await page.locator('.field .fell').count(), receipt.rounds[fell - 1].pages.flatMap((part) => part.eliminated).length, 'who fell is marked where it fell');
  await slider.fill('0');
  await page.getByRole('button', {name: 'Play', exact: true}).click();
  await page.getByLabel('Speed').selectOption('fast');
  await until(page, (round) => document.querySelector('svg.field')?.getAttribute('aria-label').startsWith(`After round ${round}:`), last);
  await page.getByRole('button', {name: 'Play', exact: true}).waitFor();
  // The replay is held against the record: a receipt that was bent shows no frame from there on.
  const bent = await page.evaluate(async (whole) => {
    const {replay} = await import('/console/replay.js'), of = (change) => { const one = structuredClone(whole); change(one); const {frames, trouble, differs} = replay(one); return [frames.length, Boolean(trouble), differs ?? 0]; };
    const moved = (line) => { const one = JSON.parse(line); one.action = {up: 'left', down: 'right', left: 'down', right: 'up'}[one.action]; return JSON.stringify(one); };
    return {whole: of(() => {}), score: of((one) => { const name = Object.keys(one.rounds[2].pages[0].scores)[0]; one.rounds[2].pages[0].scores[name] += 1; }), out: of((one) => { one.rounds[1].pages[0].eliminated = [one.entries[0].agent_id]; }),
      moves: of((one) => { for (const round of one.rounds) round.actions = round.actions.map(moved); })[2] > 0, seed: of((one) => { one.seed = 'another'; }), secret: of((one) => { delete one.seed; }), hole: of((one) => { delete one.rounds[3].actions; }), version: of((one) => { one.terms.action_schema = one.terms.action_schema.replace('"version":1', '"version":2'); })};
  }, receipt);
  assert.deepEqual(bent, {whole: [last + 1, false, 0], score: [3, true, 3], out: [2, true, 2], moves: true, seed: [0, true, 0], secret: [0, true, 0], hole: [4, true, 0], version: [0, true, 0]});
  await view.close();
});

test('while a game of snakes goes on, only what is known is shown: each way from its own start', async () => {
  const id = await snakesUnderWay(server, tokens), view = await visit(browser, server, {token: tokens.dora, path: `contest/${id}/rounds`}), {page} = view;
  await see(page, /stays secret until the oracle finalizes/);
  await page.getByRole('img', {name: 'ben: 2 moves'}).waitFor();
  await page.getByRole('img', {name: 'cleo: 2 moves'}).waitFor();
  assert.equal(await page.locator('svg.field').count(), 0);
  await page.locator('tr', {hasText: 'cleo'}).getByText('forfeited').waitFor();
  await call(server, tokens.ann, 'POST', `/v1/contests/${id}/finalize`, {seed: 'secret'});
  await page.locator('svg.field').waitFor();
  await view.close();
});

test('contests are found by an entrant', async () => {
  const first = await contest(server, tokens, 'With erin', 'registration'), second = await contest(server, tokens, 'Without erin', 'registration');
  await call(server, tokens.erin, 'DELETE', `/v1/contests/${second}/entries/erin`);
  const view = await visit(browser, server, {token: tokens.ann, path: 'contests'}), {page} = view;
  await page.getByRole('link', {name: 'Without erin'}).waitFor();
  await page.getByLabel('Entrant').fill('erin');
  await page.getByLabel('Entrant').press('Tab');
  await until(page, () => !document.querySelector('main').innerText.includes('Without erin'));
  await page.getByRole('link', {name: 'With erin'}).waitFor();
  await page.getByLabel('Status').selectOption('finished');
  await see(page, 'Nothing fits');
  await page.getByRole('button', {name: 'Clear the filters'}).click();
  await page.getByRole('link', {name: 'Without erin'}).waitFor();
  await call(server, tokens.ann, 'POST', `/v1/contests/${first}/cancel`);
  await view.close();
});

test('an agent enters and leaves, and a refusal stands beside its button', async () => {
  const id = await contest(server, tokens, 'Come and go', 'registration'), path = `/v1/contests/${id}`, before_ = await balance('wallet:erin');
  const view = await visit(browser, server, {token: tokens.erin, path: `contest/${id}`}), {page} = view;
  view.allowed.add('409');
  await confirmed(page, 'Leave');
  await page.getByRole('button', {name: 'Enter', exact: true}).waitFor();
  assert.equal(await balance('wallet:erin'), before_ + 1000, 'the fee came back');
  await confirmed(page, 'Enter');
  await page.getByRole('button', {name: 'Leave', exact: true}).waitFor();
  assert.equal(await balance('wallet:erin'), before_);
  // Meanwhile it begins: leaving is refused, with the server's reason beside the button.
  await page.getByRole('button', {name: 'Leave', exact: true}).click();
  const said = page.getByRole('dialog').getByRole('alert');
  await call(server, tokens.ann, 'POST', `${path}/start`);
  await page.getByRole('dialog').getByRole('button', {name: 'Leave', exact: true}).click();
  await said.waitFor();
  const refused = await call(server, tokens.erin, 'DELETE', `${path}/entries/erin`, undefined, 'wrong_state');
  assert.ok((await said.innerText()).includes(refused.detail), await said.innerText());
  assert.equal(refused.status, 409);
  await page.getByRole('button', {name: 'Back', exact: true}).click();
  await view.close();
});

test('an oracle starts, a creator calls off, and refunds leave nothing behind', async () => {
  const started = await contest(server, tokens, 'To be started', 'registration'), off = await contest(server, tokens, 'To be called off', 'registration');
  const view = await visit(browser, server, {token: tokens.ann, path: `contest/${started}`}), {page} = view;
  await confirmed(page, 'Start');
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Active'));
  assert.equal((await call(server, tokens.ann, 'GET', `/v1/contests/${started}`)).status, 'active');
  await view.go(`contest/${off}`);
  await page.getByRole('heading', {name: 'To be called off'}).first().waitFor();
  await page.getByRole('button', {name: 'Cancel', exact: true}).click();
  await see(page, /It ends for good/);
  await page.getByRole('button', {name: 'Back', exact: true}).click();
  assert.equal((await call(server, tokens.ann, 'GET', `/v1/contests/${off}`)).status, 'registration', 'nothing happens unless it is confirmed');
  await confirmed(page, 'Cancel', 'Cancel the contest');
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Cancelled'));
  await view.go(`contest/${off}/money`);
  await see(page, /9,000 came in, 0 went out, 9,000 is still inside/);
  await page.getByRole('button', {name: /Pay all 5 open ones/}).click();
  await page.getByRole('button', {name: 'Pay them'}).click();
  await see(page, /9,000 came in, 9,000 went out, 0 is still inside/);
  for (const account of ['escrow', 'bond']) assert.equal(await balance(`${account}:${off}`), 0);
  await view.close();
});

test('whose oracle has timed out is abandoned by anyone, and the bond is seen to be slashed', async () => {
  const id = await contest(server, tokens, 'Left alone', 'active'), view = await visit(browser, server, {token: tokens.dora, path: `contest/${id}`}), {page} = view;
  await page.getByRole('heading', {name: 'Left alone'}).first().waitFor();
  await see(page, /next round due in/);
  assert.equal(await page.getByRole('button', {name: 'Abandon', exact: true}).count(), 0);
  await call(server, server.operator, 'POST', '/v1/clock', {advance_ms: 130000});
  await page.reload();
  await see(page, 'the oracle has timed out');
  await confirmed(page, 'Abandon');
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Abandoned'));
  await view.go(`contest/${id}/money`);
  await see(page, /9,000 came in, 5,000 went out, 4,000 is still inside/);
  assert.equal(await page.locator('.flow [data-end="bond_slash/treasury/paid"]').getAttribute('data-amount'), '5000');
  assert.equal(await page.locator('.flow [data-end^="refund/"][data-end$="/open"]').count(), 4);
  await view.close();
});

test('the picture of the money has the ledger’s own sums, at every width', async () => {
  const id = await contest(server, tokens, 'Counted');
  for (const phone of [false, true]) {
    const view = await visit(browser, server, {token: tokens.ann, path: `contest/${id}/money`, phone}), {page} = view;
    await page.locator('.flow').waitFor();
    const drawn = await page.locator('.flow [data-end]').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.dataset.end, Number(one.dataset.amount)])));
    const {items} = await call(server, tokens.ann, 'GET', `/v1/contests/${id}/obligations`), kind = (name) => (name === 'bond' ? 'bond_return' : name);
    assert.deepEqual(drawn, Object.fromEntries(items.map((one) => [`${kind(one.kind)}/${one.payee}/${one.status}`, one.amount])));
    assert.equal(Object.values(drawn).reduce((sum, one) => sum + one, 0), 9000, 'all that came in is somewhere');
    const {width, inner, scale} = await page.locator('.flow').evaluate((one) => ({width: one.getBoundingClientRect().right, inner: innerWidth, scale: one.getBoundingClientRect().width / one.viewBox.baseVal.width}));
    assert.ok(width <= inner, 'it fits the page');
    assert.ok(Math.abs(scale - 1) < .01, `its text is ${scale} times as large as it should be`);
    const texts = await page.locator('.flow text').evaluateAll((all) => all.filter((one) => { const box = one.getBoundingClientRect(); return box.right > innerWidth || box.left < 0; }).map((one) => one.textContent));
    assert.deepEqual(texts, [], 'no word stands outside');
    await view.close();
  }
});

test('the chart of eliminations and the table say who fell when', async () => {
  const id = await contest(server, tokens, 'Charted'), view = await visit(browser, server, {token: tokens.ben, path: `contest/${id}/standings`}), {page} = view;
  await page.getByRole('img', {name: /Rounds that each entrant lasted, of 3/}).waitFor();
  const bars = await page.locator('.chart g').evaluateAll((all) => all.map((one) => ({said: one.querySelector('title').textContent, wide: one.querySelector('.run').getBoundingClientRect().width, fell: Boolean(one.querySelector('.fall'))})));
  assert.deepEqual(bars.map((one) => [one.said, one.fell]), [['ben: alive, score 12', false], ['cleo: alive, score 9', false], ['dora: out in round 2, score 4', true], ['erin: out in round 1, score 1', true]]);
  const [whole, , two, one] = bars.map((bar) => bar.wide);
  assert.ok(Math.abs(two / whole - 2 / 3) < .02 && Math.abs(one / whole - 1 / 3) < .02, 'a bar is as long as its entrant lasted');
  assert.deepEqual((await page.locator('tbody tr').allInnerTexts()).map((row) => row.split(/\s+/).slice(0, 2).join(' ')), ['1 ben', '2 cleo', '3 dora', '4 erin']);
  await view.close();
});

test('however much is owed and was moved, all of it is counted and can be paid', async () => {
  const id = await contest(server, tokens, 'Very many', 'cancelled'), view = await visit(browser, server, {token: tokens.ann}), {page} = view;
  const OWED = 10001, MOVED = 21000, [one] = (await call(server, tokens.ann, 'GET', `/v1/contests/${id}/obligations`)).items;
  /** A list of `length` things in pages, as the server gives them. */
  const pages = (length, item) => (route) => {
    const asked = new URL(route.request().url()).searchParams, from = Number(asked.get('cursor') || 0), to = Math.min(length, from + Number(asked.get('limit')));
    return route.fulfill({json: {items: Array.from({length: to - from}, (_, at) => item(from + at + 1)), ...(to < length ? {next_cursor: String(to)} : {})}});
  };
  await page.route('**/obligations*', pages(OWED, (number) => ({...one, payee: `agent-${number}`, kind: 'refund', amount: 7, status: 'open'})));
  await page.route(/transfers\?account=escrow/, pages(MOVED, (number) => ({transfer: 1000000 + number, debit: `wallet:agent-${number}`, credit: `escrow:${id}`, amount: 7, reason: 'entry_fee', position: number})));
  await view.go(`contest/${id}/money`);
  await page.getByRole('button', {name: 'Pay all 10,001 open ones'}).waitFor();
  await see(page, 'The first 500 of 10,001.');
  await see(page, /The last 300 of 21,00\d/);
  await see(page, /152,000 came in/);
  await view.close();
});
