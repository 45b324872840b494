// What follows from the events of one type up to a moment; read once, and gone on with from there.
import {get} from './api.js';

/** Calls `changed()` whenever there is more; `items(at)` are those up to a moment, oldest first. */
export function past(store, type, changed) {
  const known = [];
  let after = 0, reading = false, failure = null, gone = false, whole = false;
  async function read() {
    if (reading || gone) return;
    reading = true;
    try {
      for (;;) {
        const page = await get(`${store.path}/events`, {type, after, limit: 1000});
        known.push(...page.items);
        const last = page.items.length ? page.items.at(-1).sequence : page.head;
        after = Math.max(after, page.items.length < 1000 ? page.head : last);
        if (page.items.length < 1000 || gone) break;
        changed();
      }
      failure = null; whole = true;
    } catch (error) { failure = error; }
    reading = false;
    if (!gone) changed();
  }
  return {
    read, items: (at) => (at === null ? known : known.filter((event) => event.sequence <= at)), isRead: () => whole, failure: () => failure, leave: () => { gone = true; },
    /** Reads on when something of the type happened since. */
    follow() { if (whole && store.recent.some((event) => event.sequence > after && event.type === type)) read(); },
  };
}
