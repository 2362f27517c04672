// The facility's part of a packed state: requests, who competes with whom, what is armed, and the books of other kernels.
import type { ArmedPiece, PieceSpec, Request, Scope } from '../facility/request.js';
import type { Competitor, Facility } from '../facility/state.js';
import type { Charged } from '../facility/virtual/charges.js';
import type { KwatchHold } from '../facility/virtual/half.js';
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

export function writeBroker(broker: Facility): void {
  put(broker.requests.length);
  for (const request of broker.requests) writeRequest(request);
  put(broker.competitors.length);
  for (const competitor of broker.competitors) writeCompetitor(competitor);
  put(broker.armed.length);
  for (const piece of broker.armed) writePiece(piece);
  putIds(broker.kernelChosen);
  putIds(broker.unsettled);
  putAll(broker.unused);
  put(broker.kernelSlots);
  put(broker.kernelStrangers);
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

function writeCompetitor({ pid, tid, strangers, users, chosen }: Competitor): void {
  put(pid);
  putSigned(tid);
  put(strangers);
  put(users);
  putIds(chosen);
}

/**
 * Flags, each a bit:  0 installed  1 planned  2 callbacks  3 fresh  4 wasInstalled  5 kept  6 hasTwin  7 consumed  8 inKernel  9 plain
 *
 * Plain is what most requests are: one piece for one thread, without a change or a refusal behind it.
 */
function writeRequest(request: Request): void {
  const { installed, planned, callbacks, fresh, wasInstalled, kept, hasTwin, answer, inKernel, scope } = request;
  const plain = isPlain(request);
  putSigned(request.id);
  put(request.priority);
  let flags = (installed ? 1 : 0) + (planned ? 2 : 0) + (callbacks ? 4 : 0) + (fresh ? 8 : 0) + (wasInstalled ? 16 : 0);
  flags += (kept ? 32 : 0) + (hasTwin ? 64 : 0) + (answer === 'consumed' ? 128 : 0) + (inKernel ? 256 : 0) + (plain ? 512 : 0);
  put(flags);
  put(INHERIT[request.inherit] * 4 + ACCESS[request.access]);
  writeScope(scope);
  writePieces(request.pieces, !plain);
  putAll(request.cookies);
  if (plain) put(request.places[0] ?? 0);
  else writeRest(request);
}

function isPlain({ scope, tids, places, pieces, stackDepth, blocked, before }: Request): boolean {
  if (scope.kind !== 'thread' || tids.length !== 1 || tids[0] !== scope.tid || places.length !== 1) return false;
  return pieces.length === 1 && stackDepth === 0 && blocked === null && before === null;
}

function writeRest({ stackDepth = 0, tids, places, blocked, before }: Request): void {
  put(stackDepth);
  putAll(tids);
  putAll(places);
  putText(blocked ?? '');
  put(before === null ? 0 : 1);
  if (before === null) return;
  writePieces(before.pieces, true);
  put(ACCESS[before.access]);
}

function writeScope(scope: Scope): void {
  put(SCOPE[scope.kind]);
  if (scope.kind !== 'kernel') put(scope.pid);
  if (scope.kind === 'thread') put(scope.tid);
}

function writePieces(pieces: readonly PieceSpec[], counted: boolean): void {
  if (counted) put(pieces.length);
  for (const { address, length } of pieces) {
    putSigned(address);
    put(length);
  }
}

function writePiece(piece: ArmedPiece): void {
  put(piece.cookie);
  putSigned(piece.address);
  put(piece.length * 16 + ACCESS[piece.access] * 4 + PIECE[piece.state]);
  put(piece.users);
  // All else is that of the requests that it serves.
  if (piece.users > 0) return;
  put(INHERIT[piece.inherit] * 2 + (piece.inKernel ? 1 : 0));
  put(piece.stackDepth);
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
