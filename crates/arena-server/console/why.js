// Why a step does not go on, in sentences.
import {listed, plural} from './format.js';

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
  if (step.status === 'claimed' && step.evidence?.approval && !step.approved_by) return {stuck: true, text: 'needs a coordinator’s approval to be completed'};
  if (step.status === 'claimed' && step.evidence?.artifacts?.length) return {stuck: false, text: `owes ${step.evidence.artifacts.join(', ')}`};
  if (step.status !== 'ready') return null;
  if (arena.status !== 'active') return {stuck: arena.status === 'created', text: arena.status === 'created' ? 'the arena is not active yet' : `the arena is ${arena.status}: nothing can be claimed`};
  const assignee = step.assignee;
  const admitted = arena.participants.filter((one) => one.role !== 'observer' && (!assignee || assignee === one.agent_id || assignee === `role:${one.role}`));
  if (!admitted.length) return {stuck: true, text: assignee ? `only ${assignee} may claim it, and nobody here is that` : 'nobody here may claim it: invite a worker'};
  return {stuck: false, text: assignee ? `waits for ${assignee} to claim it` : 'waits to be claimed'};
}
