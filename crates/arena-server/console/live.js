// Following a journal: the stream when the server has one, a long poll when it has not. Either way no event is missed or told twice.
import {fetchRaw} from './api.js';

const WAIT_MS = 25000;
// The server says every 15 s that it lives: after three silent beats the connection is taken for lost.
const LONGEST_SILENCE_MS = 45000;
const SHORTEST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 10000;

/**
 * Calls `onEvents(events, head)` from `after` on until the returned function is called; `onLine(line, error)` says how it stands: `live`, `lost` while it is
 * tried again, `over` when whoever asks may not read it any more.
 */
export function follow(path, after, onEvents, onLine) {
  const stop = new AbortController();
  const place = {after, streams: true, hears: false, onEvents, onLine};
  (async () => {
    let pause = SHORTEST_PAUSE_MS;
    while (!stop.signal.aborted) {
      place.hears = false;
      try {
        await listen(path, place, stop.signal);
        // A long poll has waited already.
        if (!place.streams) continue;
      } catch (error) {
        if (stop.signal.aborted) return;
        // A server that refuses to stream still answers pages.
        if (place.streams && [400, 406, 422].includes(error.status)) { place.streams = false; continue; }
        if (error.status >= 400 && error.status < 500 && !error.body.retryable) { onLine('over', error); return; }
      }
      if (stop.signal.aborted) return;
      onLine('lost');
      if (place.hears) pause = SHORTEST_PAUSE_MS;
      await rest(pause, stop.signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  })();
  return () => stop.abort();
}

const rest = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); done(); }, {once: true});
});

/** One answer to its end; it is given up when nothing is heard for too long. */
async function listen(path, place, stop) {
  const given = new AbortController(), up = () => given.abort();
  let timer;
  const heard = () => { clearTimeout(timer); timer = setTimeout(up, LONGEST_SILENCE_MS); };
  heard();
  stop.addEventListener('abort', up);
  try { await (place.streams ? stream : poll)(path, place, given.signal, heard); } finally { clearTimeout(timer); stop.removeEventListener('abort', up); }
}

async function poll(path, place, signal) {
  const answer = await fetchRaw(`${path}/events`, {params: {after: place.after, limit: 1000, wait_ms: WAIT_MS}, signal});
  await page(answer, place);
}

async function page(answer, place) {
  const {items, head} = await answer.json();
  place.onLine('live');
  tell(place, items, head);
}

async function stream(path, place, signal, heard) {
  const answer = await fetchRaw(`${path}/events`, {params: {after: place.after}, accept: 'text/event-stream', signal});
  if (!(answer.headers.get('content-type') || '').startsWith('text/event-stream')) {
    place.streams = false;
    await page(answer, place);
    return;
  }
  place.onLine('live');
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    heard();
    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop();
    const events = [];
    for (const block of blocks) {
      const read = parse(block);
      // The store was restored to an earlier state: begin anew.
      if (read?.name === 'cursor_ahead') { place.after = 0; await reader.cancel(); return; }
      if (read?.data?.sequence && read.data.type) events.push(read.data);
      // An event or a heartbeat: this stream is one that goes on.
      if (events.length || block.startsWith(':')) place.hears = true;
    }
    tell(place, events);
  }
}

/** Hands on what is new. */
function tell(place, events, head) {
  const fresh = events.filter((event) => event.sequence > place.after);
  if (!fresh.length) return;
  place.after = fresh.at(-1).sequence;
  place.onEvents(fresh, Math.max(head || 0, place.after));
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
