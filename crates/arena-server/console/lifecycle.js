// A lifecycle as a row of stations, the one it stands at marked in words as well.
import {h} from './dom.js';
import {icon, look, time} from './parts.js';
import {title} from './format.js';

/** `states` in order; what stands before `current` is passed. */
export function lifecycle(states, current, times, note) {
  const here = states.indexOf(current);
  return h('ol', {class: 'life', 'aria-label': 'Lifecycle'}, states.map((state, index) => {
    const place = index < here ? 'passed' : index === here ? `here ${look(state)[0]}` : 'ahead';
    const under = index === here && note ? h('span', {class: 'note'}, note) : index <= here && times[state] ? time(times[state]) : '';
    return h('li', {key: state, class: place, 'aria-current': index === here ? 'step' : null},
      h('span', {class: 'knot', 'aria-hidden': 'true'}, icon(index < here ? 'check' : look(state)[1])),
      h('span', {class: 'station'}, h('strong', {}, title(state)), index < here && h('span', {class: 'sr'}, ' passed'), under && h('span', {class: 'soft small under'}, under)));
  }));
}
