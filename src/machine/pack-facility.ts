// The facility's part of a packed state: requests, who competes with whom, what is armed, and the books of other kernels.

import { linearOf } from '../facility/linear.js';
import { type ArmedPiece, type PieceSpec, PRIORITY, type Request, type Scope } from '../facility/request.js';
import type { Facility } from '../facility/state.js';
import type { Charged } from '../facility/virtual/charges.js';
import type { KwatchHold, RegisterHalf } from '../facility/virtual/half.js';
import { rawIndexOf, rawRequestId } from '../facility/virtual/raw-requests.js';
import { fieldOf, lengthOfField } from '../facility/virtual/registers.js';
import { accessCode } from '../registers/access.js';
import { put, putAll, putSigned, putText, putU64, writePlain } from './packing.js';

const ACCESS = { execute: 0, write: 1, readwrite: 3 } as const;
const PIECE = { arming: 0, armed: 1, moving: 2, disarming: 3 } as const;
const SCOPE = { kernel: 0, process: 1, thread: 2 } as const;
const INHERIT = { none: 0, threads: 1, children: 2 } as const;

export function writeHold(hold: KwatchHold | null): void {
  put(hold === null ? 0 : 1 + hold.handler);
  if (hold === null) return;
  putSigned(hold.address);
  put(hold.length * 4 + hold.type);
}

export function writeBroker(half: RegisterHalf): void {
  const { broker } = half;
  put(broker.requests.length);
  for (const request of broker.requests) writeRequest(request, half);
  put(broker.competitors.length);
  for (let at = 0; at < broker.competitors.length; at++) writeCompetitor(broker, at);
  writePieces(broker);
  putIds(broker.kernelChosen);
  putIds(broker.unsettled);
  putAll(broker.unused);
  put(broker.kernelSlots * 8 + broker.kernelStrangers);
  put((broker.strangersCame ? 1 : 0) + (broker.stale ? 2 : 0) + (broker.inCallback ? 4 : 0));
  put(broker.outstanding.length);
  for (const { effect, cookie } of broker.outstanding) {
    put(effect);
    put(cookie);
  }
  writePlain(broker.queue);
}

function putIds(requests: readonly Request[]): void {
  put(requests.length);
  for (const { id } of requests) putSigned(id);
}

/** Whom it has chosen is said only where that is not simply all that are planned there. */
function writeCompetitor({ competitors, requests }: Facility, at: number): void {
  const one = competitors[at];
  if (one === undefined) return;
  const planned = requests.filter((request) => request.planned && request.places.includes(at));
  const asPlanned = planned.length === one.chosen.length && planned.every((request, place) => request === one.chosen[place]);
  put(one.pid + 1);
  putSigned(one.tid);
  put((one.users * 8 + one.strangers) * 2 + (asPlanned ? 1 : 0));
  if (!asPlanned) putIds(one.chosen);
}

/** What is armed for one request as it says itself need not be said again: then only its number is there. */
function writePieces({ armed, requests }: Facility): void {
  put(armed.length);
  for (const piece of armed) {
    const user = piece.users === 1 && piece.state === 'armed' ? requests.find(({ cookies }) => cookies.includes(piece.cookie)) : undefined;
    const asAsked = user !== undefined && isAsAsked(piece, user);
    put(piece.cookie * 2 + (asAsked ? 1 : 0));
    if (!asAsked) writePiece(piece);
  }
}

function isAsAsked({ cookie, address, length, access }: ArmedPiece, user: Request): boolean {
  const wanted = user.pieces[user.cookies.indexOf(cookie)];
  return wanted?.address === address && wanted.length === length && user.access === access;
}

/**
 * Flags, each a bit:  0 installed  1 planned  2 callbacks  3 fresh  4 wasInstalled  5 kept  6 hasTwin  7 consumed  8 inKernel  9 plain
 *
 * Plain is what most requests are: one piece for one thread, without a change or a refusal behind it. And most of those stand behind a virtual
 * register that says all else: then the cookie stands, as an odd number, in place of the flags.
 */
function writeRequest(request: Request, half: RegisterHalf): void {
  const { installed, planned, callbacks, fresh, wasInstalled, kept, hasTwin, answer, inKernel, scope } = request;
  const plain = isPlain(request);
  putSigned(request.id);
  if (plain && isAsRegister(request, half)) {
    put((request.cookies[0] ?? 0) * 2 + 1);
    put(request.places[0] ?? 0);
    return;
  }
  let flags = (installed ? 1 : 0) + (planned ? 2 : 0) + (callbacks ? 4 : 0) + (fresh ? 8 : 0) + (wasInstalled ? 16 : 0);
  flags += (kept ? 32 : 0) + (hasTwin ? 64 : 0) + (answer === 'consumed' ? 128 : 0) + (inKernel ? 256 : 0) + (plain ? 512 : 0);
  put(flags * 2);
  put(request.priority);
  put(INHERIT[request.inherit] * 4 + ACCESS[request.access]);
  writeScope(scope);
  writeBytesOf(request.pieces, !plain);
  putAll(request.cookies);
  if (plain) put(request.places[0] ?? 0);
  else writeRest(request);
}

