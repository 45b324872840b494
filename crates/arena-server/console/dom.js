// Elements from plain calls, and the smallest change that turns a tree into another. Data becomes text nodes and attributes, never markup.
const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) { element[name] = value; (element.$on ||= new Set()).add(name); }
    else if (name === 'key') element.$key = String(value);
    else if (name === 'value') element.$value = value;
    else if (name === 'width%') { element.style.width = `${value}%`; element.$width = `${value}%`; }
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  // A select has its value only once it has its options.
  if (element.$value !== undefined) element.value = element.$value;
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** An HTML element; functions named `on...` are its handlers, `key` names it among its siblings. */
export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);

/** An SVG element. */
export const s = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

/** Text that somebody wrote: isolated, so that its direction does not reach what stands beside it. */
export const u = (text, className = '') => h('bdi', {class: `u ${className}`, dir: 'auto'}, text ?? '');

const fits = (old, next) => old.nodeType === next.nodeType && old.nodeName === next.nodeName && old.$key === next.$key;

/** Turns what `parent` holds into `children`, keeping the elements that are there already, with their focus and scrolling. */
export function morph(parent, ...children) {
  const holder = document.createDocumentFragment();
  append(holder, children);
  reconcile(parent, [...holder.childNodes]);
}

function reconcile(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.childNodes) if (child.$key !== undefined) keyed.set(child.$key, child);
  let old = parent.firstChild;
  for (const next of wanted) {
    const named = next.$key !== undefined ? keyed.get(next.$key) : undefined;
    if (next === old) { old = old.nextSibling; continue; }
    if (named && fits(named, next)) {
      if (named === old) old = old.nextSibling; else parent.insertBefore(named, old);
      change(named, next);
    } else if (old && old.$key === undefined && fits(old, next)) {
      change(old, next);
      old = old.nextSibling;
    } else parent.insertBefore(next, old);
  }
  while (old) { const gone = old; old = old.nextSibling; gone.remove(); }
}

function change(old, next) {
  if (old === next) return;
  if (old.nodeType === Node.TEXT_NODE) { if (old.data !== next.data) old.data = next.data; return; }
  // A widget that changes itself is left to itself.
  if (old.$own) return;
  for (const {name} of [...old.attributes]) if (!next.hasAttribute(name) && name !== 'style' && !(name === 'open' && old.nodeName === 'DETAILS')) old.removeAttribute(name);
  for (const {name, value} of next.attributes) if (name !== 'style' && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const name of old.$on || []) if (!next.$on?.has(name)) old[name] = null;
  for (const name of next.$on || []) old[name] = next[name];
  old.$on = next.$on;
  if (next.$width !== undefined) old.style.width = next.$width;
  if (next.$value !== undefined && old.$value !== next.$value) { old.$value = next.$value; if (old !== document.activeElement) old.value = next.$value; }
  reconcile(old, [...next.childNodes]);
  if (old.nodeName === 'SELECT' && next.$value !== undefined && old !== document.activeElement) old.value = next.$value;
}
