// A plan of ten thousand steps and a journal of a hundred thousand events: what is made and asked stays small. Nothing here is timed but for print.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {launch, see, until, visit} from './browser.mjs';
import {agents, call, chatter, greatArena, serve} from './world.mjs';

const STEPS = 10000, EVENTS = Number(process.env.CONSOLE_EVENTS || 100000);
let server, browser, tokens, great;

before(async () => {
  server = await serve(process.env.CONSOLE_ARENA);
  browser = await launch();
  tokens = await agents(server, ['ann', 'ben']);
  great = await greatArena(server, tokens, STEPS);
  await chatter(server, tokens, great, EVENTS);
});
after(async () => { await browser?.close(); await server?.stop(); });

/** Counts what the page asks for: requests, and the bytes of their answers as they came over the wire. */
async function counted(view) {
  const session = await view.context.newCDPSession(view.page), sums = {requests: 0, bytes: 0};
  await session.send('Network.enable');
  const open = new Set();
  session.on('Network.requestWillBeSent', ({requestId, request}) => {
    if (!request.url.includes('/v1/')) return;
    sums.requests += 1;
    if (!/event-stream/.test(request.headers.Accept)) open.add(requestId);
  });
  for (const end of ['Network.loadingFinished', 'Network.loadingFailed']) session.on(end, ({requestId}) => open.delete(requestId));
  /** Nothing is asked any more: no request is open, and two frames later none has begun. */
  const quiet = async () => {
    for (let before = -1; open.size || before !== sums.requests;) {
      before = sums.requests;
      await view.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    }
  };
  session.on('Network.dataReceived', ({encodedDataLength, dataLength}) => { sums.bytes += encodedDataLength || dataLength; });
  return {
    /** What `act` made the page ask for. */
    async during(act) {
      const from = {...sums};
      await act();
      await quiet();
      return {requests: sums.requests - from.requests, bytes: sums.bytes - from.bytes};
    }};
}
const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length);
const KIB = 1024, MIB = 1024 * KIB;

