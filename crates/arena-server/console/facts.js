// What is known: searched by the server now, folded from the events in the past; each fact with its history.
import {h, morph, u} from './dom.js';
import {get} from './api.js';
import {short} from './format.js';
import {button, dialog, empty, problem, time, waiting} from './parts.js';
import {past} from './past.js';

const LISTED = 100;

export function mount(store) {
  const list = h('div', {}), filters = h('form', {class: 'row end filters', role: 'search', onsubmit: (event) => event.preventDefault()},
    h('label', {class: 'field grow'}, 'Search', h('input', {type: 'search', placeholder: 'Words of a key or a content', oninput: (event) => { words = event.target.value.trim(); later(); }})),
    h('label', {class: 'field'}, 'Tag', h('input', {type: 'text', autocomplete: 'off', spellcheck: 'false', oninput: (event) => { tag = event.target.value.trim(); later(); }})));
  const element = h('div', {class: 'stack'}, filters, list);
  const put = past(store, 'fact_put', () => update());
  let words = '', tag = '', items = null, cursor, failure = null, timer = 0, turn = 0, seen = 0, most = LISTED;
  const later = () => { clearTimeout(timer); timer = setTimeout(() => read(false), 200); };

  async function read(more) {
    if (store.at !== null) { update(); return; }
    const mine = ++turn;
    try {
      const page = await get(`${store.path}/facts`, {q: words, tag, limit: 100, cursor: more ? cursor : undefined});
      if (mine !== turn) return;
      items = more ? items.concat(page.items) : page.items;
      cursor = page.next_cursor; failure = null;
    } catch (error) { if (mine !== turn) return; failure = error; }
    draw();
  }
  function folded() {
    const byKey = new Map();
    for (const event of put.items(store.at)) byKey.set(event.data.key, {...event.data, author: event.data.agent_id, updated_at: event.recorded_at});
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    return [...byKey.values()].filter((fact) => wanted.every((word) => `${fact.key} ${fact.content}`.toLowerCase().includes(word)) && (!tag || fact.tags?.includes(tag))).sort((one, two) => (one.key < two.key ? -1 : 1));
  }
  function draw() {
    const shown = store.at === null ? items : put.isRead() ? folded() : null;
    if (failure) { morph(list, problem(failure, () => read(false))); return; }
    if (!shown) { morph(list, waiting()); return; }
    morph(list, shown.length ? h('ul', {class: 'cards'}, shown.slice(0, most).map((fact) => h('li', {class: 'card fact', key: fact.key},
      h('div', {class: 'row'}, h('h3', {class: 'grow mono'}, u(fact.key)), h('span', {class: 'soft small'}, `version ${fact.version}`), button('History', () => history(store, fact.key), {look: 'tiny', 'aria-label': `History of ${fact.key}`})),
      h('p', {}, u(short(fact.content, 600))), h('p', {class: 'row small soft'}, h('span', {}, 'by ', u(fact.author)), time(fact.updated_at), fact.confidence !== undefined && h('span', {class: 'num'}, `sure to ${fact.confidence / 10} %`), fact.tags?.map((one) => h('span', {class: 'tag'}, u(one))))))) : empty(words || tag ? 'No fact fits' : 'No facts', words || tag ? 'Search for other words, or for another tag.' : 'Agents share what they find out with arena fact put.'),
    shown?.length > most ? h('p', {class: 'row'}, button(`Show ${Math.min(LISTED, shown.length - most)} more`, () => { most += LISTED; draw(); }, {look: 'tiny'})) : store.at === null && cursor && h('p', {class: 'row'}, button('Read more', () => { most += LISTED; read(true); }, {look: 'tiny'})));
  }
  function update() {
    if (store.at !== null) { if (!put.isRead()) put.read(); draw(); return; }
    const last = store.recent.findLast((event) => event.type === 'fact_put')?.sequence || 0;
    if (items === null || last > seen) { seen = last; if (items === null) read(false); else later(); }
    draw();
  }
  return {element, update, leave: () => { clearTimeout(timer); put.leave(); }};
}

function history(store, key) {
  dialog(['History of ', u(key)], (close) => {
    const place = h('div', {class: 'stack'}, waiting());
    const put = past(store, 'fact_put', () => {
      const versions = put.items(store.at).filter((event) => event.data.key === key).reverse();
      if (put.failure()) { morph(place, problem(put.failure(), put.read)); return; }
      morph(place, h('ol', {class: 'stack'}, versions.map((event) => h('li', {class: 'stack tight', key: event.sequence}, h('p', {class: 'row small soft'}, h('strong', {}, `Version ${event.data.version}`), h('span', {}, 'by ', u(event.data.agent_id)), time(event.recorded_at), event.data.confidence !== undefined && `sure to ${event.data.confidence / 10} %`, event.data.tags?.map((one) => h('span', {class: 'tag'}, u(one)))), h('pre', {class: 'boxed', tabindex: 0, 'aria-label': `Version ${event.data.version}`}, event.data.content)))), !put.isRead() && waiting());
    });
    put.read();
    return [place, h('div', {class: 'feet'}, button('Close', close, {look: 'main'}))];
  });
}
