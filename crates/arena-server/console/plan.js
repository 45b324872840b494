// The plan as a graph: what depends on what, from left to right. Only what can be seen is drawn.
import {h, morph, s} from './dom.js';
import {plural, short, title} from './format.js';
import {button, empty, look, mark} from './parts.js';
import {SIZE, layout} from './layers.js';
import {why} from './why.js';

const ruler = document.createElement('canvas').getContext('2d');
/** As much of a text as goes into so many pixels. */
function fit(text, width, size) {
  ruler.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  let shown = short(text, 60);
  if (ruler.measureText(shown).width <= width) return shown;
  const parts = Array.from(shown);
  while (parts.length && ruler.measureText(`${parts.join('')}…`).width > width) parts.pop();
  return `${parts.join('').trimEnd()}…`;
}

const MANY = 300, CROWDED = 24, MOST_EDGES = 3000, STRIP = 48;
const STATUSES = ['completed', 'claimed', 'ready', 'waiting', 'failed', 'cancelled'];

export function mount(store) {
  let grouping = null, opened = new Set(), plan = null, drawnAt = '', focus = 0, planned = false;
  const edges = s('g', {class: 'edges'}), nodes = s('g', {});
  const svg = s('svg', {class: 'graph', role: 'group', 'aria-label': 'Plan. Arrow keys go along dependencies, Enter opens a step.'}, edges, nodes);
  const frame = h('div', {class: 'graph-frame', onscroll: () => later(), onkeydown: (event) => walk(event)}, svg);
  frame.$own = true;
  const above = h('div', {class: 'stack tight'});
  const element = h('div', {class: 'card stack plan'}, above, frame);
  const made = new Map();
  const later = () => { if (!planned) { planned = true; requestAnimationFrame(() => { planned = false; draw(); }); } };
  const watch = new ResizeObserver(later);
  watch.observe(frame);

  function update() {
    const {steps} = store;
    if (grouping === null && steps.length) grouping = steps.length > MANY;
    frame.hidden = !steps.length;
    if (!steps.length) { morph(above, empty('No plan yet', 'Steps with their dependencies stand here once a coordinator has added some.')); return; }
    const signature = `${store.tick}/${grouping}/${[...opened]}`;
    if (signature === drawnAt) return;
    drawnAt = signature;
    plan = layout(steps, (layer, size) => grouping && size > CROWDED && !opened.has(layer));
    svg.setAttribute('width', plan.width); svg.setAttribute('height', plan.height); svg.setAttribute('viewBox', `0 0 ${plan.width} ${plan.height}`);
    frame.style.height = `${Math.min(plan.height + 16, Math.max(320, innerHeight * 0.62))}px`;
    focus = Math.min(focus, plan.items.length - 1);
    nodes.replaceChildren(); made.clear();
    strip();
    draw();
  }

  function strip() {
    const {layers} = plan, {steps} = store, size = Math.ceil(layers.length / STRIP), blocks = [];
    for (let from = 0; from < layers.length; from += size) blocks.push([from, layers.slice(from, from + size).flat()]);
    const most = Math.max(...blocks.map(([, inside]) => inside.length));
    morph(above,
      h('div', {class: 'row'}, h('p', {class: 'soft small grow'}, `${plural(steps.length, 'step')} in ${plural(layers.length, 'layer')}; each stands to the right of what it depends on.`),
        steps.length > CROWDED && h('label', {class: 'row small check'}, h('input', {type: 'checkbox', checked: grouping, onchange: (event) => { grouping = event.target.checked; opened = new Set(); update(); }}), 'Group crowded layers'), opened.size > 0 && button('Close the opened layers', () => { opened = new Set(); update(); }, {look: 'tiny'})),
      steps.length > CROWDED && layers.length > 1 && h('ol', {class: 'strip', 'aria-label': 'Layers'}, blocks.map(([from, inside]) => {
        const name = size > 1 ? `Layers ${from + 1} to ${Math.min(layers.length, from + size)}` : `Layer ${from + 1}`, done = inside.filter((place) => steps[place].status === 'completed').length;
        const bars = STATUSES.map((status) => { const share = inside.filter((place) => steps[place].status === status).length; const bar = h('i', {class: `s-${status}`}); bar.style.height = `${share ? Math.max(6, (100 * share) / most) : 0}%`; return bar; });
        return h('li', {}, h('button', {type: 'button', 'aria-label': `${name}: ${plural(inside.length, 'step')}, ${done} completed`, title: `${name}: ${plural(inside.length, 'step')}, ${done} completed`, onclick: () => { frame.scrollTo({left: plan.columns[from][0].x - SIZE.edge, top: Math.max(0, plan.columns[from][0].y - SIZE.edge - 60)}); }}, replaceable(bars)));
      })),
      h('p', {class: 'row legend', 'aria-hidden': 'true'}, STATUSES.filter((status) => steps.some((step) => step.status === status)).map((status) => mark(status))));
  }
  // Bars have heights of their own, which a comparison of attributes does not see.
  const replaceable = (bars) => { const holder = h('span', {class: 'bars', key: `${store.tick}-${bars.map((bar) => bar.style.height).join()}`}, bars); return holder; };

  function draw() {
    if (!plan || frame.hidden) return;
    const left = frame.scrollLeft - 200, right = frame.scrollLeft + frame.clientWidth + 200, top = frame.scrollTop - 200, bottom = frame.scrollTop + frame.clientHeight + 200;
    const pitch = SIZE.height + SIZE.down, seen = [];
    for (const column of plan.columns) {
      if (!column.length || column[0].x > right || column[0].x + SIZE.width < left) continue;
      const from = Math.max(0, Math.floor((top - column[0].y) / pitch)), to = Math.min(column.length, Math.ceil((bottom - column[0].y) / pitch));
      for (let row = from; row < to; row += 1) seen.push(column[row]);
    }
    const wanted = new Set(seen);
    if (plan.items[focus]) wanted.add(plan.items[focus]);
    for (const [item, node] of made) if (!wanted.has(item)) { node.remove(); made.delete(item); }
    for (const item of wanted) if (!made.has(item)) { const node = box(item); made.set(item, node); nodes.append(node); }
    const lines = [], all = plan.items.length <= MANY;
    for (const item of all ? plan.items : wanted) {
      for (const next of item.after) { if (lines.length < MOST_EDGES) lines.push([item, next]); }
      if (!all) for (const before of item.before) if (!wanted.has(before) && lines.length < MOST_EDGES) lines.push([before, item]);
    }
    edges.replaceChildren(...lines.map(([from, to]) => s('path', {class: from.status === 'completed' || from.status === 'cancelled' ? 'done' : '', d: curve(from, to)})));
  }
  const curve = (from, to) => { const x = from.x + SIZE.width, y = from.y + SIZE.height / 2, x2 = to.x, y2 = to.y + SIZE.height / 2, bend = Math.max(24, (x2 - x) / 2); return `M${x} ${y}C${x + bend} ${y} ${x2 - bend} ${y2} ${x2} ${y2}`; };

  function box(item) {
    const {step} = item, head = step ? fit(`#${step.step} · ${title(item.status)}${step.holder ? ` · ${step.holder}` : ''}`, SIZE.width - 34, 11.5) : title(item.status), name = step ? fit(step.title, SIZE.width - 34, 13) : plural(item.count, 'step');
    // What is drawn stands in the spoken name as it is drawn.
    const label = step ? `${head} ${name}` : `${head} ${name}, in layer ${item.layer + 1}; Enter opens the layer`;
    const reason = step && why(store, step);
    const open = () => { focus = item.id; if (step) store.openStep(step.step); else { opened.add(item.layer); update(); focusOn(plan.columns[item.layer][0]); } };
    const node = s('g', {class: `node ${look(item.status)[0]} s-${item.status} ${step ? '' : 'many'}`, transform: `translate(${item.x} ${item.y})`, role: 'button', tabindex: item.id === focus ? 0 : -1, 'aria-label': label + (reason?.stuck ? `, stuck: ${short(reason.text, 120)}` : ''), onclick: open, onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }, onfocus: () => { focus = item.id; }},
      !step && s('rect', {class: 'behind', x: 5, y: 5, width: SIZE.width, height: SIZE.height, rx: 9}), s('rect', {width: SIZE.width, height: SIZE.height, rx: 9}), s('rect', {class: 'side', width: 5, height: SIZE.height - 16, x: 7, y: 8, rx: 2.5}),
      s('text', {x: 20, y: 20, class: 'head'}, head), ' ', s('text', {x: 20, y: 38, class: 'name'}, name));
    return node;
  }
  function focusOn(item) {
    if (!item) return;
    made.get(plan.items[focus])?.setAttribute('tabindex', -1);
    focus = item.id;
    if (item.x < frame.scrollLeft + 20 || item.x + SIZE.width > frame.scrollLeft + frame.clientWidth - 20) frame.scrollLeft = item.x - frame.clientWidth / 2 + SIZE.width / 2;
    if (item.y < frame.scrollTop + 20 || item.y + SIZE.height > frame.scrollTop + frame.clientHeight - 20) frame.scrollTop = item.y - frame.clientHeight / 2 + SIZE.height / 2;
    draw();
    const node = made.get(item);
    node?.setAttribute('tabindex', 0);
    node?.focus({preventScroll: true});
  }
  function walk(event) {
    const here = plan?.items[focus];
    if (!here || !made.get(here)?.contains(document.activeElement)) return;
    const column = plan.columns[here.layer];
    const to = {ArrowRight: () => [...here.after][0] || plan.columns[here.layer + 1]?.[0], ArrowLeft: () => [...here.before][0] || plan.columns[here.layer - 1]?.[0], ArrowDown: () => column[here.row + 1], ArrowUp: () => column[here.row - 1], Home: () => plan.items[0], End: () => plan.columns.at(-1)[0]}[event.key];
    if (!to) return;
    event.preventDefault();
    focusOn(to());
  }
  return {element, update, leave: () => watch.disconnect()};
}

