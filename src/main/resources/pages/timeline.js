// What happened to one entry on every node, from the events that the active master remembers.
import { byId, h, ms, say, short, show } from './dom.js';
import { copiesOf, leader, nodes } from './cluster.js';
import { ask, pause, seen } from './nodes.js';
import { run } from './picture.js';

const SIGNS = { appended: '◆', sent: '▸', stored: '○', durable: '●', retried: '↻' };
const STEPS = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1e6, 3e6, 1e7];
const QUICK = 120;
const SLOW = 1000;
const HEADS = [['appended', 'sequenced by the master'], ['sent', 'sent'], ['stored', 'stored there: visible, and acknowledged'],
  ['durable', 'durable: on its disk'], ['retried', 'sent again']];

/** What is shown: {sequence, attempt, record, failed, began}; attempt only for this page's own. */
let shown = null;

/** Shows an entry, and keeps it up to date as long as something can still happen to it. */
export function open(sequence, attempt = null) {
  shown = { sequence, attempt, record: null, failed: null, began: attempt?.began ?? null, sent: new Set() };
  draw();
  follow(shown);
}

/** Something about the shown append changed. */
export function refresh(attempt) {
  if (shown?.attempt === attempt) draw();
}

const finished = (one) => one.record?.copies && one.record.copies.every((copy) => copy.durable);

async function follow(one) {
  let quiet = 0;
  while (shown === one) {
    await seen();
    try {
      const { body } = await ask(leader(), `messages/${one.sequence}`);
      const before = one.record?.timeline?.length ?? -1;
      one.record = body;
      one.failed = null;
      quiet = before === (body.timeline?.length ?? 0) ? quiet + 1 : 0;
      for (const event of body.timeline ?? []) {
        if (event.event === 'sent' && !one.sent.has(event.node)) {
          one.sent.add(event.node);
          if (one.attempt) run(event.node);
        }
      }
    } catch (refused) {
      one.failed = refused.message;
    }
    if (shown !== one) return;
    draw();
    if (finished(one) && one.attempt?.state !== 'waiting') {
      if (one.attempt) say(`entry ${one.sequence} is on the disk of every node`);
      return;
    }
    await pause(quiet > 30 || one.failed ? SLOW : QUICK);
  }
}

/** The time of each kind of event for each node, and the end of the axis. */
function lanes(record) {
  const byNode = new Map(record.copies.map((copy) => [copy.node, { copy, events: [] }]));
  for (const event of record.timeline) {
    if (event.ms === undefined) continue;
    if (!byNode.has(event.node)) byNode.set(event.node, { copy: null, events: [] });
    byNode.get(event.node).events.push(event);
  }
  return byNode;
}

const isDown = (id) => nodes().some((node) => node.id === id && node.status === 'UNHEALTHY');

const time = (lane, kind) => lane.events.find((event) => event.event === kind)?.ms;

/** When so many copies counted, undefined while they do not. */
function metAt(byNode, copies, j) {
  const times = [...byNode.values()].map((lane) => time(lane, j ? 'durable' : 'stored')).filter((at) => at !== undefined);
  return times.sort((a, b) => a - b)[copies - 1];
}

/** When and with what the answer left, from the events and what the client was told. */
function answerOf(one, byNode) {
  const attempt = one.attempt;
  if (!attempt || attempt.state === 'refused') return null;
  const copies = copiesOf(attempt.w);
  const met = copies === null ? undefined : metAt(byNode, copies, attempt.j);
  const limit = attempt.timeoutMs;
  if (met !== undefined && (limit === null || met <= limit || attempt.status === 201)) return { at: met, text: `answer ${attempt.status ?? ''}`.trim(), copies };
  if (attempt.status === 202 && limit !== null) return { at: limit, text: 'answer 202', copies };
  return { at: null, copies };
}

function scale(end) {
  if (byId('linear').checked) return (at) => (100 * Math.min(at, end)) / end;
  const whole = Math.log1p(end / 0.4);
  return (at) => (100 * Math.log1p(Math.min(at, end) / 0.4)) / whole;
}

