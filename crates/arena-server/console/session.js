// Who is signed in, and what time the rules have.
import {ask, get, keepToken} from './api.js';

const NOBODY = {kind: '', agent_id: '', arena_id: ''};
/** `made` are the handles that were made in this session: their ids, never their tokens. */
export const session = {...NOBODY, test_clock: false, version: '', made: new Map()};
let ahead = 0;

/** Who a token belongs to that is not kept, or not yet. */
export const whose = (token) => ask('/console/session', {as: token});

/** Asks who the token belongs to; fails with the server's problem when it belongs to nobody. */
export async function begin() {
  const answer = await get('/console/session');
  Object.assign(session, NOBODY, answer);
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
export function end() { keepToken(''); Object.assign(session, NOBODY, {made: new Map()}); }
export const isOperator = () => session.kind === 'operator';
