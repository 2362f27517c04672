// The variables of a frame: parameters and local variables, the innermost block's first; and what its source file declares outside functions.
import type { Variable } from '../../symbols/debug-info.js';
import type { FrameAccess, LocalPlace, LocalVariable, Pointee } from '../../symbols/frame.js';
import type { LiveModule } from '../../symbols/live/live-module.js';
import type { Type } from '../../symbols/types.js';
import { bytesAt, FrameMemory, wordBytes } from './frame-memory.js';
import { callerFrame, type Frame } from './frames.js';
import { type Item, plainType } from './item.js';
import type { ProcessView } from './process-view.js';
import { registerName } from './registers.js';

/** One variable of a frame. */
export interface FrameItem extends Item {
  readonly isParameter: boolean;
}

const ABSENT = {
  'optimised-away': 'optimised away',
  'not-here': 'not here: not set yet, or no longer needed',
  unknown: 'not known in this frame',
} as const;

/** Variables of the frame's function (of one inlined call only its own), one for each name: the innermost. */
export function localsOf(view: ProcessView, frame: Frame): FrameItem[] {
  const module = view.image.moduleAt(frame.pc);
  const debug = module?.file?.debug ?? null;
  if (module === null || debug === null) return [];
  const memory = new FrameMemory(view);
  const access = frameAccess(view, frame, module);
  const seen = new Set<string>();
  const found: FrameItem[] = [];
  for (const local of debug.localsAt(module.toFile(frame.pc))) {
    if (seen.has(local.name) || depthOf(local, frame.inlined.functions) !== frame.inlined.depth) continue;
    seen.add(local.name);
    found.push(itemOf(local, { access, memory, level: frame.level }));
  }
  return found;
}

/** What the source file of the frame's function declares outside functions, and as static within them. */
export function staticsOf(view: ProcessView, frame: Frame): Item[] {
  const module = view.image.moduleAt(frame.pc);
  const variables = module?.file?.debug?.variablesAround(module.toFile(frame.pc)) ?? [];
  return variables.flatMap((variable): Item[] => {
    const { name, qualifiedName, function: owner } = variable;
    const known = variable.type();
    const at = module === null ? null : placeOfStatic(view, frame, { module, variable });
    if (at === null || known === null || known.size === 0) return [];
    const shown = owner === null ? qualifiedName : `${owner}::${name}`;
    return [{ name: shown, expression: shown, type: known, size: known.size, bits: null, memory: view, at, address: at, absence: null }];
  });
}

/** Of a thread-local one the copy of the frame's thread; null where there is none. */
function placeOfStatic(
  view: ProcessView,
  frame: Frame,
  { module, variable }: { readonly module: LiveModule; readonly variable: Variable },
): bigint | null {
  const { address, threadOffset } = variable;
  if (address !== null) return module.toVirtual(address);
  const block = threadOffset === undefined ? null : threadBlockOf(view, frame, module);
  return block === null || threadOffset === undefined ? null : BigInt.asUintN(64, block + threadOffset);
}

/** A frame without the calls inlined in it. */
type Physical = Omit<Frame, 'place' | 'inlined'>;

function frameAccess(view: ProcessView, frame: Physical, module: LiveModule): FrameAccess {
  return {
    entryValue: (register) => argumentOf(view, frame, module, register),
    pc: module.toFile(frame.pc),
    bias: module.bias,
    register: (number) => frame.registers[number] ?? null,
    cfa: () => frame.cfa,
    threadBlock: () => threadBlockOf(view, frame, module),
    read: (address, size) => view.read(address, size),
  };
}

/** Where the frame's thread has the thread-local variables of `module`. */
function threadBlockOf(view: ProcessView, { threadPointer }: Pick<Frame, 'threadPointer'>, module: LiveModule): bigint | null {
  if (threadPointer === null) return null;
  const block = view.image.threadBlock(module, { kind: 'pointer', pointer: threadPointer });
  return block.kind === 'at' ? block.address : null;
}

/** What the caller has put into a register for the frame's function, by the call that it describes. */
function argumentOf(view: ProcessView, frame: Physical, module: LiveModule, register: number): bigint | null {
  const callee = module.file?.debug?.functionAt(module.toFile(frame.pc)) ?? null;
  const caller = callerFrame(view, frame);
  const from = caller === null ? null : view.image.moduleAt(caller.pc);
  if (callee === null || caller === null || from === null) return null;
  const call = { returnAddress: from.toFile(caller.address), callee, frame: frameAccess(view, caller, from) };
  return from.file?.debug?.argumentOf(call, register) ?? null;
}

/** Of which of the calls inlined here a variable is: by name, because that is all that ties the two together. */
function depthOf({ function: owner }: LocalVariable, functions: readonly (string | null)[]): number {
  const outermost = functions.length - 1;
  if (owner === null || outermost === 0) return outermost;
  const depth = functions.findIndex((name) => name !== null && bareName(name) === bareName(owner));
  return depth < 0 ? outermost : depth;
}

/** Without scopes, parameters and template arguments. */
function bareName(name: string): string {
  let depth = 0;
  let bare = '';
  for (const character of name) {
    if (character === '(') break;
    if (character === '<') depth++;
    else if (character === '>') depth--;
    else if (depth === 0) bare = character === ':' ? '' : bare + character;
  }
  return bare;
}

interface Around {
  readonly access: FrameAccess;
  readonly memory: FrameMemory;
  /** Of the frame, 0 the innermost. */
  readonly level: number;
}

function itemOf(local: LocalVariable, { access, memory, level }: Around): FrameItem {
  const type = local.type();
  const size = type?.size ?? 0;
  const common = { name: local.name, expression: local.name, isParameter: local.isParameter, type, size, bits: null, memory };
  const place = local.place(access);
  if (place.kind === 'memory') return { ...common, at: place.address, address: place.address, absence: null };
  const target = place.kind === 'none' && place.pointee !== undefined ? pointeeAt(place.pointee, type, { access, memory }) : null;
  if (target !== null) return { ...common, at: memory.keep(wordBytes(target)), address: null, absence: null };
  const absence = whyNone(place);
  if (absence !== null) return { ...common, at: 0n, address: null, absence };
  const bytes = bytesAt(place, size, access);
  if (bytes === null) return { ...common, at: 0n, address: null, absence: ABSENT.unknown };
  const register = place.kind === 'register' && level === 0 ? registerName(place.register) : null;
  return { ...common, at: memory.keep(bytes), address: null, absence: null, ...(register === null ? {} : { register }) };
}

/** An address, perhaps one of the frame's own, at which what a pointer of `type` points to can be read; null where it is not known. */
function pointeeAt({ place, offset }: Pointee, type: Type | null, { access, memory }: Pick<Around, 'access' | 'memory'>): bigint | null {
  if (place.kind === 'memory') return BigInt.asUintN(64, place.address + offset);
  const plain = type === null ? null : plainType(type);
  const target = plain?.kind === 'pointer' || plain?.kind === 'alias' ? plain.target() : null;
  if (target === null || target.size === 0 || offset < 0n) return null;
  const size = place.kind === 'pieces' ? place.pieces.reduce((sum, { bits }) => sum + bits, 0) / 8 : Number(offset) + target.size;
  const bytes = bytesAt(place, size, access);
  return bytes === null ? null : memory.keep(bytes) + offset;
}

function whyNone(place: LocalPlace): string | null {
  return place.kind === 'none' ? ABSENT[place.why] : null;
}