test('every part of a great arena holds what can be seen, and asks for no more than it shows', async () => {
  const view = await visit(browser, server, {token: tokens.ann}), {page} = view, took = {};
  const count = await counted(view);
  await page.getByRole('link', {name: /A plan of 10000/}).waitFor();
  const opened = async (what, path, ready) => {
    const began = performance.now();
    const asked = await count.during(async () => { await view.go(path); await ready(); });
    took[what] = Math.round(performance.now() - began);
    return {...asked, elements: await elements(page)};
  };
  const overview = await opened('overview', `arena/${great}`, () => see(page, /of 10,000 steps/));
  // The arena, its last events, its stream, the whole plan once, the brief.
  assert.ok(overview.requests <= 6, `${overview.requests} requests`);
  assert.ok(overview.bytes < 6 * MIB, `${overview.bytes} bytes to open it`);
  assert.ok(overview.elements < 700, `${overview.elements} elements`);

  const board = await opened('board', `arena/${great}/board`, () => page.locator('.board .step').first().waitFor());
  assert.ok(await page.locator('.board .step').count() < 100, 'the board holds what can be seen');
  assert.ok(board.elements < 2000 && board.requests <= 2, JSON.stringify(board));
  await page.locator('.board .vlist').nth(3).evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await page.getByRole('button', {name: /#10000 /}).waitFor();
  assert.ok(await page.locator('.board .step').count() < 100, 'also at its end');

  const plan = await opened('plan', `arena/${great}/plan`, () => page.locator('.graph .node').first().waitFor());
  assert.ok(plan.elements < 2500 && plan.requests <= 2, JSON.stringify(plan));
  await page.getByLabel('Group crowded layers').uncheck();
  await page.getByRole('button', {name: /^#1 · Ready/}).waitFor();
  assert.ok(await page.locator('.graph .node').count() < 300, 'the graph holds what can be seen');
  assert.ok(await page.locator('.graph path').count() <= 3100, 'and the lines to it');

  const events = await opened('events', `arena/${great}/events`, () => page.locator('.event .link').first().waitFor());
  assert.ok(events.elements < 1500 && events.requests <= 2 && events.bytes < MIB, JSON.stringify(events));
  const began = performance.now();
  const jump = await count.during(async () => {
    await page.locator('.vlist.events').evaluate((list) => { list.scrollTop = list.scrollHeight; });
    await page.getByRole('button', {name: 'Event 1, arena created'}).waitFor();
  });
  took['to the first event'] = Math.round(performance.now() - began);
  assert.ok(jump.requests <= 4, `a jump over ${EVENTS} events asked ${jump.requests} times`);
  assert.ok(await page.locator('.event').count() < 100, 'the list holds what can be seen');
  let frames;
  const scrolled = await count.during(async () => { frames = await page.locator('.vlist.events').evaluate(async (list) => {
    let worst = 0, last = performance.now();
    for (let at = 0; at < 60; at += 1) { list.scrollTop = (list.scrollHeight * at) / 60; await new Promise(requestAnimationFrame); const now = performance.now(); worst = Math.max(worst, now - last); last = now; }
    return Math.round(worst);
  }); });
  assert.ok(scrolled.requests <= 130, `${scrolled.requests} requests while scrolling past everything`);
  const messages = await opened('messages', `arena/${great}/messages`, () => page.locator('.messages li').first().waitFor());
  assert.ok(messages.elements < 4000, `${messages.elements} elements for ${EVENTS} messages`);
  assert.ok(messages.requests <= 4, `${messages.requests} requests for the last messages`);
  console.log(`${STEPS} steps, ${EVENTS} events, in ms: ${Object.entries(took).map(([what, ms]) => `${what} ${ms}`).join(', ')}; worst frame while scrolling ${frames}`);
  await view.close();
});

test('what happens in a great arena is followed by its steps, not by reading the plan anew', async () => {
  const path = `/v1/arenas/${great}`, view = await visit(browser, server, {token: tokens.ann, path: `arena/${great}/board`}), {page} = view;
  const count = await counted(view);
  await see(page, /of 10,000 steps/);
  await page.locator('.board .step').first().waitFor();
  const {fence} = await call(server, tokens.ann, 'POST', `${path}/steps/claim`, {step: 100});
  await page.getByRole('button', {name: /#100 /}).waitFor();
  const following = await count.during(async () => {
    for (let at = 0; at < 20; at += 1) await call(server, tokens.ann, 'POST', `${path}/messages`, {body: `live ${at}`});
    await call(server, tokens.ann, 'POST', `${path}/steps/100/complete`, {fence, result: 'it is done'});
    await see(page, /^1$/);
    await until(page, () => document.querySelector('.progress-line')?.textContent.includes('1 of 10,000 steps'));
    await page.locator('.column', {hasText: 'Completed'}).getByRole('button', {name: /#100 /}).waitFor();
  });
  assert.ok(following.bytes < 150 * KIB, `${following.bytes} bytes for 21 events`);
  assert.ok(following.requests < 30, `${following.requests} requests for 21 events`);
  // A past moment is one reading, however often the slider moved on its way.
  const past = await count.during(async () => {
    await page.getByRole('slider', {name: /Moment/}).evaluate((range) => { for (let to = 500; to <= 5000; to += 100) { range.value = to; range.dispatchEvent(new Event('input', {bubbles: true})); } });
    await see(page, 'As it stood at #5000');
    await until(page, () => document.querySelector('.progress-line')?.textContent.includes('0 of'));
  });
  assert.ok(past.requests <= 4, `${past.requests} requests for one moment`);
  await view.close();
});

test('a list of very many begins with the newest, and keeps up', async () => {
  const made = async (goal) => (await call(server, tokens.ben, 'POST', '/v1/arenas', {goal})).arena_id;
  for (let at = 0; at < 1100; at += 50) await Promise.all(Array.from({length: 50}, (_, one) => made(`Arena number ${at + one}${one % 10 === 7 ? ' seventh' : ''}`)));
  const view = await visit(browser, server, {token: tokens.ben}), {page} = view;
  await see(page, '50 of 1,100 arenas');
  assert.equal(await page.locator('.cards > li').count(), 50);
  assert.ok((await page.locator('.cards h2').first().innerText()).startsWith('Arena number 10'), 'the newest are first');
  await page.getByRole('searchbox').fill('seventh arena');
  await see(page, '50 of 110 matches');
  await page.getByRole('button', {name: 'Show more'}).click();
  assert.equal(await page.locator('.cards > li').count(), 100);
  await page.getByRole('searchbox').fill('made just now');
  await see(page, 'Nothing fits');
  await made('It was made just now');
  await page.getByRole('link', {name: 'It was made just now'}).waitFor();
  await view.close();
});

test('long lists are shown in parts, and what is filtered is read from its end', async () => {
  const arena = await call(server, tokens.ann, 'POST', '/v1/arenas', {goal: 'Many things', open: true}), path = `/v1/arenas/${arena.arena_id}`;
  await call(server, tokens.ann, 'POST', `${path}/activate`);
  for (let at = 0; at < 450; at += 50) {
    await Promise.all(Array.from({length: 50}, (_, one) => call(server, tokens.ann, 'PUT', `${path}/artifacts/file-${at + one}.txt?kind=text`, new TextEncoder().encode('x'))));
    await Promise.all(Array.from({length: 50}, (_, one) => call(server, tokens.ann, 'PUT', `${path}/facts/fact-${at + one}`, {content: 'y'})));
  }
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${arena.arena_id}/artifacts`}), {page} = view;
  await page.getByRole('button', {name: /Show 200 more of 450/}).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 200);
  await page.getByRole('button', {name: /Show 200 more of 450/}).click();
  assert.equal(await page.locator('tbody tr').count(), 400);
  await page.getByLabel('Find an artifact').fill('file-449');
  await until(page, () => document.querySelectorAll('tbody tr').length === 1);
  await view.go(`arena/${arena.arena_id}/facts`);
  await page.getByRole('button', {name: 'Read more'}).click();
  await until(page, () => document.querySelectorAll('.fact').length === 200);

  await view.go(`arena/${great}/messages`);
  await page.locator('.messages li').first().waitFor();
  assert.equal(await page.locator('.messages li').count(), 100);
  const last = await page.locator('.messages li p:last-child').last().innerText();
  assert.equal(last, 'live 19', 'the last one stands at the end');
  for (let part = 2; part < 14; part += 1) {
    await page.getByRole('button', {name: 'Show earlier ones'}).click();
    await until(page, (count) => document.querySelectorAll('.messages li').length === count, part * 100);
  }
  const texts = await page.locator('.messages li p:last-child').allInnerTexts();
  assert.equal(new Set(texts).size, texts.length, 'none is told twice');

  const count = await counted(view);
  await view.go(`arena/${great}/events`);
  const asked = await count.during(async () => {
    await page.getByLabel('Type').selectOption('message_sent');
    await see(page, /the last [\d,]+ events that fit/);
    await page.locator('.event .link').first().waitFor();
  });
  assert.ok(asked.requests <= 3, `${asked.requests} requests for a filter`);
  const rare = await count.during(async () => {
    await page.getByLabel('Type').selectOption('arena_activated');
    await see(page, '1 event fit');
    await page.getByRole('button', {name: /arena activated/}).waitFor();
  });
  assert.ok(rare.requests <= 10, `${rare.requests} requests to find one event among all`);
  await view.close();
});
