// The token that this page shows, where the cluster wants one. It is kept for this tab and this
// address alone, and goes nowhere but into the header of a request.
import { byId, say } from './dom.js';

const KEPT_AS = 'replog-token';
const FORM = /^[\w.~+/=-]{1,1024}$/;
const ASKS = 'This cluster answers only whoever shows a token.';

let token = sessionStorage.getItem(KEPT_AS);
/** Set while the node waits for a token: {over, end}; end() lets go on those who wait for over. */
let lack = null;
let tried = false;

/** What a request says of who asks. */
export const authorization = () => (token ? { Authorization: `Bearer ${token}` } : {});

/** Waits while there is no token that the node takes: until then it is asked nothing. */
export const admitted = () => lack?.over ?? Promise.resolve();

/** The node did not take what was shown: says so, and asks for another. */
export function refused(problem) {
  const why = token ? `The node does not take this token: ${problem.detail}.` : ASKS;
  if (!lack) {
    lack = {};
    lack.over = new Promise((end) => {
      lack.end = end;
    });
  }
  tried = false;
  document.body.classList.add('locked');
  unfold(true, why);
  say(why);
  if (document.activeElement === document.body) byId('token').focus();
}

/** The node took what was shown. */
export function taken() {
  if (!tried) return;
  tried = false;
  sessionStorage.setItem(KEPT_AS, token);
  document.body.classList.remove('locked');
  unfold(false);
  say('the token is taken');
}

function unfold(open, why = '') {
  const button = byId('token-open');
  byId('access').hidden = !open;
  button.hidden = false;
  button.setAttribute('aria-expanded', String(open));
  byId('token-why').textContent = why;
  byId('forget').hidden = !token;
}

function use(text) {
  if (!FORM.test(text)) {
    byId('token-why').textContent = 'A token has 1 to 1024 letters, digits or characters of -._~+/=.';
    say(byId('token-why').textContent);
    return;
  }
  token = text;
  byId('token').value = '';
  byId('token-why').textContent = 'Asking the node …';
  tried = true;
  lack?.end();
  lack = null;
}

export function start() {
  byId('token-form').addEventListener('submit', (event) => {
    event.preventDefault();
    use(byId('token').value.trim());
  });
  byId('token-open').addEventListener('click', () => {
    if (!lack && !tried) unfold(byId('access').hidden);
    if (!byId('access').hidden) byId('token').focus();
  });
  byId('forget').addEventListener('click', () => {
    sessionStorage.removeItem(KEPT_AS);
    location.reload(); // what the page knows by it goes too
  });
  byId('token-open').hidden = !token;
}
