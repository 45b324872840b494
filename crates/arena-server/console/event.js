// An event in a line, and an event in full.
import {h, u} from './dom.js';
import {count, short, timeOfDay, words} from './format.js';
import {dialog, time} from './parts.js';

const step = (data) => `step ${data.step}`;
const SAYS = {
  arena_created: () => 'made the arena', arena_activated: () => 'activated it', agent_joined: (d) => [`${d.agent_id} joined as ${d.role}`], agent_left: (d) => `${d.agent_id} left`, role_changed: (d) => `made ${d.agent_id} ${d.role}`,
  goal_updated: (d) => `changed the goal: ${d.new_goal}`, steps_added: (d) => (d.steps.length > 1 ? `added steps ${d.first} to ${d.first + d.steps.length - 1}` : `added step ${d.first}: ${d.steps[0]?.title}`), step_changed: (d) => `edited ${step(d)}`, step_cancelled: (d) => `cancelled ${step(d)}`,
  step_claimed: (d) => `claimed ${step(d)}`, lease_renewed: (d) => `renewed the lease on ${step(d)}`, step_released: (d) => `gave back ${step(d)}${d.reason ? `: ${d.reason}` : ''}`, lease_expired: (d) => `the lease of ${d.agent_id} on ${step(d)} ran out`, lease_revoked: (d) => `the lease of ${d.agent_id} on ${step(d)} was revoked`,
  step_approved: (d) => `approved ${step(d)}`, step_completed: (d) => `completed ${step(d)}${d.result ? `: ${d.result}` : ''}`, result_orphaned: (d) => `completed ${step(d)} too late; the result is kept`, result_adopted: (d) => `adopted the late result of ${d.agent_id} for ${step(d)}`,
  step_failed: (d) => `gave up ${step(d)}${d.reason ? `: ${d.reason}` : ''}`, step_reopened: (d) => `reopened ${step(d)}`, artifact_put: (d) => `put ${d.name}, version ${d.version}`, fact_put: (d) => `put the fact ${d.key}: ${d.content}`, message_sent: (d) => `said${d.to?.length ? ` to ${d.to.join(', ')}` : ''}: ${d.body}`,
  settling_started: () => 'began to settle', arena_archived: () => 'sealed the arena',
  contest_created: (d) => `made the contest ${d.title}`, agent_entered: (d) => `entered as number ${d.number} for ${count(d.amount)}`, entry_withdrawn: (d) => `left and got ${count(d.amount)} back`, contest_started: (d) => `started it with ${d.entrants} entrants`,
  round_page_submitted: (d) => `round ${d.round}, page ${d.page}: ${Object.keys(d.scores).length} scores${d.eliminated.length ? `, out: ${d.eliminated.join(', ')}` : ''}`, round_completed: (d) => `completed round ${d.round}; ${d.alive} alive`, round_actions_stored: (d) => `stored the actions of round ${d.round}`,
  contest_finalized: (d) => `finalized it; pot ${count(d.pot)}`, contest_cancelled: (d) => `cancelled it (${words(d.reason)})`, contest_abandoned: (d) => `abandoned it; bond of ${count(d.amount)} slashed`, obligation_paid: (d) => `paid ${words(d.kind)} ${count(d.amount)} to ${d.payee}`,
};

/** What happened, in a sentence that begins with who did it. */
export function sentence(event) {
  try { return short(String(SAYS[event.type]?.(event.data) ?? words(event.type)), 200); } catch { return words(event.type); }
}
export const TYPES = Object.keys(SAYS);
export const ARENA_TYPES = TYPES.slice(0, TYPES.indexOf('contest_created'));
export const CONTEST_TYPES = TYPES.slice(TYPES.indexOf('contest_created'));

export const eventLine = (event) => [h('button', {type: 'button', class: 'link num', 'aria-label': `Event ${event.sequence}`, onclick: () => showEvent(event)}, `#${event.sequence}`), ' ', h('span', {class: 'soft num', title: event.recorded_at}, timeOfDay(event.recorded_at)), ' ', h('strong', {}, u(event.actor)), ' ', u(sentence(event))];

/** All of an event; `goTo` looks at the arena as it stood after it. */
export function showEvent(event, goTo) {
  dialog(`Event ${event.sequence}: ${words(event.type)}`, (close) => [
    h('dl', {class: 'facts'}, [['By', u(event.actor)], ['Recorded', time(event.recorded_at)], ['Position in the journal', count(event.position)], ['Hash', h('code', {}, event.hash)], ['Hash before', h('code', {}, event.previous_hash)], event.command_id && ['Key', u(event.command_id)]].filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    h('pre', {class: 'boxed', tabindex: 0, 'aria-label': 'Fields of the event'}, JSON.stringify(event.data, null, 2)),
    h('div', {class: 'feet'}, goTo && h('button', {type: 'button', class: 'btn', onclick: () => { close(); goTo(event.sequence); }}, 'Look at the arena after this event'), h('button', {type: 'button', class: 'btn main', onclick: close}, 'Close'))]);
}