function isPlain({ scope, tids, places, pieces, stackDepth, handling, blocked, before }: Request): boolean {
  if (scope.kind !== 'thread' || tids.length !== 1 || tids[0] !== scope.tid || places.length !== 1) return false;
  return pieces.length === 1 && stackDepth === 0 && handling === 0 && blocked === null && before === null;
}

/** A virtual register's request that is installed, and wants what the register says. */
function isAsRegister(request: Request, { threads }: RegisterHalf): boolean {
  const { id, installed, planned, kept, inKernel, callbacks, fresh, wasInstalled, hasTwin, answer, inherit, scope } = request;
  if (id >= 0 || !installed || !planned || !kept || !inKernel || callbacks || fresh || wasInstalled || hasTwin) return false;
  if (answer !== 'passed' || inherit !== 'none' || request.priority !== PRIORITY.ptrace || request.cookies.length !== 1) return false;
  const [piece] = request.pieces;
  if (scope.kind !== 'thread' || piece === undefined) return false;
  const index = rawIndexOf(id);
  const own = threads[scope.tid];
  if (own === undefined || rawRequestId(scope.tid, index) !== id || scope.pid !== 0) return false;
  if (linearOf(own.words[2 * index] ?? 0, own.words[2 * index + 1] ?? 0) !== piece.address) return false;
  const field = fieldOf(own.dr7Lo, index);
  return accessCode(request.access) === (field & 3) && (request.access === 'execute' ? 1 : lengthOfField(field)) === piece.length;
}

function writeRest({ stackDepth = 0, handling = 0, tids, places, blocked, before }: Request): void {
  put(stackDepth);
  put(handling);
  putAll(tids);
  putAll(places);
  putText(blocked ?? '');
  put(before === null ? 0 : 1);
  if (before === null) return;
  writeBytesOf(before.pieces, true);
  put(ACCESS[before.access]);
}

function writeScope(scope: Scope): void {
  put(SCOPE[scope.kind]);
  if (scope.kind !== 'kernel') put(scope.pid);
  if (scope.kind === 'thread') put(scope.tid);
}

function writeBytesOf(pieces: readonly PieceSpec[], counted: boolean): void {
  if (counted) put(pieces.length);
  for (const { address, length } of pieces) {
    putSigned(address);
    put(length);
  }
}

function writePiece(piece: ArmedPiece): void {
  putSigned(piece.address);
  put(piece.length * 16 + ACCESS[piece.access] * 4 + PIECE[piece.state]);
  put(piece.users);
  // All else is that of the requests that it serves.
  if (piece.users > 0) return;
  put(INHERIT[piece.inherit] * 2 + (piece.inKernel ? 1 : 0));
  put(piece.stackDepth);
  put(piece.handling);
  writeScope(piece.scope);
  putAll(piece.tids);
}

export function writeCharged(one: Charged): void {
  put(one.id);
  put(one.client === 'ptrace' ? 0 : 1);
  put(one.tid + 1);
  put((one.cpu + 1) * 8 + one.index + 1);
  putSigned(one.address);
  put(one.length * 8 + ACCESS[one.access] * 2 + (one.enabled ? 1 : 0));
  put(one.count);
  // A virtual register's charge is in all else as its maker made it.
  if (one.client === 'perf') writeEvent(one);
}

/** Flags, each a bit:  0 inKernel  1 inUser  2 sigtrap  3 removeOnExec  4 enableOnExec  5 asksDisabled  6 dropped  7 frequency */
function writeEvent(one: Charged): void {
  const flags = [
    one.inKernel,
    one.inUser,
    one.sigtrap,
    one.removeOnExec,
    one.enableOnExec,
    one.asksDisabled,
    one.dropped,
    one.rest.frequency,
  ];
  put(flags.reduce((bits, flag, bit) => bits | (flag ? 1 << bit : 0), 0));
  put(INHERIT[one.inherit]);
  put(one.period);
  put(one.sinceOverflow);
  put(one.origin + 1);
  put(one.notify === null ? 0 : 1 + one.notify.tid * 2 + (one.notify.signal === 'SIGIO' ? 1 : 0));
  put(one.rest.preciseIp);
  putU64(one.rest.config);
  putU64(one.signalData);
}
