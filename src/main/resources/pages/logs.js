// The end of the log as each node itself shows it, side by side.
import { byId, h, short, show } from './dom.js';
import { cluster, nodes, onCluster } from './cluster.js';
import { ask, pause, seen } from './nodes.js';

const ROWS = 12;
const WAIT = 400;
/** A browser opens six connections to one place: with more nodes nobody waits for long. */
const MOST_WAITING = 3;

/** id -> {entries: Map(sequence -> text), last, committed, failed} */
const logs = new Map();
const followed = new Set();
const seenAt = new Map();
let open = () => {};

export function onOpen(listener) {
  open = listener;
}

/** The highest sequence that any node has shown. */
const newest = () => Math.max(0, ...[...logs.values()].map((log) => log.last ?? 0));

async function follow(id) {
  const log = { entries: new Map(), last: null, committed: 0, failed: null };
  logs.set(id, log);
  let from = null; // where the log begins, which need not be 1
  while (nodes().some((node) => node.id === id)) {
    await seen();
    const crowd = nodes().length > MOST_WAITING;
    try {
      const { body } = await ask(id, `messages?${from === null ? '' : `from=${from}&`}limit=${ROWS}&wait=${crowd || log.last === null ? 0 : WAIT}`);
      const before = log.last;
      if (before !== null && body.last < before) {
        for (const sequence of log.entries.keys()) if (sequence > body.last) log.entries.delete(sequence);
        from = body.last + 1;
      } else {
        body.messages.forEach((text, i) => {
          log.entries.set(body.from + i, text);
          if (before !== null) seenAt.set(`${id} ${body.from + i}`, performance.now());
        });
        from = body.last - body.next >= ROWS ? body.last - ROWS + 1 : body.next;
      }
      log.last = body.last;
      log.committed = body.committed;
      log.failed = null;
      for (const sequence of log.entries.keys()) if (sequence <= log.last - 3 * ROWS) log.entries.delete(sequence);
      if (before !== body.last || body.messages.length > 0) draw();
      if (from <= body.last) continue;
      if (crowd) await pause(60 * nodes().length);
      else if (before === null) await pause(10);
    } catch (refused) {
      if (refused.status === 410) {
        from = refused.problem.firstSequence; // the log was trimmed up to there
        continue;
      }
      const was = log.failed;
      log.failed = refused.problem?.detail ?? 'no answer';
      if (was === null) draw();
      // one that its master does not hear may still answer here: it is asked on, at leisure
      await pause(nodes().find((node) => node.id === id)?.status === 'HEALTHY' ? 500 : 2000);
    }
  }
  logs.delete(id);
  followed.delete(id);
  draw();
}

function cell(node, sequence) {
  const log = logs.get(node.id);
  const text = log?.entries.get(sequence);
  if (text !== undefined) {
    const fresh = performance.now() - (seenAt.get(`${node.id} ${sequence}`) ?? -9e9) < 900;
    return h('td', { class: fresh ? 'has fresh' : 'has' }, text === '' ? h('em', {}, 'empty') : short(text, 80));
  }
  if (log?.failed) return h('td', { class: 'silent' }, 'does not answer');
  if (log?.last !== null && log && sequence <= log.last) return h('td', { class: 'has' }, '…');
  return h('td', { class: 'lacks' }, 'not yet');
}

export function draw() {
  const all = nodes();
  const last = newest();
  const committed = Math.max(cluster.lead?.committedSequence ?? 0, ...[...logs.values()].map((log) => log.committed));
  const rows = [];
  for (let sequence = last; sequence > Math.max(0, last - ROWS); sequence--) {
    const done = sequence <= committed;
    rows.push(h('tr', { 'data-sequence': sequence },
      h('th', { scope: 'row' },
        h('button', {
          type: 'button', class: 'sequence', id: `open-${sequence}`, 'data-open': sequence,
          'aria-label': `Timeline of entry ${sequence}`,
        }, String(sequence)),
        h('span', { class: done ? 'mark ok' : 'mark warn' }, done ? 'committed' : 'not committed')),
      all.map((node) => cell(node, sequence))));
  }
  const table = h('table', {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'entry'),
      all.map((node) => {
        const log = logs.get(node.id);
        const state = log?.failed ? 'does not answer' : log?.last == null ? '' : `up to ${log.last}`;
        return h('th', { scope: 'col' }, node.id, h('span', { class: 'mark' }, state));
      }))),
    h('tbody', {}, rows));
  show(byId('logs'), last === 0 ? h('p', { class: 'empty' }, 'The log is empty. Send an example.') : table);
}

export function start() {
  byId('logs').addEventListener('click', (event) => {
    const button = event.target.closest('[data-open]');
    if (button) open(Number(button.dataset.open));
  });
  onCluster(() => {
    for (const node of nodes()) {
      if (followed.has(node.id)) continue;
      followed.add(node.id);
      follow(node.id);
    }
    draw();
  });
}
