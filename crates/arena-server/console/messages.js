// What was said, and saying something.
import {h, morph, u} from './dom.js';
import {write} from './api.js';
import {button, empty, problem, say, time, waiting} from './parts.js';
import {past} from './past.js';
import {session} from './session.js';

const SHOWN = 300;

export function mount(store) {
  const list = h('div', {}), form = h('div', {});
  const element = h('div', {class: 'stack talk'}, list, form);
  const sent = past(store, 'message_sent', () => update());
  let most = SHOWN;
  sent.read();
  const body = h('textarea', {id: 'say-body', rows: 2, required: true, placeholder: 'Say something to everyone here'});
  const to = h('input', {type: 'text', placeholder: 'agents, separated by commas', autocomplete: 'off', spellcheck: 'false'});
  const trouble = h('div', {});
  const send = async (event) => {
    event.preventDefault();
    if (!body.value.trim()) { body.focus(); return; }
    try {
      await write('POST', `${store.path}/messages`, {body: body.value, to: to.value.split(',').map((one) => one.trim()).filter(Boolean)});
      body.value = '';
      trouble.replaceChildren();
      say('Sent');
    } catch (error) { trouble.replaceChildren(problem(error)); }
  };
  const write_ = h('form', {class: 'card stack tight', onsubmit: send}, h('label', {class: 'field'}, 'Message', body), h('div', {class: 'row end'}, h('label', {class: 'field grow'}, 'Addressed to (everyone can read it)', to), h('button', {type: 'submit', class: 'btn main'}, 'Say it')), trouble);
  write_.$own = true;
  function update() {
    sent.follow();
    const all = sent.items(store.at), shown = all.slice(-most);
    morph(list, sent.failure() ? problem(sent.failure(), sent.read) : !sent.isRead() ? waiting() : !all.length ? empty('Nothing was said', store.can('share') ? 'Say the first thing below.' : 'Messages of participants stand here.') : [
      all.length > most && h('p', {class: 'row'}, button(`Show ${Math.min(SHOWN, all.length - most)} earlier ones`, () => { most += SHOWN; update(); }, {look: 'tiny'})),
      h('ol', {class: 'messages', 'aria-label': 'Messages'}, shown.map((event) => h('li', {key: event.sequence, class: event.actor === session.agent_id ? 'mine' : ''}, h('p', {class: 'row small soft'}, h('strong', {}, u(event.actor)), event.data.to?.length && h('span', {}, 'to ', u(event.data.to.join(', '))), time(event.recorded_at)), h('p', {}, u(event.data.body)))))]);
    const may = store.can('share') && store.arena.status !== 'archived';
    if (may && write_.parentNode !== form) form.replaceChildren(write_);
    if (!may) morph(form, h('p', {class: 'soft small'}, store.at !== null ? 'Go back to now to say something.' : store.arena.status === 'archived' ? 'The arena is sealed: nothing can be said any more.' : 'Only participants with the permission to share can say something here.'));
  }
  return {element, update, leave: sent.leave};
}
