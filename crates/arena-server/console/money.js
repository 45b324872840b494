// Where a contest's money is and went: what came in, what holds it, who got it or is owed it.
import {h, morph, u} from './dom.js';
import {all} from './api.js';
import {count, plural, title, words} from './format.js';
import {flowChart, flows, sums} from './flow.js';
import {button, confirm, empty, mark, problem, table, waiting} from './parts.js';
import {sized} from './sized.js';

export function mount(store) {
  const element = h('div', {class: 'stack'}), drawing = sized();
  // What has moved never changes: only what came since is read.
  const moved = {escrow: [], bond: []};
  let transfers = null, failure = null, readAt = -1, reading = false, gone = false;
  async function read() {
    if (reading) return;
    reading = true;
    const at = store.head;
    try {
      for (const [account, known] of Object.entries(moved)) moved[account] = known.concat(await all('/v1/ledger/transfers', {account: `${account}:${store.id}`}, known.at(-1)?.transfer));
      transfers = [...new Map([...moved.escrow, ...moved.bond].map((one) => [one.transfer, one])).values()].sort((one, two) => one.transfer - two.transfer);
      failure = null; readAt = at;
    } catch (error) { failure = error; readAt = at; }
    reading = false;
    if (!gone) update();
  }
  function update() {
    if (readAt !== store.head) read();
    if (!transfers) { morph(element, failure ? problem(failure, read) : waiting()); return; }
    const picture = flows(store, transfers), open = store.obligations.filter((one) => one.status === 'open'), {out, inside} = sums(picture);
    morph(element, failure && problem(failure, read),
      h('section', {class: 'card'}, h('h2', {}, 'The flow of money'), picture.total ? h('figure', {class: 'stack tight'}, drawing.box, h('figcaption', {class: 'soft small'}, `${count(picture.total)} came in, ${count(out)} went out, ${count(inside)} is still inside.`, open.length > 0 && ' A dashed edge marks what is owed and not paid yet.')) : empty('No money has moved', 'Entry fees and the bond show here as soon as they are paid.')),
      h('section', {class: 'card'}, h('div', {class: 'row'}, h('h2', {class: 'grow'}, 'Obligations'), open.length > 1 && button(`Pay all ${count(open.length)} open ones`, () => confirm({heading: `Pay ${plural(open.length, 'obligation')}?`, text: `${count(open.reduce((sum, one) => sum + one.amount, 0))} in all, each to its owner. Payments are final.`, verb: 'Pay them', run: async (_, write) => { for (const one of open) await pay(write, one); await store.reload(); }}), {look: 'tiny'})),
        store.obligations.length ? table('Obligations', [['For', (one) => title(one.kind)], ['To', (one) => h('strong', {}, u(one.payee)), 'lead'], ['Amount', (one) => count(one.amount), 'num right'], ['State', (one) => mark(one.status), 'bare'], ['', (one) => one.status === 'open' && button('Pay out', () => confirm({heading: `Pay ${count(one.amount)} to ${one.payee}?`, text: `The ${words(one.kind)} goes to its owner and to nobody else. A payment is final.`, verb: 'Pay out', run: async (_, write) => { await pay(write, one); await store.reload(); }}), {look: 'tiny', 'aria-label': `Pay out the ${words(one.kind)} of ${one.payee}`}), 'end']], store.obligations.slice(0, 500), (one) => `${one.kind}/${one.payee}`)
          : h('p', {class: 'soft'}, store.ended() ? 'Nothing was owed.' : 'They open when the contest ends: prizes and fees, or refunds.'), store.obligations.length > 500 && h('p', {class: 'soft small'}, `The first 500 of ${count(store.obligations.length)}.`)),
      h('section', {class: 'card'}, h('h2', {}, 'Transfers'), transfers.length ? table('Transfers', [['Number', (one) => h('span', {class: 'num'}, one.transfer)], ['For', (one) => title(one.reason)], ['From', (one) => account(one.debit, store.id)], ['To', (one) => account(one.credit, store.id)], ['Amount', (one) => count(one.amount), 'num right']], transfers.slice(-300).reverse(), (one) => one.transfer) : h('p', {class: 'soft'}, 'None yet.'), transfers.length > 300 && h('p', {class: 'soft small'}, `The last 300 of ${count(transfers.length)}.`)));
    if (picture.total) drawing.show((width) => flowChart(picture, width));
  }
  const pay = (write, one) => write('POST', `${store.path}/payouts`, {kind: one.kind, agent: one.payee});
  return {element, update, leave: () => { gone = true; drawing.leave(); }};
}

const account = (name, id) => (name === `escrow:${id}` ? 'escrow' : name === `bond:${id}` ? 'bond' : u(name.replace(/^wallet:/, '')));
