// A drawing that is made for the width it has, and made again when that changes, so that its text is as large as all other text.
import {h} from './dom.js';

/** `show(draw)` draws with `draw(width)` now and whenever the width is another. */
export function sized(className = '') {
  const box = h('div', {class: `sized ${className}`});
  box.$own = true;
  let width = 0, last = null;
  const again = () => { if (width && last) box.replaceChildren(last(width)); };
  const watch = new ResizeObserver(([entry]) => { const now = Math.floor(entry.contentRect.width); if (now && now !== width) { width = now; again(); } });
  watch.observe(box);
  return {box, show(draw) { last = draw; if (box.clientWidth) width = box.clientWidth; again(); }, leave: () => watch.disconnect()};
}
