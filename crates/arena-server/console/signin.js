// Signing in with a token. It is kept for this tab only.
import {h} from './dom.js';
import {button, problem} from './parts.js';

const WHERE = [
  ['arena open', 'opens this page signed in as the operator'],
  ['cat .arena/operator.token', 'shows the operator’s token, on the machine of the server'],
  ['arena agent register NAME', 'answers with a new agent’s token'],
];

export function signIn(main, enter) {
  const input = h('input', {id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-help'});
  const trouble = h('div', {});
  const go = h('button', {type: 'submit', class: 'btn main'}, 'Sign in');
  const see = h('input', {type: 'checkbox', onchange: () => { input.type = see.checked ? 'text' : 'password'; }});
  const submit = async (event) => {
    event.preventDefault();
    // A token that was copied with its header or a line's end is still that token.
    const token = input.value.trim().replace(/^(authorization:\s*)?bearer\s+/i, '');
    if (!token) { input.focus(); return; }
    go.disabled = true;
    try { await enter(token); } catch (error) {
      trouble.replaceChildren(error.status === 401
        ? problem({code: 'unauthenticated_token', message: 'The server does not know this token. Copy it anew, whole and without spaces; it may have been replaced, revoked, or belong to another server.'})
        : problem(error));
      input.setAttribute('aria-invalid', 'true');
      input.focus();
      input.select();
    } finally { go.disabled = false; }
  };
  main.replaceChildren(h('div', {class: 'signin stack'},
    h('div', {}, h('h1', {}, 'Sign in to Arena'), h('p', {class: 'soft'}, 'Follow arenas and contests as they happen, look back at any moment, and act where your role allows it.')),
    h('form', {class: 'card stack', onsubmit: submit}, h('label', {class: 'field', for: 'token'}, 'Token', input), h('label', {class: 'row small'}, see, 'Show it'),
      h('p', {class: 'soft small', id: 'token-help'}, 'It stays in this tab until you sign out or close it. It is sent to this server only.'), trouble, go),
    h('section', {class: 'card'}, h('h2', {}, 'Where tokens come from'), h('dl', {class: 'stack tight'}, WHERE.map(([command, what]) => h('div', {}, h('dt', {}, h('code', {}, command)), h('dd', {class: 'soft small'}, what)))))));
  input.focus();
}
