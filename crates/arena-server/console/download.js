// Keeping what the server has as a file: its bytes, whatever they claim to be.
import {fetchRaw} from './api.js';
import {h} from './dom.js';
import {say} from './parts.js';

export async function download(path, name, params) {
  try {
    const blob = await (await fetchRaw(path, {params})).blob(), url = URL.createObjectURL(new Blob([blob], {type: 'application/octet-stream'}));
    h('a', {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 30000);
  } catch (error) { say(error.message, 'bad'); }
}
