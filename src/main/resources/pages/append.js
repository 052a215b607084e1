// The form that appends, and what became of each append.
import { byId, h, ms, say, short, show } from './dom.js';
import { cluster, leader, onCluster } from './cluster.js';
import { ask, json, pause } from './nodes.js';
import { open, refresh } from './timeline.js';

const KEPT = 6;
const EXAMPLES = ['the kettle is on', 'two sugars, please', 'the train leaves at nine', 'a letter has come',
  'the door is open', 'it rains in Lviv', 'the lamp is lit', 'supper is ready'];

const attempts = [];
let number = 0;

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `dashboard-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** While the answer waits, the log itself tells which sequence the append got. */
async function find(attempt, from) {
  let next = from;
  while (attempt.state === 'waiting' && attempt.sequence === null) {
    try {
      const { body } = await ask(leader(), `messages?from=${next}&limit=100&wait=300`, { headers: { Accept: 'application/x-ndjson' } });
      for (const entry of body) {
        next = entry.sequence + 1;
        if (entry.key === attempt.key) found(attempt, entry.sequence);
      }
    } catch {
      await pause(300); // the answer itself will tell
    }
    await pause(20);
  }
}

function found(attempt, sequence) {
  if (attempt.sequence !== null) return;
  attempt.sequence = sequence;
  if (attempts[0] === attempt) open(sequence, attempt);
  draw();
}

async function send(message) {
  const timeout = byId('timeout').value.trim();
  const key = byId('key').value.trim() || newKey();
  const w = document.querySelector('input[name=w]:checked').value;
  const attempt = {
    number: ++number, message, key, w, j: byId('j').checked, timeoutMs: timeout === '' ? null : Number(timeout),
    began: performance.now(), state: 'waiting', sequence: null, status: null, took: null, why: null, stop: new AbortController(),
  };
  attempts.unshift(attempt);
  while (attempts.length > KEPT && attempts.at(-1).state !== 'waiting') attempts.pop();
  draw();
  find(attempt, (cluster.lead?.lastSequence ?? 0) + 1);
  const request = json('POST', {
    message, w: /^\d+$/.test(w) ? Number(w) : w, j: attempt.j, ...(attempt.timeoutMs === null ? {} : { timeoutMs: attempt.timeoutMs }),
  });
  request.headers['Idempotency-Key'] = key;
  try {
    const { status, body } = await ask(null, 'messages', { ...request, signal: attempt.stop.signal });
    attempt.took = performance.now() - attempt.began;
    attempt.state = 'answered';
    attempt.status = status;
    found(attempt, body.sequence);
    say(status === 201 ? `entry ${body.sequence} answered after ${ms(attempt.took)}` : `entry ${body.sequence} is in the log; w was not met in time`);
  } catch (refused) {
    attempt.took = performance.now() - attempt.began;
    attempt.state = refused.name === 'AbortError' ? 'left' : 'refused';
    attempt.status = refused.status ?? null;
    attempt.why = refused.message;
    say(attempt.state === 'left' ? 'no longer waiting; the message stays in the log' : `refused: ${refused.message}`);
  }
  draw();
  refresh(attempt);
}

function answer(attempt) {
  const asked = `w=${attempt.w}${attempt.j ? ' j' : ''}`;
  const about = attempt.sequence === null ? null
    : h('button', { type: 'button', class: 'sequence', id: `answer-${attempt.number}`, 'data-open': attempt.number, 'aria-label': `Timeline of entry ${attempt.sequence}` }, String(attempt.sequence));
  const result = {
    waiting: () => [h('span', { class: 'warn' }, '◌ waits '), h('span', { 'data-live': '', class: 'live' }, ms(performance.now() - attempt.began)), ' ',
      h('button', { type: 'button', class: 'quiet', id: `stop-${attempt.number}`, 'data-stop': attempt.number }, 'Stop waiting')],
    answered: () => attempt.status === 201 ? [h('span', { class: 'ok' }, '✓ 201'), ` ${ms(attempt.took)}`] : [h('span', { class: 'warn' }, '! 202'), ' w not met in time'],
    left: () => [h('span', { class: 'warn' }, 'no longer waiting')],
    refused: () => [h('span', { class: 'bad' }, `✕ ${attempt.status || 'no answer'}`), ` ${attempt.why}`],
  }[attempt.state]();
  return h('li', { class: attempt.state }, about, h('span', { class: 'text' }, short(attempt.message, 40)), h('span', { class: 'asked' }, asked), h('span', { class: 'result' }, result));
}

export function draw() {
  show(byId('answers'), attempts.length === 0 ? h('li', { class: 'empty' }, 'None yet.') : attempts.slice(0, KEPT).map(answer));
}

/** The choices of w that this cluster has. */
function choices() {
  const copies = Math.max(cluster.lead?.quorum?.copies ?? 0, 1);
  const root = byId('w');
  const values = [...Array.from({ length: Math.min(copies, 7) }, (_, i) => String(i + 1)), 'majority', 'all'];
  if (root.dataset.values === values.join()) return;
  const chosen = root.querySelector('input:checked')?.value ?? 'majority';
  root.dataset.values = values.join();
  root.replaceChildren(...values.map((value) => h('label', {},
    h('input', { type: 'radio', name: 'w', value, checked: value === (values.includes(chosen) ? chosen : 'majority') }), h('span', {}, value))));
}

function availability() {
  const mayAppend = cluster.own && cluster.own.role !== 'SECONDARY';
  for (const id of ['send', 'example']) byId(id).disabled = !mayAppend;
  const hint = byId('append-hint');
  hint.hidden = mayAppend || !cluster.own;
  if (hint.hidden) return;
  const active = cluster.own.active;
  show(hint, 'This node copies and does not take appends. ', active ? h('a', { href: `${active.url}/` }, `Open ${active.node}`) : 'No master is known now.');
}

export function start() {
  byId('append').addEventListener('submit', (event) => {
    event.preventDefault();
    send(byId('message').value);
    byId('message').value = '';
    byId('key').value = '';
  });
  byId('message').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      byId('append').requestSubmit();
    }
  });
  byId('example').addEventListener('click', () => send(EXAMPLES[number % EXAMPLES.length]));
  byId('answers').addEventListener('click', (event) => {
    const of = (name) => attempts.find((attempt) => String(attempt.number) === event.target.dataset[name]);
    if (event.target.dataset.stop) of('stop')?.stop.abort();
    const attempt = event.target.dataset.open ? of('open') : null;
    if (attempt) open(attempt.sequence, attempt);
  });
  onCluster(() => {
    choices();
    availability();
  });
  setInterval(() => {
    for (const attempt of attempts.filter((one) => one.state === 'waiting')) {
      const live = byId(`stop-${attempt.number}`)?.parentElement.querySelector('.live');
      if (live) live.textContent = ms(performance.now() - attempt.began);
    }
  }, 200);
  choices();
  draw();
}
