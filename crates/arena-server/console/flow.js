// The picture of where a contest's money is and went.
import {h, s} from './dom.js';
import {count, plural, short} from './format.js';

export const KINDS = {prize: 'Prize', creator_fee: 'Creator fee', protocol_fee: 'Protocol fee', refund: 'Refund', bond_return: 'Bond returned', bond_slash: 'Bond slashed'};
const NARROW = 620, PILE = 12;

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

/** How much came in, went out and is still inside. */
export function sums({ends, total}) {
  const out = ends.filter((one) => one.kind !== 'held' && !one.open).reduce((sum, one) => sum + one.amount, 0);
  return {total, out, inside: total - out};
}

/** From left to right: who paid, what holds it, who got it or is owed it. On a narrow page the names stand above their piles. */
export function flowChart(picture, width) {
  const {into, ends, payers, creator, total} = picture, narrow = width < NARROW, label = narrow ? 20 : 0;
  const left = narrow ? PILE : Math.min(170, width * .18), middle = narrow ? width * .36 : width * .45, right = narrow ? width * .56 : Math.min(width - 250, width * .72), tall = 250, least = narrow ? 44 : 38, top = 30, gap = 34;
  const size = (amount) => Math.max(4, (tall * amount) / total), boxes = ['escrow', 'bond'].filter((box) => into[box] > 0), shapes = [];
  let endY = top;
  const places = ends.map((one) => { const high = size(one.amount), y = endY; endY += Math.max(high, least) + 6; return {...one, y: y + Math.max(0, (least - high) / 2), high}; });
  const heights = boxes.map((box) => Math.max(size(into[box]), ends.filter((one) => one.from === box).reduce((sum, one) => sum + size(one.amount), 0)));
  const stores = heights.reduce((sum, one) => sum + one + gap + label, 0), whole = Math.max(endY, top + stores) + 6;
  let boxY = top + label + Math.max(0, (whole - top - stores) / 2);
  const band = (x, y, high, x2, y2, high2, look) => { const bend = (x + x2) / 2; return s('path', {class: `band ${look}`, d: `M${x} ${y}C${bend} ${y} ${bend} ${y2} ${x2} ${y2}V${y2 + high2}C${bend} ${y2 + high2} ${bend} ${y + high} ${x} ${y + high}Z`}); };
  const words = narrow ? 12 : 16;
  boxes.forEach((box, index) => {
    const high = heights[index], from = box === 'escrow' ? plural(payers, 'entry fee') : `Bond of ${short(creator, 14)}`, mid = boxY + high / 2;
    shapes.push(band(left, boxY, high, middle, boxY, high, 'in'), s('rect', {class: 'pile in', x: left - PILE, y: boxY, width: PILE, height: high}),
      narrow ? s('text', {x: 0, y: boxY - 22}, from) : s('text', {x: left - PILE - 10, y: mid - 2, 'text-anchor': 'end'}, from),
      narrow ? s('text', {class: 'soft', x: 0, y: boxY - 7}, count(into[box])) : s('text', {class: 'soft', x: left - PILE - 10, y: mid + 15, 'text-anchor': 'end'}, count(into[box])),
      s('rect', {class: 'pile store', x: middle, y: boxY, width: PILE, height: high}), s('text', {x: middle + PILE / 2, y: boxY - 8, 'text-anchor': 'middle'}, box === 'escrow' ? 'Escrow' : 'Bond'));
    let y = boxY;
    for (const one of places.filter((other) => other.from === box)) {
      const look = `${one.kind} ${one.open ? 'open' : ''}`, name = one.kind === 'held' ? 'Still held' : KINDS[one.kind], at = one.y + one.high / 2, state = one.open ? ', owed' : one.kind === 'held' ? '' : ', paid';
      shapes.push(s('g', {'data-end': `${one.kind}/${one.who}/${one.open ? 'open' : 'paid'}`, 'data-amount': one.amount}, s('title', {}, `${name}: ${count(one.amount)} ${one.kind === 'held' ? one.who : `to ${one.who}`}${one.open ? ', owed, not paid yet' : ''}`), band(middle + PILE, y, one.high, right, one.y, one.high, look), s('rect', {class: `pile ${one.kind}`, x: right, y: one.y, width: PILE, height: one.high}),
        s('text', {x: right + PILE + 9, y: at - (narrow ? 10 : 2)}, one.kind === 'held' || narrow ? name : `${name} · ${short(one.who, words)}`), narrow && one.kind !== 'held' && s('text', {x: right + PILE + 9, y: at + 5}, short(one.who, words)), s('text', {class: 'soft', x: right + PILE + 9, y: at + (narrow && one.kind !== 'held' ? 20 : 14)}, `${count(one.amount)}${state}`)));
      y += one.high;
    }
    boxY += high + gap + label;
  });
  const {out} = sums(picture);
  return s('svg', {class: 'chart flow', width, height: whole, viewBox: `0 0 ${width} ${whole}`, role: 'img', 'aria-label': `${count(total)} came in; ${count(out)} was paid out; the tables below say to whom`}, shapes);
}
