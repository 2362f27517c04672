// Raw registers of the combined facility: each enabled virtual register is a request of fixed priority without callbacks. It is refused
// at once where no slot is free, and its storage is the thread's own (R-104, R-350 to R-353; requirements 5.2 to 5.5 are from memory).
import type { FacilityEvent, Notice } from '../events.js';
import { isUserRange, type Linear, linearOf } from '../linear.js';
import { type PieceSpec, PRIORITY, type RequestId, type RequestSpec, type Scope } from '../request.js';
import type { Errno, Rules } from '../rules.js';
import { requestOf, SLOTS } from '../state.js';
import { type RegisterHalf, registersOf } from './half.js';
import type { RawWrite } from './raw-words.js';
import { fieldOf, isEnabled, lengthOfField, type VirtualRegisters } from './registers.js';

/** Takes an event into the broker, and returns what was told. */
export type Drive = (event: FacilityEvent) => readonly Notice[];

/** Number of the request behind register `index` of thread `tid`: below 0, where no other client's are. */
export function rawRequestId(tid: number, index: number): RequestId {
  return -(1 + SLOTS * tid + index);
}

/** The virtual register that request `id` stands behind, or -1. */
export function rawIndexOf(id: RequestId): number {
  return id < 0 ? (-id - 1) % SLOTS : -1;
}

/** Where a raw write goes. */
export interface RawContext {
  readonly half: RegisterHalf;
  readonly rules: Rules;
  readonly pid: number;
  readonly drive: Drive;
}

/** Writes one register; the error, or null. On error everything is as before. */
export function writeRequest(context: RawContext, { tid, index, lo, hi }: RawWrite): Errno | null {
  const own = registersOf(context.half, context.rules, tid);
  if (index === 4 || index === 5) return 'EIO';
  if (index === 6) {
    own.dr6Lo = lo;
    own.dr6Hi = hi;
    return null;
  }
  // Where a script holds a change back, its caller would sleep until it is done: here it has to come again.
  if (context.half.broker.outstanding.length > 0) return 'EBUSY';
  if (index < SLOTS) return writeAddress(context, { tid, index, lo, hi }, own);
  const error = writeControl(context, tid, { own, dr7: (lo & ~context.rules.raw.ignoredDr7) >>> 0 });
  if (error !== null) return error;
  own.dr7Lo = lo;
  own.dr7Hi = hi;
  return null;
}

function writeAddress(context: RawContext, { tid, index, lo, hi }: RawWrite, own: VirtualRegisters): Errno | null {
  const { raw } = context.rules;
  const address = linearOf(lo, hi);
  if (!isUserRange(address, 1, raw.userEnd)) return raw.badValue;
  if (isEnabled(own.dr7Lo, index)) {
    const error = setSlot(context, tid, { index, address, field: fieldOf(own.dr7Lo, index) });
    if (error !== null) return error;
  }
  own.words[2 * index] = lo;
  own.words[2 * index + 1] = hi;
  return null;
}

/** Slots that go off are withdrawn first, so that bad fields in them do no harm; on an error the four are as the old DR7 says. */
function writeControl(context: RawContext, tid: number, { own, dr7 }: { own: VirtualRegisters; dr7: number }): Errno | null {
  const before = (own.dr7Lo & ~context.rules.raw.ignoredDr7) >>> 0;
  const error = applyControl(context, tid, { own, dr7 });
  if (error !== null) applyControl(context, tid, { own, dr7: before });
  return error;
}

function applyControl(context: RawContext, tid: number, { own, dr7 }: { own: VirtualRegisters; dr7: number }): Errno | null {
  const { half, drive } = context;
  for (let index = 0; index < SLOTS; index++) {
    const id = rawRequestId(tid, index);
    if (!isEnabled(dr7, index) && requestOf(half.broker, id) !== null) drive({ type: 'withdraw', id });
  }
  for (let index = 0; index < SLOTS; index++) {
    if (!isEnabled(dr7, index)) continue;
    const address = linearOf(own.words[2 * index] ?? 0, own.words[2 * index + 1] ?? 0);
    const error = setSlot(context, tid, { index, address, field: fieldOf(dr7, index) });
    if (error !== null) return error;
  }
  return null;
}

interface SlotWish {
  readonly index: number;
  readonly address: Linear;
  /** LEN<<2 | R/W. */
  readonly field: number;
}

function setSlot({ half, rules, pid, drive }: RawContext, tid: number, { index, address, field }: SlotWish): Errno | null {
  const { raw } = rules;
  if (((raw.refusedFields >>> field) & 1) !== 0) return raw.badValue;
  const access = (['execute', 'write', 'write', 'readwrite'] as const)[field & 3] ?? 'write';
  const piece: PieceSpec = { address, length: access === 'execute' ? 1 : lengthOfField(field) };
  if (!isUserRange(address, piece.length, raw.userEnd) || address % piece.length !== 0) return raw.badValue;
  const id = rawRequestId(tid, index);
  const known = requestOf(half.broker, id);
  if (known !== null) {
    const [old] = known.pieces;
    if (old?.address === address && old.length === piece.length && known.access === access) return null;
    return refusalOf(drive({ type: 'change', id, pieces: [piece], access }), id, raw.noSlot);
  }
  const scope: Scope = { kind: 'thread', pid, tid };
  const request: RequestSpec = { id, pieces: [piece], access, scope, ...RAW_REQUEST };
  return refusalOf(drive({ type: 'request', request }), id, raw.noSlot);
}

const RAW_REQUEST = { inherit: 'none', priority: PRIORITY.ptrace, callbacks: false, answer: 'passed', inKernel: true } as const;

function refusalOf(notices: readonly Notice[], id: RequestId, noSlot: Errno): Errno | null {
  const refused = notices.find((notice) => notice.type === 'refuse' && notice.request === id);
  if (refused?.type !== 'refuse') return null;
  return refused.code === 'ENOSPC' ? noSlot : refused.code;
}
