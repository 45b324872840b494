// One arena: what it is now, or what it was at any of its events.
import {h, morph, u} from './dom.js';
import {get} from './api.js';
import {follow} from './live.js';
import {count, plural, short, title, timeOfDay, words} from './format.js';
import {button, icon, lineMark, lineOver, mark, problem, tabs, time, until, waiting} from './parts.js';
import {isOperator, readClock, sawTime, session} from './session.js';
import {lifecycle} from './lifecycle.js';
import {arenaActions} from './actions.js';
import {showStep} from './step.js';
import {changed} from './changed.js';

const TABS = {
  overview: ['Overview', () => import('./overview.js')], board: ['Board', () => import('./board.js')], plan: ['Plan', () => import('./plan.js')], people: ['People', () => import('./people.js')],
  artifacts: ['Artifacts', () => import('./artifacts.js')], facts: ['Facts', () => import('./facts.js')], messages: ['Messages', () => import('./messages.js')], events: ['Events', () => import('./events.js')],
};
const STATES = ['created', 'active', 'settling', 'archived'];
const RECENT = 1000;

export function open(main, rest, params) {
  const id = rest[0];
  const store = {id, path: `/v1/arenas/${encodeURIComponent(id)}`, arena: null, steps: [], byStep: new Map(), at: null, head: 0, brief: null, recent: [], line: '', tick: 0, reload: () => reloadAll(), goTo, openStep: (number) => showStep(store, number)};
  const watching = new Set();
  /** Calls `listener()` whenever the state was read anew, until the returned function is called. */
  store.watch = (listener) => { watching.add(listener); return () => watching.delete(listener); };
  store.can = (permission) => store.at === null && store.line !== 'over' && Boolean(store.brief?.you.permissions.includes(permission) && store.brief.you.role);
  store.isCoordinator = () => store.can('coordinate');
  let tab = TABS[rest[1]] ? rest[1] : 'overview', panel = null, panelOf = '', stop = () => {}, gone = false, failure = null, over = null, wantedAt = Number(params.get('at')) || null;
  // What the events since the last reading may have changed: null is all of it.
  let due = new Set();
  let reading = false, again = false, timer = 0, took = 0;

  const head = h('div', {class: 'stack'});
  const slide = h('div', {class: 'slide'});
  const body = h('div', {class: 'panel'});
  main.append(h('div', {class: 'stack arena'}, head, slide, body));
  morph(head, waiting());

  /** Reads the state that is looked at; one reading at a time, and no more often than it takes. */
  async function reload() {
    if (reading) { again = true; return; }
    reading = true; again = false;
    const began = performance.now(), at = wantedAt, some = store.arena && store.at === null && at === null ? due : null;
    due = new Set();
    try {
      // A great plan is read whole once; then only the steps that something happened to.
      const [state, brief] = await Promise.all([some ? part(some) : get(`${store.path}/state`, {at}), at === null ? get(`${store.path}/brief`) : null]);
      if (gone) return;
      const {steps, ...arena} = state;
      Object.assign(store, {arena, steps, at, tick: store.tick + 1});
      store.byStep = new Map(steps.map((step) => [step.step, step]));
      if (brief) store.brief = brief;
      store.head = Math.max(store.head, at === null ? arena.sequence : 0);
      failure = null;
      for (const listener of watching) listener();
    } catch (error) { if (gone) return; failure = error; due = null; }
    took = performance.now() - began;
    reading = false;
    if (again || wantedAt !== at) { clearTimeout(timer); timer = setTimeout(reload, wantedAt === at ? Math.max(150, took * 3) : 0); }
    draw();
  }

  async function part(numbers) {
    const [arena, ...read] = await Promise.all([get(store.path), ...[...numbers].map((number) => get(`${store.path}/steps/${number}`))]);
    const fresh = new Map(read.map((step) => [step.step, step]));
    return {...arena, steps: store.steps.map((step) => fresh.get(step.step) || step)};
  }
  /** Whoever acted here sees all that it led to. */
  function reloadAll() { due = null; return reload(); }

  function onEvents(events, newHead) {
    store.head = Math.max(store.head, newHead);
    if (store.arena && store.at === null) store.arena.sequence = store.head;
    store.recent = store.recent.concat(events).slice(-RECENT);
    due = changed(store, due, events);
    sawTime(events.at(-1).recorded_at);
    if (session.test_clock) readClock().catch(() => {});
    if (wantedAt === null && (!due || due.size)) { clearTimeout(timer); timer = setTimeout(reload, reading ? Math.max(150, took * 3) : Math.min(150, took)); }
    drawSlide();
    panel?.update();
  }

  async function begin() {
    stop();
    failure = over = null;
    store.line = '';
    try {
      const arena = await get(store.path);
      store.head = arena.sequence;
      const page = await get(`${store.path}/events`, {after: Math.max(0, store.head - RECENT), limit: 1000});
      if (gone) return;
      store.recent = page.items;
      const last = page.items.at(-1)?.sequence ?? store.head;
      stop = follow(store.path, last, onEvents, (line, error) => { if (store.line !== line) { store.line = line; over = error; draw(); } });
    } catch (error) { failure = error; draw(); return; }
    await reload();
  }

  /** Looks at the arena as it stood after an event; `null` is now. */
  function goTo(at) {
    wantedAt = at === null || at >= store.head ? null : Math.max(1, at);
    due = null;
    remember();
    // Whoever goes to another part at once stays at this moment.
    head.querySelectorAll('.tabs a').forEach((one, index) => one.setAttribute('href', link(Object.keys(TABS)[index])));
    drawSlide();
    clearTimeout(timer);
    timer = setTimeout(reload, 60);
  }
  const link = (name, at = wantedAt) => `#/arena/${id}/${name}${at === null ? '' : `?at=${at}`}`;
  const remember = () => history.replaceState(null, '', link(tab));

  function draw() {
    if (gone) return;
    if (!store.arena) { morph(head, failure ? failed() : waiting()); return; }
    const arena = store.arena, goal = arena.goal;
    document.title = `${short(goal, 50)} · Arena`;
    const long = short(goal, 160) !== goal;
    morph(head,
      h('div', {class: 'row'}, h('a', {class: 'back small', href: '#/arenas', hidden: session.kind === 'handle'}, icon('back'), 'Arenas'), h('span', {class: 'push row'}, liveMark())),
      over ? lineOver(over, begin) : failure && problem(failure, reloadAll),
      h('div', {class: 'row top-line'}, h('h1', {class: 'grow'}, u(short(goal, 160))), h('div', {class: 'row'}, arenaActions(store))),
      long && h('details', {class: 'small'}, h('summary', {}, 'The whole goal'), h('pre', {class: 'boxed'}, u(goal))),
      lifecycle(STATES, arena.status, {created: arena.created_at, active: arena.activated_at, settling: settledAt(arena), archived: store.recent.findLast((event) => event.type === 'arena_archived')?.recorded_at}, arena.status === 'settling' && arena.settle_deadline ? h('span', {}, 'ends in ', until(arena.settle_deadline, 'now')) : null),
      h('div', {class: 'row progress-line'}, h('span', {class: 'bar grow', role: 'img', 'aria-label': `${arena.completed_steps} of ${arena.total_steps} steps completed`}, h('i', {'width%': arena.total_steps ? (100 * arena.completed_steps) / arena.total_steps : 0})), h('span', {class: 'num small'}, h('strong', {}, count(arena.completed_steps)), ` of ${plural(arena.total_steps, 'step')}`)),
      tabs('Parts of the arena', Object.entries(TABS).map(([name, [text]]) => [name, text, {board: store.steps.length || undefined, people: arena.participants.length}[name]]), tab, link));
    drawSlide();
    drawPanel();
  }
  const failed = () => (failure.status === 404 ? h('div', {class: 'empty'}, h('strong', {}, 'There is no such arena, or you take no part in it'), h('p', {}, 'Ask a coordinator to invite you, or look at those you may read.'), h('a', {class: 'btn', href: '#/arenas'}, 'All arenas')) : problem(failure, begin));
  const liveMark = () => (wantedAt !== null ? mark('settling', `As it stood at #${wantedAt}`) : lineMark(store.line));

  const range = h('input', {type: 'range', min: 1, step: 1, 'aria-label': 'Moment: the event after which the arena is shown', oninput: () => goTo(Number(range.value)), onchange: () => goTo(Number(range.value))});
  const step = (by) => () => goTo((wantedAt ?? store.head) + by);
  function drawSlide() {
    if (!store.arena) return;
    const here = wantedAt ?? store.head, event = store.recent.find((one) => one.sequence === here) || pastEvent(here);
    range.max = store.head;
    if (Number(range.value) !== here) range.value = here;
    range.setAttribute('aria-valuetext', `event ${here} of ${store.head}${event ? `, ${words(event.type)}` : ''}${wantedAt === null ? ', now' : ''}`);
    morph(slide, h('div', {class: `slider ${wantedAt === null ? '' : 'past'}`},
      h('button', {type: 'button', class: 'btn plain icon', 'aria-label': 'One event back', disabled: here <= 1, onclick: step(-1)}, icon('back')), range,
      h('button', {type: 'button', class: 'btn plain icon', 'aria-label': 'One event on', disabled: wantedAt === null, onclick: step(1)}, icon('more')),
      h('span', {class: 'at small'}, h('span', {class: 'soft'}, wantedAt === null ? 'Now · ' : 'Then · '), h('strong', {class: 'num'}, `#${here}`), h('span', {class: 'soft num'}, ` of ${count(store.head)}`), event ? h('span', {class: 'soft'}, ` · ${timeOfDay(event.recorded_at)} · ${words(event.type)} by `, u(event.actor)) : ''),
      wantedAt !== null && button('Back to now', () => goTo(null), {look: 'tiny main'})));
  }
  /** The event at a moment that is not among the recent ones, once it is read. */
  const read = new Map();
  function pastEvent(number) {
    if (!read.has(number)) {
      read.set(number, null);
      setTimeout(async () => {
        if (number !== wantedAt) { read.delete(number); return; }
        const page = await get(`${store.path}/events`, {after: number - 1, limit: 1}).catch(() => null);
        if (page?.items[0]) { read.set(number, page.items[0]); drawSlide(); }
      }, 120);
    }
    return read.get(number);
  }

  async function drawPanel() {
    if (panelOf === tab) { panel?.update(); return; }
    const mine = tab;
    panelOf = tab;
    panel?.leave?.();
    panel = null;
    morph(body, waiting());
    const module = await TABS[mine][1]();
    if (gone || tab !== mine) return;
    panel = module.mount(store);
    body.replaceChildren(h('h2', {class: 'sr'}, TABS[mine][0]), panel.element);
    panel.update();
  }
  begin();
  const leave = () => { gone = true; stop(); clearTimeout(timer); panel?.leave?.(); };
  leave.go = (to, search) => {
    tab = TABS[to[1]] ? to[1] : 'overview';
    const asked = Number(search.get('at')) || null;
    if (asked !== wantedAt) goTo(asked);
    draw();
  };
  return leave;
}

/** When settling began: its deadline is that much later. */
const settledAt = (arena) => arena.settle_deadline && new Date(Date.parse(arena.settle_deadline) - arena.settle_grace_ms).toISOString();
