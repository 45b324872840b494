// While a game of snakes goes on, its seed is secret and with it where on the field they are: each one's way from its own start is what is known.
import {h, s, u} from './dom.js';
import {count, plural, short} from './format.js';

const WAY = {up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0]};
const SHOWN = 64;

/** The ways up to a round; `lines` has the recorded actions of each round that is read. */
export function walks({standings, rounds, lines, round, most}) {
  const ways = new Map(), heading = new Map(), upTo = Math.min(round, most);
  for (let number = 1; number <= upTo; number += 1) {
    const found = lines.get(number);
    if (!Array.isArray(found)) continue;
    for (const line of found) {
      const way = WAY[line.action] || heading.get(line.agent_id);
      if (!ways.has(line.agent_id)) ways.set(line.agent_id, [[0, 0]]);
      if (!way) continue;
      heading.set(line.agent_id, way);
      const walk = ways.get(line.agent_id), [x, y] = walk.at(-1);
      walk.push([x + way[0], y + way[1]]);
    }
  }
  const missing = rounds.slice(0, upTo).filter((one) => !Array.isArray(lines.get(one.round))).length;
  const all = standings.filter((entry) => ways.has(entry.agent_id)).sort((one, two) => one.number - two.number), entries = all.slice(0, SHOWN);
  return h('section', {class: 'card'}, h('h2', {}, 'The ways of the snakes'), h('p', {class: 'soft small'}, 'Each from its own start. Where on the field they are, and where food lies, follows from the seed, which stays secret until the oracle finalizes; then the whole game is replayed here.', missing > 0 && ` ${plural(missing, 'round')} not read yet.`, round > most && ` They are drawn up to round ${count(most)}.`, all.length > SHOWN && ` The first ${SHOWN} of ${count(all.length)} snakes.`),
    h('div', {class: 'walks'}, entries.map((entry) => h('figure', {key: entry.agent_id}, drawn(ways.get(entry.agent_id), entry, round), h('figcaption', {class: 'line'}, u(short(entry.agent_id, 20)), h('span', {class: 'soft'}, entry.alive || entry.eliminated_round > round ? ` · ${plural(ways.get(entry.agent_id).length - 1, 'move')}` : ` · out in ${entry.eliminated_round}`))))));
}

function drawn(walk, entry, round) {
  const xs = walk.map(([x]) => x), ys = walk.map(([, y]) => y), size = Math.max(8, Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) + 3;
  const left = (Math.max(...xs) + Math.min(...xs) - size) / 2, top = (Math.max(...ys) + Math.min(...ys) - size) / 2, [x, y] = walk.at(-1), dead = !entry.alive && entry.eliminated_round <= round;
  return s('svg', {viewBox: `${left} ${top} ${size} ${size}`, role: 'img', 'aria-label': `${entry.agent_id}: ${walk.length - 1} moves${dead ? `, out in round ${entry.eliminated_round}` : ''}`}, s('path', {d: `M${walk.map((one) => one.join(' ')).join('L')}`}), s('circle', {class: 'from', cx: 0, cy: 0, r: .45}), dead ? s('path', {class: 'dead', d: `M${x - .8} ${y - .8}l1.6 1.6m0-1.6-1.6 1.6`}) : s('circle', {class: 'to', cx: x, cy: y, r: .7}));
}
