// The field of a game of snakes at one moment: drawn for the eye, told in words for everyone else.
import {h, s, u} from './dom.js';
import {count, plural, short} from './format.js';

const HUES = 8;
const letter = (index) => String.fromCharCode(65 + (index % 26));
const centre = ([x, y]) => `${x + .5} ${y + .5}`;

/** The field with its snakes; who fell in this round is marked where it fell. */
export function field({rules, frame, frames}) {
  const {width, height} = rules, {zone} = frame, before = frames[frame.round - 1], gone = zone.left > zone.right || zone.top > zone.bottom;
  const inside = gone ? null : s('rect', {class: 'zone', x: zone.left, y: zone.top, width: zone.right - zone.left + 1, height: zone.bottom - zone.top + 1});
  const food = frame.food.map(([x, y]) => s('circle', {class: 'food', cx: x + .5, cy: y + .5, r: .24}));
  const snakes = frame.snakes.map((snake, index) => snake.alive && s('g', {class: `snake hue-${index % HUES}`, 'data-agent': snake.name}, s('title', {}, `${snake.name}, ${snake.body.length} long`), s('path', {d: `M${snake.body.map(centre).join('L')}`}), s('circle', {cx: snake.body[0][0] + .5, cy: snake.body[0][1] + .5, r: .5}), s('text', {x: snake.body[0][0] + .5, y: snake.body[0][1] + .74, 'text-anchor': 'middle'}, letter(index))));
  const fallen = frame.out.map((name) => { const index = frame.snakes.findIndex((snake) => snake.name === name), [x, y] = frame.snakes[index].body[0]; return s('g', {class: 'fell'}, before && s('path', {class: `trace hue-${index % HUES}`, d: `M${before.snakes[index].body.map(centre).join('L')}`}), s('path', {class: 'cross', d: `M${x + .15} ${y + .15}l.7 .7m0-.7-.7 .7`})); });
  const alive = frame.snakes.filter((snake) => snake.alive);
  return s('svg', {class: 'field', viewBox: `-.6 -.6 ${width + 1.2} ${height + 1.2}`, role: 'img', 'aria-label': `${frame.round ? `After round ${frame.round}` : 'At the start'}: ${alive.length} of ${plural(frame.snakes.length, 'snake')} alive on a field of ${width} by ${height}${frame.out.length ? `; out: ${frame.out.join(', ')}` : ''}`},
    s('rect', {class: 'ground', x: -.5, y: -.5, width: width + 1, height: height + 1, rx: .6}), inside, ...food, ...fallen, ...snakes);
}

/** Who is who, how long, and since when out. */
export function roster({frame, frames}) {
  const outIn = new Map();
  for (const one of frames.slice(0, frame.round + 1)) for (const name of one.out) outIn.set(name, one.round);
  return h('ol', {class: 'roster', 'aria-label': 'Snakes'}, frame.snakes.map((snake, index) => h('li', {key: snake.name, class: snake.alive ? '' : 'is-out'},
    h('span', {class: `chip hue-${index % HUES}`, 'aria-hidden': 'true'}, letter(index)), h('span', {class: 'line grow'}, u(short(snake.name, 24))),
    snake.alive ? h('span', {class: 'num soft small'}, `${count(snake.body.length)} long`) : h('span', {class: 'num soft small still'}, `out in ${outIn.get(snake.name)}`))));
}
