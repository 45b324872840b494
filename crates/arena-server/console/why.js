// Why a step does not go on, in sentences.
import {count, listed, plural, span} from './format.js';
import {now} from './session.js';

const over = (step) => ['completed', 'cancelled'].includes(step?.status);

/** The dependents of each step, made once for each state. */
export function dependents(store) {
  if (store.dependentsOf !== store.steps) {
    store.dependentsMap = new Map();
    for (const step of store.steps) for (const before of step.depends_on) {
      if (!store.dependentsMap.has(before)) store.dependentsMap.set(before, []);
      store.dependentsMap.get(before).push(step.step);
    }
    store.dependentsOf = store.steps;
  }
  return store.dependentsMap;
}

/** The budget that is spent, in a sentence, when one is: nothing can be claimed then. */
export function spentBudget({arena}) {
  const {budget: limits = {}, spent = {}, activated_at: since} = arena;
  if (limits.attempts !== undefined && spent.attempts >= limits.attempts) return `all ${plural(limits.attempts, 'attempt')} of the budget are spent`;
  if (limits.cost !== undefined && spent.cost >= limits.cost) return `the budget is spent: ${count(spent.cost)} of ${count(limits.cost)}`;
  if (limits.duration_ms !== undefined && since && now() - Date.parse(since) >= limits.duration_ms) return `the time of the budget is over: ${span(limits.duration_ms)}`;
  return '';
}

/** The reason, and whether it will not go away by itself. */
export function why(store, step) {
  const {arena} = store;
  if (step.status === 'waiting') {
    const open = step.depends_on.filter((number) => !over(store.byStep.get(number)));
    const failed = open.filter((number) => store.byStep.get(number)?.status === 'failed');
    if (failed.length) return {stuck: true, text: `blocked: ${listed(failed)} failed; reopen or cancel ${failed.length > 1 ? 'them' : 'it'}`};
    return {stuck: false, text: `waits for ${listed(open)}`};
  }
  if (step.status === 'failed') {
    const blocks = (dependents(store).get(step.step) || []).filter((number) => !over(store.byStep.get(number)));
    return {stuck: true, text: `out of attempts after ${plural(step.attempts, 'try', 'tries')}${step.last_failure ? ` (${step.last_failure})` : ''}${blocks.length ? `; ${listed(blocks)} ${blocks.length > 1 ? 'wait' : 'waits'} for it` : ''}`};
  }
  if (step.status === 'claimed' && step.evidence?.approval && !step.approved_by) return {stuck: true, text: 'needs a coordinator’s approval'};
  if (step.status === 'claimed' && step.evidence?.artifacts?.length) return {stuck: false, text: `owes ${step.evidence.artifacts.join(', ')}`};
  if (step.status !== 'ready') return null;
  if (arena.status !== 'active') return {stuck: arena.status === 'created', text: arena.status === 'created' ? 'the arena is not active yet' : `the arena is ${arena.status}: nothing can be claimed`};
  const assignee = step.assignee;
  const spent = store.at === null && spentBudget(store);
  if (spent) return {stuck: true, text: `${spent}, so nobody can claim it`};
  const admitted = arena.participants.filter((one) => one.role !== 'observer' && (!assignee || assignee === one.agent_id || assignee === `role:${one.role}`));
  if (!admitted.length) return {stuck: true, text: assignee ? `only ${assignee} may claim it, and nobody here is that` : 'nobody here may claim it: invite a worker'};
  return {stuck: false, text: assignee ? `waits for ${assignee} to claim it` : 'waits to be claimed'};
}

/** Whether the whole of it moves, in a headline and a sentence, and the steps that do not by themselves. */
export function motion(store) {
  const {arena, steps} = store, sums = {};
  for (const step of steps) sums[step.status] = (sums[step.status] || 0) + 1;
  const stuck = steps.map((step) => ({step, reason: why(store, step)})).filter(({reason}) => reason?.stuck), has = (status) => (sums[status] || 0) > 0;
  // What is out of attempts comes first: it holds up what waits for it.
  const order = ['failed', 'ready', 'claimed', 'waiting'];
  stuck.sort((one, two) => order.indexOf(one.step.status) - order.indexOf(two.step.status) || one.step.step - two.step.step);
  const said = (headline, text, look = '') => ({headline, text, look, stuck});
  if (arena.status === 'archived') return {...said('It is finished', 'Nothing changes any more. Its report is sealed and can be checked.', 'ok'), stuck: []};
  if (arena.status === 'created') return {...said('It has not begun', 'Nothing can be claimed before a coordinator activates the arena.', 'warn'), stuck: []};
  if (arena.status === 'settling') return {...said('It settles', has('claimed') ? `Nothing new can be claimed; ${plural(sums.claimed, 'open lease')} may still end.` : 'Nothing new can be claimed, and nobody holds a step: it can be archived.'), stuck: stuck.filter(({step}) => step.status === 'claimed')};
  if (!steps.length) return said('It has no steps yet', 'A coordinator adds them, here or with arena step add.', 'warn');
  if (steps.every(over)) return said('Every step is done', 'A coordinator settles and archives the arena, and its report is written.', 'ok');
  const spent = store.at === null && spentBudget(store);
  if (spent) return said(has('claimed') ? 'The last steps are under way' : 'Nothing moves', `${spent.charAt(0).toUpperCase()}${spent.slice(1)}. Nothing can be claimed any more: settle it, or begin anew with a greater budget.`, 'bad');
  const claimable = steps.some((step) => step.status === 'ready' && !why(store, step).stuck), moving = steps.some((step) => step.status === 'claimed' && !why(store, step)?.stuck);
  if (moving) return said(stuck.length ? 'It moves, but not everywhere' : 'It moves', `${plural(sums.claimed, 'step is', 'steps are')} under way${has('ready') ? `, ${count(sums.ready)} can be claimed` : ''}.`, stuck.length ? 'warn' : 'ok');
  if (claimable) return said('It waits for an agent', `${plural(sums.ready, 'step is', 'steps are')} ready and nobody works. Start an agent, or invite one.`, 'warn');
  return said('Nothing moves', 'Nothing goes on by itself; each reason says what would help.', 'bad');
}
