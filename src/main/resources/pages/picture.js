// The cluster as a picture: a card for each node, and the way to each secondary.
import { byId, calm, h, say, show } from './dom.js';
import { cluster, nodes } from './cluster.js';

const WORDS = {
  HEALTHY: ['●', 'healthy', 'ok'],
  SUSPECTED: ['◐', 'suspected', 'warn'],
  UNHEALTHY: ['✕', 'does not answer', 'bad'],
  UNKNOWN: ['○', 'not known here', 'mute'],
};
const STATES = {
  STREAMING: 'streaming',
  CATCHING_UP: 'catching up',
  RETRYING: 'retrying',
  DIVERGED: 'diverged',
};
const REASONS = {
  NO_QUORUM: 'no quorum',
  NOT_ACTIVE: 'not active',
  DISK_FULL: 'disk full',
  DISK_FAILED: 'disk failed',
};
const SVG = 'http://www.w3.org/2000/svg';

let known = new Map();

function fact(name, value) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

function facts() {
  const { own, lead } = cluster;
  if (!own) return [];
  const of = lead ?? own;
  const writes = lead?.mode === 'READ_WRITE';
  const mode = writes
    ? h('strong', { class: 'ok' }, '● takes appends')
    : h('strong', { class: 'bad' }, `✕ read-only: ${lead ? REASONS[lead.modeReason] ?? lead.modeReason : 'no master leads'}`);
  const quorum = of.quorum;
  return [
    fact('state', mode),
    fact('epoch', String(of.epoch)),
    quorum && fact('copies', `${quorum.available} of ${quorum.copies} answer, majority ${quorum.majority}`),
    fact('committed', String(of.committedSequence)),
  ];
}

function card(node) {
  const [sign, word, tone] = WORDS[node.status] ?? WORDS.UNKNOWN;
  const role = node.role.toLowerCase();
  return h('li', { class: `node ${role} ${tone}`, 'data-node': node.id },
    h('div', { class: 'node-head' },
      node.url && !node.self
        ? h('a', { class: 'node-name', href: `${node.url}/`, title: `The dashboard of ${node.id}` }, node.id)
        : h('span', { class: 'node-name' }, node.id),
      h('span', { class: 'role' }, node.voting === false ? 'learner' : role)),
    h('p', { class: `node-status ${tone}` }, h('span', { 'aria-hidden': 'true' }, `${sign} `), word,
      node.state && node.state !== 'STREAMING' && node.status === 'HEALTHY' && ` · ${STATES[node.state]}`,
      node.mode === 'READ_ONLY' && node.reason !== 'NOT_ACTIVE' && ` · ${REASONS[node.reason] ?? 'read-only'}`),
    h('dl', { class: 'numbers' },
      fact('last', node.last === undefined ? '–' : String(node.last)),
      node.role === 'SECONDARY' ? fact('lag', node.lag === undefined ? '–' : String(node.lag)) : null,
      node.epoch !== undefined && node.role !== 'SECONDARY' ? fact('epoch', String(node.epoch)) : null),
    node.self ? h('span', { class: 'here' }, 'you are here') : null);
}

/** Where the links go, from the places of the cards. */
function links(root, all) {
  const svg = root.querySelector('svg');
  const frame = root.getBoundingClientRect();
  svg.setAttribute('viewBox', `0 0 ${frame.width} ${frame.height}`);
  const master = root.querySelector('.node.master');
  if (!master) return svg.replaceChildren();
  const from = master.getBoundingClientRect();
  const lines = [];
  for (const node of all.filter((one) => one.role === 'SECONDARY')) {
    const element = root.querySelector(`[data-node="${CSS.escape(node.id)}"]`);
    const to = element.getBoundingClientRect();
    const beside = to.left > from.right;
    const [x1, y1] = beside
      ? [from.right - frame.left, from.top + from.height / 2 - frame.top]
      : [from.left + 14 - frame.left, from.bottom - frame.top];
    const [x2, y2] = beside
      ? [to.left - frame.left, to.top + to.height / 2 - frame.top]
      : [to.left - frame.left, to.top + to.height / 2 - frame.top];
    const middle = (x1 + x2) / 2;
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', beside
      ? `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`
      : `M${x1},${y1} V${y2} H${x2}`);
    path.setAttribute('class', `link ${node.status === 'HEALTHY' && node.state === 'STREAMING' ? 'ok' : node.status === 'UNHEALTHY' ? 'bad' : 'warn'}`);
    path.dataset.to = node.id;
    lines.push(path);
  }
  svg.replaceChildren(...lines);
}

/** A dot that runs to a secondary: something was sent to it. */
export function run(id) {
  if (calm()) return;
  const link = byId('picture').querySelector(`path[data-to="${CSS.escape(id)}"]`);
  if (!link) return;
  const dot = document.createElementNS(SVG, 'circle');
  dot.setAttribute('r', '4');
  dot.setAttribute('class', 'dot');
  link.after(dot);
  const length = link.getTotalLength();
  const began = performance.now();
  const step = (now) => {
    const share = Math.min(1, (now - began) / 600);
    const point = link.getPointAtLength(length * share);
    dot.setAttribute('cx', point.x);
    dot.setAttribute('cy', point.y);
    if (share < 1 && dot.isConnected) requestAnimationFrame(step);
    else dot.remove();
  };
  requestAnimationFrame(step);
}

function announce(all) {
  for (const node of all) {
    const before = known.get(node.id);
    if (before && before !== node.status) say(`${node.id} ${WORDS[node.status]?.[1] ?? node.status}`);
  }
  known = new Map(all.map((node) => [node.id, node.status]));
}

export function draw() {
  const { own, connected } = cluster;
  if (!own) return;
  const all = nodes();
  byId('self').textContent = own.node;
  document.title = `${own.node} · replog`;
  show(byId('facts'), ...facts());
  const root = byId('picture');
  if (!root.firstChild) {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('aria-hidden', 'true');
    root.append(svg, h('ul', { class: 'leaders' }), h('ul', { class: 'followers' }));
    new ResizeObserver(() => links(root, nodes())).observe(root);
  }
  show(root.querySelector('.leaders'), ...all.filter((node) => node.role !== 'SECONDARY').map(card));
  show(root.querySelector('.followers'), ...all.filter((node) => node.role === 'SECONDARY').map(card));
  links(root, all);
  announce(all);
  const banner = byId('banner');
  banner.hidden = connected;
  banner.textContent = connected ? '' : `${own.node} does not answer. What is shown is what was known last; trying again.`;
  document.body.classList.toggle('stale', !connected);
}
