// Where a contest's money is and went: what came in, what holds it, who got it or is owed it.
import {h, morph, s, u} from './dom.js';
import {all, write} from './api.js';
import {count, plural, short, title, words} from './format.js';
import {button, confirm, empty, mark, problem, table, waiting} from './parts.js';

const KINDS = {prize: 'Prize', creator_fee: 'Creator fee', protocol_fee: 'Protocol fee', refund: 'Refund', bond_return: 'Bond returned', bond_slash: 'Bond slashed'};

export function mount(store) {
  const element = h('div', {class: 'stack'});
  let transfers = null, failure = null, readAt = -1, reading = false, gone = false;
  async function read() {
    if (reading) return;
    reading = true;
    const at = store.head;
    try {
      const [escrow, bond] = await Promise.all(['escrow', 'bond'].map((account) => all('/v1/ledger/transfers', {account: `${account}:${store.id}`}, 20000)));
      transfers = [...new Map([...escrow.items, ...bond.items].map((one) => [one.transfer, one])).values()].sort((one, two) => one.transfer - two.transfer);
      failure = null; readAt = at;
    } catch (error) { failure = error; readAt = at; }
    reading = false;
    if (!gone) update();
  }
  function update() {
    if (readAt !== store.head) read();
    if (!transfers) { morph(element, failure ? problem(failure, read) : waiting()); return; }
    const picture = flows(store, transfers), open = store.obligations.filter((one) => one.status === 'open');
    morph(element, failure && problem(failure, read),
      h('section', {class: 'card'}, h('h2', {}, 'The flow of money'), picture.total ? draw(picture) : empty('No money has moved', 'Entry fees and the bond show here as soon as they are paid.')),
      h('section', {class: 'card'}, h('div', {class: 'row'}, h('h2', {class: 'grow'}, 'Obligations'), open.length > 1 && button(`Pay all ${open.length} open ones`, () => confirm({heading: `Pay ${plural(open.length, 'obligation')}?`, text: `${count(open.reduce((sum, one) => sum + one.amount, 0))} in all, each to its owner. Payments are final.`, verb: 'Pay them', run: async () => { for (const one of open) await pay(one); await store.reload(); }}), {look: 'tiny'})),
        store.obligations.length ? table('Obligations', [['For', (one) => title(one.kind)], ['To', (one) => h('strong', {}, u(one.payee))], ['Amount', (one) => count(one.amount), 'num right'], ['State', (one) => mark(one.status)], ['', (one) => one.status === 'open' && button('Pay out', () => confirm({heading: `Pay ${count(one.amount)} to ${one.payee}?`, text: `The ${words(one.kind)} goes to its owner and to nobody else. A payment is final.`, verb: 'Pay out', run: async () => { await pay(one); await store.reload(); }}), {look: 'tiny', 'aria-label': `Pay out the ${words(one.kind)} of ${one.payee}`})]], store.obligations.slice(0, 500), (one) => `${one.kind}/${one.payee}`)
          : h('p', {class: 'soft'}, store.ended() ? 'Nothing was owed.' : 'They open when the contest ends: prizes and fees, or refunds.'), store.obligations.length > 500 && h('p', {class: 'soft small'}, `The first 500 of ${count(store.obligations.length)}.`)),
      h('section', {class: 'card'}, h('h2', {}, 'Transfers'), transfers.length ? table('Transfers', [['Number', (one) => h('span', {class: 'num'}, one.transfer)], ['For', (one) => title(one.reason)], ['From', (one) => account(one.debit, store.id)], ['To', (one) => account(one.credit, store.id)], ['Amount', (one) => count(one.amount), 'num right']], transfers.slice(-300).reverse(), (one) => one.transfer) : h('p', {class: 'soft'}, 'None yet.'), transfers.length > 300 && h('p', {class: 'soft small'}, `The last 300 of ${count(transfers.length)}.`)));
  }
  const pay = (one) => write('POST', `${store.path}/payouts`, {kind: one.kind, agent: one.payee});
  return {element, update, leave: () => { gone = true; }};
}

const account = (name, id) => (name === `escrow:${id}` ? 'escrow' : name === `bond:${id}` ? 'bond' : u(name.replace(/^wallet:/, '')));

