// The ledger: an account's balance, and the transfers that made it.
import {h, morph, u} from './dom.js';
import {get} from './api.js';
import {count, title} from './format.js';
import {button, empty, problem, table, waiting} from './parts.js';
import {isOperator, session} from './session.js';

export function open(main, rest, params) {
  let account = params.get('account') ?? (isOperator() ? '' : `wallet:${session.agent_id}`), balance = null, items = null, cursor, failure = null, turn = 0;
  document.title = 'Money · Arena';
  async function read(more) {
    const mine = ++turn;
    if (!more) { items = null; balance = null; failure = null; draw(); }
    try {
      const [held, page] = await Promise.all([!more && account ? get(`/v1/ledger/accounts/${encodeURIComponent(account)}`) : balance, get('/v1/ledger/transfers', {account, limit: 100, after: more ? cursor : undefined})]);
      if (mine !== turn) return;
      balance = held; items = more ? items.concat(page.items) : page.items; cursor = page.next_cursor;
    } catch (error) { if (mine !== turn) return; failure = error; }
    draw();
  }
  const show = (next) => { account = next.trim(); history.replaceState(null, '', `#/money${account ? `?account=${encodeURIComponent(account)}` : ''}`); read(false); };
  const link = (name) => (name === 'external' ? h('span', {class: 'soft'}, 'outside') : h('button', {type: 'button', class: 'link', onclick: () => show(name)}, u(name.length > 30 ? `${name.slice(0, 15)}…` : name)));
  const input = h('input', {type: 'text', value: account, placeholder: 'wallet:alice, escrow:ID, bond:ID, treasury', autocomplete: 'off', spellcheck: 'false', onchange: (event) => show(event.target.value)});
  const body = h('div', {class: 'stack'});
  morph(main, h('div', {class: 'stack'}, h('h1', {}, 'Money'), h('form', {class: 'row end filters', onsubmit: (event) => { event.preventDefault(); show(input.value); }}, h('label', {class: 'field grow'}, 'Account', input), h('button', {type: 'submit', class: 'btn'}, 'Show'), button('Treasury', () => show('treasury')), isOperator() ? button('Everything', () => show('')) : button('My wallet', () => show(`wallet:${session.agent_id}`))), body));
  function draw() {
    if (input !== document.activeElement) input.value = account;
    morph(body, failure && problem(failure, () => read(false)), balance && h('dl', {class: 'keys'}, h('div', {}, h('dt', {}, 'Balance of ', u(balance.account)), h('dd', {class: 'num'}, count(balance.balance)))),
      !failure && (items === null ? waiting() : !items.length ? empty('No transfers', account ? 'Nothing has moved into or out of this account.' : 'Money comes in with arena ledger deposit.')
        : h('section', {class: 'card'}, h('h2', {}, account ? 'Its transfers' : 'All transfers'), table('Transfers', [['Number', (one) => h('span', {class: 'num'}, one.transfer)], ['For', (one) => title(one.reason)], ['From', (one) => link(one.debit)], ['To', (one) => link(one.credit)], ['Amount', (one) => h('span', {}, account && one.debit === account ? '−' : '', count(one.amount)), 'num right'], ['Contest', (one) => (one.arena_id ? h('a', {href: `#/contest/${one.arena_id}/money`}, 'look') : one.reference ? h('span', {class: 'small soft'}, u(one.reference)) : '')]], items, (one) => one.transfer), cursor && h('p', {class: 'row'}, button('Read more', () => read(true), {look: 'tiny'})))));
  }
  read(false);
  return () => { turn += 1; };
}
