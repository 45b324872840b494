// The arena at a glance: whether it moves, and if not, why.
import {h, morph, u} from './dom.js';
import {count, plural, span, title} from './format.js';
import {button, icon, mark, time, until} from './parts.js';
import {eventLine} from './event.js';
import {now} from './session.js';
import {motion} from './why.js';

const ORDER = ['completed', 'claimed', 'ready', 'waiting', 'failed', 'cancelled'];
const LISTED = 8;

export function mount(store) {
  const element = h('div', {});
  const update = () => morph(element, h('div', {class: 'overview'}, h('div', {class: 'stack'}, moving(store), counts(store), held(store)), h('div', {class: 'stack'}, budget(store), about(store), latest(store))));
  return {element, update};
}

const SIGNS = {ok: 'check', warn: 'warn', bad: 'cross', '': 'drain'};
/** Why is nothing happening: one headline, and every step that will not go on by itself. */
function moving(store) {
  const {headline, text, look, stuck} = motion(store), {brief} = store, live = store.at === null && store.line !== 'over';
  const approvals = live ? store.steps.filter((step) => ['claimed', 'ready'].includes(step.status) && step.evidence?.approval && !step.approved_by) : [];
  const late = new Set(store.recent.filter((event) => event.type === 'result_orphaned').map((event) => event.data.step));
  const orphans = live ? [...late].map((number) => store.byStep.get(number)).filter((step) => step && !['completed', 'cancelled'].includes(step.status)) : [];
  const list = (text_, steps, what) => steps.length > 0 && h('div', {class: 'row'}, h('span', {}, text_), steps.slice(0, LISTED).map((step) => button(`#${step.step}`, () => store.openStep(step.step), {look: 'tiny', 'aria-label': `Open step ${step.step}, which ${what}`})), steps.length > LISTED && h('span', {class: 'soft small'}, `and ${count(steps.length - LISTED)} more`));
  return h('section', {class: `card motion ${look}`}, h('h2', {class: 'row'}, h('span', {class: `sign ${look}`, 'aria-hidden': 'true'}, icon(SIGNS[look])), headline),
    h('div', {class: 'stack tight'}, h('p', {class: 'soft'}, text),
      stuck.length > 0 && h('ul', {class: 'reasons', 'aria-label': 'What holds it up'}, stuck.slice(0, LISTED).map(({step, reason}) => h('li', {key: step.step}, icon('warn'), h('div', {}, h('button', {type: 'button', class: 'link', onclick: () => store.openStep(step.step)}, `#${step.step} `, u(step.title)), h('span', {class: 'reason'}, u(reason.text)))))),
      stuck.length > LISTED && h('p', {class: 'small'}, `and ${plural(stuck.length - LISTED, 'more step')}: `, h('a', {href: `#/arena/${store.id}/board`}, 'the board tells each reason')),
      store.isCoordinator() && list('Approval wanted:', approvals, 'wants approval'), list('Late results to adopt:', orphans, 'has a late result'),
      live && brief?.next && h('p', {class: 'next'}, h('strong', {}, 'Next for you: '), u(brief.next))));
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
  [['Made by', u(arena.created_by)], ['Made', time(arena.created_at)], ['Strategy', title(arena.strategy)], ['Joining', arena.open ? 'Open to every agent' : 'By invitation'], ['Cost so far', count(arena.spent.cost)], ['Id', h('code', {}, arena.arena_id)], store.at === null && ['Journal', h('a', {href: `#/health?arena=${arena.arena_id}`}, 'Check every event')], arena.report_hash && ['Report hash', h('code', {}, arena.report_hash)]].filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))); };

function latest(store) {
  const upTo = store.at ?? Infinity;
  const events = store.recent.filter((event) => event.sequence <= upTo && event.type !== 'lease_renewed').slice(-8).reverse();
  return h('section', {class: 'card'}, h('h2', {}, 'Last events'), events.length ? h('ul', {class: 'stack tight'}, events.map((event) => h('li', {key: event.sequence, class: 'small clamp'}, eventLine(event)))) : h('p', {class: 'soft'}, store.at === null ? 'Nothing has happened yet.' : 'Too long ago to be told here; the Events part has them all.'));
}
