// A list of any length of which only what can be seen exists.
import {h} from './dom.js';

const SPARE = 6;

/** `row(index)` makes the content of a row; `refresh(count)` takes a new length and draws again. */
export function virtual({label, rowHeight, row, count = 0, className = '', onRange}) {
  const space = h('div', {class: 'vspace', role: 'list', 'aria-label': label});
  const list = h('div', {class: `vlist ${className}`, tabindex: 0, role: 'group', 'aria-label': label, onscroll: () => plan(), onkeydown: (event) => walk(event)}, space);
  list.$own = true;
  const rows = new Map();
  let total = count, planned = false, shown = [0, 0];

  const plan = () => { if (!planned) { planned = true; requestAnimationFrame(() => { planned = false; draw(); }); } };
  function draw(anew = false) {
    const height = list.clientHeight || 600;
    const from = Math.max(0, Math.floor(list.scrollTop / rowHeight) - SPARE);
    const to = Math.min(total, Math.ceil((list.scrollTop + height) / rowHeight) + SPARE);
    for (const [index, element] of rows) if (index < from || index >= to) { element.remove(); rows.delete(index); }
    for (let index = from; index < to; index += 1) {
      const there = rows.get(index);
      if (there && !anew) continue;
      const made = h('div', {class: 'vrow', role: 'listitem', 'aria-setsize': total, 'aria-posinset': index + 1, 'data-index': index}, row(index));
      made.style.transform = `translateY(${index * rowHeight}px)`;
      made.style.height = `${rowHeight}px`;
      const held = there?.contains(document.activeElement);
      if (there) there.replaceWith(made); else place(made, index);
      if (held) made.querySelector('button, a')?.focus({preventScroll: true});
      rows.set(index, made);
    }
    shown = [from, to];
    onRange?.(from, to);
  }
  // In the order of reading, so that Tab goes down the list.
  function place(made, index) {
    const after = [...space.children].find((one) => Number(one.dataset.index) > index);
    space.insertBefore(made, after || null);
  }
  function walk(event) {
    const by = {ArrowDown: 1, ArrowUp: -1, Home: -total, End: total}[event.key];
    if (!by) return;
    const held = document.activeElement.closest('.vrow');
    const index = Math.min(total - 1, Math.max(0, held ? Number(held.dataset.index) + by : by > 1 ? total : 0));
    if (!total || (held && !list.contains(held))) return;
    event.preventDefault();
    reveal(index);
    draw();
    rows.get(index)?.querySelector('button, a')?.focus({preventScroll: true});
  }
  function reveal(index) {
    const top = index * rowHeight, height = list.clientHeight || 600;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + rowHeight > list.scrollTop + height) list.scrollTop = top + rowHeight - height;
  }
  function refresh(length = total) {
    total = length;
    space.style.height = `${total * rowHeight}px`;
    draw(true);
  }
  new ResizeObserver(plan).observe(list);
  return {list, refresh, reveal, range: () => shown};
}
