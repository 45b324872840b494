// Who is signed in, and what time the rules have.
import {get, keepToken} from './api.js';

export const session = {kind: '', agent_id: '', arena_id: '', test_clock: false, version: ''};
let ahead = 0;

/** Asks who the token belongs to; fails with the server's problem when it belongs to nobody. */
export async function begin() {
  const answer = await get('/console/session');
  Object.assign(session, {arena_id: ''}, answer);
  frozen = Date.parse(answer.now);
  ahead = frozen - Date.now();
  return session;
}

/** The rules' time, in ms: a test clock stands still until it is moved. */
export const now = () => (session.test_clock ? frozen : Date.now() + ahead);
let frozen = Date.now();

/** Reads the clock again; an event that is younger than it moves it as well. */
export async function readClock() {
  const answer = await get('/console/session');
  frozen = Date.parse(answer.now);
  ahead = frozen - Date.now();
}
export function sawTime(text) {
  const at = Date.parse(text);
  if (at > frozen) frozen = at;
}
export function end() { keepToken(''); Object.assign(session, {kind: '', agent_id: '', arena_id: ''}); }
export const isOperator = () => session.kind === 'operator';
