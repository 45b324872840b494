// Handles: tokens for one agent in one arena, made here, shown once, and revoked by their id.
import {h, u} from './dom.js';
import {button, confirm, mark, notice, say, table, time} from './parts.js';
import {session} from './session.js';

const PERMISSIONS = ['read', 'write', 'share', 'coordinate'];
const LIVES = {'an hour': 3600000, 'a day': 86400000, 'a week': 604800000, '30 days': 2592000000};

/** Asks for a handle of `agent_id`, or of whom the caller chooses. */
export function mint(store, agent_id) {
  const who = store.isCoordinator() ? store.arena.participants.map((one) => one.agent_id) : [session.agent_id];
  confirm({heading: 'Make a handle', text: 'A token that acts as one agent in this arena and nowhere else, for whoever you give it to. What it allows is at most this, and at most what the agent’s role allows.', verb: 'Make it',
    fields: [['agent_id', 'It acts as', 'choice', who, agent_id], ...PERMISSIONS.map((name) => [name, SAID[name], 'check', null, name !== 'coordinate']), ['step', 'Only for step', 'line', 'every step'], ['life', 'Good for', 'choice', Object.keys(LIVES), 'a day']],
    run: async (asked, write) => {
      const permissions = PERMISSIONS.filter((name) => asked[name]), step = asked.step.trim().replace(/^#/, '');
      const issued = await write('POST', `${store.path}/handles`, {agent_id: asked.agent_id, permissions, ttl_ms: LIVES[asked.life], ...(step ? {step: Number(step)} : {})});
      session.made.set(issued.handle, {arena: store.id, handle: issued.handle, agent_id: asked.agent_id, permissions, step, expires_at: issued.expires_at, revoked: false});
      store.reload();
      return shown(issued, asked.agent_id);
    }});
}
const SAID = {read: 'May read: see the arena', write: 'May write: claim and complete steps, put artifacts', share: 'May share: put facts, send messages', coordinate: 'May coordinate: change plan, participants and lifecycle'};

function shown(issued, agent_id) {
  const token = h('input', {type: 'text', readonly: true, value: issued.token, 'aria-label': 'Token of the handle', spellcheck: 'false', onfocus: () => token.select()});
  const copy = button('Copy', async () => { token.select(); try { await navigator.clipboard.writeText(issued.token); say('Copied'); } catch { say('Press Ctrl+C: the token is selected'); } });
  return h('div', {class: 'stack'}, notice('ok', [h('strong', {}, 'The handle is made. '), 'Its token is shown this once: copy it now.']), h('div', {class: 'row'}, h('span', {class: 'grow row'}, token), copy),
    h('dl', {class: 'facts'}, [['Acts as', u(agent_id)], ['Id', h('code', {}, issued.handle)], ['Ends', time(issued.expires_at)]].map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    h('div', {class: 'feet'}, button('I have copied it', (event) => event.target.closest('dialog').close(), {look: 'main'})));
}

/** Asks before a handle is made void. */
export function revoke(store, handle = '') {
  confirm({heading: 'Revoke a handle', text: 'It is void at once, and with it every narrower one that was made from it. This cannot be undone.', verb: 'Revoke', done: 'Revoked', grave: true, fields: handle ? [] : [['handle', 'Id of the handle', 'line', 'as it was shown when it was made']],
    run: async (asked, write) => {
      const id = handle || asked.handle.trim();
      await write('DELETE', `${store.path}/handles/${encodeURIComponent(id)}`);
      if (session.made.has(id)) session.made.get(id).revoked = true;
      store.reload();
    }});
}

/** The card among the people of an arena. */
export function handles(store) {
  // The server has no list of them.
  const mine = [...session.made.values()].filter((one) => one.arena === store.id);
  const me = store.arena.participants.some((one) => one.agent_id === session.agent_id);
  if (store.at !== null || session.kind === 'handle' || !(me || session.kind === 'operator')) return null;
  return h('section', {class: 'card'}, h('div', {class: 'row'}, h('h2', {class: 'grow'}, 'Handles'), me && store.arena.status !== 'archived' && button('Make a handle', () => mint(store, session.agent_id), {look: 'tiny'}), button('Revoke by id', () => revoke(store), {look: 'tiny'})),
    mine.length ? table('Handles made in this tab', [['Id', (one) => h('code', {}, one.handle), 'lead'], ['Acts as', (one) => u(one.agent_id)], ['Allows', (one) => one.permissions.join(', ') || 'nothing', 'long'], ['Step', (one) => one.step || 'every'], ['Ends', (one) => time(one.expires_at), 'long'], ['', (one) => (one.revoked ? mark('cancelled', 'Revoked') : button('Revoke', () => revoke(store, one.handle), {look: 'tiny grave', 'aria-label': `Revoke ${one.handle}`})), 'end']], mine, (one) => one.handle)
      : h('p', {class: 'soft small'}, 'Tokens that act as one participant here and nowhere else. Those made in this tab are listed; others are revoked by their id.'));
}
