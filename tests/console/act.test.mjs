// What coordinators and the operator do from the console, and that the server did it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {launch, see, until, visit} from './browser.mjs';
import {agents, call, serve} from './world.mjs';

let server, browser, tokens;
before(async () => {
  server = await serve(process.env.CONSOLE_ARENA);
  browser = await launch();
  tokens = await agents(server, ['ann', 'ben', 'cleo', 'dora']);
});
after(async () => { await browser?.close(); await server?.stop(); });

async function arena(goal, steps = [{title: 'First'}, {title: 'Second', depends_on: [1]}], more = {}) {
  const {arena_id} = await call(server, tokens.ann, 'POST', '/v1/arenas', {goal, participants: [{agent_id: 'ben', role: 'worker'}], steps, ...more});
  await call(server, tokens.ann, 'POST', `/v1/arenas/${arena_id}/activate`);
  return {id: arena_id, path: `/v1/arenas/${arena_id}`};
}
const state = ({path}) => call(server, server.operator, 'GET', `${path}/state`);
/** The dialog that asks, filled in and confirmed; it closes when it was done. */
async function asked(page, verb, fill = async () => {}) {
  const dialog = page.getByRole('dialog').last();
  await fill(dialog);
  await dialog.getByRole('button', {name: verb, exact: true}).click();
}
const closed = (page, dialogs = 0) => until(page, (count) => document.querySelectorAll('dialog').length === count, dialogs);

