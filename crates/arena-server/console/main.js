// The frame: signing in, the way from an address to a view, what stands at the top.
import {h, morph} from './dom.js';
import {isKept, keepToken, signedIn} from './api.js';
import {begin, end, session, whose} from './session.js';
import {button, confirm, icon, problem, say, tick, waiting} from './parts.js';
import {signIn} from './signin.js';

const VIEWS = {
  arenas: () => import('./arenas.js'), arena: () => import('./arena.js'), contests: () => import('./contests.js'), contest: () => import('./contest.js'), money: () => import('./ledger.js'), health: () => import('./health.js'),
};
const NAV = [['arenas', 'Arenas'], ['contests', 'Contests'], ['money', 'Money'], ['health', 'Health']];
const NAMES = {arena: 'arenas', contest: 'contests'};
const main = document.getElementById('main');
const top = document.getElementById('top');
let leave = null, shown = '', turn = 0;

/** As it was before it stood in an address; what is spelled wrongly stays as it is. */
function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** `#/arena/ID/board?at=7`, taken apart. */
function address() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/').map(decoded);
  return {view: view || 'arenas', rest, params: new URLSearchParams(search)};
}

/** A token in the address (`arena open` puts one there) is taken out at once; a fragment is sent to no server. */
function takeToken() {
  const found = /^#token=([^&]+)(?:&to=(.*))?$/.exec(location.hash);
  if (!found) return '';
  history.replaceState(null, '', `/#/${found[2] ? decoded(found[2]) : 'arenas'}`);
  return decoded(found[1]);
}

/** Goes where the address says. A token that it brings is taken when nobody is signed in, and asked about when somebody is. */
async function arrive() {
  const brought = takeToken();
  if (signedIn() || !brought) await show();
  if (!brought || isKept(brought)) return;
  if (signedIn()) { await offer(brought); return; }
  await become(brought);
  if (session.kind) say(`Signed in as ${session.agent_id}`);
}

/** From now on the page shows and does what the bearer of this token may. */
async function become(token) {
  end();
  leaveView();
  keepToken(token);
  await show();
}

/** Any page can send a browser here with a token: nobody is to act as somebody else without knowing. */
async function offer(token) {
  let other;
  try { other = await whose(token); } catch (error) { say(`The token in the address is not taken: ${error.message}`, 'bad'); return; }
  confirm({heading: `Sign in as ${other.agent_id}?`, text: `The address brought a token of ${other.agent_id} (${WITH[other.kind]}). You are signed in as ${session.agent_id} (${WITH[session.kind]}). Take it only if you know where it comes from: from then on everything here is seen and done as ${other.agent_id}.`,
    verb: `Sign in as ${other.agent_id}`, back: `Stay as ${session.agent_id}`, done: `Signed in as ${other.agent_id}`, run: () => become(token)});
}
const WITH = {operator: 'the operator’s token', agent: 'an agent’s token', handle: 'a handle'};

const LOOKS = [['', 'as the system', 'half_sun'], ['light', 'light', 'sun'], ['dark', 'dark', 'moon']];
function themeButton() {
  const at = LOOKS.findIndex(([name]) => name === (document.documentElement.dataset.theme || ''));
  const next = LOOKS[(at + 1) % LOOKS.length];
  return h('button', {type: 'button', class: 'btn plain icon', 'aria-label': `Look: ${LOOKS[at][1]}. Change to ${next[1]}`, title: `Look: ${LOOKS[at][1]}`, onclick: () => {
    if (next[0]) document.documentElement.dataset.theme = next[0]; else delete document.documentElement.dataset.theme;
    try { if (next[0]) localStorage.setItem('arena.theme', next[0]); else localStorage.removeItem('arena.theme'); } catch { /* then it holds for this page */ }
    drawTop();
  }}, icon(LOOKS[at][2]));
}

function drawTop() {
  if (!signedIn() || !session.kind) { morph(top, h('a', {class: 'brand', href: '#/arenas'}, h('img', {src: '/console/icon.svg', alt: ''}), 'Arena'), h('span', {class: 'push'}), themeButton()); return; }
  const here = NAMES[address().view] || address().view;
  const nav = session.kind === 'handle' ? [] : NAV;
  morph(top, h('a', {class: 'brand', href: session.arena_id ? `#/arena/${session.arena_id}` : '#/arenas'}, h('img', {src: '/console/icon.svg', alt: ''}), 'Arena'),
    h('nav', {class: 'nav', 'aria-label': 'Main'}, nav.map(([name, text]) => h('a', {href: `#/${name}`, 'aria-current': here === name ? 'page' : null}, text))),
    h('div', {class: 'who'}, h('span', {class: 'soft small line', title: `Signed in as ${session.agent_id} with ${WITH[session.kind]}`}, h('span', {class: 'sr'}, 'Signed in as '), session.agent_id), themeButton(), button('Sign out', signOut, {look: 'plain'})));
}

/** What stands here is left, and what is asked over it. */
function leaveView() {
  leave?.();
  leave = null; shown = '';
  for (const box of document.querySelectorAll('dialog')) box.close();
}

function signOut() {
  end();
  leaveView();
  history.replaceState(null, '', '/');
  show();
}

async function show() {
  const mine = ++turn;
  const {view, rest, params} = address();
  if (!signedIn()) {
    leaveView();
    drawTop();
    document.title = 'Sign in · Arena';
    signIn(main, async (token) => {
      keepToken(token);
      try { await begin(); } catch (error) { keepToken(''); throw error; }
      if (session.arena_id) history.replaceState(null, '', `/#/arena/${session.arena_id}`);
      await show();
      main.focus();
    });
    return;
  }
  if (!session.kind) {
    morph(main, waiting());
    try { await begin(); } catch (error) {
      if (error.status === 401) { end(); await show(); say(`${error.message}. Sign in again.`, 'bad'); return; }
      morph(main, problem(error, show));
      return;
    }
    if (session.arena_id && view !== 'arena') { location.replace(`#/arena/${session.arena_id}`); return; }
  }
  drawTop();
  const known = VIEWS[view];
  if (!known) { location.replace('#/arenas'); return; }
  // Within one arena or contest the view stays and is told where to go.
  const place = `${view}/${NAMES[view] ? rest[0] : ''}`;
  if (leave?.go && shown === place) { leave.go(rest, params); return; }
  leaveView();
  morph(main, waiting());
  const module = await known();
  if (mine !== turn) return;
  main.replaceChildren();
  scrollTo(0, 0);
  shown = place;
  leave = module.open(main, rest, params) || (() => {});
}

addEventListener('arena:unauthenticated', (event) => {
  // While nobody is signed in, whoever asked says what is wrong.
  if (!session.kind) return;
  end();
  show();
  say(`${event.detail.message}. Sign in again.`, 'bad');
});
addEventListener('hashchange', arrive);
document.getElementById('skip').onclick = (event) => { event.preventDefault(); main.focus(); };
setInterval(tick, 1000);
arrive();
