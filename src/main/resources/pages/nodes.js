// Questions to nodes: to the one that gave this page directly, to the others through it.
import { admitted, authorization, refused, taken } from './token.js';

const LONGEST_EVENT = 1 << 20;

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

/** The answer of a node, whatever it is; whether it wants another token is known by its own alone. */
async function answerOf(id, path, options) {
  let answer;
  try {
    answer = await fetch(place(id, path), {
      cache: 'no-store', ...options, headers: { ...options.headers, ...authorization() },
    });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Refused(0, { detail: 'the node of this page does not answer' });
  }
  if (answer.ok && (id === null || isSelf(id))) taken();
  return answer;
}

/** What an answer says that is no success. */
async function refusal(id, answer) {
  const type = answer.headers.get('Content-Type') ?? '';
  const text = await answer.text();
  const problem = type.includes('json') && text ? JSON.parse(text) : {};
  if (answer.status === 401 && (id === null || isSelf(id))) refused(problem);
  return new Refused(answer.status, problem);
}

/** Asks a node (null: the one of this page). Resolves to {status, body}; rejects with Refused. */
export async function ask(id, path, options = {}) {
  const answer = await answerOf(id, path, options);
  if (!answer.ok) throw await refusal(id, answer);
  const type = answer.headers.get('Content-Type') ?? '';
  const text = await answer.text();
  if (type.startsWith('application/x-ndjson')) {
    return { status: answer.status, body: text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
  }
  return { status: answer.status, body: type.includes('json') && text ? JSON.parse(text) : {} };
}

/**
 * The documents of a stream of events of this page's node, as they come. Read by hand, because an
 * EventSource shows no token.
 */
export async function* events(path, signal) {
  const answer = await answerOf(null, path, { signal, headers: { Accept: 'text/event-stream' } });
  if (!answer.ok) throw await refusal(null, answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read().catch((failure) => {
      if (failure.name === 'AbortError') throw failure;
      throw new Refused(0, { detail: 'the connection ended' });
    });
    if (done) return;
    const whole = (rest + value).split('\n\n');
    rest = whole.pop();
    if (rest.length > LONGEST_EVENT) throw new Refused(0, { detail: 'an event without an end' });
    for (const event of whole) {
      if (event.startsWith('data: ')) yield JSON.parse(event.slice('data: '.length));
    }
  }
}

export const json = (method, body) => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export const pause = (millis) => new Promise((done) => setTimeout(done, millis));

/** Waits while nobody sees the page or no token is there for it: then it asks nothing. */
export async function seen() {
  while (document.hidden) {
    await new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
  }
  await admitted();
}
