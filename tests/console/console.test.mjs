// The console in a real browser, over a real server.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {after, before, test} from 'node:test';
import {faults, launch, picture, see, until, visit} from './browser.mjs';
import {HOSTILE, agents, busyArena, call, contest, hosted, running, serve} from './world.mjs';

const ARENA = process.env.CONSOLE_ARENA;
let server, browser, tokens, busy, finished, active;

before(async () => {
  server = await serve(ARENA);
  browser = await launch();
  tokens = await agents(server, ['ann', 'ben', 'cleo', 'dora', 'erin']);
  busy = await busyArena(server, tokens);
  finished = await contest(server, tokens, 'Grand prix');
  active = await contest(server, tokens, 'Under way', 'active');
});
after(async () => { await browser?.close(); await server?.stop(); });

test('a wrong token is refused with what to do, and the right one signs in', async () => {
  const view = await visit(browser, server), {page} = view;
  view.allowed.add('401');
  await page.getByLabel('Token', {exact: true}).fill('nonsense');
  await page.getByRole('button', {name: 'Sign in'}).click();
  await see(page, /Copy it anew/);
  await page.getByLabel('Token', {exact: true}).fill(`Bearer ${tokens.ann}`);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('heading', {name: 'Arenas'}).waitFor();
  assert.equal(await page.evaluate(() => localStorage.length), 0, 'a token outlives its tab');
  await page.getByRole('button', {name: 'Sign out'}).click();
  await page.getByRole('heading', {name: 'Sign in to Arena'}).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await view.close();
});

test('a token in the fragment is taken out of the address at once', async () => {
  const view = await visit(browser, server, {token: server.operator, path: `arena/${busy}`}), {page} = view;
  await page.getByRole('heading', {name: /Port the importer/}).waitFor();
  assert.ok(!page.url().includes(server.operator) && page.url().includes(`#/arena/${busy}`), page.url());
  assert.equal(await page.evaluate(() => history.length), 2);
  await view.close();
});

test('lists are searched, filtered and empty in words', async () => {
  const view = await visit(browser, server, {token: tokens.ann}), {page} = view;
  await page.getByRole('link', {name: /Port the importer/}).waitFor();
  await page.getByRole('searchbox').fill('no such words');
  await see(page, 'Nothing fits');
  await page.getByRole('button', {name: 'Clear the filters'}).click();
  await page.getByLabel('Status').selectOption('archived');
  await see(page, 'Nothing fits');
  await page.getByLabel('Status').selectOption('');
  await page.getByLabel('Participant').fill('cleo');
  await page.getByLabel('Participant').press('Tab');
  await page.getByRole('link', {name: /Port the importer/}).waitFor();
  await view.go('contests');
  await page.getByRole('link', {name: 'Grand prix'}).waitFor();
  await view.close();
});

