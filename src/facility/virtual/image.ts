// What a CPU's registers are to hold while a thread runs on it: the plan (or the books of another kernel) as DR0-DR3 and DR7.

import { accessCode } from '../../registers/access.js';
import { highHalf, type Linear, lowHalf } from '../linear.js';
import type { ArmedPiece, Request } from '../request.js';
import type { Rules } from '../rules.js';
import { type Competitor, pieceOf, SLOTS } from '../state.js';
import { NOBODY, RAW, type RegisterHalf } from './half.js';

/** Content for one CPU. */
export interface Image {
  /** DR0-DR3 as unsigned halves. */
  readonly words: number[];
  /** Lower half, signed 32-bit. */
  dr7: number;
  readonly owners: number[];
}

/** DR7 bits: GE, and bit 10, which reads as 1. */
const GLOBAL_EXACT = 0x200;
const FIXED = 0x400;
/** All that belongs to slots: L and G bits, LEN and R/W fields. */
const SLOT_BITS = 0xffff_00ff | 0;

/** Who runs on a CPU. */
export interface Running {
  /** -1: nobody. */
  readonly tid: number;
  readonly pid: number;
  /** Its tracer steps it. */
  readonly stepping: boolean;
  /** Cookies of pieces whose arming is held back: they are not there yet. */
  readonly heldBack: readonly number[];
  /** The kernel's part is made anew; otherwise it stays where it is, as in a switch. */
  readonly newKernelPart: boolean;
}

/** Content of `cpu` while `run` is on it. The next call makes the result void: switches are too frequent for a new one each. */
export function imageOf(half: RegisterHalf, rules: Rules, cpu: number, run: Running): Image {
  switch (rules.sharing) {
    case 'priority':
      return priorityImage(half, cpu, run);
    case 'charges':
      return chargedImage(half, cpu, run.tid);
    case 'kwatch':
    case 'index':
      return wordsImage(half, rules, run);
  }
}

const scratch: Image = { words: [0, 0, 0, 0, 0, 0, 0, 0], dr7: FIXED, owners: [NOBODY, NOBODY, NOBODY, NOBODY] };

function emptyImage(): Image {
  scratch.words.fill(0);
  scratch.owners.fill(NOBODY);
  scratch.dr7 = FIXED;
  return scratch;
}

/** An image that stays. */
export function copyImage({ words, dr7, owners }: Image): Image {
  return { words: words.slice(), dr7, owners: owners.slice() };
}

/** The kernel's pieces from DR0 up, the thread's from DR3 down, each in the order of its list. */
function priorityImage({ broker, owners }: RegisterHalf, cpu: number, { tid, pid, heldBack, newKernelPart }: Running): Image {
  const image = emptyImage();
  let up = newKernelPart ? 0 : keepKernelPart(broker, image, owners[cpu] ?? []);
  for (const { cookies } of newKernelPart ? inListOrder(broker.kernelChosen) : NONE) {
    for (const cookie of cookies) if (putPiece(image, up, cookie, newPieceOf(broker, cookie, heldBack))) up++;
  }
  const competitor = tid === -1 ? undefined : competitorOf(broker, tid, pid);
  if (competitor === undefined) return image;
  let down = SLOTS - 1;
  for (const { cookies } of inListOrder(competitor.chosen)) {
    for (const cookie of cookies) if (down >= up && putPiece(image, down, cookie, newPieceOf(broker, cookie, heldBack))) down--;
  }
  return image;
}

/** The piece, unless {@link scratch} has it, or it is not armed yet. */
function newPieceOf(broker: RegisterHalf['broker'], cookie: number, heldBack: readonly number[]): Placed | null {
  return scratch.owners.includes(cookie) || heldBack.includes(cookie) ? null : pieceOf(broker, cookie);
}

/** What is the kernel's stays in its slots. The first slot behind them. */
function keepKernelPart(broker: RegisterHalf['broker'], image: Image, owners: readonly number[]): number {
  let up = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const owner = owners[slot] ?? NOBODY;
    const piece = owner < 0 ? null : pieceOf(broker, owner);
    if (piece?.scope.kind === 'kernel' && putPiece(image, slot, owner, piece)) up = slot + 1;
  }
  return up;
}

const NONE: readonly Request[] = [];

/**
 * By falling priority, then by age: not by rank, which changes when a request is installed. A switch must find the kernel's where they
 * are, or it would have to move them.
 */
export function inListOrder(chosen: readonly Request[]): readonly Request[] {
  for (let at = 1; at < chosen.length; at++) if (isBehind(chosen[at - 1], chosen[at])) return chosen.toSorted(byList);
  return chosen;
}

