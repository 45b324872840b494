// Whether the server is well: its queue, its disk, its ledger, its journals.
import {h, morph, u} from './dom.js';
import {fetchRaw, get} from './api.js';
import {count} from './format.js';
import {button, mark, notice, problem, waiting} from './parts.js';
import {isOperator, session} from './session.js';

const EVERY_MS = 4000;
const SHOWN = {commands_waiting: 'Commands waiting', hot_arenas: 'Arenas in memory', journal_position: 'Journal position', events_total: 'Events since the start', transfers_total: 'Transfers since the start', failed_batches_total: 'Failed batches'};

export function open(main, rest, params) {
  let ready = null, numbers = null, before = null, failure = null, gone = false, audit = null, checked = null, checking = '';
  document.title = 'Health · Arena';
  async function read() {
    try {
      try { ready = await get('/readyz'); } catch (error) { if (error.status !== 503) throw error; ready = {ready: false, ...error.body}; }
      if (isOperator()) {
        const text = await (await fetchRaw('/metrics')).text();
        before = numbers;
        numbers = {at: Date.now()};
        for (const line of text.split('\n')) { const found = /^arena_(\w+)(?:\{class="(\w+)"\})? ([\d.e+-]+)$/.exec(line); if (found) numbers[found[1] + (found[2] || '')] = Number(found[3]); }
      }
      failure = null;
    } catch (error) { failure = error; }
    if (!gone) draw();
  }
  const run = (what, ask) => async () => {
    checking = what;
    draw();
    try { const answer = await ask(); if (what === 'audit') audit = answer; else checked = answer; } catch (error) { if (what === 'audit') audit = error; else checked = error; }
    checking = '';
    if (!gone) draw();
  };
  const id = h('input', {type: 'text', placeholder: 'id of an arena', autocomplete: 'off', spellcheck: 'false', required: true, value: params.get('arena') || ''});
  const verify = h('form', {class: 'row end', onsubmit: (event) => { event.preventDefault(); if (id.value.trim()) run('verify', () => get(`/v1/arenas/${encodeURIComponent(id.value.trim())}/verify`))(); }}, h('label', {class: 'field grow'}, 'Arena', id), h('button', {type: 'submit', class: 'btn'}, 'Verify'));
  verify.$own = true;
  const result = (answer, what) => (answer instanceof Error ? problem(answer) : answer && notice(answer.ok ? 'ok' : 'bad', [answer.ok ? mark('good', 'Everything fits') : mark('wrong', 'It does not fit'), ` ${count(answer.checked)} ${what} checked.`, answer.first_divergence && h('p', {}, u(`${answer.first_divergence.position ? `position ${answer.first_divergence.position}, ` : ''}arena ${answer.first_divergence.arena_id}, event ${answer.first_divergence.sequence}: ${answer.first_divergence.reason}`))]));

  function draw() {
    const flush = numbers?.batches_total ? (1000 * numbers.commit_seconds_total) / numbers.batches_total : null;
    const newer = numbers && before && numbers.batches_total > before.batches_total ? (1000 * (numbers.commit_seconds_total - before.commit_seconds_total)) / (numbers.batches_total - before.batches_total) : null;
    const rate = numbers && before ? (1000 * (numbers.commands_total - before.commands_total)) / (numbers.at - before.at) : null;
    const keys = ready ? [['State', ready.ready ? mark('good', 'Takes commands') : mark('wrong', 'Takes none')], ['Ledger', ready.safe_mode ? mark('wrong', 'Safe mode') : mark('good', 'Adds up')], ['Queue', count(ready.queue_depth)],
      flush !== null && ['Flush, since the start', `${flush.toFixed(2)} ms`], newer !== null && ['Flush, lately', `${newer.toFixed(2)} ms`], rate !== null && ['Commands a second', rate < 10 ? rate.toFixed(1) : count(Math.round(rate))], ...(numbers ? Object.entries(SHOWN).slice(1).map(([name, said]) => [said, count(numbers[name])]) : []), ...(numbers ? [['Answers', `${count(numbers.http_requests_total2xx)} good, ${count(numbers.http_requests_total4xx)} refused, ${count(numbers.http_requests_total5xx)} failed`, true]] : [])].filter(Boolean) : [];
    morph(main, h('div', {class: 'stack'}, h('h1', {}, 'Health'), failure && problem(failure, read), !ready && !failure && waiting(),
      ready && !ready.ready && notice('bad', 'The last batch could not be stored, or the server drains. Look at its log and at the disk.'), ready?.safe_mode && notice('bad', 'The ledger did not add up after a commit: no new money is taken, every exit stays open. Audit the ledger, then restart.'),
      ready && h('dl', {class: 'keys'}, keys.map(([name, value, long]) => h('div', {key: name}, h('dt', {}, name), h('dd', {class: `num ${long ? 'long' : ''}`}, value)))),
      ready && !isOperator() && h('p', {class: 'soft small'}, 'The operator’s token shows the counters as well.'),
      session.test_clock && notice('warn', 'This store has a test clock: leases and deadlines move only when the operator moves it.'),
      h('div', {class: 'two'},
        h('section', {class: 'card'}, h('h2', {}, 'Ledger'), h('p', {class: 'soft small'}, 'After every commit the server checks that debits equal credits, that balances are deposits less withdrawals, that no balance is below zero, and that each escrow holds what is owed. An audit recomputes every transfer, balance, obligation and counter from the journal.'), isOperator() ? h('div', {class: 'stack tight'}, h('div', {class: 'row'}, button(checking === 'audit' ? 'Auditing…' : 'Audit the ledger', run('audit', () => get('/v1/ledger/audit')), {disabled: checking === 'audit'})), h('div', {role: 'status'}, result(audit, 'things'))) : h('p', {class: 'soft small'}, 'Only the operator can audit it.')),
        h('section', {class: 'card'}, h('h2', {}, 'Journal of an arena'), h('p', {class: 'soft small'}, 'Recomputes the hash of every event, and folds them to the state that is kept.'), h('div', {class: 'stack tight'}, verify, checking === 'verify' && waiting('Checking…'), h('div', {role: 'status'}, result(checked, 'events'))))),
      h('p', {class: 'soft small'}, session.version && `Arena ${session.version}. `, h('a', {href: '/docs'}, 'The HTTP API'), ' says what every button here asks.')));
  }
  if (id.value) run('verify', () => get(`/v1/arenas/${encodeURIComponent(id.value)}/verify`))();
  read();
  const timer = setInterval(read, EVERY_MS);
  return () => { gone = true; clearInterval(timer); };
}