function ticks(end, x) {
  const linear = byId('linear').checked;
  const step = STEPS.find((one) => one > 0 && end / one <= 5) ?? STEPS.at(-1);
  const at = linear ? Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step) : STEPS.filter((one) => one <= end);
  const kept = [];
  for (const one of at) if (kept.length === 0 || x(one) - x(kept.at(-1)) > (innerWidth < 620 ? 17 : 9)) kept.push(one);
  return kept.map((one) => h('span', { class: 'tick', style: { left: `${x(one)}%` } }, one === 0 ? '0' : ms(one).replace('.0', '')));
}

function mark(event, x) {
  if (!SIGNS[event.event]) return null;
  return h('span', {
    class: `event ${event.event}`, style: { left: `${x(event.ms)}%` }, title: `${event.event} at ${ms(event.ms)}`,
  }, SIGNS[event.event]);
}

function bar(kind, from, to, x) {
  return h('span', { class: `bar ${kind}`, style: { left: `${x(from)}%`, width: `${Math.max(0.3, x(to) - x(from))}%` } });
}

function laneOf(id, lane, master, end, x) {
  const sent = id === master ? time(lane, 'appended') : time(lane, 'sent');
  const stored = time(lane, 'stored');
  const durable = time(lane, 'durable');
  const bars = [];
  if (stored === undefined && !lane.copy?.stored) {
    if (sent !== undefined) bars.push(bar('going', sent, end, x));
  } else if (stored !== undefined) {
    if (sent !== undefined) bars.push(bar('going', sent, stored, x));
    bars.push(bar('stored', stored, durable ?? end, x));
    if (durable !== undefined) bars.push(bar('durable', durable, end, x));
  }
  const retries = lane.events.filter((event) => event.event === 'retried').length;
  const parts = [];
  if (id === master && sent === stored && stored !== undefined) parts.push('sequenced');
  else if (stored !== undefined) parts.push(`stored ${ms(stored)}`);
  if (durable !== undefined) parts.push(`durable ${ms(durable)}`);
  if (parts.length === 0) {
    parts.push(lane.copy?.durable ? 'durable, time not remembered' : lane.copy?.stored ? 'stored, time not remembered'
      : isDown(id) ? 'does not answer' : sent === undefined ? 'not sent yet' : 'on the way');
  }
  if (retries > 0) parts.push(retries === 1 ? 'sent again once' : `sent again ${retries} times`);
  return h('li', { class: 'lane', 'data-lane': id },
    h('span', { class: 'lane-name' }, id),
    h('div', { class: 'track', 'aria-hidden': 'true' }, bars, lane.events.filter((event) => id !== master || event.event !== 'stored').map((event) => mark(event, x))),
    h('span', { class: 'lane-text' }, parts.map((part) => h('span', {}, part))));
}

function headline(one, answer) {
  const { attempt, record } = one;
  const text = [h('strong', {}, `Entry ${one.sequence}`), ' ', h('q', {}, short(record.message ?? '', 60))];
  if (attempt) {
    const asked = `w=${attempt.w}${attempt.j ? ', j' : ', without j'}${attempt.timeoutMs === null ? '' : `, at most ${ms(attempt.timeoutMs)}`}`;
    text.push(h('span', { class: 'asked' }, asked));
    if (attempt.state === 'waiting') {
      const have = (record.copies ?? []).filter((copy) => (attempt.j ? copy.durable : copy.stored)).length;
      text.push(h('span', { class: 'verdict warn' }, `◌ waits: ${have} of ${answer?.copies ?? '?'} copies`));
    } else if (attempt.state === 'answered') {
      text.push(h('span', { class: `verdict ${attempt.status === 201 ? 'ok' : 'warn'}` },
        attempt.status === 201 ? `✓ answered 201 after ${ms(attempt.took)}` : `! answered 202: in the log, w not met in time`));
    }
  }
  return h('p', { class: 'headline' }, text);
}

