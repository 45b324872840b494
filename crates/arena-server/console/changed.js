// Which steps events may have changed, so that a great plan is not read anew for each of them.
import {dependents} from './why.js';

const NOTHING = new Set(['message_sent', 'fact_put', 'artifact_put']);
const ONE = new Set(['step_claimed', 'lease_renewed', 'step_released', 'lease_expired', 'lease_revoked', 'step_approved', 'step_failed', 'result_orphaned', 'step_changed']);
// What waits for it may be ready now, or wait again.
const AND_AFTER = new Set(['step_completed', 'step_cancelled', 'step_reopened', 'result_adopted']);
const MOST = 24;

/** `due` and what the events add to it; null when everything has to be read. */
export function changed(store, due, events) {
  if (!due || !store.arena) return null;
  const numbers = new Set(due);
  for (const {type, data} of events) {
    if (NOTHING.has(type)) continue;
    if (!ONE.has(type) && !AND_AFTER.has(type)) return null;
    numbers.add(data.step);
    if (AND_AFTER.has(type)) for (const number of dependents(store).get(data.step) || []) numbers.add(number);
    if (numbers.size > MOST || !store.byStep.has(data.step)) return null;
  }
  return numbers;
}
