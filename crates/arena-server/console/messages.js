// What was said, and saying something.
import {h, morph, u} from './dom.js';
import {writing} from './api.js';
import {button, empty, problem, say, time, waiting} from './parts.js';
import {recent} from './recent.js';
import {session} from './session.js';

const SHOWN = 100;

export function mount(store) {
  const list = h('div', {}), form = h('div', {});
  const element = h('div', {class: 'stack talk'}, list, form);
  const sent = recent(store, {type: 'message_sent'}, (event) => event.type === 'message_sent', SHOWN, () => update());
  let most = SHOWN;
  const body = h('textarea', {id: 'say-body', rows: 2, required: true, placeholder: 'Say something to everyone here'});
  const to = h('input', {type: 'text', placeholder: 'agents, separated by commas', autocomplete: 'off', spellcheck: 'false'});
  const trouble = h('div', {}), go = h('button', {type: 'submit', class: 'btn main'}, 'Say it');
  let write = writing();
  const send = async (event) => {
    event.preventDefault();
    if (!body.value.trim()) { body.focus(); return; }
    go.disabled = true;
    try {
      await write('POST', `${store.path}/messages`, {body: body.value, to: to.value.split(',').map((one) => one.trim()).filter(Boolean)});
      // Whoever says the same once more means it.
      write = writing();
      body.value = '';
      trouble.replaceChildren();
      say('Sent');
    } catch (error) { trouble.replaceChildren(problem(error)); }
    go.disabled = false;
  };
  const write_ = h('form', {class: 'card stack tight', onsubmit: send}, h('label', {class: 'field'}, 'Message', body), h('div', {class: 'row end'}, h('label', {class: 'field grow'}, 'Addressed to (everyone can read it)', to), go), trouble);
  write_.$own = true;
  function update() {
    sent.follow();
    const shown = sent.items().slice(-most), hasMore = !sent.isWhole() || sent.items().length > most;
    morph(list, sent.failure() ? problem(sent.failure(), sent.again) : !shown.length && sent.isReading() ? waiting() : !shown.length ? empty('Nothing was said', store.can('share') ? 'Say the first thing below.' : 'Messages of participants stand here.') : [
      hasMore && h('p', {class: 'row'}, button('Show earlier ones', () => { most += SHOWN; if (sent.items().length < most) sent.more(); update(); }, {look: 'tiny', disabled: sent.isReading()})),
      h('ol', {class: 'messages', 'aria-label': 'Messages'}, shown.map((event) => h('li', {key: event.sequence, class: event.actor === session.agent_id ? 'mine' : ''}, h('p', {class: 'row small soft'}, h('strong', {}, u(event.actor)), event.data.to?.length && h('span', {}, 'to ', u(event.data.to.join(', '))), time(event.recorded_at)), h('p', {}, u(event.data.body)))))]);
    const may = store.can('share') && store.arena.status !== 'archived';
    if (may && write_.parentNode !== form) form.replaceChildren(write_);
    if (!may) morph(form, h('p', {class: 'soft small'}, store.at !== null ? 'Go back to now to say something.' : store.arena.status === 'archived' ? 'The arena is sealed: nothing can be said any more.' : 'Only participants with the permission to share can say something here.'));
  }
  return {element, update, leave: sent.leave};
}
