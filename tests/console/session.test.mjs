// Who the page acts as: a token that an address brings is never taken behind anybody's back.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {launch, picture, see, visit} from './browser.mjs';
import {agents, call, serve} from './world.mjs';

let server, browser, tokens;
before(async () => {
  server = await serve(process.env.CONSOLE_ARENA);
  browser = await launch();
  tokens = await agents(server, ['ann', 'mallory']);
});
after(async () => { await browser?.close(); await server?.stop(); });

const arena = async (name, goal) => (await call(server, tokens[name], 'POST', '/v1/arenas', {goal})).arena_id;
/** Sends the page to an address that brings a token, as any page can. */
const bring = (page, token, to) => page.evaluate((hash) => { location.hash = hash; }, `#token=${encodeURIComponent(token)}&to=${encodeURIComponent(to)}`);
/** Who the page says is signed in, and who its requests say it is. */
async function isSignedInAs(page, name) {
  await page.locator('.who', {hasText: `Signed in as ${name}`}).waitFor();
  const acts = await page.evaluate(async () => (await (await fetch('/console/session', {headers: {Authorization: `Bearer ${sessionStorage.getItem('arena.token')}`}})).json()).agent_id);
  assert.equal(acts, name);
}

test('a token in the address is taken when nobody is signed in, and whose it is is said', async () => {
  const id = await arena('mallory', 'Of mallory'), view = await visit(browser, server), {page} = view;
  view.secrets.add(tokens.mallory);
  await page.getByLabel('Token', {exact: true}).waitFor();
  await bring(page, tokens.mallory, `arena/${id}`);
  await page.getByRole('heading', {name: 'Of mallory'}).waitFor();
  await page.getByRole('status').getByText('Signed in as mallory', {exact: true}).waitFor();
  await isSignedInAs(page, 'mallory');
  await view.close();
});

test('where somebody is signed in, another token in the address is asked about, and not taken unasked', async () => {
  const view = await visit(browser, server, {token: server.operator, path: 'money'}), {page} = view;
  view.secrets.add(tokens.mallory);
  await page.getByRole('button', {name: 'Deposit'}).waitFor();
  const sent = [];
  page.on('request', async (request) => { if (request.url().includes('/v1/')) sent.push(request.headers().authorization); });
  await bring(page, tokens.mallory, 'money');
  await page.getByRole('heading', {name: 'Sign in as mallory?'}).waitFor();
  assert.ok(!page.url().includes('token'), page.url());
  await isSignedInAs(page, 'operator');
  await picture(page, 'other-token-light');
  await page.getByRole('button', {name: 'Stay as operator'}).click();
  await page.getByRole('button', {name: 'Deposit'}).waitFor();
  await isSignedInAs(page, 'operator');
  assert.ok(sent.every((one) => one === `Bearer ${server.operator}`), 'nothing is asked as somebody else');

  await bring(page, tokens.mallory, 'money');
  await page.getByRole('button', {name: 'Sign in as mallory'}).click();
  await see(page, 'Balance of');
  await isSignedInAs(page, 'mallory');
  assert.equal(await page.getByRole('button', {name: 'Deposit'}).count(), 0, 'what was offered to the operator is gone');
  // The same one again is no question.
  await bring(page, tokens.mallory, 'contests');
  await see(page, 'No contests yet');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await view.close();
});

test('a token in the address that nobody has changes nothing', async () => {
  const view = await visit(browser, server, {token: tokens.ann}), {page} = view;
  view.allowed.add('401');
  for (const wrong of ['nonsense', 'törichter Unsinn', '%E0%A4%A']) {
    await page.evaluate((hash) => { location.hash = hash; }, `#token=${wrong}`);
    await see(page, /The token in the address is not taken/);
    await isSignedInAs(page, 'ann');
    await page.reload();
    await isSignedInAs(page, 'ann');
  }
  await view.close();
});

test('an address that is spelled wrongly leads to a page that says so', async () => {
  const view = await visit(browser, server, {token: tokens.ann, path: 'arenas'}), {page} = view;
  for (const status of ['400', '404']) view.allowed.add(status);
  await page.getByRole('heading', {name: 'Arenas'}).waitFor();
  await view.go('arena/%E0%A4%A');
  await see(page, /There is no such arena|Malformed|Invalid/);
  await view.close();
});

test('handles that were made are forgotten with the session', async () => {
  const id = await arena('ann', 'Handles of ann'), view = await visit(browser, server, {token: tokens.ann, path: `arena/${id}/people`}), {page} = view;
  await page.getByRole('button', {name: 'Make a handle'}).click();
  await page.getByRole('button', {name: 'Make it'}).click();
  await page.getByRole('button', {name: 'I have copied it'}).click();
  await page.getByRole('button', {name: /^Revoke [^b]/}).waitFor();
  await page.getByRole('button', {name: 'Sign out'}).click();
  await page.getByLabel('Token', {exact: true}).fill(server.operator);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('link', {name: 'Handles of ann'}).click();
  await page.getByRole('link', {name: /^People/}).click();
  await page.getByRole('button', {name: 'Revoke by id'}).waitFor();
  assert.equal(await page.getByRole('button', {name: /^Revoke [^b]/}).count(), 0);
  await view.close();
});
