// Asking the server: one place that knows the token, the shape of refusals, and how lists go on.
const KEPT = 'arena.token';
let token = sessionStorage.getItem(KEPT) || '';

export const signedIn = () => token !== '';
export const isKept = (given) => given === token;
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

/** The answer itself, when it is a success; asked as the bearer of `as`, which is the token that is kept unless said. */
export async function fetchRaw(path, {method = 'GET', body, params, accept, signal, key, as = token} = {}) {
  // A browser sends no header with other letters: it is nobody's token.
  if (/[^\x20-\x7e]/.test(as)) throw new Problem(401, {code: 'unauthenticated', detail: 'A token has no such letters'});
  const headers = {Authorization: `Bearer ${as}`};
  if (accept) headers.Accept = accept;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  let answer;
  try {
    answer = await fetch(path + query(params), {method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: 'no-store', credentials: 'omit'});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, {code: 'unreachable', detail: 'The server does not answer. Is arena serve running, and is this its address?'});
  }
  if (answer.ok) return answer;
  let problem = {};
  try { problem = await answer.json(); } catch { /* not one of ours */ }
  const failure = new Problem(answer.status, problem);
  // What became of a token that is not kept, or no longer, is for whoever asked.
  if (answer.status === 401 && isKept(as)) dispatchEvent(new CustomEvent('arena:unauthenticated', {detail: failure}));
  throw failure;
}

export async function ask(path, options) {
  const answer = await fetchRaw(path, options);
  return answer.status === 204 ? null : answer.json();
}

export const get = (path, params, signal) => ask(path, {params, signal});

/** Writes for one purpose, such as those of a dialog: however often the same one is asked for, it is done once. */
export function writing() {
  const keys = new Map();
  return async (method, path, body) => {
    const said = JSON.stringify([method, path, body]);
    if (!keys.has(said)) keys.set(said, newKey());
    const once = () => ask(path, {method, body, key: keys.get(said)});
    try { return await once(); } catch (error) {
      // No answer: it may have been done. The same key again tells.
      if (error.code === 'unreachable' || error.body?.retryable) return once();
      throw error;
    }
  };
}
const newKey = () => `console-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

/** A whole list, page after page, or what follows in it after a `cursor`. */
export async function all(path, params, cursor) {
  const items = [];
  do {
    const page = await get(path, {...params, limit: 1000, cursor});
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}
