import { byId } from './dom.js';
import * as append from './append.js';
import * as clusterState from './cluster.js';
import * as faults from './faults.js';
import * as logs from './logs.js';
import * as picture from './picture.js';
import * as plots from './plots.js';
import * as timeline from './timeline.js';
import * as token from './token.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

function theme(chosen) {
  const isDark = chosen ? chosen === 'dark' : dark.matches;
  if (chosen) document.documentElement.dataset.theme = chosen;
  byId('theme').setAttribute('aria-pressed', String(isDark));
  plots.recolour();
}

byId('theme').addEventListener('click', () => {
  const next = byId('theme').getAttribute('aria-pressed') === 'true' ? 'light' : 'dark';
  localStorage.setItem('replog-theme', next);
  theme(next);
});
dark.addEventListener('change', () => theme(localStorage.getItem('replog-theme')));
theme(localStorage.getItem('replog-theme'));

token.start();
clusterState.onCluster(picture.draw);
timeline.start();
append.start();
logs.start();
logs.onOpen((sequence) => {
  timeline.open(sequence);
  byId('h-timeline').scrollIntoView({ block: 'nearest' });
});
faults.start();
plots.start();
clusterState.start();
