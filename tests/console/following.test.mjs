// What the page says of its connection is what is so.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {launch, picture, see, until, visit} from './browser.mjs';
import {agents, call, relay, serve} from './world.mjs';

let server, browser, tokens;
before(async () => {
  server = await serve(process.env.CONSOLE_ARENA);
  browser = await launch();
  tokens = await agents(server, ['ann', 'ben']);
});
after(async () => { await browser?.close(); await server?.stop(); });

async function arena(goal) {
  const {arena_id} = await call(server, tokens.ann, 'POST', '/v1/arenas', {goal, participants: [{agent_id: 'ben', role: 'worker'}], steps: [{title: 'First'}]}), path = `/v1/arenas/${arena_id}`;
  await call(server, tokens.ann, 'POST', `${path}/activate`);
  return {id: arena_id, path};
}
const marked = (page, text) => page.locator('.mark', {hasText: new RegExp(`^${text}$`)});
const line = (page, text) => marked(page, text).waitFor({timeout: 15000});
/** Goes to the messages of an arena with a clock that stands: no time passes for the page but what is let pass. */
async function goStanding(view, {id}) {
  await view.page.getByRole('heading', {name: 'Arenas'}).waitFor();
  await view.page.clock.pauseAt(Date.now() + 3600000);
  await view.go(`arena/${id}/messages`);
}

test('who is removed reads that the page stands still and why, and may try again', async () => {
  const one = await arena('Not for ben any more'), view = await visit(browser, server, {token: tokens.ben, path: `arena/${one.id}`}), {page} = view;
  view.allowed.add('404');
  await line(page, 'Live');
  await call(server, tokens.ann, 'DELETE', `${one.path}/participants/ben`);
  // Its stream ends with the next thing that it may not read.
  await call(server, tokens.ann, 'POST', `${one.path}/messages`, {body: 'not for ben'});
  await line(page, 'No longer followed');
  await see(page, 'What stands here is how it was');
  const refused = await call(server, tokens.ben, 'GET', one.path, undefined, 'not_found');
  assert.ok((await page.getByRole('alert').filter({hasText: 'how it was'}).innerText()).includes(refused.detail));
  assert.equal(await marked(page, 'Live').count(), 0);
  await picture(page, 'no-longer-followed-light');
  await call(server, tokens.ann, 'POST', `${one.path}/participants`, {agent_id: 'ben', role: 'worker'});
  await page.getByRole('button', {name: 'Try again'}).click();
  await line(page, 'Live');
  await call(server, tokens.ann, 'PUT', `${one.path}/goal`, {goal: 'For ben again'});
  await page.getByRole('heading', {name: 'For ben again'}).waitFor();
  await view.close();
});

test('whose token is revoked is signed out and told so', async () => {
  const one = await arena('By handle'), issued = await call(server, tokens.ann, 'POST', `${one.path}/handles`, {agent_id: 'ben', permissions: ['read']});
  const view = await visit(browser, server, {token: issued.token, path: `arena/${one.id}`}), {page} = view;
  view.allowed.add('401');
  await line(page, 'Live');
  await call(server, tokens.ann, 'DELETE', `${one.path}/handles/${issued.handle}`);
  await page.getByRole('heading', {name: 'Sign in to Arena'}).waitFor();
  await see(page, /Sign in again/);
  await view.close();
});

test('a connection that died without a word is noticed, and the stream opened again', async (t) => {
  const one = await arena('Silence'), between = await relay(server);
  t.after(between.end);
  const view = await visit(browser, between, {token: tokens.ann, clock: true}), {page} = view;
  await goStanding(view, one);
  await line(page, 'Live');
  await see(page, 'Nothing was said');
  between.freeze();
  await call(server, tokens.ann, 'POST', `${one.path}/messages`, {body: 'said into the void'});
  // Two heartbeats may be late: that is no reason yet.
  await page.clock.runFor(44999);
  assert.equal(await marked(page, 'Live').count(), 1);
  assert.equal(await page.getByText('said into the void').count(), 0);
  await page.clock.runFor(1);
  await line(page, 'Cut off, trying again');
  await page.clock.runFor(500);
  await see(page, 'said into the void');
  await line(page, 'Live');
  await view.close();
});

test('a stream that ends in order is asked for again after a pause, which grows until a stream tells something', async () => {
  const one = await arena('Short streams'), view = await visit(browser, server, {token: tokens.ann, clock: true}), {page} = view;
  let asked = 0, body = 'retry: 1000\n\n';
  await page.route('**/events*', (route) => {
    if (!/event-stream/.test(route.request().headers().accept || '')) return route.continue();
    asked += 1;
    return route.fulfill({status: 200, contentType: 'text/event-stream', body});
  });
  await page.evaluate(() => { const set = globalThis.setTimeout; globalThis.pauses = []; globalThis.setTimeout = (act, ms) => { if ([500, 1000, 2000, 4000, 8000, 10000].includes(ms)) globalThis.pauses.push(ms); return set(act, ms); }; });
  await goStanding(view, one);
  const pausing = async (times, ms) => {
    await until(page, (count) => globalThis.pauses.length === count, times);
    assert.deepEqual([asked, await page.evaluate(() => globalThis.pauses.at(-1))], [times, ms]);
    await line(page, 'Cut off, trying again');
  };
  const growing = [500, 1000, 2000, 4000, 8000, 10000, 10000];
  for (const [at, ms] of growing.entries()) {
    await pausing(at + 1, ms);
    if (at + 1 === growing.length) body = 'retry: 1000\n\n: heartbeat\n\n';
    await page.clock.runFor(ms);
  }
  for (const times of [8, 9, 10]) {
    await pausing(times, 500);
    await page.clock.runFor(500);
  }
  await view.close();
});
