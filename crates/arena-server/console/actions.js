// What a coordinator or the operator can do to an arena from here; what is final is asked about first.
import {button, confirm} from './parts.js';
import {isOperator} from './session.js';

const ROLES = ['worker', 'coordinator', 'observer'];

/** The buttons for where the arena stands. */
export function arenaActions(store) {
  const {arena} = store;
  if (store.at !== null) return [];
  const leads = store.isCoordinator(), mayEnd = leads || isOperator(), buttons = [];
  const does = (what) => async (_, write) => { await write('POST', `${store.path}/${what}`); store.reload(); };
  if (arena.status === 'created' && leads) buttons.push(button('Activate', () => confirm({heading: 'Activate this arena?', text: 'Work begins: ready steps can be claimed from now on.', verb: 'Activate', done: 'It is active', run: does('activate')}), {look: 'main'}));
  if (arena.status === 'active' && leads) buttons.push(button('Change the goal', () => confirm({heading: 'Change the goal', text: 'Everyone sees the new goal; the former one stays in the journal.', verb: 'Change the goal', done: 'The goal is changed', fields: [['goal', 'New goal', 'text', '', arena.goal]], run: async ({goal}, write) => { await write('PUT', `${store.path}/goal`, {goal}); store.reload(); }})));
  if (['created', 'active'].includes(arena.status) && leads) buttons.push(button('Add steps', () => addSteps(store)), button('Invite', () => invite(store)));
  if (arena.status === 'active' && mayEnd) buttons.push(button('Settle', () => confirm({heading: 'Settle this arena?', text: 'No step can be claimed any more. Open leases may end within the grace time, and then the arena can be sealed. There is no way back.', verb: 'Settle', done: 'It settles', grave: true, run: does('settle')}), {look: 'grave'}));
  if (arena.status === 'settling' && mayEnd) buttons.push(button('Archive', () => confirm({heading: 'Archive this arena?', text: 'It is sealed for ever: its report is written, leases that are still open are revoked after the deadline, and nothing changes any more.', verb: 'Archive', done: 'It is archived', grave: true, run: does('archive')}), {look: 'main'}));
  return buttons;
}

function invite(store) {
  confirm({heading: 'Invite an agent', text: 'It has to be registered already.', verb: 'Invite', done: 'Invited', fields: [['agent_id', 'Agent id', 'line', 'such as alice'], ['role', 'Role', 'choice', ROLES]],
    run: async ({agent_id, role}, write) => { await write('POST', `${store.path}/participants`, {agent_id: agent_id.trim(), role}); store.reload(); }});
}

/** Several steps that have the rest in common: a plan's next part is often that. */
function addSteps(store) {
  confirm({heading: 'Add steps', text: `One for each line. They get the numbers from ${store.steps.length + 1} on.`, verb: 'Add', done: 'Added',
    fields: [['titles', 'Titles, one a line', 'text', 'Write the reader\nMeasure it'], ['after', 'They depend on', 'line', 'numbers, such as 1, 3'], ['assignee', 'Only for', 'line', 'agent id or role:worker'], ['approval', 'Completion needs a coordinator’s approval', 'check', null, false]],
    run: async ({titles, after, assignee, approval}, write) => {
      const depends_on = after.split(/[\s,#]+/).filter(Boolean).map(Number);
      const steps = titles.split('\n').map((title) => title.trim()).filter(Boolean).map((title) => ({title, ...(depends_on.length ? {depends_on} : {}), ...(assignee.trim() ? {assignee: assignee.trim()} : {}), ...(approval ? {evidence: {approval: true}} : {})}));
      await write('POST', `${store.path}/steps`, {steps});
      store.reload();
    }});
}

export function changeRole(store, agent_id) {
  confirm({heading: `Another role for ${agent_id}`, verb: 'Change role', done: 'The role is changed', fields: [['role', 'Role', 'choice', ROLES]], run: async ({role}, write) => { await write('PATCH', `${store.path}/participants/${agent_id}`, {role}); store.reload(); }});
}

export function remove(store, agent_id) {
  confirm({heading: `Remove ${agent_id}?`, text: 'Its claims are released, and it takes no part any more until it is invited again. What it did stays.', verb: 'Remove', done: 'Removed', grave: true, run: async (_, write) => { await write('DELETE', `${store.path}/participants/${agent_id}`); store.reload(); }});
}

/** The buttons of a step. */
export function stepActions(store, step) {
  if (!store.isCoordinator()) return [];
  const {status} = store.arena, number = step.step, buttons = [];
  const does = (what, body) => async (_, write) => { await write('POST', `${store.path}/steps/${number}/${what}`, body); store.reload(); };
  const open = ['waiting', 'ready', 'claimed', 'failed'].includes(step.status);
  if (['active', 'settling'].includes(status) && open && step.evidence?.approval && !step.approved_by) buttons.push(button('Approve', () => confirm({heading: `Approve step ${number}?`, text: 'It can then be completed. The approval stands until the step is reopened.', verb: 'Approve', done: 'Approved', run: does('approve')}), {look: 'main'}));
  if (status === 'active' && ['failed', 'completed'].includes(step.status)) buttons.push(button('Reopen', () => confirm({heading: `Reopen step ${number}?`, text: 'It has to be done again, with all its attempts and without its approval.', verb: 'Reopen', done: 'Reopened', run: does('reopen')})));
  if (['created', 'active'].includes(status) && open) buttons.push(button('Cancel the step', () => confirm({heading: `Cancel step ${number}?`, text: 'It is taken out of the plan for good. A lease on it is revoked, and steps that wait for it no longer do.', verb: 'Cancel the step', done: 'The step is cancelled', grave: true, run: does('cancel')}), {look: 'grave'}));
  return buttons;
}

export function adopt(store, step, orphan) {
  confirm({heading: `Adopt the late result of ${orphan.agent_id}?`, text: `Step ${step.step} is completed with it, and a lease on the step is revoked. This cannot be undone, only reopened.`, verb: 'Adopt', done: 'Adopted', grave: true,
    run: async (_, write) => { await write('POST', `${store.path}/steps/${step.step}/adopt`, {fence: orphan.fence}); store.reload(); }});
}
