// Following a journal: the stream when the server has one, a long poll when it has not. Either way no event is missed or told twice.
import {fetchRaw} from './api.js';

const WAIT_MS = 25000;
const pause = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); done(); }, {once: true});
});

/** Calls `onEvents(events, head)` from `after` on until the returned function is called; `onLine(true | false)` says whether the server answers. */
export function follow(path, after, onEvents, onLine = () => {}) {
  const stop = new AbortController();
  const place = {after, streams: true, onEvents};
  (async () => {
    let patience = 500;
    while (!stop.signal.aborted) {
      try {
        await (place.streams ? stream(path, place, stop.signal, onLine) : poll(path, place, stop.signal, onLine));
        patience = 500;
      } catch (error) {
        if (stop.signal.aborted || error.status === 401 || error.status === 404 || error.status === 403) return;
        // A server that refuses to stream still answers pages.
        if (error.status === 406 || error.status === 400 || error.status === 422) { if (!place.streams) return; place.streams = false; continue; }
        onLine(false);
        await pause(patience, stop.signal);
        patience = Math.min(patience * 2, 10000);
      }
    }
  })();
  return () => stop.abort();
}

/** Hands on what is new. */
function tell(place, events, head) {
  const fresh = events.filter((event) => event.sequence > place.after);
  if (!fresh.length) return;
  place.after = fresh.at(-1).sequence;
  place.onEvents(fresh, Math.max(head || 0, place.after));
}

async function poll(path, place, signal, onLine) {
  const answer = await fetchRaw(`${path}/events`, {params: {after: place.after, limit: 1000, wait_ms: WAIT_MS}, signal});
  const page = await answer.json();
  onLine(true);
  tell(place, page.items, page.head);
}

async function stream(path, place, signal, onLine) {
  const answer = await fetchRaw(`${path}/events`, {params: {after: place.after}, accept: 'text/event-stream', signal});
  if (!(answer.headers.get('content-type') || '').startsWith('text/event-stream')) {
    place.streams = false;
    const page = await answer.json();
    onLine(true);
    return tell(place, page.items, page.head);
  }
  onLine(true);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return undefined;
    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop();
    const events = [];
    for (const block of blocks) {
      const read = parse(block);
      // The store was restored to an earlier state: begin anew.
      if (read?.name === 'cursor_ahead') { place.after = 0; await reader.cancel(); return undefined; }
      if (read?.data?.sequence && read.data.type) events.push(read.data);
    }
    tell(place, events);
  }
}

function parse(block) {
  const data = [];
  let name = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line.startsWith('event:')) name = line.slice(6).trim();
  }
  if (!name && !data.length) return null;
  try { return {name, data: data.length ? JSON.parse(data.join('\n')) : null}; } catch { return {name, data: null}; }
}
