// Elements without any HTML in strings: whatever a message holds is shown as text.

/** Makes an element. Attributes that are null or false are left out; on* are listeners. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name === 'style') for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Tells those who do not see the page; the same words twice are said twice. */
export function say(text) {
  const region = byId('say');
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

/** Milliseconds as people read them. */
export function ms(value) {
  if (value < 9.95) return `${value.toFixed(1)} ms`;
  if (value < 9_950) return `${Math.round(value)} ms`;
  return `${(value / 1000).toFixed(1)} s`;
}

/** A text shortened to so many characters, never within one. */
export function short(text, most) {
  const characters = Array.from(text.slice(0, most * 2 + 2));
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

/** Replaces the children only where they would look different, so that focus and selection stay. */
export function show(parent, ...children) {
  const next = h('div', {}, ...children);
  if (parent.innerHTML === next.innerHTML && !next.querySelector('[data-live]')) return;
  const focused = document.activeElement?.id;
  parent.replaceChildren(...next.childNodes);
  if (focused && parent.querySelector(`#${CSS.escape(focused)}`)) byId(focused).focus();
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
