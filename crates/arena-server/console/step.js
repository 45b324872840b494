// A step in full.
import {h, morph, u} from './dom.js';
import {get} from './api.js';
import {count, span} from './format.js';
import {button, dialog, mark, notice, problem, time, until, waiting} from './parts.js';
import {adopt, stepActions} from './actions.js';
import {dependents, why} from './why.js';

export function showStep(store, number) {
  const known = store.byStep.get(number);
  if (!known) return;
  dialog([`Step ${number}: `, u(known.title)], (close, box) => {
    const body = h('div', {class: 'stack'}, waiting()), late = new Map();
    let turn = 0;
    const show = async () => {
      const mine = ++turn;
      let shown;
      try {
        const step = store.at === null ? await get(`${store.path}/steps/${number}`) : store.byStep.get(number);
        shown = step && content(store, step, late, close, show);
      } catch (error) { shown = problem(error, show); }
      if (mine !== turn) return;
      // Before it was added there is nothing to show.
      if (shown) morph(body, shown); else close();
    };
    // Its state and its buttons go with what happens.
    box.addEventListener('close', store.watch(show));
    show();
    return body;
  });
}

function content(store, step, late, close, again) {
  const reason = why(store, step);
  const to = (numbers) => (numbers?.length ? h('span', {class: 'row links'}, numbers.slice(0, 40).map((number) => button(`#${number}`, () => { close(); showStep(store, number); }, {look: 'tiny', 'aria-label': `Step ${number}, ${store.byStep.get(number)?.status || 'unknown'}`})), numbers.length > 40 && `and ${numbers.length - 40} more`) : 'none');
  const rows = [
    ['Depends on', to(step.depends_on)], ['Wait for it', to(dependents(store).get(step.step))], step.assignee && ['For', u(step.assignee)], step.holder && ['Held by', h('span', {}, u(step.holder), ', lease ', store.at === null ? until(step.expires_at) : time(step.expires_at))],
    ['Attempts', `${step.attempts} of ${step.max_attempts}, a lease of ${span(step.lease_ms)} each`], step.cost > 0 && ['Cost', count(step.cost)],
    step.evidence && ['Evidence', [step.evidence.artifacts?.length ? h('span', {}, 'artifacts ', u(step.evidence.artifacts.join(', '))) : null, step.evidence.artifacts?.length && step.evidence.approval ? ', ' : null, step.evidence.approval ? `approval${step.approved_by ? ` (given by ${step.approved_by})` : ' (not given yet)'}` : null]],
    step.completed_by && ['Completed', h('span', {}, 'by ', u(step.completed_by), ', ', time(step.completed_at))], step.last_failure && ['Last failure', u(step.last_failure)]].filter(Boolean);
  return [h('div', {class: 'row'}, mark(step.status)), reason && notice(reason.stuck ? 'warn' : '', u(reason.text)),
    step.description && h('pre', {class: 'boxed', tabindex: 0, 'aria-label': 'Description'}, step.description), h('dl', {class: 'facts'}, rows.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    step.result && h('div', {class: 'stack tight'}, h('h3', {}, 'Result'), h('pre', {class: 'boxed', tabindex: 0, 'aria-label': 'Result'}, step.result)),
    step.orphans?.length > 0 && h('div', {class: 'stack tight'}, h('h3', {}, 'Late results'), h('ul', {class: 'stack tight'}, step.orphans.map((one) => h('li', {class: 'row'}, h('span', {}, `claim ${one.fence} of `, u(one.agent_id)), one.adopted ? mark('completed', 'Adopted') : [!late.has(one.sequence) && button('Read it', async () => { await readLate(store, one, late); again(); }, {look: 'tiny'}), store.isCoordinator() && !['completed', 'cancelled'].includes(step.status) && button('Adopt', () => adopt(store, step, one), {look: 'tiny'})], late.has(one.sequence) && h('pre', {class: 'boxed', tabindex: 0, 'aria-label': 'Late result'}, late.get(one.sequence)))))),
    h('div', {class: 'feet'}, stepActions(store, step), button('Close', close))];
}

async function readLate(store, orphan, late) {
  const page = await get(`${store.path}/events`, {after: orphan.sequence - 1, limit: 1}).catch(() => null);
  late.set(orphan.sequence, page ? page.items[0]?.data.result ?? 'it has no text' : 'it could not be read');
}
