// Where a text lies in the writable memory of a process.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseMaps } from '#hwbkpt/symbols/live/maps.js';

/** Larger mappings are reserved rather than used. */
const MOST_BYTES = 1n << 28n;

/** All addresses of `text`, ascending. */
export function findText(pid: number, text: string): bigint[] {
  const found: bigint[] = [];
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { start, end, readable, writable } of parseMaps(readFileSync(`/proc/${pid}/maps`, 'utf8'))) {
      if (!readable || !writable || end - start > MOST_BYTES) continue;
      const bytes = Buffer.alloc(Number(end - start));
      const length = tryRead(memory, bytes, start);
      for (let at = bytes.indexOf(text); at >= 0 && at < length; at = bytes.indexOf(text, at + 1)) found.push(start + BigInt(at));
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

function tryRead(memory: number, bytes: Buffer, start: bigint): number {
  try {
    return readSync(memory, bytes, 0, bytes.length, start);
  } catch {
    return 0;
  }
}
