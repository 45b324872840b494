// The steps by where they stand. Each column holds only the cards that can be seen.
import {h, morph, u} from './dom.js';
import {count, short, title} from './format.js';
import {empty, icon, look, time, until} from './parts.js';
import {virtual} from './virtual.js';
import {why} from './why.js';

const ROW = 128;
const COLUMNS = ['failed', 'claimed', 'ready', 'waiting', 'completed', 'cancelled'];

export function mount(store) {
  const columns = new Map(COLUMNS.map((status) => [status, column(store, status)]));
  let wanted = '', stuckOnly = false;
  const status = h('p', {class: 'soft small', role: 'status'});
  const filters = h('form', {class: 'row end filters', role: 'search', onsubmit: (event) => event.preventDefault()},
    h('label', {class: 'field grow'}, 'Find a step', h('input', {type: 'search', placeholder: 'Words of the title, #number, or an agent', oninput: (event) => { wanted = event.target.value.trim().toLowerCase(); update(); }})),
    h('label', {class: 'row small check'}, h('input', {type: 'checkbox', onchange: (event) => { stuckOnly = event.target.checked; update(); }}), 'Only what is stuck'));
  const none = h('div', {});
  const grid = h('div', {class: 'board'}, COLUMNS.map((name) => columns.get(name).element));
  grid.$own = true;
  const element = h('div', {class: 'stack'}, filters, status, none, grid);

  const fits = (step) => (!wanted || `#${step.step} ${step.title} ${step.holder || ''} ${step.assignee || ''} ${step.completed_by || ''}`.toLowerCase().includes(wanted)) && (!stuckOnly || why(store, step)?.stuck);
  let seen = '';
  function update() {
    const parts = new Map(COLUMNS.map((name) => [name, []]));
    let shown = 0;
    for (const step of store.steps) if (fits(step)) { parts.get(step.status).push(step); shown += 1; }
    // Those that were completed last stand first.
    parts.get('completed').sort((one, two) => (two.completed_at || '').localeCompare(one.completed_at || '') || two.step - one.step);
    for (const [name, steps] of parts) columns.get(name).update(steps);
    const said = wanted || stuckOnly ? `${count(shown)} of ${count(store.steps.length)} steps` : '';
    if (seen !== said) { seen = said; status.textContent = said; }
    status.hidden = !said;
    morph(none, store.steps.length ? '' : empty('No steps yet', 'A coordinator adds them with `arena step add`, or a plan brings them.'.replaceAll('`', '')));
    grid.hidden = !store.steps.length;
  }
  return {element, update};
}

function column(store, status) {
  let steps = [];
  const number = h('span', {class: 'num soft'});
  const list = virtual({label: `${title(status)} steps`, rowHeight: ROW, row: (index) => card(store, steps[index])});
  const element = h('section', {class: `column ${look(status)[0]}`}, h('h3', {class: 'row'}, h('span', {class: `mark ${look(status)[0]}`}, icon(look(status)[1]), title(status)), number), list.list);
  return {element, update(next) {
    steps = next;
    number.textContent = count(next.length);
    element.classList.toggle('none', !next.length);
    list.list.style.height = next.length ? `min(${next.length * ROW + 2}px, 70vh)` : '0';
    list.list.tabIndex = next.length ? 0 : -1;
    list.refresh(next.length);
  }};
}

function card(store, step) {
  const reason = why(store, step);
  return h('div', {class: `step ${reason?.stuck ? 'stuck' : ''} ${step.holder && reason ? 'full' : ''}`},
    h('button', {type: 'button', class: 'title', onclick: () => store.openStep(step.step), title: short(step.title, 300)}, h('span', {class: 'soft num'}, `#${step.step} `), u(short(step.title, 110))),
    h('span', {class: 'small foot'}, step.holder && h('span', {class: 'line who-holds'}, h('strong', {}, u(step.holder)), ' · ', h('span', {class: 'sr'}, 'lease '), icon('clock'), ' ', store.at === null ? until(step.expires_at) : time(step.expires_at)),
      step.status === 'completed' && h('span', {class: 'line soft'}, u(step.completed_by), ' · ', time(step.completed_at)),
      reason && h('span', {class: `two-lines ${reason.stuck ? 'stuck-why' : 'soft'}`, title: short(reason.text, 400)}, reason.stuck && [icon('warn'), h('span', {class: 'sr'}, 'Stuck: ')], u(short(reason.text, 160)))));
}
