// Asking the server: one place that knows the token, the shape of refusals, and how lists go on.
const KEPT = 'arena.token';
let token = sessionStorage.getItem(KEPT) || '';

export const signedIn = () => token !== '';
export function keepToken(given) {
  token = given;
  if (given) sessionStorage.setItem(KEPT, given); else sessionStorage.removeItem(KEPT);
}

/** A refusal, or no answer at all (`code` is then `unreachable`). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `the server answered ${status}`);
    this.status = status;
    this.code = body.code || 'unknown';
    this.body = body;
  }
}

const query = (parameters) => {
  const said = Object.entries(parameters || {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return said.length ? `?${new URLSearchParams(said)}` : '';
};

/** The answer itself, when it is a success. */
export async function fetchRaw(path, {method = 'GET', body, params, accept, signal, key} = {}) {
  const headers = {Authorization: `Bearer ${token}`};
  if (accept) headers.Accept = accept;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  let answer;
  try {
    answer = await fetch(path + query(params), {method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: 'no-store', credentials: 'omit'});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, {code: 'unreachable', detail: 'The server does not answer. Is `arena serve` running, and is this its address?'});
  }
  if (answer.ok) return answer;
  let problem = {};
  try { problem = await answer.json(); } catch { /* not one of ours */ }
  const failure = new Problem(answer.status, problem);
  if (answer.status === 401) dispatchEvent(new CustomEvent('arena:unauthenticated', {detail: failure}));
  throw failure;
}

export async function ask(path, options) {
  const answer = await fetchRaw(path, options);
  return answer.status === 204 ? null : answer.json();
}

export const get = (path, params, signal) => ask(path, {params, signal});

/** A write; a repeated one is not done twice. */
export async function write(method, path, body) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const once = () => ask(path, {method, body, key});
  try { return await once(); } catch (error) {
    // No answer: it may have been done. The same key again tells.
    if (error.code === 'unreachable' || error.body?.retryable) return once();
    throw error;
  }
}

/** Every page of a list, up to `most` items; `more` says that there would be others. */
export async function all(path, params, most = 5000) {
  const items = [];
  let cursor;
  do {
    const page = await get(path, {...params, limit: Math.min(1000, most - items.length), cursor});
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return {items, more: Boolean(cursor)};
}

/** Every event of some types with sequences up to `upTo`, oldest first. */
export async function eventsOf(path, params, upTo = Infinity, most = 20000) {
  const items = [];
  let after = 0;
  for (;;) {
    const page = await get(`${path}/events`, {...params, after, limit: 1000});
    for (const event of page.items) if (event.sequence <= upTo) items.push(event);
    const last = page.items.at(-1);
    if (page.items.length < 1000 || last.sequence >= upTo || items.length >= most) return {items, more: items.length >= most};
    after = last.sequence;
  }
}