test('a coordinator activates, changes the goal, adds steps, invites, changes a role and removes', async () => {
  const made = await call(server, tokens.ann, 'POST', '/v1/arenas', {goal: 'Before', participants: [{agent_id: 'ben', role: 'worker'}], steps: [{title: 'First'}]}), one = {path: `/v1/arenas/${made.arena_id}`};
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${made.arena_id}`}), {page} = view;
  await see(page, 'It has not begun');
  await page.getByRole('button', {name: 'Activate'}).click();
  await asked(page, 'Activate');
  await see(page, 'It waits for an agent');

  await page.getByRole('button', {name: 'Change the goal'}).click();
  assert.equal(await page.getByLabel('New goal').inputValue(), 'Before', 'it begins with the goal there is');
  await asked(page, 'Change the goal', (dialog) => dialog.getByLabel('New goal').fill('After'));
  await page.getByRole('heading', {name: 'After', exact: true}).waitFor();

  await page.getByRole('button', {name: 'Add steps'}).click();
  await asked(page, 'Add', async (dialog) => {
    await dialog.getByLabel('Titles').fill('Second\n\n  Third  \n');
    await dialog.getByLabel('They depend on').fill('#1');
    await dialog.getByLabel('Only for').fill('role:worker');
    await dialog.getByLabel(/approval/).check();
  });
  await see(page, 'of 3 steps');

  await page.getByRole('button', {name: 'Invite'}).click();
  await asked(page, 'Invite', async (dialog) => { await dialog.getByLabel('Agent id').fill('cleo'); await dialog.getByLabel('Role').selectOption('observer'); });
  await closed(page);
  await view.go(`arena/${made.arena_id}/people`);
  await page.getByRole('button', {name: 'Change the role of cleo'}).click();
  await asked(page, 'Change role', (dialog) => dialog.getByLabel('Role').selectOption('coordinator'));
  await page.locator('tr', {has: page.locator('.lead', {hasText: 'cleo'})}).locator('.mark', {hasText: 'Coordinator'}).waitFor();
  await page.getByRole('button', {name: 'Remove ben'}).click();
  await asked(page, 'Remove');
  await page.getByRole('button', {name: 'Remove ben'}).waitFor({state: 'detached'});

  const now = await state(one);
  assert.equal(now.goal, 'After');
  assert.deepEqual(now.participants.map(({agent_id, role}) => `${agent_id} ${role}`), ['ann coordinator', 'cleo coordinator']);
  assert.deepEqual(now.steps.slice(1).map(({title, depends_on, assignee, evidence}) => ({title, depends_on, assignee, approval: evidence.approval})), ['Second', 'Third'].map((title) => ({title, depends_on: [1], assignee: 'role:worker', approval: true})));
  await view.close();
});

test('a step is cancelled and another reopened, and the page follows', async () => {
  const one = await arena('Cancel and reopen', [{title: 'To be cancelled'}, {title: 'Done once', max_attempts: 1}, {title: 'After it', depends_on: [2]}]), view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}/board`}), {page} = view;
  const column = (name) => page.locator('.column', {has: page.getByRole('heading', {name})});
  await column('Waiting').getByRole('button', {name: /#3 /}).waitFor();
  const {fence} = await call(server, tokens.ben, 'POST', `${one.path}/steps/claim`, {step: 2});
  await column('Claimed').getByRole('button', {name: /#2 /}).waitFor();
  // What waits for a step moves with it, although nobody here asked.
  await call(server, tokens.ben, 'POST', `${one.path}/steps/2/complete`, {fence});
  await column('Completed').getByRole('button', {name: /#2 /}).waitFor();
  await column('Ready').getByRole('button', {name: /#3 /}).waitFor();
  await page.getByRole('button', {name: /#1 To be/}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Cancel the step'}).click();
  await see(page, /taken out of the plan for good/);
  await asked(page, 'Cancel the step');
  await closed(page, 1);
  await page.keyboard.press('Escape');
  await column('Cancelled').getByRole('button', {name: /#1 /}).waitFor();
  await page.getByRole('button', {name: /#2 Done/}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Reopen'}).click();
  await asked(page, 'Reopen');
  await closed(page, 1);
  await page.keyboard.press('Escape');
  await column('Ready').getByRole('button', {name: /#2 /}).waitFor();
  await column('Waiting').getByRole('button', {name: /#3 /}).waitFor();
  assert.deepEqual((await state(one)).steps.map((step) => step.status), ['cancelled', 'ready', 'waiting']);
  await view.close();
});

test('a late result is read and adopted', async () => {
  const one = await arena('Late', [{title: 'Slow', lease_ms: 60000}]), {fence} = await call(server, tokens.ben, 'POST', `${one.path}/steps/claim`, {step: 1});
  await call(server, server.operator, 'POST', '/v1/clock', {advance_ms: 61000});
  await call(server, tokens.ben, 'POST', `${one.path}/steps/1/complete`, {fence, result: 'better late'}, 'stale_fence');
  const view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}`}), {page} = view;
  await page.getByRole('button', {name: /Open step 1, which has a late result/}).click();
  await page.getByRole('button', {name: 'Read it'}).click();
  await see(page, 'better late');
  await page.getByRole('dialog').getByRole('button', {name: 'Adopt'}).click();
  await asked(page, 'Adopt');
  await closed(page, 1);
  await page.getByRole('dialog').getByText('Completed', {exact: true}).first().waitFor();
  const step = await call(server, tokens.ann, 'GET', `${one.path}/steps/1`);
  assert.equal(step.status, 'completed');
  assert.equal(step.result, 'better late');
  await view.close();
});

test('a handle is made, shown once, good for what it says, and revoked', async () => {
  const one = await arena('Handles'), view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}/people`}), {page} = view;
  await page.getByRole('button', {name: 'Make a handle'}).click();
  await asked(page, 'Make it', async (dialog) => {
    await dialog.getByLabel('It acts as').selectOption('ben');
    await dialog.getByLabel(/May share/).uncheck();
    await dialog.getByLabel('Only for step').fill('1');
    await dialog.getByLabel('Good for').selectOption('an hour');
  });
  const token = await page.getByLabel('Token of the handle').inputValue();
  view.secrets.add(token);
  const signedIn = (expected) => call(server, token, 'GET', one.path, undefined, expected);
  assert.equal((await signedIn()).arena_id, one.id);
  assert.equal((await call(server, token, 'POST', `${one.path}/messages`, {body: 'may I?'}, 'forbidden')).status, 403);
  const {fence} = await call(server, token, 'POST', `${one.path}/steps/claim`, {step: 1});
  assert.equal((await state(one)).steps[0].holder, 'ben');
  await call(server, token, 'POST', `${one.path}/steps/1/release`, {fence});
  await page.getByRole('button', {name: 'I have copied it'}).click();
  await closed(page);
  assert.ok(!(await page.content()).includes(token), 'it is shown once');
  await page.getByRole('button', {name: /^Revoke [^b]/}).click();
  await asked(page, 'Revoke');
  await page.getByText('Revoked', {exact: true}).first().waitFor();
  assert.equal((await signedIn('unauthenticated')).status, 401);
  view.allowed.add('404');
  await page.getByRole('button', {name: 'Revoke by id'}).click();
  await asked(page, 'Revoke', (dialog) => dialog.getByLabel('Id of the handle').fill('nothing like it'));
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await view.close();
});

test('what was decided meanwhile is refused beside the button, with the server’s words', async () => {
  const one = await arena('Twice'), view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}`}), {page} = view;
  view.allowed.add('409'); view.allowed.add('422');
  await page.getByRole('button', {name: 'Add steps'}).click();
  await asked(page, 'Add', async (dialog) => { await dialog.getByLabel('Titles').fill('Lost'); await dialog.getByLabel('They depend on').fill('77'); });
  const alert = page.getByRole('dialog').getByRole('alert');
  await alert.waitFor();
  const wrong = await call(server, tokens.ann, 'POST', `${one.path}/steps`, {steps: [{title: 'Lost', depends_on: [77]}]}, 'invalid');
  assert.ok((await alert.innerText()).includes(wrong.detail), await alert.innerText());
  assert.equal(await page.getByLabel('Titles').inputValue(), 'Lost', 'what was typed is kept');
  await page.getByRole('button', {name: 'Back', exact: true}).click();
  await page.getByRole('button', {name: 'Settle'}).click();
  await call(server, tokens.ann, 'POST', `${one.path}/settle`);
  await asked(page, 'Settle');
  await alert.waitFor();
  const refused = await call(server, tokens.ann, 'POST', `${one.path}/settle`, undefined, 'wrong_state');
  assert.equal(refused.status, 409);
  assert.ok((await alert.innerText()).includes(refused.detail), await alert.innerText());
  await page.keyboard.press('Escape');
  await view.close();
});

test('the operator settles and archives what it takes no part in, and removes, and nothing more', async () => {
  const one = await arena('Not its own'), view = await visit(browser, server, {token: server.operator, path: `arena/${one.id}/people`}), {page} = view;
  await page.getByRole('button', {name: 'Remove ben'}).click();
  await asked(page, 'Remove');
  await page.getByRole('button', {name: 'Remove ben'}).waitFor({state: 'detached'});
  for (const name of ['Invite', 'Add steps', 'Change the goal', 'Make a handle']) assert.equal(await page.getByRole('button', {name, exact: true}).count(), 0, name);
  // Before ben was removed it was active, and could have been settled; that moment is over.
  const {sequence} = await state(one);
  await page.getByRole('slider', {name: /Moment/}).fill(String(sequence - 1));
  await page.locator('tr', {has: page.locator('.lead', {hasText: 'ben'})}).waitFor();
  await see(page, `As it stood at #${sequence - 1}`);
  await until(page, () => ![...document.querySelectorAll('main .top-line button')].length);
  assert.equal(await page.getByRole('button', {name: /^Remove/}).count(), 0, 'the past cannot be acted on');
  await page.getByRole('button', {name: 'Back to now'}).first().click();
  await page.getByRole('button', {name: 'Settle'}).click();
  await asked(page, 'Settle');
  await page.getByRole('button', {name: 'Archive'}).click();
  await see(page, /sealed for ever/);
  await asked(page, 'Archive');
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Archived'));
  const now = await state(one);
  assert.equal(now.status, 'archived');
  assert.ok(now.report_hash);
  for (const name of ['Settle', 'Archive', 'Remove ann']) assert.equal(await page.getByRole('button', {name, exact: true}).count(), 0, name);
  await view.go('money');
  await page.getByRole('button', {name: 'Deposit'}).click();
  await asked(page, 'Deposit', async (dialog) => { await dialog.getByLabel('Agent id').fill('dora'); await dialog.getByLabel('Amount').fill('777'); await dialog.getByLabel('Reference').fill('first'); });
  await see(page, 'Balance of');
  assert.equal((await call(server, tokens.dora, 'GET', '/v1/ledger/accounts/wallet:dora')).balance, 777);
  await view.close();
});

test('who may not act is offered nothing, and a stranger is told what to do', async () => {
  const one = await arena('Looked at', undefined, {open: true}), closedOne = await arena('Closed');
  for (const [name, path] of [['ben', `arena/${one.id}/people`], ['dora', `arena/${one.id}/people`]]) {
    const view = await visit(browser, server, {token: tokens[name], path}), {page} = view;
    await page.getByRole('heading', {name: 'Looked at'}).waitFor();
    await page.locator('.panel table').first().waitFor();
    for (const what of [/Settle/, /Invite/, /Add steps/, /Change/, /^Remove/, /Archive/]) assert.equal(await page.getByRole('main').getByRole('button', {name: what}).count(), 0, `${name} ${what}`);
    assert.equal(await page.getByRole('button', {name: 'Make a handle'}).count(), name === 'ben' ? 1 : 0, 'for itself');
    await view.close();
  }
  const view = await visit(browser, server, {token: tokens.dora, path: `arena/${closedOne.id}`}), {page} = view;
  view.allowed.add('404');
  await see(page, 'There is no such arena, or you take no part in it');
  await view.go('arena/nonsense');
  await see(page, 'There is no such arena, or you take no part in it');
  await view.close();
});

test('why nothing happens is said in a headline, with what would help', async () => {
  const view = await visit(browser, server, {token: tokens.ann}), {page} = view;
  const says = async (id, ...all) => { await view.go(`arena/${id}`); for (const one of all) await see(page, one); };
  const empty = await call(server, tokens.ann, 'POST', '/v1/arenas', {goal: 'Nothing to do'});
  await says(empty.arena_id, 'It has not begun', /coordinator activates the arena/);
  await call(server, tokens.ann, 'POST', `/v1/arenas/${empty.arena_id}/activate`);
  await see(page, 'It has no steps yet');
  const failed = await arena('Stuck', [{title: 'Breaks', max_attempts: 1}, {title: 'Waits', depends_on: [1]}, {title: 'For nobody', assignee: 'dora'}]);
  const {fence} = await call(server, tokens.ben, 'POST', `${failed.path}/steps/claim`, {step: 1});
  await call(server, tokens.ben, 'POST', `${failed.path}/steps/1/fail`, {fence, reason: 'no disk'});
  await says(failed.id, 'Nothing moves', 'out of attempts after 1 try (no disk); #2 waits for it', 'blocked: #1 failed; reopen or cancel it', 'only dora may claim it, and nobody here is that');
  const spent = await arena('Spent', undefined, {budget: {attempts: 1}});
  const held = await call(server, tokens.ben, 'POST', `${spent.path}/steps/claim`, {step: 1});
  await says(spent.id, 'The last steps are under way');
  await call(server, tokens.ben, 'POST', `${spent.path}/steps/1/complete`, {fence: held.fence});
  await see(page, 'Nothing moves');
  await see(page, /All 1 attempt of the budget are spent/);
  await view.go(`arena/${spent.id}/board`);
  await see(page, /so nobody can claim it/);
  const done = await arena('Done', [{title: 'Only one'}]), claim = await call(server, tokens.ben, 'POST', `${done.path}/steps/claim`, {});
  await says(done.id, 'It moves', '1 step is under way.');
  await call(server, tokens.ben, 'POST', `${done.path}/steps/1/complete`, {fence: claim.fence});
  await see(page, 'Every step is done');
  await call(server, tokens.ann, 'POST', `${done.path}/settle`);
  await see(page, 'It settles');
  await call(server, tokens.ann, 'POST', `${done.path}/archive`);
  await see(page, 'It is finished');
  await view.close();
});

/** Lets requests of a method come to the server, and loses their answers on the way back until it is called again. */
async function losing(page, pattern, method) {
  const lost = [];
  await page.route(pattern, async (route) => {
    if (route.request().method() !== method) return route.continue();
    lost.push(route.request().headers()['idempotency-key']);
    await route.fetch();
    return route.abort();
  });
  return async () => { await page.unroute(pattern); return lost; };
}

test('what is asked for again because no answer came is done once', async () => {
  const one = await arena('Lost on the way back'), view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}`}), {page} = view;
  view.allowed.add('ERR_FAILED');
  await page.getByRole('button', {name: 'Add steps'}).click();
  const found = await losing(page, '**/steps', 'POST');
  await asked(page, 'Add', (dialog) => dialog.getByLabel('Titles').fill('Added once'));
  await page.getByRole('dialog').getByRole('alert').getByText('No answer').waitFor();
  const keys = await found();
  await asked(page, 'Add');
  await closed(page);
  assert.equal(keys.length, 2, 'it was asked for again at once, and then by hand');
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual((await state(one)).steps.map((step) => step.title), ['First', 'Second', 'Added once']);
  // Asked for anew it is another thing, although it says the same; so is what says something else.
  await page.getByRole('button', {name: 'Add steps'}).click();
  const lose = await losing(page, '**/steps', 'POST');
  await asked(page, 'Add', (dialog) => dialog.getByLabel('Titles').fill('Added once'));
  await page.getByRole('dialog').getByRole('alert').getByText('No answer').waitFor();
  await lose();
  await asked(page, 'Add', (dialog) => dialog.getByLabel('Titles').fill('And this'));
  await closed(page);
  assert.deepEqual((await state(one)).steps.map((step) => step.title), ['First', 'Second', 'Added once', 'Added once', 'And this']);

  await view.go(`arena/${one.id}/messages`);
  const silent = await losing(page, '**/messages', 'POST');
  const message = page.getByLabel('Message', {exact: true}), say = page.getByRole('button', {name: 'Say it'});
  await message.fill('said once');
  await say.click();
  await see(page, 'No answer');
  await silent();
  for (const text of ['said once', 'said twice', 'said twice']) {
    await message.fill(text);
    await say.click();
    await until(page, () => document.querySelector('#say-body').value === '');
  }
  const {items} = await call(server, tokens.ann, 'GET', `${one.path}/messages`);
  assert.deepEqual(items.map((one) => one.body), ['said once', 'said twice', 'said twice']);
  await view.close();
});

test('an open step goes with what happens to it', async () => {
  const one = await arena('Open', [{title: 'Looked at', evidence: {approval: true}}]), view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}/board`}), {page} = view;
  await page.getByRole('button', {name: /#1 Looked at/}).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', {name: 'Approve'}).waitFor();
  const {fence} = await call(server, tokens.ben, 'POST', `${one.path}/steps/claim`, {step: 1});
  await dialog.getByText('Held by').waitFor();
  await call(server, tokens.ann, 'POST', `${one.path}/steps/1/approve`);
  await dialog.getByText(/given by ann/).waitFor();
  assert.equal(await dialog.getByRole('button', {name: 'Approve'}).count(), 0);
  await call(server, tokens.ben, 'POST', `${one.path}/steps/1/complete`, {fence, result: 'seen by all'});
  await dialog.getByText('seen by all').waitFor();
  await dialog.getByRole('button', {name: 'Reopen'}).waitFor();
  await view.close();
});

test('the dates of a lifecycle are those of the moment that is looked at', async () => {
  const one = await arena('Dated', undefined, {settle_grace_ms: 60000}), view = await visit(browser, server, {token: tokens.ann, path: `arena/${one.id}`}), {page} = view;
  await call(server, server.operator, 'POST', '/v1/clock', {advance_ms: 5000});
  await call(server, tokens.ann, 'POST', `${one.path}/settle`);
  await call(server, tokens.ann, 'POST', `${one.path}/archive`);
  await see(page, 'It is finished');
  const {items} = await call(server, tokens.ann, 'GET', `${one.path}/events`), at = (type) => items.find((event) => event.type === type)?.recorded_at;
  const dates = () => page.locator('.life li').evaluateAll((all) => all.map((one) => one.querySelector('time')?.getAttribute('datetime') ?? null));
  const expected = ['arena_created', 'arena_activated', 'settling_started', 'arena_archived'].map(at);
  assert.deepEqual(await dates(), expected);
  await page.getByRole('slider', {name: /Moment/}).fill(String(items.find((event) => event.type === 'arena_activated').sequence));
  await until(page, () => document.querySelector('.life [aria-current]')?.textContent.includes('Active'));
  assert.deepEqual(await dates(), [...expected.slice(0, 2), null, null]);
  await view.close();
});
