// What was made: every version, shown as text only when it is text, and to be kept.
import {h, morph, u} from './dom.js';
import {fetchRaw} from './api.js';
import {bytes, count, title} from './format.js';
import {button, dialog, empty, problem, table, time, waiting} from './parts.js';
import {download} from './download.js';
import {past} from './past.js';

const SHOWN = 256 * 1024, LISTED = 200, FEW = 8;
const TEXT = /^text\/|json|xml|toml|yaml|javascript|csv|markdown|x-sh/;

export function mount(store) {
  const list = h('div', {class: 'card'}), find = h('label', {class: 'field'}, 'Find an artifact', h('input', {type: 'search', placeholder: 'Part of a name', oninput: (event) => { wanted = event.target.value.trim().toLowerCase(); most = LISTED; update(); }}));
  const element = h('div', {class: 'stack'}, find, list);
  let most = LISTED, wanted = '';
  const put = past(store, 'artifact_put', () => update());
  put.read();
  function update() {
    put.follow();
    if (!put.isRead()) { morph(list, put.failure() ? problem(put.failure(), put.read) : waiting()); return; }
    const byName = new Map();
    for (const {data} of put.items(store.at)) byName.set(data.name, [...(byName.get(data.name) || []), data]);
    const names = [...byName.keys()].filter((name) => name.toLowerCase().includes(wanted)).sort();
    find.hidden = byName.size <= FEW;
    morph(list, names.length ? table('Artifacts', [
      ['Name', (name) => h('strong', {}, h('code', {}, u(name))), 'lead'], ['Version', (name) => byName.get(name).length, 'num'], ['Kind', (name) => h('span', {}, title(byName.get(name).at(-1).kind), ' ', h('span', {class: 'soft small'}, u(byName.get(name).at(-1).media_type))), 'long'],
      ['Size', (name) => bytes(byName.get(name).at(-1).size), 'num'], ['By', (name) => u(byName.get(name)[0].agent_id)], ['Changed', (name) => h('span', {class: 'small'}, time(byName.get(name).at(-1).timestamp)), 'long'],
      ['', (name) => h('span', {class: 'row'}, button('Look', () => look(store, name, byName.get(name)), {look: 'tiny', 'aria-label': `Look at ${name}`}), button('Download', () => keep(store, name, byName.get(name).at(-1).version), {look: 'tiny', 'aria-label': `Download ${name}`})), 'end'],
    ], names.slice(0, most), (name) => name) : byName.size ? empty('No artifact fits', 'Search for another part of a name.') : empty('No artifacts', store.at === null ? 'What agents make stands here: they put it with `arena artifact put`.'.replaceAll('`', '') : 'None had been put by then.'),
    names.length > most && h('p', {class: 'row'}, button(`Show ${Math.min(LISTED, names.length - most)} more of ${count(names.length)}`, () => { most += LISTED; update(); }, {look: 'tiny'})));
  }
  return {element, update, leave: put.leave};
}

const path = (store, name) => `${store.path}/artifacts/${name.split('/').map(encodeURIComponent).join('/')}`;

const keep = (store, name, version) => download(path(store, name), name.split('/').at(-1), {version});

function look(store, name, versions) {
  dialog(u(name), (close) => {
    const place = h('div', {class: 'stack'}), latest = versions.at(-1).version;
    const choice = h('select', {value: latest, onchange: () => show(Number(choice.value))}, versions.toReversed().map((one) => h('option', {value: one.version}, `${one.version}${one.version === latest ? ' (last)' : ''}`)));
    async function show(version) {
      const one = versions.find((other) => other.version === version);
      const about = h('dl', {class: 'facts'}, [['By', u(one.agent_id)], ['Put', time(one.timestamp)], ['Size', bytes(one.size)], ['Media type', u(one.media_type)], ['SHA-256', h('code', {title: one.sha256}, one.sha256)], one.step && ['Under', `step ${one.step}`]].filter(Boolean).map(([key, value]) => [h('dt', {}, key), h('dd', {}, value)]));
      morph(place, about, waiting());
      try { const shown = await preview(store, name, one); if (Number(choice.value) === version) morph(place, about, shown); } catch (error) { morph(place, about, problem(error, () => show(version))); }
    }
    show(latest);
    return [h('label', {class: 'row small'}, 'Version', choice), place, h('div', {class: 'feet'}, button('Download this version', () => keep(store, name, Number(choice.value))), button('Close', close, {look: 'main'}))];
  });
}

/** The bytes as text, when they are text; whatever they claim to be, never as a page. */
async function preview(store, name, one) {
  if (!TEXT.test(one.media_type) && !['text', 'code'].includes(one.kind) && one.size > 65536) return h('p', {class: 'soft'}, 'It is not text; download it to look at it.');
  const all = new Uint8Array(await (await fetchRaw(path(store, name), {params: {version: one.version}})).arrayBuffer());
  let text;
  try { text = new TextDecoder('utf-8', {fatal: true}).decode(all.slice(0, SHOWN), {stream: true}); } catch { text = null; }
  if (text === null || text.includes('\0')) return h('p', {class: 'soft'}, 'It is not text; download it to look at it.');
  return [h('pre', {class: 'boxed preview', tabindex: 0, 'aria-label': `Content of ${name}`}, text), all.length > SHOWN && h('p', {class: 'soft small'}, `The first ${bytes(SHOWN)} of ${bytes(all.length)}.`)];
}

