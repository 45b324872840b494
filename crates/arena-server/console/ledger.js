// The ledger: an account's balance, and the transfers that made it.
import {h, morph, u} from './dom.js';
import {get} from './api.js';
import {count, title} from './format.js';
import {button, confirm, empty, problem, table, waiting} from './parts.js';
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
  const link = (name) => (name === 'external' ? h('span', {class: 'soft'}, 'outside') : h('button', {type: 'button', class: 'link', onclick: () => show(name)}, u(name.replace(/^(escrow|bond):([0-9a-f]{6}).*$/, '$1:$2…'))));
  const input = h('input', {type: 'text', value: account, placeholder: 'wallet:alice, escrow:ID, bond:ID, treasury', autocomplete: 'off', spellcheck: 'false', onchange: (event) => show(event.target.value)});
  const body = h('div', {class: 'stack'});
  morph(main, h('div', {class: 'stack'}, h('h1', {}, 'Money'), h('form', {class: 'row end filters', onsubmit: (event) => { event.preventDefault(); show(input.value); }}, h('label', {class: 'field grow'}, 'Account', input), h('button', {type: 'submit', class: 'btn'}, 'Show'), button('Treasury', () => show('treasury')), isOperator() && button('Everything', () => show('')), isOperator() ? button('Deposit', () => move('deposit')) : button('My wallet', () => show(`wallet:${session.agent_id}`))), body));
  function draw() {
    if (input !== document.activeElement) input.value = account;
    morph(body, failure && problem(failure, () => read(false)), balance && h('dl', {class: 'keys'}, h('div', {}, h('dt', {}, 'Balance of ', u(balance.account)), h('dd', {class: 'num'}, count(balance.balance)))),
      !failure && (items === null ? waiting() : !items.length ? empty('No transfers', account ? 'Nothing has moved into or out of this account.' : 'Money comes in with arena ledger deposit.')
        : h('section', {class: 'card'}, h('h2', {}, account ? 'Its transfers' : 'All transfers'), table('Transfers', [['Number', (one) => h('span', {class: 'num'}, one.transfer)], ['For', (one) => title(one.reason), 'lead'], ['From', (one) => link(one.debit)], ['To', (one) => link(one.credit)], ['Amount', (one) => h('span', {}, account && one.debit === account ? '−' : '', count(one.amount)), 'num right'], ['For what', (one) => (one.arena_id ? h('a', {href: `#/contest/${one.arena_id}/money`}, 'The contest') : one.reference ? h('span', {class: 'small soft'}, u(one.reference)) : ''), 'long bare']], items, (one) => one.transfer), cursor && h('p', {class: 'row'}, button('Read more', () => read(true), {look: 'tiny'})))));
  }
  /** The operator brings money in from outside, or takes it out; the reference makes it happen once. */
  const move = (kind) => confirm({heading: 'Deposit into a wallet', text: 'Money comes in from outside. A reference is used once: the same deposit again is answered as before, another under it is refused.', verb: 'Deposit', done: 'Deposited', fields: [['agent_id', 'Agent id', 'line', 'such as alice'], ['amount', 'Amount in minor units', 'line', 'a whole number'], ['reference', 'Reference', 'line', 'such as the number of a payment']],
    run: async ({agent_id, amount, reference}, write) => { await write('POST', `/v1/ledger/${kind}s`, {agent_id: agent_id.trim(), amount: Number(amount), reference: reference.trim()}); show(`wallet:${agent_id.trim()}`); }});
  read(false);
  return () => { turn += 1; };
}
