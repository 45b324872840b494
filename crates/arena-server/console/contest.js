// One contest: where it stands, who wins, and where its money is.
import {h, morph, u} from './dom.js';
import {all, get} from './api.js';
import {download} from './download.js';
import {follow} from './live.js';
import {count, percent, plural, span} from './format.js';
import {button, confirm, icon, lineMark, lineOver, notice, problem, tabs, time, until, waiting} from './parts.js';
import {now, readClock, sawTime, session} from './session.js';
import {lifecycle} from './lifecycle.js';
import {CONTEST_TYPES, eventLine} from './event.js';
import {game} from './contests.js';

const TABS = {overview: ['Overview', null], standings: ['Standings', () => import('./standings.js')], rounds: ['Rounds', () => import('./rounds.js')], money: ['Money', () => import('./money.js')], events: ['Events', () => import('./events.js')]};
const ENDS = ['finished', 'cancelled', 'abandoned'];
const EXITS = {leave: 'leave and get the fee back', cancel: 'cancel it and get the bond back', abandon: 'abandon it, unless the oracle submits a round', refund: 'get the refund', prize: 'get the prize', bond: 'get the bond back', creator_fee: 'get the creator fee'};

export function open(main, rest, params) {
  const id = rest[0], path = `/v1/contests/${encodeURIComponent(id)}`;
  const store = {id, path, contest: null, standings: [], obligations: [], rounds: [], recent: [], head: 0, at: null, line: '', tick: 0, reload, ended: () => ENDS.includes(store.contest.status)};
  let tab = TABS[rest[1]] ? rest[1] : 'overview', panel = null, panelOf = '', stop = () => {}, gone = false, failure = null, over = null, reading = false, again = false, timer = 0, waking = 0, took = 0;
  const head = h('div', {class: 'stack'}), body = h('div', {class: 'panel'});
  main.append(h('div', {class: 'stack contest'}, head, body));
  morph(head, waiting());

  async function reload() {
    if (reading) { again = true; return; }
    reading = true; again = false;
    const began = performance.now();
    try {
      const [contest, standings, obligations, rounds] = await Promise.all([get(path), all(`${path}/standings`), all(`${path}/obligations`), all(`${path}/rounds`)]);
      if (gone) return;
      Object.assign(store, {contest, standings, obligations, rounds, tick: store.tick + 1, head: Math.max(store.head, contest.sequence)});
      failure = null;
    } catch (error) { if (gone) return; failure = error; }
    took = performance.now() - began;
    reading = false;
    if (again) { clearTimeout(timer); timer = setTimeout(reload, Math.max(200, took * 3)); }
    draw();
  }
  function onEvents(events, newHead) {
    store.head = Math.max(store.head, newHead);
    store.recent = store.recent.concat(events).slice(-1000);
    sawTime(events.at(-1).recorded_at);
    if (session.test_clock) readClock().catch(() => {});
    clearTimeout(timer);
    timer = setTimeout(reload, Math.max(100, took * 2));
    panel?.update();
  }
  async function begin() {
    stop();
    failure = over = null;
    store.line = '';
    try {
      const {sequence} = await get(path);
      const page = await get(`${path}/events`, {after: Math.max(0, sequence - 1000), limit: 1000});
      if (gone) return;
      store.recent = page.items;
      store.head = page.head;
      stop = follow(path, page.items.at(-1)?.sequence ?? 0, onEvents, (line, error) => { if (store.line !== line) { store.line = line; over = error; draw(); } });
    } catch (error) { failure = error; draw(); return; }
    await reload();
  }

  /** What a passing moment allows, such as abandoning, is offered once it has come. */
  function wake() {
    clearTimeout(waking);
    const {times_out_at, registration_ends_at, exit_at} = store.contest, next = [times_out_at, registration_ends_at, exit_at].map((text) => Date.parse(text) - now()).filter((left) => left > 0);
    if (next.length && !session.test_clock) waking = setTimeout(draw, Math.min(...next, 86400000) + 50);
  }
  function draw() {
    if (gone) return;
    if (!store.contest) { morph(head, failure?.status === 404 ? h('div', {class: 'empty'}, h('strong', {}, 'There is no such contest'), h('p', {}, 'Look at the list of those there are.'), h('a', {class: 'btn', href: '#/contests'}, 'All contests')) : failure ? problem(failure, begin) : waiting()); return; }
    const {contest} = store, end = ENDS.includes(contest.status) ? contest.status : 'finished';
    const stations = contest.status === 'cancelled' ? ['registration', 'cancelled'] : ['registration', contest.status === 'eliminating' ? 'eliminating' : 'active', end];
    const note = contest.status === 'registration' ? h('span', {}, 'until ', time(contest.registration_ends_at)) : contest.times_out_at && !store.ended() ? h('span', {}, 'next round due in ', until(contest.times_out_at, 'the oracle has timed out')) : null;
    document.title = `${contest.title} · Arena`;
    morph(head,
      h('div', {class: 'row'}, h('a', {class: 'back small', href: '#/contests'}, icon('back'), 'Contests'), h('span', {class: 'push'}, lineMark(store.line))),
      over ? lineOver(over, begin) : failure && problem(failure, reload),
      h('div', {class: 'row top-line'}, h('h1', {class: 'grow'}, u(contest.title)), h('div', {class: 'row'}, actions())),
      lifecycle(stations, contest.status, {registration: contest.created_at, active: contest.started_at, eliminating: contest.started_at, finished: contest.ended_at, cancelled: contest.ended_at, abandoned: contest.ended_at}, note),
      contest.exit_action && notice(Date.parse(contest.exit_at) <= now() ? 'ok' : '', [h('strong', {}, 'Your money: '), Date.parse(contest.exit_at) > now() ? ['in ', until(contest.exit_at, 'a moment'), ` you can ${EXITS[contest.exit_action]}. `] : `you can ${EXITS[contest.exit_action]} now. `, h('a', {href: `#/contest/${id}/money`}, 'Where the money is')]),
      tabs('Parts of the contest', Object.entries(TABS).map(([name, [text]]) => [name, text, {standings: contest.entrants || undefined, rounds: contest.round || undefined}[name]]), tab, (name) => `#/contest/${id}/${name}`));
    wake();
    drawPanel();
  }
  function actions() {
    const {contest} = store, me = session.agent_id, buttons = [], timedOut = contest.times_out_at && Date.parse(contest.times_out_at) <= now();
    const does = (what, payload) => async (values, write) => { await write('POST', `${path}/${what}`, payload?.(values)); await reload(); };
    const mine = store.standings.find((entry) => entry.agent_id === me);
    if (contest.status === 'registration') {
      if (contest.oracle === me) buttons.push(button('Start', () => confirm({heading: 'Start this contest?', text: `${plural(contest.entrants, 'entrant')} will play. Nobody enters or leaves any more.`, verb: 'Start', run: does('start')}), {look: 'main'}));
      if (mine) buttons.push(button('Leave', () => confirm({heading: 'Leave this contest?', text: `Your fee of ${count(contest.terms.entry_fee)} comes back at once.`, verb: 'Leave', run: async (_, write) => { await write('DELETE', `${path}/entries/${me}`); await reload(); }})));
      else if ((contest.creator !== me && contest.oracle !== me) || contest.terms.creator_may_enter) buttons.push(button('Enter', () => confirm({heading: 'Enter this contest?', text: `It costs ${count(contest.terms.entry_fee)} from your wallet. You can leave again until it starts.`, verb: 'Enter', run: does('entries')})));
      if (contest.creator === me) buttons.push(button('Cancel', () => confirm({heading: 'Cancel this contest?', text: 'It ends for good. All fees and your bond are owed back.', verb: 'Cancel the contest', grave: true, run: does('cancel')}), {look: 'grave'}));
    } else if (!store.ended()) {
      if (contest.oracle === me && !timedOut && contest.round > 0 && contest.status === 'active') buttons.push(button('Finalize', () => confirm({heading: 'Finalize this contest?', text: 'The standings of the rounds so far become final and the prizes are owed. There is no way back.', verb: 'Finalize', grave: true, fields: contest.terms.seed_commitment ? [['seed', 'Seed that opens the commitment', 'line', '']] : [], run: does('finalize', ({seed}) => (seed ? {seed} : undefined))}), {look: 'main'}));
      if (timedOut) buttons.push(button('Abandon', () => confirm({heading: 'Abandon this contest?', text: `The oracle has timed out. It ends for good: every fee is owed back, and the bond of ${count(contest.terms.bond)} goes to the treasury.`, verb: 'Abandon', grave: true, run: does('abandon')}), {look: 'grave'}));
    }
    return buttons;
  }
  async function drawPanel() {
    if (panelOf === tab) { panel?.update(); return; }
    const mine = tab;
    panelOf = tab;
    panel?.leave?.();
    panel = null;
    morph(body, waiting());
    const module = mine === 'overview' ? {mount: overview} : await TABS[mine][1]();
    if (gone || tab !== mine) return;
    panel = module.mount(store, mine === 'events' ? CONTEST_TYPES : undefined);
    body.replaceChildren(h('h2', {class: 'sr'}, TABS[mine][0]), panel.element);
    panel.update();
  }
  begin();
  const leave = () => { gone = true; stop(); clearTimeout(timer); clearTimeout(waking); panel?.leave?.(); };
  leave.go = (to) => { tab = TABS[to[1]] ? to[1] : 'overview'; draw(); };
  return leave;
}

