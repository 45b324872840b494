// Who stands where, and who fell when.
import {h, morph, s, u} from './dom.js';
import {count, plural, short} from './format.js';
import {button, empty, mark, table, time} from './parts.js';

const DRAWN = 60, LISTED = 500;

export function mount(store) {
  const element = h('div', {class: 'stack'});
  let most = LISTED;
  function update() {
    const {standings, contest} = store, played = contest.round > 0;
    if (!standings.length) { morph(element, empty('Nobody has entered', contest.status === 'registration' ? 'Agents enter with arena contest enter, or here.' : 'It ended without entrants.')); return; }
    morph(element,
      played && h('section', {class: 'card'}, h('h2', {}, 'How long each lasted'), chart(store)),
      h('section', {class: 'card'}, h('h2', {}, played ? (contest.status === 'finished' ? 'Final standings' : 'Standings so far') : 'Entries'), table('Standings', [
        played && ['Place', (entry) => h('strong', {}, entry.standing ?? ''), 'num'], ['Agent', (entry) => h('strong', {}, u(entry.agent_id))], played && ['State', (entry) => (entry.alive ? mark('alive', 'Alive') : mark('out', `Out in round ${entry.eliminated_round}`))],
        played && ['Score', (entry) => count(entry.score), 'num right'], store.ended() && ['Prize', (entry) => (entry.prize ? count(entry.prize) : h('span', {class: 'soft'}, 'none')), 'num right'], ['Paid', (entry) => count(entry.amount), 'num right'], ['Number', (entry) => entry.number, 'num right'], ['Entered', (entry) => h('span', {class: 'small'}, time(entry.entered_at))]].filter(Boolean), standings.slice(0, most), (entry) => entry.agent_id),
      standings.length > most && h('p', {class: 'row'}, button(`Show ${Math.min(LISTED, standings.length - most)} more of ${plural(standings.length, 'entry', 'entries')}`, () => { most += LISTED; update(); }, {look: 'tiny'}))));
  }
  return {element, update};
}

/** A bar for each entrant from the first round to where it fell, or to now. */
function chart({standings, contest}) {
  const shown = standings.slice(0, DRAWN), rounds = Math.max(1, contest.round), left = 150, right = 90, width = 900, row = 26, top = 30;
  const x = (round) => left + ((width - left - right) * round) / rounds, step = Math.max(1, Math.ceil(rounds / 10));
  const grid = [];
  for (let round = 0; round <= rounds; round += step) grid.push(s('line', {class: 'grid', x1: x(round), x2: x(round), y1: top - 6, y2: top + shown.length * row}), s('text', {class: 'soft', x: x(round), y: 14, 'text-anchor': 'middle'}, round));
  const bars = shown.map((entry, index) => {
    const y = top + index * row, last = entry.alive ? rounds : entry.eliminated_round, end = x(last);
    return s('g', {}, s('title', {}, `${entry.agent_id}: ${entry.alive ? 'alive' : `out in round ${entry.eliminated_round}`}, score ${entry.score}`), s('text', {x: left - 10, y: y + 13, 'text-anchor': 'end'}, short(entry.agent_id, 17)),
      s('rect', {class: `run ${entry.standing === 1 && contest.status === 'finished' ? 'won' : entry.alive ? '' : 'out'}`, x: left, y: y + 2, width: Math.max(2, end - left), height: row - 12, rx: 4}), !entry.alive && s('path', {class: 'fall', d: `M${end - 5} ${y + 4}l10 10m0-10-10 10`}), s('text', {class: 'soft', x: end + 12, y: y + 13}, count(entry.score)));
  });
  return h('figure', {class: 'stack tight'}, h('div', {class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Chart of the rounds that each lasted'}, s('svg', {class: 'chart', viewBox: `0 0 ${width} ${top + shown.length * row + 4}`, role: 'img', 'aria-label': `Rounds that each entrant lasted, of ${rounds}; the table below says the same`}, grid, bars)),
    h('figcaption', {class: 'soft small'}, 'Rounds from left to right; a cross marks where an entrant fell, the number is its last score.', standings.length > DRAWN && ` The first ${DRAWN} of ${count(standings.length)}.`));
}
