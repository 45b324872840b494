// Who takes part, what each did last, what it holds.
import {h, morph, u} from './dom.js';
import {count} from './format.js';
import {button, empty, mark, table, time, until} from './parts.js';
import {changeRole, remove} from './actions.js';
import {sentence, showEvent} from './event.js';
import {timeOfDay} from './format.js';
import {handles} from './handles.js';
import {isOperator} from './session.js';

const LISTED = 200;

export function mount(store) {
  const element = h('div', {class: 'stack'});
  let most = LISTED;
  function update() {
    const last = new Map(), upTo = store.at ?? Infinity, holds = new Map();
    for (const event of store.recent) if (event.sequence <= upTo) last.set(event.actor, event);
    for (const step of store.steps) if (step.holder) holds.set(step.holder, [...(holds.get(step.holder) || []), step]);
    const {participants, status} = store.arena;
    const leads = store.isCoordinator() && ['created', 'active'].includes(status), mayRemove = (store.isCoordinator() || (isOperator() && store.at === null)) && status !== 'archived';
    morph(element, h('div', {class: 'card'}, participants.length ? table('Participants', [
      ['Agent', (one) => h('strong', {}, u(one.agent_id)), 'lead'], ['Role', (one) => mark(one.role), 'bare'], ['Completed', (one) => count(one.completed_steps), 'num'],
      ['Holds', (one) => holds.get(one.agent_id)?.slice(0, 5).map((step) => h('div', {class: 'still'}, h('button', {type: 'button', class: 'link', onclick: () => store.openStep(step.step)}, `#${step.step}`), ' ', h('span', {class: 'soft small'}, store.at === null ? until(step.expires_at) : ''))) || h('span', {class: 'soft'}, 'nothing')],
      ['Last action', (one) => (last.has(one.agent_id) ? doing(last.get(one.agent_id)) : h('span', {class: 'soft'}, store.recent[0]?.sequence > 1 ? 'none in the last 1,000 events' : 'none')), 'long wide-cell'],
      ['Since', (one) => h('span', {class: 'small'}, time(one.joined_at)), 'long'],
      ...(leads || mayRemove ? [['', (one) => h('span', {class: 'row still'}, leads && button('Role', () => changeRole(store, one.agent_id), {look: 'tiny', 'aria-label': `Change the role of ${one.agent_id}`}), mayRemove && button('Remove', () => remove(store, one.agent_id), {look: 'tiny grave', 'aria-label': `Remove ${one.agent_id}`})), 'end']] : []),
    ], participants.slice(0, most), (one) => one.agent_id) : empty('Nobody takes part', 'A coordinator invites agents.'), participants.length > most && h('p', {class: 'row'}, button(`Show ${Math.min(LISTED, participants.length - most)} more of ${count(participants.length)}`, () => { most += LISTED; update(); }, {look: 'tiny'}))), handles(store));
  }
  return {element, update};
}

const doing = (event) => h('span', {class: 'small clamp'}, h('button', {type: 'button', class: 'link num', 'aria-label': `Event ${event.sequence}`, onclick: () => showEvent(event)}, `#${event.sequence}`), ' ', h('span', {class: 'soft num', title: event.recorded_at}, timeOfDay(event.recorded_at)), ' ', u(sentence(event)));
