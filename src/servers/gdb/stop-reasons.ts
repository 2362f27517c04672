// Why gdb is told that a thread stands: what stopped it, in the protocol's terms.
import type { ClientStop } from '../../session/debug/index.js';
import type { Point, Points } from './points.js';

export type StopReason =
  /** Linux's number; 0: somebody asked. */
  | { readonly kind: 'signal'; readonly signal: number }
  /** A data breakpoint. */
  | { readonly kind: 'watch'; readonly point: Point }
  /** An instruction breakpoint: gdb asked for it as software or as hardware. */
  | { readonly kind: 'break'; readonly point: Point }
  | { readonly kind: 'step' }
  /** An int3 that gdb itself wrote (--int3); the thread's rip is on it again. */
  | { readonly kind: 'int3' }
  | { readonly kind: 'fork' | 'vfork'; readonly child: number }
  | { readonly kind: 'vfork-done' }
  | { readonly kind: 'exec' }
  /** The list of libraries has changed. */
  | { readonly kind: 'library' };

/** Of a thread that stands because it was asked to. */
export const ASKED: StopReason = { kind: 'signal', signal: 0 };

/**
 * What a stop means for gdb, in the order in which it is told; none: nothing that it has asked for. One that hit several watches has as many
 * reasons, since one reply can name one address.
 */
export function reasonsOf({ cause }: ClientStop, points: Points): StopReason[] {
  switch (cause.kind) {
    case 'hit':
      return hitReasons(cause.hits.map(({ watch }) => points.ofWatch(watch.id)).filter((point) => point !== null));
    case 'step':
      return [{ kind: 'step' }];
    case 'signal':
      return [{ kind: 'signal', signal: cause.signal }];
    case 'fork':
    case 'vfork':
      return [{ kind: cause.kind, child: cause.child }];
    case 'exec':
      return [{ kind: 'exec' }];
    case 'interrupted':
    case 'group-stop':
    case 'born':
    case 'clone':
      return [];
  }
}

/** Data before code: the instruction whose breakpoint it is has not been executed. Of several at one address one is told. */
function hitReasons(points: readonly Point[]): StopReason[] {
  const reasons: StopReason[] = [];
  const told = new Set<bigint>();
  for (const point of points) {
    if (point.kind !== 'data' || told.has(point.address)) continue;
    told.add(point.address);
    reasons.push({ kind: 'watch', point });
  }
  const code = points.find(({ kind }) => kind === 'code');
  const linker = points.find(({ kind }) => kind === 'linker');
  if (linker !== undefined) reasons.push({ kind: 'library' });
  if (code !== undefined) reasons.push({ kind: 'break', point: code });
  return reasons;
}

/** Whether it still is one: its point may have been taken away since. */
export function stillHolds(reason: StopReason, points: Points): boolean {
  return reason.kind === 'watch' || reason.kind === 'break' ? points.has(reason.point) : true;
}

/** Of two reasons of one stop. */
export function isSame(one: StopReason, other: StopReason): boolean {
  if (one.kind === 'watch' || one.kind === 'break') return other.kind === one.kind && other.point === one.point;
  return one.kind === other.kind;
}
