// Reading and writing a thread's virtual debug registers, under any kernel's rules.

import { highHalf, lowHalf } from '../linear.js';
import type { Errno } from '../rules.js';
import { SLOTS } from '../state.js';
import { registersOf } from './half.js';
import { type RawContext, writeRequest } from './raw-requests.js';
import { stubOf, writeStub } from './raw-stubs.js';
import { type RawWrite, writeWord } from './raw-words.js';

/** Writes register `index` (0-7) of a thread; the error by its name, or null. */
export function rawWrite(context: RawContext, write: RawWrite): Errno | null {
  const { half, rules } = context;
  switch (rules.raw.storage) {
    case 'requests':
      return writeRequest(context, write);
    case 'stubs':
      return writeStub(half, rules, write);
    case 'words':
      return writeWord(half, rules, write);
  }
}

/** A register's value as unsigned halves [lo, hi]. DR4 and DR5 read 0. */
export function rawRead({ half, rules }: Pick<RawContext, 'half' | 'rules'>, tid: number, index: number): readonly [number, number] {
  const own = registersOf(half, rules, tid);
  if (index === 6) return [own.dr6Lo, own.dr6Hi];
  if (index === 7) return [own.dr7Lo, own.dr7Hi];
  if (index >= SLOTS) return [0, 0];
  if (rules.raw.storage !== 'stubs') return [own.words[2 * index] ?? 0, own.words[2 * index + 1] ?? 0];
  const address = stubOf(half, tid, index)?.address ?? 0;
  return [lowHalf(address), highHalf(address)];
}
