// The rounds, one after another: who was out, what the scores were, what everyone did.
import {h, morph, s, u} from './dom.js';
import {fetchRaw} from './api.js';
import {count, plural, short} from './format.js';
import {empty, icon, problem, table, time} from './parts.js';
import {game} from './contests.js';
import {past} from './past.js';

const STEP_MS = 350, AT_ONCE = 6, WALKED = 600;
const WAY = {up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0]};

export function mount(store) {
  let round = 0, playing = 0, gone = false;
  const lines = new Map();
  const pages = past(store, 'round_page_submitted', () => update());
  pages.read();
  const range = h('input', {type: 'range', min: 1, step: 1, 'aria-label': 'Round', oninput: () => { pause(); to(Number(range.value)); }});
  const bar = h('div', {class: 'row'}), body = h('div', {class: 'stack'});
  const element = h('div', {class: 'stack'}, h('div', {class: 'card'}, h('div', {class: 'row'}, h('span', {class: 'row grow'}, range), bar)), body);
  range.classList.add('grow');
  const last = () => store.contest.round;
  const to = (next) => { round = Math.min(last(), Math.max(1, next)); read(round); update(); };
  const pause = () => { clearInterval(playing); playing = 0; };
  function play() {
    if (playing) { pause(); update(); return; }
    if (round >= last()) round = 0;
    playing = setInterval(() => { if (gone || round >= last()) { pause(); update(); return; } to(round + 1); }, STEP_MS);
    to(round + 1);
  }
  async function read(number) {
    if (lines.has(number) || !store.rounds[number - 1]?.actions_sha256) return;
    lines.set(number, null);
    try {
      const text = await (await fetchRaw(`${store.path}/rounds/${number}/actions`)).text();
      lines.set(number, text.split('\n').filter(Boolean).map((line) => { try { return JSON.parse(line); } catch { return {agent_id: '', action: line}; } }));
    } catch (error) { lines.set(number, error); }
    if (!gone) update();
  }
  /** The ways need every round before this one. */
  let walking = false;
  async function readAll() {
    if (walking) return;
    walking = true;
    const wanted = store.rounds.slice(0, WALKED).map((one) => one.round).filter((one) => !lines.has(one));
    await Promise.all(Array.from({length: AT_ONCE}, async () => { while (wanted.length && !gone) await read(wanted.shift()); }));
    walking = false;
  }

  function update() {
    if (gone) return;
    if (!last()) { pause(); range.disabled = true; morph(bar); morph(body, empty('No round yet', store.contest.status === 'registration' ? 'The oracle starts the contest and submits rounds.' : 'The oracle submits the first round.')); return; }
    if (!round) { round = last(); read(round); }
    range.disabled = false;
    range.max = last();
    range.value = round;
    range.setAttribute('aria-valuetext', `round ${round} of ${last()}`);
    morph(bar, h('strong', {class: 'num'}, `Round ${round} of ${last()}`), h('button', {type: 'button', class: 'btn tiny', onclick: play}, icon(playing ? 'pause' : 'play'), playing ? 'Pause' : 'Play'));
    const isSnakes = game(store.contest.terms) === 'snakes';
    if (isSnakes && store.rounds.some((one) => one.actions_sha256)) readAll();
    morph(body, isSnakes && ways(), h('div', {class: 'two'}, submitted(), actions()), list());
  }
  function submitted() {
    const events = pages.items(null).filter((event) => event.data.round === round), scores = Object.assign({}, ...events.map((event) => event.data.scores)), out = new Set(events.flatMap((event) => event.data.eliminated));
    const names = [...new Set([...Object.keys(scores), ...out])].sort((one, two) => (scores[two] ?? -Infinity) - (scores[one] ?? -Infinity));
    return h('section', {class: 'card'}, h('h2', {}, 'What the oracle submitted'), pages.failure() && problem(pages.failure(), pages.read), names.length ? table('Scores of the round', [['Agent', (name) => u(name)], ['Score', (name) => (scores[name] === undefined ? h('span', {class: 'soft'}, 'as before') : count(scores[name])), 'num right'], ['', (name) => (out.has(name) ? h('span', {class: 'mark bad'}, icon('cross'), 'Out') : '')]], names.slice(0, 300), (name) => name) : h('p', {class: 'soft'}, 'Nothing changed in this round.'));
  }
  function actions() {
    const found = lines.get(round), one = store.rounds[round - 1];
    return h('section', {class: 'card'}, h('h2', {}, 'What everyone did'), !one?.actions_sha256 ? h('p', {class: 'soft'}, one?.actions_root ? 'The oracle has not stored the actions of this round; their root is recorded.' : 'The oracle recorded no actions for this round.') : found instanceof Error ? problem(found, () => { lines.delete(round); read(round); }) : !found ? h('p', {class: 'soft'}, 'Reading…')
      : table('Actions of the round', [['Agent', (line) => u(line.agent_id)], ['Action', (line) => (line.action === undefined ? h('span', {class: 'soft'}, 'forfeited') : h('code', {}, u(typeof line.action === 'string' ? line.action : JSON.stringify(line.action))))], ['Fault', (line) => (line.fault ? h('span', {class: 'small'}, u(`${line.fault}${line.reason ? `: ${line.reason}` : ''}`)) : '')]], found.slice(0, 300), (line) => line.agent_id));
  }
  /** Each snake's own way from its start; where on the grid that start was, the actions do not say. */
  function ways() {
    const walks = new Map(), heading = new Map();
    for (let number = 1; number <= Math.min(round, WALKED); number += 1) {
      const found = lines.get(number);
      if (!Array.isArray(found)) continue;
      for (const line of found) {
        const way = WAY[line.action] || heading.get(line.agent_id);
        if (!walks.has(line.agent_id)) walks.set(line.agent_id, [[0, 0]]);
        if (!way) continue;
        heading.set(line.agent_id, way);
        const walk = walks.get(line.agent_id), [x, y] = walk.at(-1);
        walk.push([x + way[0], y + way[1]]);
      }
    }
    const missing = store.rounds.slice(0, Math.min(round, WALKED)).filter((one) => !Array.isArray(lines.get(one.round))).length;
    const entries = store.standings.filter((entry) => walks.has(entry.agent_id)).sort((one, two) => one.number - two.number).slice(0, 64);
    return h('section', {class: 'card'}, h('h2', {}, 'The ways of the snakes'), h('p', {class: 'soft small'}, `Each from its own start, up to round ${round}: actions tell the moves, not where on the grid they began.`, missing > 0 && ` ${plural(missing, 'round')} not read yet.`),
      h('div', {class: 'walks'}, entries.map((entry) => h('figure', {key: entry.agent_id}, drawn(walks.get(entry.agent_id), entry), h('figcaption', {class: 'line'}, u(short(entry.agent_id, 20)), h('span', {class: 'soft'}, entry.alive || entry.eliminated_round > round ? ` · ${walks.get(entry.agent_id).length - 1} moves` : ` · out in ${entry.eliminated_round}`))))));
  }
  function drawn(walk, entry) {
    const xs = walk.map(([x]) => x), ys = walk.map(([, y]) => y), size = Math.max(8, Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) + 3;
    const left = (Math.max(...xs) + Math.min(...xs) - size) / 2, top = (Math.max(...ys) + Math.min(...ys) - size) / 2, [x, y] = walk.at(-1), dead = !entry.alive && entry.eliminated_round <= round;
    return s('svg', {viewBox: `${left} ${top} ${size} ${size}`, role: 'img', 'aria-label': `${entry.agent_id}: ${walk.length - 1} moves${dead ? `, out in round ${entry.eliminated_round}` : ''}`}, s('path', {d: `M${walk.map((one) => one.join(' ')).join('L')}`}), s('circle', {class: 'from', cx: 0, cy: 0, r: .45}), dead ? s('path', {class: 'dead', d: `M${x - .8} ${y - .8}l1.6 1.6m0-1.6-1.6 1.6`}) : s('circle', {class: 'to', cx: x, cy: y, r: .7}));
  }
  function list() {
    const from = Math.max(0, Math.min(store.rounds.length - 20, round - 10)), shown = store.rounds.slice(from, from + 20);
    return h('section', {class: 'card'}, h('h2', {}, store.rounds.length > 20 ? `Rounds ${from + 1} to ${from + shown.length}` : 'All rounds'), table('Rounds', [['Round', (one) => h('button', {type: 'button', class: 'link num', 'aria-current': one.round === round ? 'true' : null, onclick: () => { pause(); to(one.round); }}, `Round ${one.round}`)], ['Pages', (one) => one.pages, 'num'], ['Out', (one) => one.eliminated, 'num'], ['Actions', (one) => (one.actions_sha256 ? 'stored' : one.actions_root ? 'root only' : 'none')], ['Completed', (one) => (one.completed_at ? h('span', {class: 'small'}, time(one.completed_at)) : 'open')]], shown, (one) => one.round));
  }
  return {element, update, leave: () => { gone = true; pause(); pages.leave(); }};
}
