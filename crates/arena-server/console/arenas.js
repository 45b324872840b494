// The list of arenas.
import {h, u} from './dom.js';
import {short, plural} from './format.js';
import {mark, time} from './parts.js';
import {openList} from './list.js';

export const open = (main, rest, params) => openList(main, params, {
  view: 'arenas', heading: 'Arenas', path: '/v1/arenas', statuses: ['created', 'active', 'settling', 'archived'], agentLabel: 'Participant', noun: 'arena', searches: 'Words of the goal, an agent, an id',
  search: (one) => `${one.goal} ${one.created_by} ${one.arena_id} ${one.participants.map((other) => other.agent_id).join(' ')}`,
  none: ['No arenas yet', 'Make one with `arena create "GOAL"`, or run a whole plan with `arena run PLAN.toml`.'],
  row: (one) => [
    h('div', {class: 'row'}, h('h2', {class: 'grow'}, h('a', {href: `#/arena/${one.arena_id}`}, u(short(one.goal, 140)))), mark(one.status)),
    h('div', {class: 'row small soft'}, progress(one), h('span', {}, plural(one.participants.length, 'participant')), h('span', {}, 'made by ', u(one.created_by)), time(one.created_at), one.open && h('span', {class: 'tag'}, 'open to join'))],
});

const progress = (one) => h('span', {class: 'row progress'}, h('span', {class: 'bar', 'aria-hidden': 'true'}, h('i', {'width%': one.total_steps ? (100 * one.completed_steps) / one.total_steps : 0})), h('span', {class: 'num'}, `${one.completed_steps} of ${plural(one.total_steps, 'step')}`));
