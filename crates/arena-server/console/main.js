// The frame: signing in, the way from an address to a view, what stands at the top.
import {h, morph} from './dom.js';
import {keepToken, signedIn} from './api.js';
import {begin, end, isOperator, session} from './session.js';
import {button, icon, problem, say, tick, waiting} from './parts.js';
import {signIn} from './signin.js';

const VIEWS = {
  arenas: () => import('./arenas.js'), arena: () => import('./arena.js'), contests: () => import('./contests.js'), contest: () => import('./contest.js'), money: () => import('./ledger.js'), health: () => import('./health.js'),
};
const NAV = [['arenas', 'Arenas'], ['contests', 'Contests'], ['money', 'Money'], ['health', 'Health']];
const NAMES = {arena: 'arenas', contest: 'contests'};
const main = document.getElementById('main');
const top = document.getElementById('top');
let leave = null, shown = '', turn = 0;

/** `#/arena/ID/board?at=7`, taken apart. */
function address() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/').map(decodeURIComponent);
  return {view: view || 'arenas', rest, params: new URLSearchParams(search)};
}

/** A token in the address (`arena open` puts one there) is taken out at once; a fragment is sent to no server. */
function takeToken() {
  const found = /^#token=([^&]+)(?:&to=(.*))?$/.exec(location.hash);
  if (!found) return;
  keepToken(decodeURIComponent(found[1]));
  history.replaceState(null, '', `/#/${found[2] ? decodeURIComponent(found[2]) : 'arenas'}`);
}

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
    h('div', {class: 'who'}, h('span', {class: 'soft small line', title: `Signed in as ${session.agent_id} with ${isOperator() ? 'the operator’s token' : session.kind === 'handle' ? 'a handle' : 'an agent’s token'}`}, h('span', {class: 'sr'}, 'Signed in as '), session.agent_id), themeButton(), button('Sign out', signOut, {look: 'plain'})));
}

function signOut() {
  end();
  leave?.(); leave = null; shown = '';
  history.replaceState(null, '', '/');
  show();
}

async function show() {
  const mine = ++turn;
  const {view, rest, params} = address();
  if (!signedIn()) {
    leave?.(); leave = null; shown = '';
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
  leave?.(); leave = null;
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
addEventListener('hashchange', () => { takeToken(); show(); });
document.getElementById('skip').onclick = (event) => { event.preventDefault(); main.focus(); };
setInterval(tick, 1000);
takeToken();
show();
