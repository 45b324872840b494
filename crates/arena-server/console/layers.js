// A plan in layers: a step stands after all it depends on. Pure: steps in, places out.
export const SIZE = {width: 196, height: 50, across: 74, down: 14, edge: 28};
const GROUPED = ['failed', 'claimed', 'ready', 'waiting', 'completed', 'cancelled'];

/** The layer of each step, by its longest way from a step that depends on nothing. */
export function layersOf(steps) {
  const index = new Map(steps.map((step, place) => [step.step, place]));
  const open = new Array(steps.length).fill(0), after = steps.map(() => []), layer = new Array(steps.length).fill(0);
  steps.forEach((step, place) => { for (const number of step.depends_on) { const before = index.get(number); if (before !== undefined) { after[before].push(place); open[place] += 1; } } });
  const next = [];
  open.forEach((count, place) => { if (!count) next.push(place); });
  for (let at = 0; at < next.length; at += 1) for (const place of after[next[at]]) {
    layer[place] = Math.max(layer[place], layer[next[at]] + 1);
    open[place] -= 1;
    if (!open[place]) next.push(place);
  }
  const layers = [];
  // In the order in which they were reached, so that what belongs together stands together.
  for (const place of next) (layers[layer[place]] ||= []).push(place);
  return {index, layers: layers.map((one) => one || [])};
}

/** Where everything stands. With `grouped(layer)` the steps of that layer are shown as one box for each status. */
export function layout(steps, grouped) {
  const {index, layers} = layersOf(steps);
  const items = [], itemOf = new Array(steps.length), columns = [];
  layers.forEach((places, layer) => {
    const column = [];
    if (grouped(layer, places.length)) {
      for (const status of GROUPED) {
        const inside = places.filter((place) => steps[place].status === status);
        if (!inside.length) continue;
        const item = {id: items.length, layer, status, count: inside.length, first: steps[inside[0]].step, before: new Set(), after: new Set()};
        items.push(item); column.push(item);
        for (const place of inside) itemOf[place] = item;
      }
    } else {
      for (const place of places) {
        const item = {id: items.length, layer, status: steps[place].status, step: steps[place], before: new Set(), after: new Set()};
        items.push(item); column.push(item); itemOf[place] = item;
      }
    }
    columns.push(column);
  });
  steps.forEach((step, place) => {
    for (const number of step.depends_on) {
      const before = itemOf[index.get(number)], here = itemOf[place];
      if (before && here && before !== here) { before.after.add(here); here.before.add(before); }
    }
  });
  const most = Math.max(1, ...columns.map((column) => column.length)), pitch = SIZE.height + SIZE.down;
  columns.forEach((column, layer) => {
    if (layer) {
      for (const item of column) { let sum = 0; for (const before of item.before) sum += before.y; item.pull = item.before.size ? sum / item.before.size : 0; }
      column.sort((one, two) => one.pull - two.pull);
    }
    const lead = most <= 40 ? ((most - column.length) * pitch) / 2 : 0;
    column.forEach((item, row) => { item.x = SIZE.edge + layer * (SIZE.width + SIZE.across); item.y = SIZE.edge + lead + row * pitch; item.row = row; });
  });
  return {items, columns, layers, width: 2 * SIZE.edge + columns.length * (SIZE.width + SIZE.across) - SIZE.across, height: 2 * SIZE.edge + most * pitch - SIZE.down};
}