function isBehind(first: Request | undefined, second: Request | undefined): boolean {
  return first !== undefined && second !== undefined && byList(first, second) > 0;
}

function byList(a: Request, b: Request): number {
  return b.priority - a.priority || a.age - b.age;
}

/** Where a thread's competitor was last found: a guess that is always checked, and no part of any state. */
const guesses: number[] = [];

/** The thread's own list; where it has none, that of its process. */
function competitorOf({ competitors }: RegisterHalf['broker'], tid: number, pid: number): Competitor | undefined {
  const guess = competitors[guesses[tid] ?? 0];
  if (guess?.tid === tid) return guess;
  let ofProcess: Competitor | undefined;
  for (let at = 0; at < competitors.length; at++) {
    const one = competitors[at];
    if (one?.tid === tid) {
      guesses[tid] = at;
      return one;
    }
    if (one?.tid === -1 && one.pid === pid) ofProcess = one;
  }
  return ofProcess;
}

type Placed = Pick<ArmedPiece, 'address' | 'length' | 'access'>;

/** CPU-wide breakpoints stay where they are; the thread's take the first free registers. */
function chargedImage({ charged, owners }: RegisterHalf, cpu: number, tid: number): Image {
  const image = emptyImage();
  const before = owners[cpu] ?? [];
  const stay = charged.filter((one) => one.tid === -1 && one.cpu === cpu && one.enabled);
  for (const one of stay) {
    const at = before.indexOf(one.id);
    if (at >= 0) putPiece(image, at, one.id, one);
  }
  for (const one of stay) if (!image.owners.includes(one.id)) putPiece(image, image.owners.indexOf(NOBODY), one.id, one);
  for (const one of charged) {
    if (one.tid !== tid || tid === -1 || !one.enabled || (one.cpu !== -1 && one.cpu !== cpu)) continue;
    putPiece(image, image.owners.indexOf(NOBODY), one.id, one);
  }
  return image;
}

/** The thread's words as they are, but for what Kwatch holds and an in-kernel user has taken. */
function wordsImage(half: RegisterHalf, rules: Rules, { tid, stepping }: Running): Image {
  const image = emptyImage();
  const own = tid === -1 ? undefined : half.threads[tid];
  if (own?.used && !half.kernelUser && (rules.trap.watchesWhileStepping || !stepping)) {
    for (let at = 0; at < image.words.length; at++) image.words[at] = own.words[at] ?? 0;
    image.dr7 = (own.dr7Lo | FIXED | 0) & ~0x2000;
    for (let slot = 0; slot < SLOTS; slot++) if (((image.dr7 >>> (2 * slot)) & 3) !== 0) image.owners[slot] = RAW;
  }
  for (const [slot, hold] of half.kwatch.entries()) {
    if (hold === null) continue;
    clearSlot(image, slot);
    putField(image, slot, hold, ((lengthBits(hold.length) << 2) | hold.type) >>> 0);
    image.owners[slot] = hold.handler;
  }
  return image;
}

/** LEN bits of a length in bytes. */
export function lengthBits(length: number): number {
  if (length === 8) return 2;
  return length === 4 ? 3 : length - 1;
}

/** Enables `slot` for every task, by its G bit. False where there is nothing to put. */
export function putPiece(image: Image, slot: number, owner: number, piece: Placed | null): boolean {
  if (piece === null || slot < 0 || slot >= SLOTS) return false;
  putField(image, slot, piece, piece.access === 'execute' ? 0 : (lengthBits(piece.length) << 2) | accessCode(piece.access));
  image.owners[slot] = owner;
  return true;
}

/** `field`: LEN<<2 | R/W. */
function putField(image: Image, slot: number, { address }: { readonly address: Linear }, field: number): void {
  image.words[2 * slot] = lowHalf(address);
  image.words[2 * slot + 1] = highHalf(address);
  image.dr7 |= (2 << (2 * slot)) | (field << (16 + 4 * slot)) | GLOBAL_EXACT;
}

/** Switches `slot` off. */
export function clearSlot(image: Image, slot: number): void {
  image.dr7 &= ~((3 << (2 * slot)) | (0xf << (16 + 4 * slot)));
  image.owners[slot] = NOBODY;
}

/** The part of DR7 that belongs to slots which `isKept` names: the others are switched off. */
export function keepSlots(dr7: number, isKept: (slot: number) => boolean): number {
  let kept = dr7 & ~SLOT_BITS;
  for (let slot = 0; slot < SLOTS; slot++) if (isKept(slot)) kept |= dr7 & ((3 << (2 * slot)) | (0xf << (16 + 4 * slot)));
  return kept;
}
