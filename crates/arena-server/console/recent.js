// The last events of some kind up to the moment that is looked at, and more of them as they are asked for: never a whole journal.
import {get} from './api.js';

const MOST = 1000;

/** `params` are what the server filters by, `fits` says the same of an event; `changed()` is called whenever there is more. */
export function recent(store, params, fits, size, changed) {
  // Everything that fits in the sequences after `from` up to `to` is known.
  let known = [], from = 0, to = 0, wanted = size, reading = false, failure = null, gone = false, anchor, turn = 0;

  /** Begins at the moment that is looked at, with what following has brought already. */
  function begin() {
    turn += 1;
    anchor = store.at;
    wanted = size; failure = null; reading = false;
    const end = store.at ?? store.head, first = store.recent[0]?.sequence;
    const has = first !== undefined && first <= end;
    known = has ? store.recent.filter((event) => event.sequence <= end && fits(event)) : [];
    from = has ? first - 1 : end;
    to = end;
    fill();
  }
  async function fill() {
    if (reading || gone || failure) return;
    const mine = turn;
    reading = true;
    try {
      for (let span = size; known.length < wanted && from > 0; span = Math.min(span * 4, 200000)) {
        const start = Math.max(0, from - span), found = [];
        for (let after = start; ;) {
          const limit = Math.min(MOST, from - after), page = await get(`${store.path}/events`, {...params, after, limit});
          if (mine !== turn || gone) return;
          found.push(...page.items.filter((event) => event.sequence <= from));
          const last = page.items.at(-1)?.sequence;
          if (page.items.length < limit || last >= from) break;
          after = last;
        }
        known = found.concat(known);
        from = start;
        changed();
      }
    } catch (error) { if (mine === turn) failure = error; } finally { if (mine === turn) reading = false; }
    if (!gone && mine === turn) changed();
  }
  return {
    begin,
    /** Takes in what has happened since, or begins anew at another moment. */
    follow() {
      if (anchor !== store.at) { begin(); return; }
      if (store.at !== null || store.head <= to) return;
      // More than following remembers: begin anew at the end.
      if ((store.recent[0]?.sequence ?? Infinity) > to + 1) { begin(); return; }
      known = known.concat(store.recent.filter((event) => event.sequence > to && fits(event)));
      to = store.head;
    },
    /** Asks for as many again, further back. */
    more() { wanted = known.length + size; fill(); },
    again() { failure = null; fill(); },
    items: () => known, isWhole: () => from === 0, isReading: () => reading, failure: () => failure, leave: () => { gone = true; },
  };
}
