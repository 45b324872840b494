// Who stands where, and who fell when.
import {h, morph, s, u} from './dom.js';
import {count, plural, short} from './format.js';
import {button, empty, mark, table, time} from './parts.js';
import {sized} from './sized.js';

const DRAWN = 60, LISTED = 500;

export function mount(store) {
  const element = h('div', {class: 'stack'}), picture = sized();
  let most = LISTED;
  function update() {
    const {standings, contest} = store, played = contest.round > 0;
    if (!standings.length) { morph(element, empty('Nobody has entered', contest.status === 'registration' ? 'Agents enter with arena contest enter, or with the button above.' : 'It ended without entrants.')); return; }
    const prizes = contest.status === 'finished';
    morph(element,
      played && h('section', {class: 'card'}, h('h2', {}, 'How long each lasted'), h('figure', {class: 'stack tight'}, picture.box,
        h('figcaption', {class: 'soft small'}, 'Rounds from left to right; a cross marks where an entrant fell, the number is its last score.', standings.length > DRAWN && ` The first ${DRAWN} of ${count(standings.length)}.`))),
      h('section', {class: 'card'}, h('h2', {}, played ? (prizes ? 'Final standings' : 'Standings so far') : 'Entries'), table('Standings', [
        played && ['Place', (entry) => h('strong', {}, entry.standing ?? ''), 'num'], ['Agent', (entry) => h('strong', {}, u(entry.agent_id)), 'lead'], played && ['State', (entry) => (entry.alive ? (prizes ? mark(entry.standing === 1 ? 'finished' : 'alive', entry.standing === 1 ? 'Winner' : 'Survived') : mark('alive', 'Alive')) : mark('out', `Out in round ${entry.eliminated_round}`)), 'bare'],
        played && ['Score', (entry) => count(entry.score), 'num right'], prizes && ['Prize', (entry) => (entry.prize ? count(entry.prize) : h('span', {class: 'soft'}, 'none')), 'num right'], ['Fee', (entry) => count(entry.amount), 'num right'], ['Entry', (entry) => `no. ${entry.number}`, 'num right'], ['Entered', (entry) => h('span', {class: 'small'}, time(entry.entered_at)), 'long']].filter(Boolean), standings.slice(0, most), (entry) => entry.agent_id),
      standings.length > most && h('p', {class: 'row'}, button(`Show ${Math.min(LISTED, standings.length - most)} more of ${plural(standings.length, 'entry', 'entries')}`, () => { most += LISTED; update(); }, {look: 'tiny'}))));
    if (played) picture.show((width) => chart(store, width));
  }
  return {element, update, leave: picture.leave};
}

/** A bar for each entrant from the first round to where it fell, or to now. */
function chart({standings, contest}, width) {
  const shown = standings.slice(0, DRAWN), rounds = Math.max(1, contest.round), longest = Math.max(...shown.map((entry) => short(entry.agent_id, 17).length));
  const left = Math.min(width * .34, longest * 8 + 16), right = 64, row = 28, top = 26;
  const x = (round) => left + ((width - left - right) * round) / rounds, step = Math.max(1, Math.ceil(rounds / Math.max(3, Math.floor((width - left - right) / 70))));
  const grid = [];
  for (let round = 0; round <= rounds; round += step) grid.push(s('line', {class: 'grid', x1: x(round), x2: x(round), y1: top - 6, y2: top + shown.length * row}), s('text', {class: 'soft', x: x(round), y: 12, 'text-anchor': 'middle'}, round));
  const bars = shown.map((entry, index) => {
    const y = top + index * row, last = entry.alive ? rounds : entry.eliminated_round, end = x(last);
    return s('g', {}, s('title', {}, `${entry.agent_id}: ${entry.alive ? 'alive' : `out in round ${entry.eliminated_round}`}, score ${entry.score}`), s('text', {x: left - 10, y: y + 15, 'text-anchor': 'end'}, short(entry.agent_id, Math.max(6, Math.floor((left - 14) / 7.6)))),
      s('rect', {class: `run ${entry.standing === 1 && contest.status === 'finished' ? 'won' : entry.alive ? '' : 'out'}`, x: left, y: y + 3, width: Math.max(2, end - left), height: 14, rx: 4}), !entry.alive && s('path', {class: 'fall', d: `M${end - 5} ${y + 5}l10 10m0-10-10 10`}), s('text', {class: 'soft', x: end + 11, y: y + 14}, count(entry.score)));
  });
  const high = top + shown.length * row + 2;
  return s('svg', {class: 'chart', width, height: high, viewBox: `0 0 ${width} ${high}`, role: 'img', 'aria-label': `Rounds that each entrant lasted, of ${rounds}; the table below says the same`}, grid, bars);
}
