// Notes: the build-id, which tells one build of a file from every other.
import { viewOf } from './elf-reader.js';
import { hex } from './strings.js';

const NT_GNU_BUILD_ID = 3;
/** Build-ids are 8 (fast), 16 (md5, uuid) or 20 (sha1) bytes; longer ones only by hand. */
const MOST_BUILD_ID_BYTES = 64;

/**
 * The build-id in a run of notes as lower-case hexadecimal, or null. Never throws: broken notes end the search.
 *
 *     0 name size  4 data size  8 type  12 name, padded to 4 ...  data, padded to 4 ...
 */
export function buildIdIn(notes: Uint8Array): string | null {
  const view = viewOf(notes);
  let at = 0;
  while (at + 12 <= notes.length) {
    const nameSize = view.getUint32(at, true);
    const dataSize = view.getUint32(at + 4, true);
    const data = at + 12 + padded(nameSize);
    const gnu = nameSize === 4 && String.fromCharCode(...notes.subarray(at + 12, at + 16)) === 'GNU\0';
    if (gnu && view.getUint32(at + 8, true) === NT_GNU_BUILD_ID) {
      const fits = dataSize > 0 && dataSize <= MOST_BUILD_ID_BYTES && data + dataSize <= notes.length;
      return fits ? hex(notes.subarray(data, data + dataSize)) : null;
    }
    at = data + padded(dataSize);
  }
  return null;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}
