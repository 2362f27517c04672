// Raw registers that are loaded as they are: Linux of 2007, and the BSDs.

import { linearOf } from '../linear.js';
import type { Errno, RawRules, Rules } from '../rules.js';
import { SLOTS } from '../state.js';
import { type RegisterHalf, registersOf } from './half.js';
import { fieldOf, isEnabled, lengthOfField, type VirtualRegisters } from './registers.js';

/** A register's new value as unsigned halves. */
export interface RawWrite {
  readonly tid: number;
  /** 0-7. */
  readonly index: number;
  readonly lo: number;
  readonly hi: number;
}

/** Writes one register; the error, or null. */
export function writeWord(half: RegisterHalf, rules: Rules, { tid, index, lo, hi }: RawWrite): Errno | null {
  const own = registersOf(half, rules, tid);
  if (index === 4 || index === 5) return 'EIO';
  if (index < SLOTS) return writeAddress(half, rules, { own, index, lo, hi });
  if (index === 6) {
    if (rules.raw.refusesUpperHalf && hi !== 0) return rules.raw.badValue;
    own.dr6Lo = lo;
    own.dr6Hi = hi;
    return null;
  }
  return writeControl(half, rules, { own, lo, hi });
}

interface AddressWrite {
  readonly own: VirtualRegisters;
  readonly index: number;
  readonly lo: number;
  readonly hi: number;
}

function writeAddress(half: RegisterHalf, { raw }: Rules, { own, index, lo, hi }: AddressWrite): Errno | null {
  if (half.kwatch[index] !== null) return 'EBUSY';
  const enabled = isEnabled(own.dr7Lo | 0, index);
  if (!isAddressGood(raw, { lo, hi, enabled, field: fieldOf(own.dr7Lo, index) })) return raw.badValue;
  own.words[2 * index] = lo;
  own.words[2 * index + 1] = hi;
  return null;
}

/** DR7: checked whole, then stored whole. */
function writeControl(half: RegisterHalf, { raw }: Rules, { own, lo, hi }: Omit<AddressWrite, 'index'>): Errno | null {
  if (raw.refusesUpperHalf && hi !== 0) return raw.badValue;
  if (raw.refusesGeneralDetect && (lo & 0x2000) !== 0) return raw.badValue;
  const used = (lo & ~raw.ignoredDr7) >>> 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const enabled = isEnabled(used, slot);
    if (enabled && half.kwatch[slot] !== null) return 'EBUSY';
    const looksAtField = enabled || raw.checksDisabledFields;
    const field = fieldOf(used, slot);
    if (looksAtField && ((raw.refusedFields >>> field) & 1) !== 0) return raw.badValue;
    const address = { lo: own.words[2 * slot] ?? 0, hi: own.words[2 * slot + 1] ?? 0 };
    if (!isAddressGood(raw, { ...address, enabled, field })) return raw.badValue;
  }
  own.dr7Lo = raw.dr7ReadsBack === 'as-used' ? used : lo;
  own.dr7Hi = raw.dr7ReadsBack === 'as-used' ? 0 : hi;
  own.used = raw.storage === 'words' && (raw.marksUse === 'any-access' || (used & 0xff) !== 0);
  return null;
}

function isAddressGood(
  raw: RawRules,
  write: { readonly lo: number; readonly hi: number; readonly enabled: boolean; readonly field: number },
): boolean {
  if (!write.enabled && !raw.checksDisabledAddress) return true;
  // Without a canonical address there is nothing below the limit (NaN).
  const address = linearOf(write.lo, write.hi);
  if (!(address >= 0 && address < raw.userEnd)) return false;
  return !raw.checksAlignment || !write.enabled || address % lengthOfField(write.field) === 0;
}

/** All registers at once, as the BSDs write them: checked whole, then stored whole. */
export function writeAll(half: RegisterHalf, rules: Rules, tid: number, words: readonly number[]): Errno | null {
  const own = registersOf(half, rules, tid);
  const before = { words: own.words.slice(), dr6Lo: own.dr6Lo, dr6Hi: own.dr6Hi, dr7Lo: own.dr7Lo, dr7Hi: own.dr7Hi, used: own.used };
  // With the old control off, no address is looked at under it.
  own.dr7Lo = 0;
  own.dr7Hi = 0;
  for (const index of [0, 1, 2, 3, 6, 7]) {
    const error = writeWord(half, rules, { tid, index, lo: words[2 * index] ?? 0, hi: words[2 * index + 1] ?? 0 });
    if (error === null) continue;
    for (const [at, word] of before.words.entries()) own.words[at] = word;
    Object.assign(own, { ...before, words: own.words });
    return error;
  }
  own.used = true;
  return null;
}
