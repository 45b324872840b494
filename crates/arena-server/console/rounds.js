// The rounds, one after another: who was out, what the scores were, what everyone did; of a game of snakes that is over, the game itself.
import {h, morph, u} from './dom.js';
import {fetchRaw, get} from './api.js';
import {count} from './format.js';
import {button, empty, icon, notice, problem, table, time, waiting} from './parts.js';
import {field, roster} from './field.js';
import {game} from './contests.js';
import {past} from './past.js';
import {replay} from './replay.js';
import {walks} from './walks.js';

const SPEEDS = {slow: 700, normal: 300, fast: 80};
const AT_ONCE = 6, WALKED = 600, LISTED = 10;

export function mount(store) {
  let round = null, playing = 0, gone = false, speed = 'normal', walking = false;
  // The game of snakes, once it is over: null while it is read, an error, or what `replay` answers.
  let played, playedAt = '';
  const lines = new Map();
  const pages = past(store, 'round_page_submitted', () => update());
  pages.read();
  const range = h('input', {type: 'range', min: 1, step: 1, 'aria-label': 'Round', oninput: () => { pause(); to(Number(range.value)); }});
  range.classList.add('grow');
  const bar = h('div', {class: 'row'}), body = h('div', {class: 'stack'}), stage = h('div', {});
  const element = h('div', {class: 'stack'}, h('div', {class: 'card rounds-bar'}, h('span', {class: 'row grow'}, range), bar), stage, body);
  const last = () => store.contest.round;
  const first = () => (played?.frames?.length ? 0 : 1);
  const to = (next) => { round = Math.min(last(), Math.max(first(), next)); read(round); update(); };
  const pause = () => { clearInterval(playing); playing = 0; };
  const begin = () => { playing = setInterval(() => { if (gone || round >= last()) { pause(); if (!gone) update(); return; } to(round + 1); }, SPEEDS[speed]); };
  function play() {
    if (playing) { pause(); update(); return; }
    if (round >= last()) round = first() - 1;
    begin();
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
  async function readAll() {
    if (walking) return;
    walking = true;
    const wanted = store.rounds.slice(0, WALKED).map((one) => one.round).filter((one) => !lines.has(one));
    await Promise.all(Array.from({length: AT_ONCE}, async () => { while (wanted.length && !gone) await read(wanted.shift()); }));
    walking = false;
  }
  /** All that the game follows from stands in the receipt, also what is checked against it. */
  async function readGame() {
    const at = `${store.contest.status}/${store.rounds.filter((one) => one.actions_sha256).length}`;
    if (playedAt === at) return;
    playedAt = at;
    played = null;
    try { played = replay(await get(`${store.path}/receipt`)); } catch (error) { played = error; }
    if (!gone) update();
  }

  function update() {
    if (gone) return;
    if (!last()) { pause(); range.disabled = true; morph(bar); morph(stage); morph(body, empty('No round yet', store.contest.status === 'registration' ? 'The oracle starts the contest and submits rounds.' : store.ended() ? 'It ended before a round was played.' : 'The oracle submits the first round.')); return; }
    if (round === null) { round = last(); read(round); }
    const isSnakes = game(store.contest.terms) === 'snakes', over = store.contest.status === 'finished';
    if (isSnakes && over) readGame(); else if (isSnakes && store.rounds.some((one) => one.actions_sha256)) readAll();
    range.disabled = false;
    range.min = first();
    range.max = last();
    range.value = round;
    range.setAttribute('aria-valuetext', round ? `round ${round} of ${last()}` : 'the start');
    morph(bar, h('strong', {class: 'num'}, round ? `Round ${round} of ${last()}` : 'The start'), h('button', {type: 'button', class: 'btn tiny', onclick: play}, icon(playing ? 'pause' : 'play'), playing ? 'Pause' : 'Play'),
      h('label', {class: 'row small'}, 'Speed', h('select', {class: 'tiny', value: speed, onchange: (event) => { speed = event.target.value; if (playing) { pause(); begin(); } }}, Object.keys(SPEEDS).map((name) => h('option', {value: name}, name)))));
    morph(stage, isSnakes && (over ? replayed() : walks({standings: store.standings, rounds: store.rounds, lines, round, most: WALKED})));
    morph(body, round > 0 && h('div', {class: 'two'}, submitted(), actions()), list());
  }
  function replayed() {
    if (!played) return h('section', {class: 'card'}, h('h2', {}, 'The game'), waiting('Playing it again from the seed…'));
    if (played instanceof Error) return problem(played, () => { playedAt = ''; readGame(); });
    const {rules, frames, trouble, differs} = played, frame = frames[round];
    return h('section', {class: 'card'}, h('h2', {}, 'The game'),
      frame ? h('div', {class: 'arena-field'}, h('div', {class: 'ground-frame'}, field({rules, frame, frames})), roster({frame, frames})) : notice(differs ? 'bad' : 'warn', trouble),
      frame && h('p', {class: 'soft small'}, 'Played again here from the revealed seed and the recorded moves; every round gives the scores and eliminations that were submitted', trouble ? ` up to round ${frames.length - 1}. ${trouble}` : '. The tinted ground is deadly; a cross marks who fell in this round.'));
  }
  function submitted() {
    const events = pages.items(null).filter((event) => event.data.round === round), scores = Object.assign({}, ...events.map((event) => event.data.scores)), out = new Set(events.flatMap((event) => event.data.eliminated));
    const names = [...new Set([...Object.keys(scores), ...out])].sort((one, two) => (scores[two] ?? -Infinity) - (scores[one] ?? -Infinity));
    return h('section', {class: 'card'}, h('h2', {}, 'What the oracle submitted'), pages.failure() && problem(pages.failure(), pages.read), names.length ? table('Scores of the round', [['Agent', (name) => u(name), 'bare'], ['Score', (name) => (scores[name] === undefined ? h('span', {class: 'soft'}, 'as before') : count(scores[name])), 'num right'], ['', (name) => (out.has(name) ? h('span', {class: 'mark bad'}, icon('cross'), 'Out') : ''), 'end']], names.slice(0, 300), (name) => name) : h('p', {class: 'soft'}, 'Nothing changed in this round.'), names.length > 300 && h('p', {class: 'soft small'}, `The first 300 of ${count(names.length)}.`));
  }
  function actions() {
    const found = lines.get(round), one = store.rounds[round - 1];
    return h('section', {class: 'card'}, h('h2', {}, 'What everyone did'), !one?.actions_sha256 ? h('p', {class: 'soft'}, one?.actions_root ? 'The oracle has not stored the actions of this round; their root is recorded.' : 'The oracle recorded no actions for this round.') : found instanceof Error ? problem(found, () => { lines.delete(round); read(round); }) : !found ? h('p', {class: 'soft'}, 'Reading…')
      : table('Actions of the round', [['Agent', (line) => u(line.agent_id), 'bare'], ['Action', (line) => (line.action === undefined ? h('span', {class: 'soft'}, 'forfeited') : h('code', {}, u(typeof line.action === 'string' ? line.action : JSON.stringify(line.action))))], ['Fault', (line) => (line.fault ? h('span', {class: 'small'}, u(`${line.fault}${line.reason ? `: ${line.reason}` : ''}`)) : ''), 'long']], found.slice(0, 300), (line) => line.agent_id), found?.length > 300 && h('p', {class: 'soft small'}, `The first 300 of ${count(found.length)}.`));
  }
  function list() {
    const from = Math.max(0, Math.min(store.rounds.length - LISTED, (round || 1) - LISTED / 2)), shown = store.rounds.slice(from, from + LISTED);
    return h('section', {class: 'card'}, h('h2', {}, store.rounds.length > LISTED ? `Rounds ${from + 1} to ${from + shown.length} of ${count(store.rounds.length)}` : 'All rounds'), table('Rounds', [['Round', (one) => button(`Round ${one.round}`, () => { pause(); to(one.round); }, {look: 'as-link num', 'aria-current': one.round === round ? 'true' : null}), 'lead'], ['Pages', (one) => one.pages, 'num'], ['Out', (one) => one.eliminated, 'num'], ['Actions', (one) => (one.actions_sha256 ? 'stored' : one.actions_root ? 'root only' : 'none')], ['Completed', (one) => (one.completed_at ? h('span', {class: 'small'}, time(one.completed_at)) : 'open'), 'long']], shown, (one) => one.round));
  }
  return {element, update, leave: () => { gone = true; pause(); pages.leave(); }};
}
