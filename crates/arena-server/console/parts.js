// The pieces that every view is made of: marks, tables, notices, dialogs, short announcements.
import {h, s, u} from './dom.js';
import {writing} from './api.js';
import {moment, span, title, words} from './format.js';
import {now} from './session.js';

const CIRCLE = 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z';
const SHAPES = {
  clock: [CIRCLE, 'M12 7.5V12l3 2'], ring: [CIRCLE], half: [CIRCLE, ['M12 3a9 9 0 0 1 0 18Z']], check: [CIRCLE, 'm8 12.3 2.7 2.7L16 9.5'], cross: [CIRCLE, 'm9 9 6 6m0-6-6 6'], slash: [CIRCLE, 'M6 18 18 6'],
  dot: [CIRCLE, ['M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z']], drain: [CIRCLE, 'M12 7v9m-3.5-3.5L12 16l3.5-3.5'], seal: ['M6 10h12v10H6zM8.5 10V7.5a3.5 3.5 0 0 1 7 0V10'], flag: ['M6 21V4h12l-2.5 4L18 12H6'],
  sun: ['M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M19 5l-1.4 1.4M6.4 17.6 5 19'], moon: ['M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.500 10.500Z'], half_sun: [CIRCLE, ['M12 3a9 9 0 0 0 0 18Z']],
  warn: ['M12 4 2.8 20h18.4ZM12 10v4.500m0 2.500v.1'], play: ['m8 5 11 7-11 7Z'], pause: ['M8 5v14m8-14v14'], back: ['m15 5-7 7 7 7'], more: ['m9 5 7 7-7 7'],
};
/** A drawn sign; it is decoration, the word beside it says the same. */
export const icon = (name) => s('svg', {viewBox: '0 0 24 24', 'aria-hidden': 'true', fill: 'none', stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round'},
  ...(SHAPES[name] || SHAPES.ring).map((shape) => (Array.isArray(shape) ? s('path', {d: shape[0], fill: 'currentColor', stroke: 'none'}) : s('path', {d: shape}))));

const LOOKS = {
  created: ['', 'ring'], active: ['busy', 'play'], settling: ['warn', 'drain'], archived: ['ok', 'seal'],
  registration: ['', 'ring'], eliminating: ['warn', 'half'], finished: ['ok', 'flag'], cancelled: ['', 'slash'], abandoned: ['bad', 'warn'],
  waiting: ['', 'clock'], ready: ['warn', 'ring'], claimed: ['busy', 'half'], completed: ['ok', 'check'], failed: ['bad', 'cross'],
  open: ['warn', 'ring'], paid: ['ok', 'check'], coordinator: ['busy', 'flag'], worker: ['', 'dot'], observer: ['', 'ring'],
  good: ['ok', 'check'], wrong: ['bad', 'cross'], alive: ['busy', 'dot'], out: ['', 'cross'],
};
export const look = (status) => LOOKS[status] || ['', 'ring'];
export const mark = (status, text = title(status)) => h('span', {class: `mark ${look(status)[0]}`}, icon(look(status)[1]), text);

export const button = (text, onclick, more = {}) => h('button', {type: 'button', class: `btn ${more.look || ''}`, onclick, ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'look'))}, text);
export const time = (text) => (text ? h('time', {datetime: text, title: text, class: 'num when'}, moment(text)) : '');

/** How long until then, kept up to date by itself. */
export const until = (text, over = 'over') => { const left = Date.parse(text) - now(); return h('time', {datetime: text, 'data-until': text, 'data-over': over, class: `num${left < 15000 ? ' soon' : ''}`, title: moment(text)}, left > 0 ? span(left) : over); };
export function tick() {
  for (const one of document.querySelectorAll('time[data-until]')) {
    const left = Date.parse(one.dataset.until) - now();
    const said = left > 0 ? span(left) : one.dataset.over;
    if (one.textContent !== said) one.textContent = said;
    one.classList.toggle('soon', left < 15000);
  }
}

/** A table; a column is `[name, item => cell, class]`. On a phone its rows become blocks. */
export const table = (caption, columns, items, keyOf) => h('div', {class: 'wide'}, h('table', {class: 'table fold'}, h('caption', {class: 'sr'}, caption),
  h('thead', {}, h('tr', {}, columns.map(([name, , look]) => h('th', {scope: 'col', class: look}, name)))),
  h('tbody', {}, items.map((item, index) => h('tr', {key: keyOf ? keyOf(item) : index}, columns.map(([name, cell, look]) => h('td', {class: look, 'data-name': name}, cell(item))))))));

export const empty = (what, todo, ...more) => h('div', {class: 'empty'}, h('strong', {}, what), h('p', {}, todo), more);
export const waiting = (what = 'Reading…') => h('p', {class: 'wait', role: 'status'}, what);
export const notice = (look, text, ...more) => h('div', {class: `notice ${look}`, role: look === 'bad' ? 'alert' : 'note'}, h('div', {}, text), more);

