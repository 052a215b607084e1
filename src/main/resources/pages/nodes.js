// Questions to nodes: to the one that gave this page directly, to the others through it.

let self = null;

export function setSelf(id) {
  self = id;
}

export function isSelf(id) {
  return id === self;
}

/** Why a question failed: a problem of the API (RFC 9457), or no answer at all. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `status ${status}`);
    this.status = status;
    this.problem = problem;
    this.name = (problem.type ?? '').replace('urn:replog:problem:', '') || 'unreachable';
  }
}

function place(id, path) {
  return id === null || isSelf(id) ? path : `nodes/${encodeURIComponent(id)}/${path}`;
}

/** Asks a node (null: the one of this page). Resolves to {status, body}; rejects with Refused. */
export async function ask(id, path, options = {}) {
  let answer;
  try {
    answer = await fetch(place(id, path), { cache: 'no-store', ...options });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Refused(0, { detail: 'the node of this page does not answer' });
  }
  const type = answer.headers.get('Content-Type') ?? '';
  const text = await answer.text();
  if (type.startsWith('application/x-ndjson')) {
    return { status: answer.status, body: text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
  }
  const body = type.includes('json') && text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Refused(answer.status, body);
  return { status: answer.status, body };
}

export const json = (method, body) => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export const pause = (millis) => new Promise((done) => setTimeout(done, millis));

/** Waits while nobody sees the page: a hidden tab asks nothing. */
export async function seen() {
  while (document.hidden) {
    await new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
  }
}