test('the board says why a step is stuck, and hostile text is only text', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${busy}/board`}), {page} = view;
  await see(page, /blocked: #2 failed/);
  await see(page, /only erin may claim it/);
  await see(page, /needs a coordinator/);
  await page.getByLabel('Only what is stuck').check();
  await see(page, '4 of 11 steps');
  await page.getByLabel('Only what is stuck').uncheck();
  await page.getByRole('button', {name: /#8 /}).click();
  assert.ok((await page.getByRole('dialog').getByRole('heading').first().textContent()).includes(HOSTILE));
  await page.keyboard.press('Escape');
  for (const part of ['facts', 'messages', 'artifacts', 'events', 'plan', 'people']) {
    await view.go(`arena/${busy}/${part}`);
    await page.locator('.panel h2.sr', {hasText: new RegExp(part, 'i')}).waitFor({state: 'attached'});
    await until(page, () => !document.querySelector('.panel .wait'));
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('main script, main img:not([src^="/console/"]), main iframe, main b')].map((one) => one.outerHTML)), [], part);
  }
  await view.go(`arena/${busy}/artifacts`);
  await page.getByRole('button', {name: 'Look at docs/format.md'}).click();
  await see(page, /Records of 64 bytes/);
  await page.keyboard.press('Escape');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Download docs/format.md'}).click()]);
  assert.equal(download.suggestedFilename(), 'format.md');
  await view.go(`arena/${busy}/facts`);
  await page.getByRole('button', {name: 'History of format.endian'}).click();
  await see(page, 'Version 1');
  await view.close();
});

test('an arena moves while it is looked at, and a lease counts by the time of the rules', async () => {
  const arena = await call(server, tokens.ann, 'POST', '/v1/arenas', {goal: 'Watched', participants: [{agent_id: 'ben', role: 'worker'}], steps: [{title: 'First'}, {title: 'Second', depends_on: [1]}]});
  const path = `/v1/arenas/${arena.arena_id}`;
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${arena.arena_id}/board`}), {page} = view;
  await see(page, 'the arena is not active yet');
  await call(server, tokens.ann, 'POST', `${path}/activate`);
  await see(page, 'waits to be claimed');
  const {fence} = await call(server, tokens.ben, 'POST', `${path}/steps/claim`, {lease_ms: 90000});
  await see(page, /^1 min 30 s$/);
  await call(server, server.operator, 'POST', '/v1/clock', {advance_ms: 30000});
  await call(server, tokens.ben, 'POST', `${path}/messages`, {body: 'still at it'});
  await see(page, /^1 min$/);
  await call(server, tokens.ben, 'POST', `${path}/steps/1/complete`, {fence});
  await see(page, '1 of 2 steps');
  await view.close();
});

test('the slider shows the past, also by keyboard, and comes back', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${busy}/board`}), {page} = view;
  await see(page, /blocked: #2 failed/);
  const slider = page.getByRole('slider', {name: /Moment/});
  await slider.fill('6');
  await see(page, 'As it stood at #6');
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Created'));
  await until(page, () => !document.body.innerText.includes('blocked: #2 failed'));
  assert.equal(await page.getByRole('button', {name: 'Settle'}).count(), 0, 'the past cannot be acted on');
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await see(page, 'As it stood at #7');
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Active'));
  // Another part shows the same moment, also when it is opened in the instant of choosing it.
  await slider.evaluate((range) => { range.value = '6'; range.dispatchEvent(new Event('input', {bubbles: true})); [...document.querySelectorAll('.tabs a')].find((one) => one.textContent.startsWith('People')).click(); });
  await see(page, 'As it stood at #6');
  await page.locator('.panel h2.sr', {hasText: 'People'}).waitFor({state: 'attached'});
  assert.ok(page.url().endsWith('/people?at=6'), page.url());
  await page.getByRole('link', {name: /^Board/}).click();
  await see(page, 'As it stood at #6');
  await page.getByRole('button', {name: 'Back to now'}).first().click();
  await see(page, 'Live');
  await see(page, /blocked: #2 failed/);
  await view.close();
});

test('an approval is given, and what is final is asked about first', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${busy}`}), {page} = view;
  await page.getByRole('button', {name: /Open step 9/}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Approve'}).click();
  await page.getByRole('dialog').last().getByRole('button', {name: 'Approve'}).click();
  await see(page, /given by ann/);
  await page.keyboard.press('Escape');
  const {steps} = await call(server, tokens.ann, 'GET', `/v1/arenas/${busy}/state`);
  assert.equal(steps.find((step) => step.step === 9).approved_by, 'ann');
  await page.getByRole('button', {name: 'Settle'}).click();
  await see(page, /There is no way back/);
  await page.getByRole('button', {name: 'Back', exact: true}).click();
  assert.equal((await call(server, tokens.ann, 'GET', `/v1/arenas/${busy}`)).status, 'active', 'nothing happens unless it is confirmed');
  await view.close();
});

