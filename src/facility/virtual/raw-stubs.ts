// Raw registers of today's Linux: behind each register that was ever written stands a breakpoint object, which is charged, enabled or
// not, and which a failed DR7 write leaves in a peculiar state.

import type { Access } from '../../model/access.js';
import { accessCode } from '../../registers/access.js';
import { isUserRange, type Linear, linearOf } from '../linear.js';
import type { Errno, Rules } from '../rules.js';
import { SLOTS } from '../state.js';
import { type Charged, hasRoom, PLAIN_CHARGE } from './charges.js';
import { type RegisterHalf, registersOf } from './half.js';
import { lengthBits } from './image.js';
import type { RawWrite } from './raw-words.js';
import { fieldOf, isEnabled, lengthOfField } from './registers.js';

/** The stub behind register `index` of thread `tid`, or null. */
export function stubOf({ charged }: RegisterHalf, tid: number, index: number): Charged | null {
  return charged.find((one) => one.client === 'ptrace' && one.tid === tid && one.index === index) ?? null;
}

/** GD of DR7. */
const GENERAL_DETECT = 0x2000;

/** Writes one register; the error, or null. */
export function writeStub(half: RegisterHalf, rules: Rules, { tid, index, lo, hi }: RawWrite): Errno | null {
  const own = registersOf(half, rules, tid);
  if (index === 4 || index === 5) return 'EIO';
  if (index > 5 && rules.raw.refusesUpperHalf && hi !== 0) return rules.raw.badValue;
  if (index === 6) {
    own.dr6Lo = lo;
    own.dr6Hi = hi;
    return null;
  }
  if (index < SLOTS) return writeAddress(half, rules, { tid, index, address: linearOf(lo, hi) });
  if (rules.raw.refusesGeneralDetect && (lo & GENERAL_DETECT) !== 0) return rules.raw.badValue;
  const used = (lo & ~rules.raw.ignoredDr7) >>> 0;
  const error = writeControl(half, rules, tid, used);
  if (error !== null) return error;
  own.dr7Lo = rules.raw.dr7ReadsBack === 'as-used' ? used : lo;
  own.dr7Hi = rules.raw.dr7ReadsBack === 'as-used' ? 0 : hi;
  return null;
}

interface StubAddress {
  readonly tid: number;
  readonly index: number;
  readonly address: Linear;
}

function writeAddress(half: RegisterHalf, rules: Rules, { tid, index, address }: StubAddress): Errno | null {
  const stub = stubOf(half, tid, index);
  if (stub === null) {
    const made = { access: 'write', length: 1, address, enabled: false } as const;
    return makeStub(half, rules, { tid, index, ...made });
  }
  const isLooked = stub.enabled || rules.raw.checksDisabledAddress;
  if (isLooked && !isValid(rules, { address, access: stub.access, length: stub.length })) return rules.raw.badValue;
  stub.address = address;
  return null;
}

interface StubWish extends StubAddress {
  readonly access: Access;
  readonly length: number;
  readonly enabled: boolean;
}

/** The slot is reserved before the request is looked at: with a full pool a bad one is ENOSPC too. */
function makeStub(half: RegisterHalf, rules: Rules, wish: StubWish): Errno | null {
  if (!hasRoom(half.charged, wish.tid, -1, half.owners.length)) return rules.raw.noSlot;
  if (!isValid(rules, wish)) return rules.raw.badValue;
  half.charged.push({ ...PLAIN_CHARGE, ...wish, id: half.nextCharged++, client: 'ptrace', cpu: -1, removeOnExec: true });
  return null;
}

/** Alignment and range: an instruction breakpoint may be anywhere in user space. */
function isValid(
  { raw }: Rules,
  { address, access, length }: { readonly address: Linear; readonly access: Access; readonly length: number },
): boolean {
  if (!isUserRange(address, access === 'execute' ? 1 : length, raw.userEnd)) return false;
  return access === 'execute' || !raw.checksAlignment || address % length === 0;
}

/**
 * Slot by slot until the first error; then a second pass writes back what the enabled slots were, with fields of 0 for the others: those
 * become disabled instruction breakpoints.
 */
function writeControl(half: RegisterHalf, rules: Rules, tid: number, dr7: number): Errno | null {
  const before = enabledDr7(half, tid);
  const error = applyControl(half, rules, tid, dr7);
  if (error !== null) applyControl(half, rules, tid, before);
  return error;
}

function applyControl(half: RegisterHalf, rules: Rules, tid: number, dr7: number): Errno | null {
  for (let index = 0; index < SLOTS; index++) {
    const field = fieldOf(dr7, index);
    const enabled = isEnabled(dr7, index);
    const stub = stubOf(half, tid, index);
    if (stub === null && !enabled) continue;
    const kind = kindOfField(field, rules.raw.refusedFields);
    if (!enabled && stub !== null && !rules.raw.checksDisabledFields) {
      Object.assign(stub, { ...kind, enabled });
      continue;
    }
    if (kind === null) return rules.raw.badValue;
    if (stub === null) {
      const error = makeStub(half, rules, { tid, index, address: 0, ...kind, enabled });
      if (error !== null) return error;
      continue;
    }
    if (!isValid(rules, { address: stub.address, ...kind })) return rules.raw.badValue;
    Object.assign(stub, { ...kind, enabled });
  }
  return null;
}

/** Null for a field that is refused; bit n of `refused` is field n. */
function kindOfField(field: number, refused: number): { readonly access: Access; readonly length: number } | null {
  if (((refused >>> field) & 1) !== 0) return null;
  const access = ACCESS_OF_TYPE[field & 3] ?? 'write';
  return { access, length: access === 'execute' ? 1 : lengthOfField(field) };
}

/** By R/W bits; there is no I/O for threads. */
const ACCESS_OF_TYPE: readonly Access[] = ['execute', 'write', 'write', 'readwrite'];

/** DR7 as the enabled stubs make it. */
function enabledDr7(half: RegisterHalf, tid: number): number {
  let dr7 = 0;
  for (let index = 0; index < SLOTS; index++) {
    const stub = stubOf(half, tid, index);
    if (!stub?.enabled) continue;
    const field = stub.access === 'execute' ? 0 : (lengthBits(stub.length) << 2) | accessCode(stub.access);
    dr7 |= (2 << (2 * index)) | (field << (16 + 4 * index));
  }
  return dr7 >>> 0;
}
