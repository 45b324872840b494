// A list with search and filters, the newest first, kept up to date by itself: as arenas and contests have it.
import {h, morph} from './dom.js';
import {get} from './api.js';
import {button, empty, problem, waiting} from './parts.js';
import {count, plural, title} from './format.js';

const SHOWN = 50, PAGE = 1000, AT_ONCE = 5, EVERY_MS = 4000;

export function openList(main, params, kind) {
  const asked = {status: params.get('status') || '', agent: params.get('agent') || '', words: params.get('q') || ''};
  // As the server lists them, the oldest first; `whole` when there are no others.
  let items = [], whole = false, failure = null, reading = true, turn = 0, most = SHOWN;
  document.title = `${kind.heading} · Arena`;

  const page = (cursor) => get(kind.path, {status: asked.status, agent: asked.agent, limit: PAGE, cursor});
  /** Reads on to the end, at most so many pages at once. */
  async function read(more) {
    const mine = ++turn;
    reading = true; failure = null;
    if (!more) { items = []; most = SHOWN; }
    draw();
    try {
      whole = false;
      for (let pages = 0; pages < AT_ONCE && !whole; pages += 1) {
        const next = await page(items.at(-1)?.arena_id);
        if (mine !== turn) return;
        items = items.concat(next.items);
        whole = !next.next_cursor;
        draw();
      }
    } catch (error) { if (mine !== turn) return; failure = error; }
    reading = false;
    draw();
  }
  /** What one page holds is read anew; of more than that only what came since. */
  async function refresh() {
    if (reading || !whole || failure || document.hidden) return;
    const mine = turn, small = items.length < PAGE, next = await page(small ? undefined : items.at(-1).arena_id).catch(() => null);
    if (!next || mine !== turn || next.next_cursor) return;
    items = small ? next.items : items.concat(next.items);
    draw();
  }
  function remember() {
    const search = new URLSearchParams(Object.entries({status: asked.status, agent: asked.agent, q: asked.words}).filter(([, value]) => value));
    history.replaceState(null, '', `#/${kind.view}${search.size ? `?${search}` : ''}`);
  }
  const change = (name, again) => (event) => { asked[name] = event.target.value.trim(); remember(); most = SHOWN; if (again) read(false); else draw(); };
  function found() {
    const wanted = asked.words.toLowerCase().split(/\s+/).filter(Boolean), newest = items.toReversed();
    return wanted.length ? newest.filter((one) => { const text = kind.search(one).toLowerCase(); return wanted.every((word) => text.includes(word)); }) : newest;
  }

  function draw() {
    const all = found(), shown = all.slice(0, most), filtered = asked.status || asked.agent || asked.words;
    morph(main, h('div', {class: 'stack'}, h('h1', {}, kind.heading),
      h('form', {class: 'row end filters', role: 'search', onsubmit: (event) => event.preventDefault()},
        h('label', {class: 'field grow'}, 'Search', h('input', {type: 'search', value: asked.words, placeholder: kind.searches, oninput: change('words', false)})),
        h('label', {class: 'field'}, 'Status', h('select', {value: asked.status, onchange: change('status', true)}, h('option', {value: ''}, 'Any'), kind.statuses.map((one) => h('option', {value: one}, title(one))))),
        h('label', {class: 'field'}, kind.agentLabel, h('input', {type: 'text', value: asked.agent, placeholder: 'agent id', autocomplete: 'off', spellcheck: 'false', onchange: change('agent', true)}))),
      failure && problem(failure, () => read(false)),
      shown.length > 0 && h('ul', {class: 'cards'}, shown.map((one) => h('li', {class: 'card', key: one.arena_id}, kind.row(one)))),
      !shown.length && !reading && !failure && (filtered
        ? empty('Nothing fits', whole ? 'Change the search or the filters.' : `None of the ${count(items.length)} read so far fits. Read on, or change the filters.`, button('Clear the filters', () => { Object.assign(asked, {status: '', agent: '', words: ''}); remember(); read(false); }))
        : empty(kind.none[0], code(kind.none[1]))),
      reading && waiting(),
      !reading && items.length > 0 && h('p', {class: 'row soft small'}, h('span', {role: 'status'}, all.length > shown.length ? `${count(shown.length)} of ` : '', asked.words ? plural(all.length, 'match', 'matches') : plural(all.length, kind.noun), whole ? '' : `, and there are newer ones than the ${count(items.length)} that were read`),
        all.length > most && button('Show more', () => { most += SHOWN; draw(); }, {look: 'tiny'}), !whole && button('Read on', () => read(true), {look: 'tiny'}))));
  }
  read(false);
  const timer = setInterval(refresh, EVERY_MS);
  return () => { turn += 1; clearInterval(timer); };
}

const code = (text) => text.split('`').map((part, index) => (index % 2 ? h('code', {}, part) : part));
