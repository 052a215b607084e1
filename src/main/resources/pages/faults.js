// Faults on request, where they are enabled: of any node, in force at once.
import { byId, h, say } from './dom.js';
import { nodes, onCluster } from './cluster.js';
import { ask, isSelf, json, pause, seen } from './nodes.js';

const SHARES = [0, 0.1, 0.3, 0.5, 1];

/** id -> the faults in force, null where the node does not tell. */
const inForce = new Map();
let enabled = false;

async function put(id, faults) {
  try {
    const { body } = await ask(id, 'faults', json('PUT', faults));
    inForce.set(id, body);
    say(`faults of ${id} are in force`);
  } catch (refused) {
    say(`faults of ${id} not changed: ${refused.message}`);
    byId(`problem-${id}`)?.replaceChildren(refused.message);
    return;
  }
  fill(id);
}

async function reset(id) {
  try {
    await ask(id, 'faults', { method: 'DELETE' });
    inForce.set(id, (await ask(id, 'faults')).body);
    say(`no faults on ${id} any more`);
  } catch (refused) {
    byId(`problem-${id}`)?.replaceChildren(refused.message);
    return;
  }
  fill(id);
}

function read(card) {
  const of = (name) => card.querySelector(`[name=${name}]`);
  return {
    delayMs: Math.max(0, Math.min(3_600_000, Math.round(Number(of('delayMs').value) || 0))),
    errorRate: Number(of('errorRate').value),
    errorPhase: of('errorPhase').value,
    drop: Number(of('drop').value),
    partitionedFrom: [...card.querySelectorAll('[name=partitionedFrom]:checked')].map((box) => box.value),
    diskFull: of('diskFull').checked,
  };
}

/** Brings a card to what is in force, but for what somebody is typing. */
function fill(id) {
  const card = byId('faults').querySelector(`[data-faults="${CSS.escape(id)}"]`);
  const faults = inForce.get(id);
  if (!card) return;
  card.disabled = !faults;
  if (!faults) return;
  byId(`problem-${id}`).replaceChildren();
  for (const name of ['delayMs', 'errorRate', 'errorPhase', 'drop']) {
    const field = card.querySelector(`[name=${name}]`);
    if (field === document.activeElement) continue;
    const value = String(faults[name]);
    if (field.tagName === 'SELECT' && ![...field.options].some((option) => option.value === value)) {
      field.append(h('option', { value }, name === 'errorPhase' ? value : `${Math.round(faults[name] * 100)} %`));
    }
    field.value = value;
  }
  card.querySelector('[name=diskFull]').checked = faults.diskFull;
  for (const box of card.querySelectorAll('[name=partitionedFrom]')) box.checked = faults.partitionedFrom.includes(box.value);
  const active = faults.delayMs > 0 || faults.errorRate > 0 || faults.drop > 0 || faults.diskFull || faults.partitionedFrom.length > 0;
  card.classList.toggle('active', active);
  card.querySelector('.fault-state').textContent = active ? '! in force' : 'none';
}

function select(name, id, label, options) {
  const field = `${name}-${id}`;
  return h('div', {}, h('label', { for: field }, label), h('select', { id: field, name }, options.map(([value, text]) => h('option', { value }, text))));
}

function cardOf(node, others) {
  const shares = SHARES.map((share) => [String(share), share === 0 ? 'none' : `${share * 100} %`]);
  const delay = `delayMs-${node.id}`;
  return h('fieldset', { class: 'fault-card', 'data-faults': node.id, 'data-others': others.join(), onchange: (event) => put(node.id, read(event.currentTarget)) },
    h('legend', {}, node.id, ' ', h('span', { class: 'fault-state' }, 'none')),
    h('div', { class: 'pair' },
      h('div', {}, h('label', { for: delay }, 'Delay, ms'), h('input', { id: delay, name: 'delayMs', type: 'number', min: 0, max: 3600000, step: 'any', inputmode: 'numeric', value: 0 })),
      select('drop', node.id, 'Lost on its way', shares)),
    h('div', { class: 'pair' },
      select('errorRate', node.id, 'Errors', shares),
      select('errorPhase', node.id, 'Errors come', [['before', 'before storing'], ['after', 'after storing']])),
    h('div', { class: 'boxes', role: 'group', 'aria-label': `${node.id} is cut off from` },
      h('span', { class: 'boxes-name', 'aria-hidden': 'true' }, 'Cut off from'),
      others.map((other) => h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'partitionedFrom', value: other }), ` ${other}`))),
    h('div', { class: 'fault-foot' },
      h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'diskFull' }), ' disk full'),
      h('button', { type: 'button', class: 'quiet', onclick: () => reset(node.id) }, h('span', {}, 'End faults'), h('span', { class: 'unseen' }, ` of ${node.id}`))),
    h('p', { class: 'hint bad', id: `problem-${node.id}` }));
}

function draw() {
  byId('faults-panel').hidden = !enabled;
  if (!enabled) return;
  const all = nodes();
  const root = byId('faults');
  for (const node of all) {
    const others = all.map((one) => one.id).filter((id) => id !== node.id);
    const old = root.querySelector(`[data-faults="${CSS.escape(node.id)}"]`);
    if (old && old.dataset.others === others.join()) continue;
    const card = cardOf(node, others);
    if (old) old.replaceWith(card);
    else root.append(card);
    fill(node.id);
  }
  for (const card of [...root.children]) if (!all.some((node) => node.id === card.dataset.faults)) card.remove();
}

async function follow() {
  for (;;) {
    await seen();
    for (const node of nodes().sort((a, b) => Number(b.self) - Number(a.self))) {
      try {
        inForce.set(node.id, (await ask(node.id, 'faults')).body);
        enabled = enabled || isSelf(node.id);
      } catch (refused) {
        inForce.set(node.id, null);
        if (isSelf(node.id) && refused.status === 404) return; // not enabled: nothing to show, ever
      }
      draw();
      fill(node.id);
    }
    await pause(nodes().length === 0 ? 100 : 2500);
  }
}

export function start() {
  onCluster(draw);
  follow();
}
