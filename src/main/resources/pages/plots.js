// Lag and latency over the last two minutes.
/* global Chart */
import { byId, ms } from './dom.js';
import { nodes, leader } from './cluster.js';
import { ask, pause, seen } from './nodes.js';

const SECONDS = 120;
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [12, 4]];
const SHAPES = ['circle', 'rect', 'triangle', 'rectRot', 'star'];

const series = { lag: new Map(), latency: new Map() };
const asked = new Map();
const charts = {};

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function note(kind, id, value) {
  const points = series[kind].get(id) ?? [];
  points.push({ x: Date.now(), y: value });
  while (points.length > 0 && points[0].x < Date.now() - SECONDS * 1000) points.shift();
  series[kind].set(id, points);
}

function options(kind) {
  const ink = css('--muted');
  const line = css('--line');
  const log = kind === 'latency';
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    parsing: false,
    interaction: { mode: 'nearest', intersect: false },
    scales: {
      x: { type: 'linear', min: -SECONDS, max: 0, grid: { color: line }, ticks: { color: ink, maxTicksLimit: 5, callback: (value) => `${value} s` } },
      y: log
        ? { type: 'logarithmic', min: 0.1, suggestedMax: 10000, grid: { color: line }, ticks: { color: ink, callback: (value) => ([0.1, 1, 10, 100, 1000, 10000, 100000].includes(value) ? String(value) : '') } }
        : { beginAtZero: true, suggestedMax: 4, grid: { color: line }, ticks: { color: ink, precision: 0, maxTicksLimit: 5 } },
    },
    plugins: { legend: { labels: { color: css('--ink'), usePointStyle: true, boxHeight: 7 } }, tooltip: { callbacks: { title: () => '' } } },
  };
}

function draw(kind) {
  const now = Date.now();
  const ids = [...series[kind].keys()].sort();
  const colors = [1, 2, 3, 4, 5].map((i) => css(`--series-${i}`));
  const datasets = ids.map((id, i) => ({
    label: id,
    data: series[kind].get(id).filter((point) => point.y !== null).map((point) => ({ x: (point.x - now) / 1000, y: point.y })),
    borderColor: colors[i % colors.length],
    backgroundColor: colors[i % colors.length],
    borderDash: DASHES[i % DASHES.length],
    pointStyle: SHAPES[i % SHAPES.length],
    pointRadius: kind === 'lag' ? 0 : 3,
    borderWidth: 2,
    stepped: kind === 'lag',
    showLine: true,
  }));
  const text = ids.map((id) => {
    const last = series[kind].get(id).at(-1);
    return last && last.y !== null ? `${id} ${kind === 'lag' ? last.y : ms(last.y)}` : null;
  }).filter(Boolean).join(', ');
  byId(`${kind}-now`).textContent = text ? `Now: ${text}` : 'Nothing to show yet.';
  if (!charts[kind]) {
    charts[kind] = new Chart(byId(kind), { type: 'line', data: { datasets }, options: options(kind) });
    return;
  }
  charts[kind].data.datasets = datasets;
  charts[kind].update('none');
}

/** The newest entry of each node that has not been looked at: how long it took to be on its disk. */
async function latencies() {
  const wanted = new Map();
  for (const node of nodes()) {
    if (!node.last || asked.get(node.id) === node.last || node.status !== 'HEALTHY') continue;
    wanted.set(node.last, [...(wanted.get(node.last) ?? []), node]);
  }
  for (const [sequence, of] of wanted) {
    const { body } = await ask(leader(), `messages/${sequence}`);
    for (const node of of) {
      const durable = body.timeline?.find((event) => event.node === node.id && event.event === 'durable');
      if (durable?.ms === undefined) continue;
      asked.set(node.id, node.last);
      note('latency', node.id, Math.max(0.1, durable.ms));
    }
  }
}

async function follow() {
  for (;;) {
    await seen();
    if (leader()) {
      for (const node of nodes()) if (node.role === 'SECONDARY') note('lag', node.id, node.lag ?? null);
      await latencies().catch(() => {}); // a node that does not answer has no latency to show
      draw('lag');
      draw('latency');
    }
    await pause(1000);
  }
}

/** The colours of the page changed. */
export function recolour() {
  for (const kind of Object.keys(charts)) {
    charts[kind].options = options(kind);
    draw(kind);
  }
}

export function start() {
  follow();
}