/** What came in and what became of it; every unit of the one side stands on the other. */
export function flows({id, contest, obligations}, transfers) {
  const into = {escrow: 0, bond: 0}, outs = new Map();
  const add = (from, kind, who, amount, open) => { const key = `${from}/${kind}/${who}/${open}`, one = outs.get(key) || {from, kind, who, amount: 0, open, parts: 0}; one.amount += amount; one.parts += 1; outs.set(key, one); };
  let payers = 0;
  for (const one of transfers) for (const box of ['escrow', 'bond']) {
    if (one.credit === `${box}:${id}`) { into[box] += one.amount; if (box === 'escrow') payers += 1; }
    if (one.debit === `${box}:${id}`) add(box, one.reason, one.credit.replace(/^wallet:/, ''), one.amount, false);
  }
  for (const one of obligations) if (one.status === 'open') add(one.kind === 'bond' ? 'bond' : 'escrow', one.kind === 'bond' ? 'bond_return' : one.kind, one.payee, one.amount, true);
  const held = (box) => into[box] - [...outs.values()].filter((one) => one.from === box).reduce((sum, one) => sum + one.amount, 0);
  // Many of one kind are one band: their names stand in the table.
  const ends = [];
  for (const from of ['escrow', 'bond']) {
    for (const kind of Object.keys(KINDS)) for (const open of [false, true]) {
      const same = [...outs.values()].filter((one) => one.from === from && one.kind === kind && one.open === open);
      if (same.length > 6) ends.push({from, kind, open, who: plural(same.length, 'agent'), amount: same.reduce((sum, one) => sum + one.amount, 0)}); else ends.push(...same);
    }
    if (held(from) > 0) ends.push({from, kind: 'held', open: false, who: from === 'escrow' ? 'in escrow' : 'bond', amount: held(from)});
  }
  return {into, ends, payers, creator: contest.creator, total: into.escrow + into.bond};
}

function draw({into, ends, payers, creator, total}) {
  const width = 960, left = 170, middle = 430, right = 690, pile = 12, gap = 16, tall = 250, most = Math.max(1, ends.length), top = 34;
  const size = (amount) => Math.max(4, (tall * amount) / total);
  const boxes = ['escrow', 'bond'].filter((box) => into[box] > 0), shapes = [];
  let endY = top;
  const places = ends.map((one) => { const y = endY, high = size(one.amount); endY += Math.max(high, 30) + 8; return {...one, y: y + Math.max(0, (30 - high) / 2), high}; });
  const heights = boxes.map((box) => Math.max(size(into[box]), ends.filter((one) => one.from === box).reduce((sum, one) => sum + size(one.amount), 0)));
  const whole = Math.max(endY, top + heights.reduce((sum, one) => sum + one + gap + 24, 0)) + 6;
  let boxY = top + Math.max(0, (whole - top - heights.reduce((sum, one) => sum + one + gap + 24, 0)) / 2);
  const band = (x, y, high, x2, y2, high2, look) => { const bend = (x + x2) / 2; return s('path', {class: `band ${look}`, d: `M${x} ${y}C${bend} ${y} ${bend} ${y2} ${x2} ${y2}V${y2 + high2}C${bend} ${y2 + high2} ${bend} ${y + high} ${x} ${y + high}Z`}); };
  boxes.forEach((box, index) => {
    const high = heights[index], from = box === 'escrow' ? plural(payers, 'entry fee') : `Bond of ${short(creator, 14)}`, mid = boxY + high / 2;
    shapes.push(band(left, boxY, high, middle, boxY, high, 'in'), s('rect', {class: 'pile in', x: left - pile, y: boxY, width: pile, height: high}), s('text', {x: left - pile - 10, y: mid - 2, 'text-anchor': 'end'}, from), s('text', {class: 'soft', x: left - pile - 10, y: mid + 15, 'text-anchor': 'end'}, count(into[box])),
      s('rect', {class: 'pile store', x: middle, y: boxY, width: pile, height: high}), s('text', {x: middle + pile / 2, y: boxY - 8, 'text-anchor': 'middle'}, box === 'escrow' ? 'Escrow' : 'Bond'));
    let y = boxY;
    for (const one of places.filter((other) => other.from === box)) {
      const look = `${one.kind} ${one.open ? 'open' : ''}`, name = one.kind === 'held' ? 'Still held' : KINDS[one.kind];
      shapes.push(s('g', {}, s('title', {}, `${name}: ${count(one.amount)} ${one.kind === 'held' ? one.who : `to ${one.who}`}${one.open ? ', owed, not paid yet' : ''}`), band(middle + pile, y, one.high, right, one.y, one.high, look), s('rect', {class: `pile ${one.kind}`, x: right, y: one.y, width: pile, height: one.high}),
        s('text', {x: right + pile + 10, y: one.y + one.high / 2 - 2}, one.kind === 'held' ? name : `${name} · ${short(one.who, 16)}`), s('text', {class: 'soft', x: right + pile + 10, y: one.y + one.high / 2 + 14}, `${count(one.amount)}${one.open ? ', owed' : one.kind === 'held' ? '' : ', paid'}`)));
      y += one.high;
    }
    boxY += high + gap + 24;
  });
  const out = ends.filter((one) => one.kind !== 'held' && !one.open).reduce((sum, one) => sum + one.amount, 0);
  return h('figure', {class: 'stack tight'}, h('div', {class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Picture of the flow of money'}, s('svg', {class: 'chart flow', viewBox: `0 0 ${width} ${whole}`, role: 'img', 'aria-label': `${count(total)} came in; ${count(out)} was paid out; the tables below say to whom`, 'data-bands': most}, shapes)),
    h('figcaption', {class: 'soft small'}, `${count(total)} came in, ${count(out)} went out, ${count(total - out)} is still inside. A dashed edge marks what is owed and not paid yet.`));
}
