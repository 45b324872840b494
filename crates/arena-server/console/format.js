// How numbers, times and texts are shown.
import {now} from './session.js';

const number = new Intl.NumberFormat('en');
export const count = (value) => number.format(value ?? 0);
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

const graphemes = globalThis.Intl?.Segmenter ? new Intl.Segmenter() : null;
/** At most `most` visible characters. */
export function short(text, most) {
  const plain = String(text ?? '').slice(0, most * 12).replace(/\s+/g, ' ').trim();
  const parts = graphemes ? Array.from(graphemes.segment(plain), (part) => part.segment) : Array.from(plain);
  return parts.length > most ? `${parts.slice(0, most - 1).join('')}…` : plain;
}

export const words = (name) => String(name ?? '').replaceAll('_', ' ');
export const title = (name) => { const text = words(name); return text.charAt(0).toUpperCase() + text.slice(1); };
export const hashed = (hash) => (hash ? `${hash.slice(0, 10)}…` : '');

const day = new Intl.DateTimeFormat('en', {month: 'short', day: 'numeric'}), dayOfYear = new Intl.DateTimeFormat('en', {year: 'numeric', month: 'short', day: 'numeric'});
const clock = new Intl.DateTimeFormat('en', {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
export const timeOfDay = (text) => clock.format(new Date(text));
/** A day and a time, no longer than it has to be. */
export function moment(text) {
  if (!text) return '';
  const then = new Date(text), today = new Date(now());
  if (then.toDateString() === today.toDateString()) return `today ${timeOfDay(text)}`;
  return `${(then.getFullYear() === today.getFullYear() ? day : dayOfYear).format(then)}, ${timeOfDay(text)}`;
}

/** How long, in its two greatest units. */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [[Math.floor(seconds / 86400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return '0 s';
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ');
}

export function bytes(size) {
  if (size < 1024) return `${size} B`;
  const unit = size < 1048576 ? ['KiB', 1024] : ['MiB', 1048576];
  return `${(size / unit[1]).toFixed(size / unit[1] < 10 ? 1 : 0)} ${unit[0]}`;
}

export const percent = (bps) => `${bps % 100 ? (bps / 100).toFixed(2) : bps / 100} %`;
export const listed = (numbers, most = 6) => numbers.slice(0, most).map((one) => `#${one}`).join(', ') + (numbers.length > most ? ` and ${count(numbers.length - most)} more` : '');