test('a refusal is shown where it was asked for, with its reason', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${busy}`}), {page} = view;
  for (const status of ['404', '409', '422']) view.allowed.add(status);
  await page.getByRole('button', {name: 'Invite'}).click();
  await page.getByLabel('Agent id').fill('nobody-here');
  await page.getByRole('dialog').getByRole('button', {name: 'Invite'}).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await view.close();
});

test('a plan that runs is followed to its report, with the approval that it waits for', async () => {
  const run = await running(server, `goal = "A plan that runs"
[[steps]]
name = "first"
title = "Say something"
command = ["sh", "-c", "echo said; echo more >&2"]
[[steps]]
name = "looked-at"
title = "Wait to be looked at"
command = ["echo", "done"]
depends_on = ["first"]
evidence = { approval = true }
[[steps]]
name = "last"
title = "Come last"
command = ["cat"]
prompt = "the end"
depends_on = ["looked-at"]
`);
  const view = await visit(browser, server, {token: server.operator, path: 'arenas'}), {page} = view;
  await page.getByRole('link', {name: 'A plan that runs'}).click();
  await page.getByRole('button', {name: /Open step 2, which wants approval/}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Approve'}).click();
  await page.getByRole('dialog').last().getByRole('button', {name: 'Approve'}).click();
  await until(page, () => document.querySelectorAll('dialog').length === 1);
  await page.keyboard.press('Escape');
  await see(page, 'It is finished');
  await see(page, '3 of 3 steps');
  assert.equal(await run.ended, 0);
  await page.getByRole('link', {name: /^Artifacts/}).click();
  await page.getByRole('button', {name: /^Look at .*stdout/}).first().waitFor();
  // And back: before the approval the last step still waited.
  await page.getByRole('link', {name: /^Events/}).click();
  await page.getByRole('button', {name: /^Event \d+, step approved/}).click();
  await page.getByRole('button', {name: 'Look at the arena after this event'}).click();
  await page.getByRole('link', {name: /^Board/}).click();
  await page.locator('.column', {has: page.getByRole('heading', {name: 'Waiting'})}).getByRole('button', {name: /#3 Come last/}).waitFor();
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Active'));
  await view.close();
});

test('a contest shows who won and where the money is, and is paid to zero', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: `contest/${finished}/standings`}), {page} = view;
  await page.getByRole('img', {name: /Rounds that each entrant lasted/}).waitFor();
  const rows = await page.locator('tbody tr').allInnerTexts();
  assert.ok(rows[0].includes('ben') && rows[0].includes('2,256'), rows[0]);
  await view.go(`contest/${finished}/money`);
  await see(page, /9,000 came in, 2,456 went out, 6,544 is still inside/);
  await page.getByRole('button', {name: 'Pay out the prize of cleo'}).click();
  await page.getByRole('button', {name: 'Pay out', exact: true}).click();
  await see(page, /3,960 went out/);
  await page.getByRole('button', {name: /Pay all 2/}).click();
  await page.getByRole('button', {name: 'Pay them'}).click();
  await see(page, /9,000 went out, 0 is still inside/);
  assert.equal((await call(server, tokens.ann, 'GET', `/v1/ledger/accounts/escrow:${finished}`)).balance, 0);
  await view.go(`contest/${finished}`);
  const [receipt] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Download the receipt'}).click()]);
  const whole = JSON.parse(await readFile(await receipt.path(), 'utf8'));
  assert.equal(whole.arena_id, finished);
  assert.equal(whole.transfers.length, 10);
  await view.go(`contest/${finished}/rounds`);
  await page.getByRole('slider', {name: 'Round'}).fill('2');
  await page.locator('tr', {hasText: 'dora'}).getByText('Out').waitFor();
  await view.close();
});

test('a contest is watched to its end', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: `contest/${active}`}), {page} = view, path = `/v1/contests/${active}`;
  await page.getByRole('heading', {name: 'Under way'}).first().waitFor();
  await call(server, tokens.ann, 'POST', `${path}/eliminations`, {round: 2, eliminated: ['ben', 'cleo'], scores: {dora: 9}});
  await until(page, () => [...document.querySelectorAll('.keys > div')].some((one) => /Round\s*2/.test(one.textContent)));
  await page.getByRole('button', {name: 'Finalize'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Finalize'}).click();
  await until(page, () => [...document.querySelectorAll('.keys > div')].some((one) => /Winner\s*dora/.test(one.textContent)));
  await view.go(`contest/${active}/money`);
  await see(page, /9,000 came in, 0 went out, 9,000 is still inside/);
  await page.getByRole('button', {name: /^Pay all/}).click();
  await page.getByRole('button', {name: 'Pay them'}).click();
  await see(page, /9,000 came in, 9,000 went out, 0 is still inside/);
  for (const account of ['escrow', 'bond']) assert.equal((await call(server, tokens.ann, 'GET', `/v1/ledger/accounts/${account}:${active}`)).balance, 0);
  await view.close();
});

test('the operator sees the counters, audits the ledger and verifies a journal', async () => {
  const view = await visit(browser, server, {token: server.operator, path: 'health'}), {page} = view;
  await see(page, 'Flush, since the start');
  await page.getByRole('button', {name: 'Audit the ledger'}).click();
  await see(page, 'Everything fits');
  await page.getByLabel('Arena', {exact: true}).fill(busy);
  await page.getByRole('button', {name: 'Verify'}).click();
  await see(page, /events checked/);
  // From an arena its journal is one link away.
  await view.go(`arena/${busy}`);
  await page.getByRole('link', {name: 'Check every event'}).click();
  await see(page, /2\d events checked/);
  await view.go('money');
  await page.getByRole('heading', {name: 'All transfers'}).waitFor();
  await view.close();
});

test('everything is reached by keyboard alone', async () => {
  const view = await visit(browser, server), {page} = view;
  await page.getByLabel('Token', {exact: true}).waitFor();
  await page.keyboard.type(tokens.ann);
  await page.keyboard.press('Enter');
  await page.getByRole('link', {name: /Port the importer/}).waitFor();
  const tabTo = async (name) => {
    for (let press = 0; press < 80; press += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => ({name: document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim(), seen: getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.matches('.node')}));
      if (!name.test(at.name)) continue;
      assert.ok(at.seen, `the focus on ${at.name} cannot be seen`);
      return;
    }
    assert.fail(`Tab does not come to ${name}`);
  };
  await tabTo(/^Port the importer/);
  await page.keyboard.press('Enter');
  await page.getByRole('link', {name: /^Plan/}).waitFor();
  await tabTo(/^Plan/);
  await page.keyboard.press('Enter');
  await page.locator('.graph .node').first().waitFor();
  await tabTo(/^#1 · Completed/);
  await page.keyboard.press('ArrowRight');
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^#3 · Claimed/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('heading', {name: /Step 3/}).waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await view.close();
});

/** What is open over a page when its picture is taken. */
const OVER = {
  'step': ['board', (page) => page.getByRole('button', {name: /#9 /}).click()],
  'settle': ['overview', (page) => page.getByRole('button', {name: 'Settle'}).click()],
  'add-steps': ['overview', (page) => page.getByRole('button', {name: 'Add steps'}).click()],
  'make-handle': ['people', (page) => page.getByRole('button', {name: 'Make a handle'}).click()],
  'artifact': ['artifacts', (page) => page.getByRole('button', {name: 'Look at docs/format.md'}).click()],
  'fact-history': ['facts', (page) => page.getByRole('button', {name: 'History of format.endian'}).click()],
  'event': ['events', (page) => page.getByRole('button', {name: /^Event 13,/}).click()],
};

test('every page stands in light, dark and on a phone, without a serious fault for those who do not see it', async () => {
  const cup = await hosted(server), registering = await contest(server, tokens, 'Join us', 'registration'), off = await contest(server, tokens, 'Called off', 'cancelled'), going = await contest(server, tokens, 'Two rounds to go', 'active');
  const none = (await call(server, tokens.ann, 'POST', '/v1/arenas', {goal: 'Nothing here yet'})).arena_id;
  const parts = ['board', 'plan', 'people', 'artifacts', 'facts', 'messages', 'events'];
  const pages = [['arenas', 'arenas'], ['arenas-none', 'arenas?status=archived'], ['overview', `arena/${busy}`], ...parts.map((part) => [part, `arena/${busy}/${part}`]), ['past', `arena/${busy}/board?at=12`], ['overview-new', `arena/${none}`], ...['board', 'facts', 'messages', 'artifacts'].map((part) => [`${part}-none`, `arena/${none}/${part}`]), ['arena-missing', 'arena/nothing'],
    ['contests', 'contests'], ['contest', `contest/${finished}`], ...['standings', 'rounds', 'money', 'events'].map((part) => [`contest-${part}`, `contest/${finished}/${part}`]), ['contest-registering', `contest/${registering}`], ['contest-rounds-none', `contest/${registering}/rounds`], ['contest-going', `contest/${going}`], ['contest-money-going', `contest/${going}/money`], ['contest-cancelled', `contest/${off}/money`], ['game-start', `contest/${cup}/rounds`], ['game', `contest/${cup}/rounds`], ['game-standings', `contest/${cup}/standings`], ['game-money', `contest/${cup}/money`], ['ledger', 'money'], ['health', 'health']];
  const ready = async (page) => { await page.locator('h1, .empty').first().waitFor(); await until(page, () => !document.querySelector('.wait, .said > *')); };
  for (const [look, phone] of [['light', false], ['dark', false], ['light', true], ['dark', true]]) {
    const name = `${look}${phone ? '-phone' : ''}`, stranger = await visit(browser, server, {look, phone});
    await stranger.page.getByLabel('Token', {exact: true}).waitFor();
    assert.deepEqual(await faults(stranger.page), [], `sign-in, ${name}`);
    await picture(stranger.page, `sign-in-${name}`);
    await stranger.close();
    const view = await visit(browser, server, {token: tokens.ann, look, phone}), {page} = view;
    view.allowed.add('404');
    const looked = async (what) => {
      const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(Number(/\d+/.exec(dark)[0]) < 60, look === 'dark', `${what}, ${name}: ${dark}`);
      assert.deepEqual(await faults(page), [], `${what}, ${name}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what}, ${name} is wider than the window`);
      // Neither does a word stand outside of its own card.
      assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('.card, .notice, dialog')].filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.matches('.vlist')).map((one) => one.innerText.slice(0, 60))), [], `${what}, ${name} flows over`);
      await picture(page, `${what}-${name}`);
    };
    for (const [what, path] of pages) {
      await view.go(path);
      await ready(page);
      if (what.startsWith('game') && !what.includes('-s') && !what.includes('-m')) await page.locator('svg.field').waitFor();
      if (what === 'game-start') { await page.locator('svg.field').waitFor(); await page.getByRole('slider', {name: 'Round', exact: true}).fill('0'); }
      if (what === 'game') await page.getByRole('slider', {name: 'Round', exact: true}).fill('12');
      await looked(what);
    }
    for (const [what, [part, open]] of Object.entries(OVER)) {
      await view.go(`arena/${busy}/${part}`);
      await ready(page);
      await page.locator('.panel h2.sr', {hasText: new RegExp(part, 'i')}).waitFor({state: 'attached'});
      await open(page);
      await page.getByRole('dialog').waitFor();
      await until(page, () => !document.querySelector('.wait'));
      await looked(what);
      await page.keyboard.press('Escape');
    }
    await view.close();
    const keeper = await visit(browser, server, {token: server.operator, look, phone, path: 'health'});
    await see(keeper.page, 'Flush, since the start');
    await keeper.page.getByRole('button', {name: 'Audit the ledger'}).click();
    await see(keeper.page, 'Everything fits');
    assert.deepEqual(await faults(keeper.page), [], `health of the operator, ${name}`);
    await picture(keeper.page, `health-operator-${name}`);
    await keeper.close();
  }
});

test('what is cut off says so, misses nothing, and goes on when the server is there again', async () => {
  let own = await serve(ARENA);
  const {ann} = await agents(own, ['ann']), {arena_id} = await call(own, ann, 'POST', '/v1/arenas', {goal: 'Followed', steps: [{title: 'First'}]}), path = `/v1/arenas/${arena_id}`;
  await call(own, ann, 'POST', `${path}/activate`);
  const view = await visit(browser, own, {token: ann, path: `arena/${arena_id}/messages`}), {page} = view;
  view.allowed.add('ERR_CONNECTION_REFUSED'); view.allowed.add('ERR_CONNECTION_RESET'); view.allowed.add('ERR_INCOMPLETE_CHUNKED_ENCODING');
  await see(page, 'Nothing was said');
  await call(own, ann, 'POST', `${path}/messages`, {body: 'before the fall'});
  await see(page, 'before the fall');
  await own.halt();
  await see(page, 'Cut off, trying again');
  await page.getByLabel('Message', {exact: true}).fill('not lost');
  await page.getByRole('button', {name: 'Say it'}).click();
  await see(page, 'No answer');
  assert.equal(await page.getByLabel('Message', {exact: true}).inputValue(), 'not lost', 'what was typed is kept');
  await picture(page, 'cut-off-light');
  own = await serve(ARENA, own);
  await call(own, ann, 'POST', `${path}/messages`, {body: 'while it was away'});
  await see(page, 'while it was away');
  await see(page, 'Live');
  assert.deepEqual(await page.locator('.messages li p:last-child').allInnerTexts(), ['before the fall', 'while it was away']);
  // A page that cannot be read says what to do.
  await page.route('**/v1/contests**', (route) => route.abort());
  view.allowed.add('ERR_FAILED');
  await view.go('contests');
  await see(page, /Is arena serve running/);
  await page.unroute('**/v1/contests**');
  await page.getByRole('button', {name: 'Try again'}).click();
  await see(page, 'No contests yet');
  await view.close();
  await own.stop();
});

test('nothing that gets into the page runs, and nobody else can be asked', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: 'arenas'}), {page} = view;
  await page.getByRole('heading', {name: 'Arenas'}).waitFor();
  await page.evaluate(async () => {
    const add = (name, attributes) => { const one = Object.assign(document.createElement(name), attributes); document.body.append(one); return one; };
    add('script', {textContent: 'globalThis.broken = "a script in the page"'});
    add('script', {src: 'data:text/javascript,globalThis.broken="a script of data"'});
    add('div', {}).setAttribute('onclick', 'globalThis.broken = "a handler"');
    document.body.lastChild.click();
    add('style', {textContent: 'body { display: none }'});
    add('iframe', {src: '/docs'});
    add('form', {action: '/v1/arenas', method: 'post'}).submit();
    await fetch('http://127.0.0.1:9/').catch(() => {});
    add('img', {src: 'http://127.0.0.1:9/i.png'});
  });
  await until(page, () => ['script-src-elem', 'script-src-attr', 'style-src-elem', 'frame-src', 'form-action', 'connect-src', 'img-src'].every((one) => globalThis.breaches.some((breach) => breach.startsWith(one))));
  assert.equal(await page.evaluate(() => globalThis.broken), undefined);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).display), 'none');
  await page.evaluate(() => { globalThis.breaches = []; });
  view.allowed.add('Content Security Policy');
  await view.close();
});

test('the look that was chosen is kept', async () => {
  const view = await visit(browser, server, {token: tokens.ann, look: 'light'}), {page} = view;
  await page.getByRole('button', {name: /Change to light/}).click();
  await page.getByRole('button', {name: /Change to dark/}).click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.reload();
  await page.getByRole('heading', {name: 'Arenas'}).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await view.close();
});