function overview(store) {
  const element = h('div', {class: 'stack'});
  const update = () => {
    const {contest} = store, {terms} = contest, owed = store.obligations.filter((one) => one.status === 'open').reduce((sum, one) => sum + one.amount, 0);
    const leader = store.standings.filter((entry) => entry.standing === 1);
    const keys = [['Entrants', `${count(contest.entrants)} of ${count(terms.max_agents)}`], ['Alive', count(contest.alive)], ['Round', count(contest.round)], ['Pot', count(contest.pot)], ['Still owed', count(owed)], leader.length > 0 && contest.round > 0 && [store.ended() ? 'Winner' : 'Leads', u(leader.slice(0, 2).map((one) => one.agent_id).join(', ') + (leader.length > 2 ? ` and ${leader.length - 2} more` : ''))]].filter(Boolean);
    const rows = [['Entry fee', count(terms.entry_fee)], ['Bond', count(terms.bond)], ['Entrants', `${terms.min_agents} to ${terms.max_agents}`], ['Prizes', terms.prize_split_bps.map(percent).join(', ')], ['Creator fee', percent(terms.creator_fee_bps)], ['A round is due every', span(terms.elimination_interval_s * 1000)], ['Planned for', span(terms.duration_s * 1000)],
      game(terms) && ['Game', u(game(terms))], terms.action_schema && ['Rules', h('code', {}, u(terms.action_schema))], terms.rules_hash && ['Hash of the rules', h('code', {}, terms.rules_hash)], terms.seed_commitment && ['Seed commitment', h('code', {}, terms.seed_commitment)], contest.seed && ['Seed', h('code', {}, u(contest.seed))],
      terms.gates && (terms.gates.min_completed || terms.gates.min_wins || terms.gates.min_age_s) ? ['Who may enter', `${terms.gates.min_completed} contests, ${terms.gates.min_wins} wins, registered for ${span(terms.gates.min_age_s * 1000)}`] : null, ['Terms hash', h('code', {}, contest.terms_hash)]].filter(Boolean);
    morph(element, h('dl', {class: 'keys'}, keys.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {class: 'num'}, value)))),
      h('div', {class: 'two'}, h('section', {class: 'card'}, h('h2', {}, 'Terms'), h('dl', {class: 'facts'}, rows.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))),
        h('div', {class: 'stack'}, h('section', {class: 'card'}, h('h2', {}, 'Who runs it'), h('dl', {class: 'facts'}, [['Creator', u(contest.creator)], ['Oracle', u(contest.oracle)], ['Made', time(contest.created_at)], contest.started_at && ['Started', time(contest.started_at)], contest.last_submission_at && ['Last round', time(contest.last_submission_at)], contest.ended_at && ['Ended', time(contest.ended_at)], ['Id', h('code', {}, contest.arena_id)], store.ended() && ['Receipt', h('div', {class: 'stack tight'}, h('div', {}, button('Download the receipt', () => download(`${store.path}/receipt`, `receipt-${contest.arena_id}.json`), {look: 'tiny'})), h('span', {class: 'soft small'}, 'All that it takes to check this contest without a server: ', h('code', {}, 'arena verify FILE')))]].filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))),
          h('section', {class: 'card'}, h('h2', {}, 'Last events'), h('ul', {class: 'stack tight'}, store.recent.slice(-8).reverse().map((event) => h('li', {key: event.sequence, class: 'small'}, eventLine(event))))))));
  };
  return {element, update};
}
