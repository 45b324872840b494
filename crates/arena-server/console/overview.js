// The arena at a glance: whether it moves, and if not, why.
import {h, morph, u} from './dom.js';
import {count, plural, span, title} from './format.js';
import {button, icon, mark, notice, time, until} from './parts.js';
import {eventLine} from './event.js';
import {now} from './session.js';

const ORDER = ['completed', 'claimed', 'ready', 'waiting', 'failed', 'cancelled'];

export function mount(store) {
  const element = h('div', {});
  const update = () => morph(element, h('div', {class: 'overview'}, h('div', {class: 'stack'}, moving(store), counts(store), held(store)), h('div', {class: 'stack'}, budget(store), about(store), latest(store))));
  return {element, update};
}

function moving(store) {
  const {arena, brief} = store;
  if (store.at !== null) return notice('', 'This is the past: what stands here stood so after that event.', button('Back to now', () => store.goTo(null), {look: 'tiny'}));
  const reasons = brief?.stuck || [];
  const approvals = store.steps.filter((step) => ['claimed', 'ready', 'waiting'].includes(step.status) && step.evidence?.approval && !step.approved_by);
  const late = new Set(store.recent.filter((event) => event.type === 'result_orphaned').map((event) => event.data.step));
  const orphans = [...late].map((number) => store.byStep.get(number)).filter((step) => step && !['completed', 'cancelled'].includes(step.status));
  return h('section', {class: 'card'}, h('h2', {}, reasons.length ? 'What holds it up' : arena.status === 'archived' ? 'It is finished' : 'It moves'),
    h('div', {class: 'stack tight'},
      reasons.length > 0 && h('ul', {class: 'reasons'}, reasons.map((reason) => h('li', {}, icon('warn'), u(reason)))),
      brief?.stuck_more > 0 && h('p', {class: 'soft small'}, `and ${plural(brief.stuck_more, 'more step')}; the board tells each reason`),
      !reasons.length && h('p', {class: 'soft'}, arena.status === 'archived' ? 'Nothing changes any more. Its report is sealed and can be checked.' : store.steps.length ? 'Every open step is held, can be claimed, or waits for one that moves.' : 'There are no steps yet. A coordinator adds them with `arena step add`.'),
      store.isCoordinator() && approvals.length > 0 && h('div', {class: 'row'}, h('span', {}, 'Approval wanted:'), approvals.slice(0, 8).map((step) => button(`#${step.step}`, () => store.openStep(step.step), {look: 'tiny', 'aria-label': `Open step ${step.step}, which wants approval`}))),
      orphans.length > 0 && h('div', {class: 'row'}, h('span', {}, 'Late results to adopt:'), orphans.slice(0, 8).map((step) => button(`#${step.step}`, () => store.openStep(step.step), {look: 'tiny', 'aria-label': `Open step ${step.step}, which has a late result`}))),
      brief?.next && h('p', {class: 'next'}, h('strong', {}, 'Next for you: '), u(brief.next))));
}

function counts(store) {
  const sums = Object.fromEntries(ORDER.map((name) => [name, 0]));
  for (const step of store.steps) sums[step.status] += 1;
  const whole = store.steps.length || 1;
  return h('section', {class: 'card'}, h('h2', {}, 'Steps'), h('div', {class: 'bar tall', 'aria-hidden': 'true'}, ORDER.map((name) => h('i', {class: `s-${name}`, 'width%': (100 * sums[name]) / whole}))),
    h('ul', {class: 'counts'}, ORDER.map((name) => h('li', {}, mark(name), h('strong', {class: 'num'}, count(sums[name]))))));
}

function held(store) {
  const claimed = store.steps.filter((step) => step.status === 'claimed');
  return h('section', {class: 'card'}, h('h2', {}, 'Under way'), claimed.length ? h('ul', {class: 'stack tight'}, claimed.slice(0, 12).map((step) => h('li', {key: step.step, class: 'held'},
    h('button', {type: 'button', class: 'link grow', onclick: () => store.openStep(step.step)}, `#${step.step} `, u(step.title)), h('span', {class: 'small'}, u(step.holder)), h('span', {class: 'small soft'}, 'lease ', store.at === null ? until(step.expires_at) : time(step.expires_at))))) : h('p', {class: 'soft'}, 'Nobody holds a step.'),
  claimed.length > 12 && h('p', {class: 'soft small'}, `and ${claimed.length - 12} more on the board`));
}

function budget(store) {
  const {budget: limits, spent, activated_at: since} = store.arena;
  if (!limits || !Object.keys(limits).length) return null;
  const line = (name, used, limit, said) => h('div', {}, h('div', {class: 'row small'}, h('span', {}, name), h('span', {class: 'num push'}, said)), h('div', {class: 'bar', 'aria-hidden': 'true'}, h('i', {class: used >= limit ? 's-failed' : '', 'width%': Math.min(100, (100 * used) / Math.max(1, limit))})));
  const passed = since ? Math.max(0, now() - Date.parse(since)) : 0;
  return h('section', {class: 'card'}, h('h2', {}, 'Budget'), h('div', {class: 'stack tight'},
    limits.attempts !== undefined && line('Attempts', spent.attempts, limits.attempts, `${count(spent.attempts)} of ${count(limits.attempts)}`),
    limits.cost !== undefined && line('Cost', spent.cost, limits.cost, `${count(spent.cost)} of ${count(limits.cost)}`),
    limits.duration_ms !== undefined && line('Time', passed, limits.duration_ms, `${span(Math.min(passed, limits.duration_ms))} of ${span(limits.duration_ms)}`)));
}

const about = (store) => { const {arena} = store; return h('section', {class: 'card'}, h('h2', {}, 'About'), h('dl', {class: 'facts'},
  [['Made by', u(arena.created_by)], ['Made', time(arena.created_at)], ['Strategy', title(arena.strategy)], ['Joining', arena.open ? 'Open to every agent' : 'By invitation'], ['Cost so far', count(arena.spent.cost)], ['Id', h('code', {}, arena.arena_id)], arena.report_hash && ['Report hash', h('code', {}, arena.report_hash)]].filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))); };

function latest(store) {
  const upTo = store.at ?? Infinity;
  const events = store.recent.filter((event) => event.sequence <= upTo && event.type !== 'lease_renewed').slice(-8).reverse();
  return h('section', {class: 'card'}, h('h2', {}, 'Last events'), events.length ? h('ul', {class: 'stack tight'}, events.map((event) => h('li', {key: event.sequence, class: 'small'}, eventLine(event)))) : h('p', {class: 'soft'}, store.at === null ? 'Nothing has happened yet.' : 'Too long ago to be told here; the Events part has them all.'));
}
