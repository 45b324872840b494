// A browser that is watched: what it asks for, what it complains of.
import assert from 'node:assert/strict';
import {mkdir, readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {join} from 'node:path';

const modules = createRequire(`${process.env.CONSOLE_MODULES}/`);
const {chromium} = modules('playwright-core');
const AXE = modules.resolve('axe-core/axe.min.js');
export const see = (page, text, options) => page.getByText(text, options).first().waitFor({timeout: 15000});
export const until = (page, check, argument) => page.waitForFunction(check, argument, {timeout: 15000});
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({executablePath: process.env.CONSOLE_BROWSER || '/usr/bin/chromium', args: FLAGS});

/** A page of its own, signed in with `token` when there is one; `clock` is one that the test moves. Refusals that a test provokes are named by their status. */
export async function visit(browser, server, {token, look = 'light', phone = false, path = '', clock = false} = {}) {
  const context = await browser.newContext({viewport: phone ? {width: 390, height: 844} : {width: 1280, height: 900}, colorScheme: look, reducedMotion: 'reduce'});
  // Before any file of the page: a breach of the policy is told as an event, and the tests must not miss one.
  await context.addInitScript(() => { globalThis.breaches = []; addEventListener('securitypolicyviolation', (event) => globalThis.breaches.push(`${event.violatedDirective} ${event.blockedURI}`)); });
  if (clock) await context.clock.install();
  if (process.env.CONSOLE_FILES) await fromFolder(context, server, process.env.CONSOLE_FILES);
  const page = await context.newPage();
  const complaints = [], requests = [], allowed = new Set(), secrets = new Set(token ? [token] : []);
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error.stack || error)));
  page.on('request', (request) => requests.push(request.url()));
  // What the policy stopped was asked of nobody.
  page.on('requestfailed', (request) => { if (request.failure()?.errorText === 'csp') requests.splice(requests.lastIndexOf(request.url()), 1); });
  await page.goto(token ? `${server.url}/#token=${token}${path ? `&to=${encodeURIComponent(path)}` : ''}` : server.url);
  return {page, context, allowed, requests, secrets,
    go: (to) => page.evaluate((hash) => { location.hash = hash; }, `#/${to}`),
    /** Nothing was asked of elsewhere, no token stood in an address, the policy held, and the console kept silent. */
    async close() {
      const address = page.url(), kept = await page.evaluate(() => [JSON.stringify({...localStorage}), document.cookie].join());
      for (const secret of secrets) assert.ok(!address.includes(secret) && !kept.includes(secret), 'a token stands in the address, or is kept beyond the tab');
      const breaches = await page.evaluate(() => globalThis.breaches), broken = await page.evaluate(() => globalThis.broken), wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await context.close();
      for (const url of requests.filter((one) => !one.startsWith('data:') && !one.startsWith('blob:'))) {
        assert.equal(new URL(url).origin, server.url, `asked ${url}`);
        // A fragment is sent to nobody; `visit` itself puts the token there.
        for (const secret of secrets) for (const said of [secret, encodeURIComponent(secret)]) assert.ok(!url.split('#')[0].includes(said), `a token stands in ${url}`);
      }
      assert.deepEqual(breaches, []);
      assert.equal(broken, undefined, 'text ran as a script');
      assert.ok(wide <= 0, `the page is ${wide} px wider than the window`);
      assert.deepEqual(complaints.filter((text) => ![...allowed].some((one) => text.includes(one))), []);
    }};
}

/** The page's files as they are in the folder, to work on them without building; all else is the server's. */
async function fromFolder(context, server, folder) {
  const types = {js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html'};
  const policy = (await fetch(server.url)).headers.get('content-security-policy');
  await context.route((url) => url.origin === server.url && /^\/(console\/[\w.]+\.(js|css|svg))?$/.test(url.pathname), async (route) => {
    const name = new URL(route.request().url()).pathname.replace('/console/', '').replace(/^\/$/, 'index.html');
    await route.fulfill({status: 200, headers: {'content-type': `${types[name.split('.').at(-1)]}; charset=utf-8`, 'content-security-policy': policy}, body: await readFile(join(folder, name))});
  });
}

/** Faults that axe calls serious or critical. */
export async function faults(page) {
  await page.evaluate((await import('node:fs')).readFileSync(AXE, 'utf8'));
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`);
}

/** A picture of the page among the test's output. */
export async function picture(page, name) {
  const folder = process.env.CONSOLE_PICTURES;
  if (!folder) return;
  await mkdir(folder, {recursive: true});
  // A dialog stands over what can be seen; a page is taken whole, from its top.
  const isOver = await page.locator('dialog').count() > 0;
  if (!isOver) await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({path: join(folder, `${name}.png`), fullPage: !isOver});
}
