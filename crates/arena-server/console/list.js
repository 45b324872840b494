// A list with search, filters and pages, as arenas and contests have it.
import {h, morph} from './dom.js';
import {get} from './api.js';
import {button, empty, problem, waiting} from './parts.js';
import {count, plural, title} from './format.js';

const PAGE = 50, MOST_SOUGHT = 5000;

export function openList(main, params, kind) {
  const asked = {status: params.get('status') || '', agent: params.get('agent') || '', words: params.get('q') || ''};
  let items = [], cursor, failure = null, reading = true, turn = 0, timer = 0;
  document.title = `${kind.heading} · Arena`;

  async function read(more) {
    const mine = ++turn;
    reading = true; failure = null;
    if (!more) { items = []; cursor = undefined; }
    draw();
    try {
      const page = await get(kind.path, {status: asked.status, agent: asked.agent, limit: PAGE, cursor: more ? cursor : undefined});
      if (mine !== turn) return;
      items = items.concat(page.items);
      cursor = page.next_cursor;
    } catch (error) { if (mine !== turn) return; failure = error; }
    reading = false;
    draw();
    if (asked.words) seek();
  }
  function remember() {
    const search = new URLSearchParams(Object.entries({status: asked.status, agent: asked.agent, q: asked.words}).filter(([, value]) => value));
    history.replaceState(null, '', `#/${kind.view}${search.size ? `?${search}` : ''}`);
  }
  /** A search goes on through what is not read yet, until it has found a page of matches or read a great many. */
  async function seek() {
    const mine = turn, found = () => items.filter(fitting()).length;
    while (cursor && asked.words && found() < PAGE && items.length < MOST_SOUGHT && mine === turn) {
      const page = await get(kind.path, {status: asked.status, agent: asked.agent, limit: 500, cursor}).catch(() => null);
      if (!page || mine !== turn) return;
      items = items.concat(page.items);
      cursor = page.next_cursor;
      draw();
    }
  }
  const fitting = () => { const wanted = asked.words.toLowerCase().split(/\s+/).filter(Boolean); return (one) => { const text = kind.search(one).toLowerCase(); return wanted.every((word) => text.includes(word)); }; };
  const change = (name, again) => (event) => { asked[name] = event.target.value.trim(); remember(); if (again) read(false); else { draw(); clearTimeout(timer); timer = setTimeout(seek, 200); } };

  function draw() {
    const shown = asked.words ? items.filter(fitting()) : items;
    const filtered = asked.status || asked.agent || asked.words;
    morph(main, h('div', {class: 'stack'}, h('h1', {}, kind.heading),
      h('form', {class: 'row end filters', role: 'search', onsubmit: (event) => event.preventDefault()},
        h('label', {class: 'field grow'}, 'Search', h('input', {type: 'search', value: asked.words, placeholder: kind.searches, oninput: change('words', false)})),
        h('label', {class: 'field'}, 'Status', h('select', {value: asked.status, onchange: change('status', true)}, h('option', {value: ''}, 'Any'), kind.statuses.map((one) => h('option', {value: one}, title(one))))),
        h('label', {class: 'field'}, kind.agentLabel, h('input', {type: 'text', value: asked.agent, placeholder: 'agent id', autocomplete: 'off', spellcheck: 'false', onchange: change('agent', true)}))),
      failure && problem(failure, () => read(false)),
      shown.length > 0 && h('ul', {class: 'cards'}, shown.map((one) => h('li', {class: 'card', key: one.arena_id}, kind.row(one)))),
      !shown.length && !reading && !failure && (filtered
        ? empty('Nothing fits', cursor ? `None of the ${count(items.length)} read so far fits. Read more, or change the filters.` : 'Change the search or the filters.', button('Clear the filters', () => { Object.assign(asked, {status: '', agent: '', words: ''}); remember(); read(false); }))
        : empty(kind.none[0], code(kind.none[1]))),
      reading && waiting(),
      !reading && items.length > 0 && h('p', {class: 'row soft small'}, h('span', {role: 'status'}, asked.words ? `${plural(shown.length, 'match', 'matches')} in ${count(items.length)} read` : plural(items.length, kind.noun), cursor ? ', and there are more.' : '.'), cursor && button('Read more', () => read(true), {look: 'tiny'}))));
  }
  read(false);
  return () => { turn += 1; clearTimeout(timer); };
}

const code = (text) => text.split('`').map((part, index) => (index % 2 ? h('code', {}, part) : part));