const HELP = {
  unauthenticated: 'Sign in again with a token that is still good.', forbidden: 'Somebody with that permission has to do it.', not_found: 'It is not there, or this token may not see it.',
  version_mismatch: 'It has changed meanwhile; look again.', overloaded: 'Try again in a moment.', storage_unavailable: 'Look at the server’s log and at its disk.', safe_mode: 'The ledger did not add up; see Health.',
};
export const problem = (error, again) => notice('bad', [h('strong', {}, title(error.code === 'unreachable' ? 'no answer' : error.code || 'something went wrong')), h('p', {}, u(error.message), HELP[error.code] ? ` ${HELP[error.code]}` : '')], again && button('Try again', again, {look: 'tiny'}));

/** How it stands with following what happens, in words. */
const LINES = {'': ['', 'clock', 'Connecting'], live: ['ok', 'dot', 'Live'], lost: ['bad', 'warn', 'Cut off, trying again'], over: ['bad', 'cross', 'No longer followed']};
export const lineMark = (line) => h('span', {class: `mark ${LINES[line][0]}`, role: LINES[line][0] === 'bad' ? 'alert' : null}, icon(LINES[line][1]), LINES[line][2]);
/** Why it is followed no longer. */
export const lineOver = (error, again) => notice('bad', [h('strong', {}, 'What stands here is how it was'), h('p', {}, 'The server no longer shows it to you: ', u(error.message))], button('Try again', again, {look: 'tiny'}));

/** Says something short to everyone, screen readers included. */
export function say(text, look = '') {
  const place = document.getElementById('said');
  const one = h('div', {class: look}, text);
  // What is said while a dialog is open has to stand in it to be seen.
  (document.querySelector('dialog[open]') || document.body).append(place);
  place.append(one);
  setTimeout(() => one.remove(), look === 'bad' ? 9000 : 4500);
}

/** A dialog with a heading; it is closed by Escape, by its button, or by `close` given to `build`. */
export function dialog(heading, build) {
  const box = h('dialog', {'aria-labelledby': 'dialog-heading'});
  const before = document.activeElement;
  const close = () => box.close();
  box.append(h('div', {class: 'inner'}, h('h2', {id: 'dialog-heading', tabindex: -1}, heading), build(close, box)));
  box.onclose = () => {
    document.body.append(document.getElementById('said'));
    box.remove();
    if (before?.isConnected) before.focus();
  };
  box.onclick = (event) => { if (event.target === box) close(); };
  document.body.append(box);
  box.showModal();
  return box;
}

/**
 * Asks before something is done; `fields` are `[name, label, kind, options or placeholder, value]`, of the kinds line, text, choice and check. `run(values, write)`
 * does it, once however often it is asked for; what it answers with is shown instead of the question, and nothing is said.
 */
export function confirm({heading, text, verb, back = 'Back', done, grave = false, fields = [], run}) {
  const write = writing();
  dialog(heading, (close) => {
    const inputs = new Map();
    const trouble = h('div', {});
    const go = button(verb, async () => {
      go.disabled = true;
      try {
        const shown = await run(Object.fromEntries([...inputs].map(([name, input]) => [name, input.type === 'checkbox' ? input.checked : input.value])), write);
        if (shown instanceof Node) { inside.replaceChildren(shown); shown.querySelector('input, button')?.focus(); return; }
        close();
        say(done || `Done: ${verb.toLowerCase()}`);
      } catch (error) {
        trouble.replaceChildren(problem(error));
        go.disabled = false;
        go.focus();
      }
    }, {look: `main ${grave ? 'grave' : ''}`});
    const field = ([name, label, kind, given, value = '']) => {
      const input = kind === 'choice' ? h('select', {value: value || given[0]}, given.map((one) => h('option', {value: one}, words(one)))) : kind === 'text' ? h('textarea', {rows: 4, placeholder: given, value}) : kind === 'check' ? h('input', {type: 'checkbox', checked: Boolean(value)}) : h('input', {type: 'text', placeholder: given, value, autocomplete: 'off', spellcheck: 'false'});
      inputs.set(name, input);
      return kind === 'check' ? h('label', {class: 'row small check'}, input, label) : h('label', {class: 'field'}, label, input);
    };
    const form = h('form', {class: 'stack', onsubmit: (event) => { event.preventDefault(); go.click(); }}, fields.map(field), trouble, h('div', {class: 'feet'}, button(back, close), go));
    const inside = h('div', {class: 'stack'}, text && h('p', {class: 'soft'}, text), form);
    return inside;
  });
}

/** A row of links that stand for the parts of a page. */
/** What is chosen is brought into sight: on a phone the row is longer than the page. */
export const tabs = (label, list, current, link) => {
  requestAnimationFrame(() => { const one = document.querySelector('.tabs [aria-current]'), row = one?.parentNode; if (one && (one.offsetLeft - row.offsetLeft < row.scrollLeft || one.offsetLeft - row.offsetLeft + one.offsetWidth > row.scrollLeft + row.clientWidth)) row.scrollLeft = one.offsetLeft - row.offsetLeft - (row.clientWidth - one.offsetWidth) / 2; });
  return h('nav', {class: 'tabs', 'aria-label': label}, list.map(([name, text, number]) => h('a', {key: name, href: link(name), 'aria-current': name === current ? 'page' : null}, text, number !== undefined && h('span', {class: 'tabnum num'}, number))));
};
