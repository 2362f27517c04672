// How the bpf engine opens breakpoints: with the piece's program attached before the first hit. The one place that opens them.
import { type ArmOrder, u64OfLinear } from '../../facility/index.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import type { BreakpointMaker } from '../events/breakpoint-maker.js';
import { bpfAttributes } from '../events/layout.js';
import { openEvent } from '../events/open-event.js';
import type { Handling } from '../handling.js';
import { type Handlings, valuePlan } from './handlings.js';
import { ownPidNamespace } from './ids-code.js';
import type { LoadedPiece, Pieces, PieceValue, PlanFor } from './pieces.js';
import { mayComeFromStore, type ProgramPlan, type ValuePlan } from './plan.js';
import type { Tables } from './tables.js';

export interface ProgramParts {
  readonly tables: Tables;
  readonly pieces: Pieces;
  readonly handlings: Handlings;
  /** Whose memory is watched. */
  readonly memory: ValuePlan['memory'];
  /** The events of these pieces are closed. */
  closed(cookies: readonly number[]): void;
  /** They are, before the arming was over. */
  undone(cookies: readonly number[]): void;
}

const NAMESPACE = ownPidNamespace();

export function attachedBreakpoints(parts: ProgramParts): BreakpointMaker {
  return {
    attaches: true,
    attributes: (piece, disabled) => bpfAttributes(piece, disabled),
    open: (piece, target) => openAttached(piece, target, parts.pieces.find(piece.cookie) ?? loadPiece(piece, parts)),
    moved: (piece) => parts.pieces.moved(piece.cookie, u64OfLinear(piece.address)),
    undone: (cookies) => parts.undone(cookies),
    closed: (cookies) => parts.closed(cookies),
  };
}

/** A program that is attached to an event already enabled would miss what happens before. */
function openAttached(piece: ArmOrder, target: EventTarget, { program }: LoadedPiece): PerfEvent | null {
  const event = openEvent(bpfAttributes(piece, true), target, { output: undefined, patient: true });
  if (event === null) return null;
  try {
    event.attach(program.fd);
    event.enable();
    return event;
  } catch (error) {
    event[Symbol.dispose]();
    throw error;
  }
}

function loadPiece(order: ArmOrder, parts: ProgramParts): LoadedPiece {
  const handling = parts.handlings.of(order);
  const piece = { cookie: order.cookie, address: u64OfLinear(order.address) };
  return parts.pieces.load(piece, pieceValue(order, handling), planOf(order, handling, parts));
}

function ownBytes({ address }: ArmOrder): PieceValue {
  const start = u64OfLinear(address);
  return { rangeAddress: start, valueAddress: start, start: null };
}

function pieceValue(order: ArmOrder, handling: Handling | null): PieceValue {
  if (handling === null) return ownBytes(order);
  const { range, value, start } = handling;
  const valueAddress = range.address + BigInt(value.offset);
  return { rangeAddress: range.address, valueAddress, start: start === null ? null : wordOf(start, value) };
}

/** The value's bytes as a number; null where it has more than 8. */
function wordOf(bytes: Uint8Array, { offset, size }: Handling['value']): bigint | null {
  if (size > 8) return null;
  let word = 0n;
  for (let i = offset + size - 1; i >= offset; i--) word = (word << 8n) | BigInt(bytes[i] ?? 0);
  return word;
}

function planOf(order: ArmOrder, handling: Handling | null, { tables, memory }: ProgramParts): PlanFor {
  const { access, stackDepth, inKernel, inherit } = order;
  const inProcess = memory === 'user';
  const keep = handling?.keep === 'counts' ? 'counts' : 'each';
  const condition = handling?.condition ?? null;
  const value = valuePlan(order, handling, memory);
  const frames = { kernelFrames: inProcess && !inKernel ? 0 : stackDepth, userFrames: inProcess ? stackDepth : 0 };
  const byProcess = condition !== null && value !== null && inherit === 'children';
  return (block, blockOffset) => {
    const maps = {
      ring: tables.ringFor(keep, frames.userFrames > 0).fd,
      blocks: tables.blocks.fd,
      stores: inProcess ? tables.stores.fd : null,
      counts: keep === 'counts' ? tables.counts.fd : null,
      stacks: keep === 'counts' && stackDepth > 0 ? tables.stacks(stackDepth).fd : null,
      lastValues: byProcess ? tables.lastValues.fd : null,
    };
    const plan: ProgramPlan = {
      ...{ maps, block, blockOffset, access, value, condition, memory, keep, ...frames, namespace: NAMESPACE },
      reportsKernel: inProcess,
      tellsCaller: inProcess,
      tellsOrigin: !inProcess,
    };
    return value !== null && mayComeFromStore(plan, value) ? plan : { ...plan, maps: { ...maps, stores: null } };
  };
}
