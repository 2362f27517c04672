// One stop of gdb's against the same stack unwound here: addresses of all frames, and names of those in the program itself, inlined calls too.
import { placesIn } from '#hwbkpt/symbols/live/place.js';
import { StackCopy } from '#hwbkpt/symbols/unwind/stack-copy.js';
import type { Unwinder } from '#hwbkpt/symbols/unwind/unwinder.js';
import { GDB_FRAME, type GdbFrame, type GdbStop } from './gdb-stops.js';

/** How the two differ; null: not at all. */
export interface Difference {
  readonly what: 'addresses' | 'names';
  readonly ours: string;
  readonly gdbs: string;
}

const STACK_POINTER = 7;

/** `program`: base name of the program's file. */
export function compareStop(stop: GdbStop, unwinder: Unwinder, program: string): Difference | null {
  const copy = new StackCopy();
  copy.set(stop.stack, 0, { start: stop.registers[STACK_POINTER] ?? 0, length: 4 * stop.stack.length });
  const { addresses, exact, count, end } = unwinder.walk(stop.registers, copy);
  const ours = [...addresses.subarray(0, count)];
  // Calls that left no frame gdb guesses from the callers' code.
  const gdbs = stop.frames.filter(({ type }) => type !== GDB_FRAME.tailCall);
  const gdbAddresses = gdbs.filter(({ type }) => type !== GDB_FRAME.inline).map(({ pc }) => pc);
  if (ours.join() !== gdbAddresses.join()) return difference('addresses', [...ours.map(hex), end], gdbAddresses.map(hex));
  const mine = ours.flatMap((address, i) => named(stop, address - (exact[i] === 1 ? 0 : 1), program));
  const theirs = gdbs.filter(({ pc, type }) => type !== GDB_FRAME.signal && isIn(stop, pc, program)).map(namedByGdb);
  if (mine.join() !== theirs.join()) return difference('names', mine, theirs);
  return null;
}

function difference(what: Difference['what'], ours: readonly string[], gdbs: readonly string[]): Difference {
  return { what, ours: ours.join(' '), gdbs: gdbs.join(' ') };
}

function named({ image }: GdbStop, address: number, program: string): string[] {
  const module = image.moduleAt(BigInt(address));
  if (module === null || module.name !== program) return [];
  return placesIn(module, BigInt(address)).map((place) => baseName(place.function ?? '?'));
}

function isIn({ image }: GdbStop, pc: number, program: string): boolean {
  return image.moduleAt(BigInt(pc))?.name === program;
}

function namedByGdb({ name }: GdbFrame): string {
  return baseName(name ?? '?');
}

/** Without namespaces, parameters, template arguments and what compilers add to the names of clones. */
function baseName(name: string): string {
  let plain = name.replaceAll('(anonymous namespace)', 'anonymous').replaceAll(/\{lambda\(.*?\)#\d+\}/g, 'lambda');
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/<[^<>]*>/, '');
  }
  const scopes = plain
    .replace(/\(.*$/, '')
    .replace(/\.(isra|part|constprop|cold).*$/, '')
    .split('::');
  return (scopes.at(-1) ?? '').split(' ').at(-1) ?? '';
}

function hex(address: number): string {
  return address.toString(16);
}