function events(record) {
  return h('details', { class: 'events', id: 'events' },
    h('summary', {}, `All ${record.timeline.length} events as a table`),
    h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'ms'), h('th', { scope: 'col' }, 'node'), h('th', { scope: 'col' }, 'event'))),
      h('tbody', {}, record.timeline.map((event) => h('tr', {},
        h('td', { class: 'number' }, event.ms === undefined ? '' : event.ms.toFixed(3)), h('td', {}, event.node), h('td', {}, event.event === 'appended' ? 'sequenced' : event.event))))));
}

export function draw() {
  const root = byId('timeline');
  const one = shown;
  if (one === null) {
    show(root, h('p', { class: 'empty' }, 'Send an example, or choose an entry of the log below: its way across the nodes is drawn here, while it happens.'));
    return;
  }
  if (one.failed && !one.record) {
    show(root, h('p', { class: 'empty' }, `Entry ${one.sequence}: ${one.failed}`));
    return;
  }
  if (!one.record) {
    show(root, h('p', { class: 'empty' }, `Entry ${one.sequence} …`));
    return;
  }
  if (!one.record.timeline || one.record.timeline.length === 0) {
    show(root, h('p', { class: 'empty' }, `Entry ${one.sequence} `, h('q', {}, short(one.record.message ?? '', 60)),
      ': only the master that is active now remembers times, and only of its newest entries.'));
    return;
  }
  const byNode = lanes(one.record);
  const latest = Math.max(1, ...[...byNode.values()].flatMap((lane) => lane.events.map((event) => event.ms)));
  const began = one.record.timeline.find((event) => event.event === 'appended')?.at;
  const answer = answerOf(one, byNode);
  let end = latest * 1.12;
  if (!finished(one)) {
    const now = one.began !== null ? performance.now() - one.began : began === undefined ? 0 : Date.now() - began;
    end = Math.max(end, now);
  }
  if (answer?.at) end = Math.max(end, answer.at * 1.12);
  const x = scale(end);
  const master = leader() ?? one.record.timeline.find((event) => event.event === 'appended')?.node;
  const opened = root.querySelector('details')?.open;
  const counted = [];
  const j = one.attempt?.j ?? true;
  for (let n = 1; n <= byNode.size; n++) {
    const at = metAt(byNode, n, j);
    if (at === undefined || answer?.copies === n) continue;
    const beside = counted.at(-1);
    if (beside && x(at) - x(beside.at) < 9) beside.names.push(n);
    else counted.push({ at, names: [n] });
  }
  const wouldAnswer = counted.map(({ at, names }) => h('span', { class: 'would', style: { left: `${x(at)}%` } }, `w=${names.join(',')}`));
  const flag = answer && answer.at !== null
    ? h('span', { class: 'flag', style: { left: `${x(answer.at)}%` } },
      // its label slides along with it, so that it ends where the axis does
      h('span', { style: { transform: `translateX(-${x(answer.at)}%)` } },
        `${answer.text} · w=${one.attempt.w}${one.attempt.j ? ' j' : ''} · ${ms(answer.at)}`)) : null;
  show(root,
    headline(one, answer),
    h('div', { class: 'chart' },
      h('div', { class: 'overlay', 'aria-hidden': 'true' }, wouldAnswer, flag),
      h('ol', { class: 'lanes' }, [...byNode].map(([id, lane]) => laneOf(id, lane, master, end, x))),
      h('div', { class: 'axis', 'aria-hidden': 'true' }, ticks(end, x))),
    h('ul', { class: 'legend' }, HEADS.map(([kind, text]) => h('li', {}, h('span', { class: `sign ${kind}`, 'aria-hidden': 'true' }, SIGNS[kind]), ` ${text}`))),
    events(one.record));
  if (opened) root.querySelector('details').open = true;
}

export function start() {
  byId('linear').addEventListener('change', draw);
  draw();
}
