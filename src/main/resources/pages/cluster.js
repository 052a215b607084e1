// What is known of the cluster, kept up to date, and told to whoever wants to know.
import { ask, events, pause, Refused, seen, setSelf } from './nodes.js';

const LEADER_EVERY = 700;
const AGAIN_AFTER = 1000;

/** own: the page's node's document; lead: the active master's, null while there is none. */
export const cluster = { own: null, lead: null, connected: false };

const listeners = new Set();

/** Calls back at every change, at most once a frame. */
export function onCluster(listener) {
  listeners.add(listener);
}

let due = false;
function changed() {
  if (due) return;
  due = true;
  setTimeout(() => {
    due = false;
    listeners.forEach((listener) => listener(cluster));
  }, 30);
}

/** Every node that is known: {id, role, status, state, voting, last, lag, url, epoch, self}. */
export function nodes() {
  const { own, lead } = cluster;
  if (!own) return [];
  const found = new Map();
  const add = (id, node) => found.set(id, { id, self: id === own.node, ...found.get(id), ...node });
  const active = own.active;
  if (lead) {
    add(lead.node, {
      role: 'MASTER', status: 'HEALTHY', last: lead.lastSequence, lag: 0, epoch: lead.epoch,
      mode: lead.mode, reason: lead.modeReason, url: lead.active?.url,
    });
  } else if (active && active.node !== own.node) {
    add(active.node, { role: 'MASTER', status: 'UNHEALTHY', url: active.url });
  }
  if (own.role !== 'SECONDARY' && own.node !== lead?.node) {
    add(own.node, { role: own.role, status: 'HEALTHY', last: own.lastSequence, epoch: own.epoch, mode: own.mode, reason: own.modeReason });
  }
  for (const node of (lead ?? own).nodes ?? []) {
    add(node.node, {
      role: 'SECONDARY', status: node.status, state: node.state, voting: node.voting,
      last: node.lastSequence, lag: node.lag, url: node.url, contact: node.lastContactMs,
    });
  }
  for (const seat of own.configuration.seats) {
    if (!found.has(seat.node)) add(seat.node, { role: 'SECONDARY', status: 'UNKNOWN', voting: seat.store !== null });
  }
  if (own.role === 'SECONDARY') {
    add(own.node, { role: 'SECONDARY', status: found.get(own.node)?.status ?? 'HEALTHY', last: own.lastSequence, epoch: own.epoch });
  }
  const order = { MASTER: 0, STANDBY: 1, SECONDARY: 2 };
  return [...found.values()].sort(
    (a, b) => order[a.role] - order[b.role] || a.id.localeCompare(b.id, 'en', { numeric: true }));
}

/** The node that sequences, or null. */
export const leader = () => cluster.lead?.node ?? null;

/** How many copies a write concern asks for, null where that is not known. */
export function copiesOf(w) {
  const quorum = cluster.lead?.quorum;
  if (w === 'majority') return quorum?.majority ?? null;
  if (w === 'all') return quorum?.copies ?? null;
  return Number(w);
}

function take(document) {
  cluster.own = document;
  cluster.connected = true;
  setSelf(document.node);
  if (document.role === 'MASTER') cluster.lead = document;
  else if (!document.active || cluster.lead?.node === document.node) cluster.lead = null;
  changed();
}

function lost() {
  if (!cluster.connected) return;
  cluster.connected = false;
  changed();
}

async function follow() {
  for (;;) {
    await seen();
    const stop = new AbortController();
    const hidden = () => document.hidden && stop.abort();
    document.addEventListener('visibilitychange', hidden);
    try {
      for await (const state of events('cluster/events', stop.signal)) take(state);
    } catch (end) {
      if (!(end instanceof Refused) && end.name !== 'AbortError') reportError(end);
    }
    if (!stop.signal.aborted) lost();
    document.removeEventListener('visibilitychange', hidden);
    await pause(AGAIN_AFTER);
  }
}

/** A node that does not lead asks the one that does. */
async function followLeader() {
  for (;;) {
    await seen();
    const active = cluster.own?.active;
    if (active && cluster.own.role !== 'MASTER') {
      try {
        const { body } = await ask(active.node, 'cluster');
        cluster.lead = body.role === 'MASTER' ? body : null;
      } catch {
        cluster.lead = null; // shown as a master that does not answer
      }
      changed();
    }
    await pause(LEADER_EVERY);
  }
}

export function start() {
  follow();
  followLeader();
}
