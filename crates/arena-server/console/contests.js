// The list of contests.
import {h, u} from './dom.js';
import {count, plural} from './format.js';
import {mark, time} from './parts.js';
import {openList} from './list.js';

export const open = (main, rest, params) => openList(main, params, {
  view: 'contests', heading: 'Contests', path: '/v1/contests', statuses: ['registration', 'active', 'eliminating', 'finished', 'cancelled', 'abandoned'], agentLabel: 'Entrant', noun: 'contest', searches: 'Words of the title, a creator, a game',
  search: (one) => `${one.title} ${one.creator} ${one.oracle} ${one.arena_id} ${game(one.terms)}`,
  none: ['No contests yet', 'Make one with `arena contest create`, or host a whole cup with `arena contest host examples/cup.toml`.'],
  row: (one) => [
    h('div', {class: 'row'}, h('h2', {class: 'grow'}, h('a', {href: `#/contest/${one.arena_id}`}, u(one.title))), mark(one.status)),
    h('div', {class: 'row small soft'}, game(one.terms) && h('span', {class: 'tag'}, u(game(one.terms))), h('span', {class: 'num'}, `${plural(one.entrants, 'entrant')} of ${one.terms.max_agents}`), one.status !== 'registration' && h('span', {class: 'num'}, `${one.alive} alive after ${plural(one.round, 'round')}`),
      h('span', {class: 'num'}, `entry ${count(one.terms.entry_fee)}, pot ${count(one.pot)}`), h('span', {}, 'by ', u(one.creator)), time(one.created_at))],
});

/** The game's name, when the terms hold the rules of one. */
export function game(terms) {
  try { return String(JSON.parse(terms.action_schema).game || ''); } catch { return ''; }
}
