// The rules of snakes, version 1, as the host plays them: from the seed and the recorded moves come the same frames.
import {dice} from './dice.js';

const LENGTH = 3;
const WAYS = {up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0]};
const WIDEST = 1024;
/** A cell as a number, so that cells can be compared and kept in sets. */
const name = (x, y) => (y + WIDEST) * 4 * WIDEST + x + WIDEST;
const of = ([x, y]) => name(x, y);
const to = ([x, y], way) => [x + WAYS[way][0], y + WAYS[way][1]];
const same = (one, two) => one[0] === two[0] && one[1] === two[1];

const shrinkings = (rules, round) => (round < rules.shrink_from ? 0 : Math.floor((round - rules.shrink_from) / rules.shrink_every) + 1);
/** Where a head survives in a round, borders included. */
export function zoneOf(rules, round) {
  const inset = shrinkings(rules, round);
  return {left: inset, top: inset, right: rules.width - 1 - inset, bottom: rules.height - 1 - inset};
}
const holds = (zone, [x, y]) => x >= zone.left && x <= zone.right && y >= zone.top && y <= zone.bottom;

/** Places so far apart on a line of so many cells, in its middle. */
function line(cells, spacing) {
  const places = [];
  for (let place = Math.floor(((cells - 1) % spacing) / 2); place < cells; place += spacing) places.push(place);
  return places;
}
function starts(rules, wanted) {
  for (let spacing = Math.max(rules.width, rules.height); ; spacing -= 1) {
    const places = line(rules.height, spacing).flatMap((y) => line(rules.width, spacing).map((x) => [x, y]));
    if (places.length >= wanted || spacing <= 1) return places;
  }
}
/** Towards the middle, along the longer way. */
function inwards(rules, [x, y]) {
  const across = 2 * x + 1 - rules.width, down = 2 * y + 1 - rules.height;
  if (Math.abs(across) > Math.abs(down)) return across > 0 ? 'left' : 'right';
  return down > 0 ? 'up' : 'down';
}

/** Everywhere but straight back into its own neck. */
const isOpen = (snake, way) => !same(to(snake.body[0], way), snake.body[1]);

/** Begins a game among `players`, named in the order of their entry; `seed` are the bytes that were committed to. */
export function begin(rules, players, seed) {
  const chance = dice(seed, 0), places = starts(rules, players.length);
  const snakes = players.map((player) => { const cell = chance.take(places) ?? [0, 0]; return {name: player, alive: true, body: Array.from({length: LENGTH}, () => cell), direction: inwards(rules, cell)}; });
  let food = new Map(), round = 0, finished = false;

  function layFood(drawn) {
    const zone = zoneOf(rules, round + 1), taken = new Set(), free = [];
    for (const [key, cell] of food) if (!holds(zone, cell)) food.delete(key);
    for (const snake of snakes) if (snake.alive) for (const cell of snake.body) taken.add(of(cell));
    for (let y = zone.top; y <= zone.bottom; y += 1) for (let x = zone.left; x <= zone.right; x += 1) if (!taken.has(name(x, y)) && !food.has(name(x, y))) free.push([x, y]);
    while (food.size < rules.food) { const cell = drawn.take(free); if (!cell) break; food.set(of(cell), cell); }
  }
  function advance(moves) {
    const eaten = new Set();
    snakes.forEach((snake, index) => {
      if (!snake.alive) return;
      const wanted = moves[index];
      // Whoever forfeits its move goes straight on.
      if (Object.hasOwn(WAYS, wanted) && isOpen(snake, wanted)) snake.direction = wanted;
      const head = to(snake.body[0], snake.direction);
      snake.body = [head, ...snake.body];
      if (food.has(of(head))) eaten.add(of(head)); else snake.body.pop();
    });
    for (const key of eaten) food.delete(key);
  }
  function dead(zone) {
    const bodies = new Set(), longest = new Map(), playing = snakes.filter((snake) => snake.alive);
    for (const snake of playing) {
      for (const cell of snake.body.slice(1)) bodies.add(of(cell));
      const met = longest.get(of(snake.body[0])) || {length: 0, count: 0};
      if (snake.body.length > met.length) longest.set(of(snake.body[0]), {length: snake.body.length, count: 1});
      else if (snake.body.length === met.length) met.count += 1;
    }
    // Where heads meet, only a single longest snake survives.
    const wins = (snake) => { const met = longest.get(of(snake.body[0])); return met.length === snake.body.length && met.count === 1; };
    return playing.filter((snake) => !holds(zone, snake.body[0]) || bodies.has(of(snake.body[0])) || !wins(snake));
  }
  layFood(chance);

  return {
    isFinished: () => finished,
    /** Plays a round; `moves` has a direction for each player by its place, or nothing. Answers with who is out and the scores. */
    play(moves) {
      if (finished) return {eliminated: [], scores: {}};
      const zone = zoneOf(rules, round + 1), alive = snakes.filter((snake) => snake.alive);
      advance(moves);
      round += 1;
      let out = dead(zone);
      finished = alive.length - out.length < 2;
      // Whoever dies together with all the others survives with them, and the game is over.
      if (out.length === alive.length) out = [];
      for (const snake of out) snake.alive = false;
      if (!finished) layFood(dice(seed, round));
      return {eliminated: out.map((snake) => snake.name), scores: Object.fromEntries(alive.map((snake) => [snake.name, snake.body.length]))};
    },
    /** How it stands; what is handed out is not changed later. The zone is that of the round to come. */
    frame: () => ({round, zone: zoneOf(rules, round + 1), food: [...food.values()].sort((one, two) => one[0] - two[0] || one[1] - two[1]), snakes: snakes.map(({name: player, alive, body, direction}) => ({name: player, alive, body, direction}))}),
  };
}
