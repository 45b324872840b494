// The journal of an arena or a contest, the newest first. Pages are read as they come into sight, so that its length does not matter.
import {h, morph, u} from './dom.js';
import {get} from './api.js';
import {count, plural, timeOfDay, words} from './format.js';
import {button, empty, problem} from './parts.js';
import {recent} from './recent.js';
import {virtual} from './virtual.js';
import {ARENA_TYPES, sentence, showEvent} from './event.js';

// What is only scrolled past is not read.
const PAGE = 250, PAUSE_MS = 50;

export function mount(store, types = ARENA_TYPES) {
  let type = '', actor = '', failure = null, timer = 0, pausing = 0;
  // Without filters a row's number tells its sequence; with them rows are what was found so far, read backwards as they come into sight.
  const pages = new Map();
  let found = null, length = -1;
  const status = h('p', {class: 'soft small row'}), trouble = h('div', {});
  const filters = h('form', {class: 'row end filters', role: 'search', onsubmit: (event) => event.preventDefault()},
    h('label', {class: 'field'}, 'Type', h('select', {onchange: (event) => { type = event.target.value; anew(); }}, h('option', {value: ''}, 'Every type'), types.map((one) => h('option', {value: one}, words(one))))),
    h('label', {class: 'field'}, 'By', h('input', {type: 'text', placeholder: 'agent id, or system', autocomplete: 'off', spellcheck: 'false', oninput: (event) => { actor = event.target.value.trim(); clearTimeout(timer); timer = setTimeout(anew, 250); }})));
  const list = virtual({label: 'Events, newest first', rowHeight: 40, row, className: 'events card', onRange: () => { clearTimeout(pausing); pausing = setTimeout(() => wanted(...list.range()), PAUSE_MS); }});
  const element = h('div', {class: 'stack'}, filters, trouble, status, list.list);
  const filtered = () => Boolean(type || actor);
  const top = () => store.at ?? store.head;

  function event(index) {
    if (filtered()) return found.items()[found.items().length - 1 - index];
    const sequence = top() - index;
    const page = pages.get(Math.floor((sequence - 1) / PAGE));
    return (Array.isArray(page) && page[(sequence - 1) % PAGE]) || store.recent.find((one) => one.sequence === sequence);
  }
  function row(index) {
    const one = event(index);
    if (!one) return h('div', {class: 'event soft'}, h('span', {class: 'num'}, filtered() ? '' : `#${top() - index}`), h('span', {}, '…'));
    return h('div', {class: 'event'}, h('button', {type: 'button', class: 'link num', 'aria-label': `Event ${one.sequence}, ${words(one.type)}`, onclick: () => showEvent(one, store.goTo)}, `#${one.sequence}`), h('span', {class: 'soft num when', title: one.recorded_at}, timeOfDay(one.recorded_at)), h('strong', {class: 'line'}, u(one.actor)), h('span', {class: 'line grow'}, u(sentence(one))), h('span', {class: 'tag kind'}, words(one.type)));
  }
  async function wanted(from, to) {
    if (filtered()) { if (found && !found.isWhole() && to >= found.items().length) found.more(); return; }
    if (!store.head) return;
    const first = Math.max(0, Math.floor((top() - to) / PAGE)), last = Math.floor((top() - from - 1) / PAGE);
    for (let page = last; page >= first; page -= 1) {
      const known = pages.get(page), full = Math.min(PAGE, store.head - page * PAGE);
      if (known === 'asked' || known?.length >= full) continue;
      // The newest ones are known already from following.
      if (store.recent.length && store.recent[0].sequence <= page * PAGE + 1) continue;
      pages.set(page, 'asked');
      try {
        const answer = await get(`${store.path}/events`, {after: page * PAGE, limit: PAGE});
        pages.set(page, answer.items);
        failure = null;
        list.refresh();
      } catch (error) { pages.delete(page); failure = error; draw(); return; }
    }
  }
  function anew() {
    found?.leave();
    found = filtered() ? recent(store, {type, actor}, (one) => (!type || one.type === type) && (!actor || one.actor === actor), PAGE, draw) : null;
    length = -1;
    list.list.scrollTop = 0;
    found?.begin();
    draw();
  }
  let seenAt;
  function draw() {
    const total = filtered() ? found.items().length : top(), trouble_ = failure || found?.failure(), whole = !found || found.isWhole();
    morph(trouble, trouble_ ? problem(trouble_, () => { failure = null; found?.again(); draw(); if (!found) wanted(...list.range()); }) : '');
    morph(status, h('span', {role: 'status'}, filtered() ? (whole ? `${plural(total, 'event')} fit` : `the last ${plural(total, 'event')} that fit${found.isReading() ? ', reading on…' : '; scroll down for more'}`) : `${count(total)} events`, store.at !== null && ' up to that moment'), filtered() && button('Clear the filters', () => { type = actor = ''; filters.querySelector('select').value = ''; filters.querySelector('input').value = ''; anew(); }, {look: 'tiny'}), !total && whole && 'Choose another type or agent.');
    // What is looked at stays where it is when something new comes in above.
    if (length >= 0 && total > length && list.list.scrollTop > 20) list.list.scrollTop += (total - length) * 40;
    if (total !== length || filtered()) { length = total; list.refresh(total); }
  }
  function update() {
    if (store.at !== seenAt) { seenAt = store.at; anew(); return; }
    found?.follow();
    draw();
  }
  return {element, update, leave: () => { found?.leave(); clearTimeout(timer); clearTimeout(pausing); }};
}
