// What an expression means in a frame of a stopped thread, or in the process where no frame is given.
import { HwbkptError } from '../../base/errors.js';
import {
  NotAPlaceError,
  NotAVariableError,
  parseExpression,
  type Resolved,
  resolve,
  type SymbolScope,
  scopeOfThread,
  UnknownSymbolError,
} from '../../expressions/index.js';
import type { Type } from '../../symbols/types.js';
import { FrameMemory, isKeptBy } from './frame-memory.js';
import type { Frame } from './frames.js';
import type { Item } from './item.js';
import { localsOf } from './locals.js';
import type { ProcessView } from './process-view.js';
import { isVector, REGISTER_LIST, registerOf, type ThreadRegisters } from './registers.js';

/** Whose variables and registers an expression may name. */
export interface FrameContext {
  readonly frame: Frame;
  readonly thread: ThreadRegisters;
}

/** A variable of the frame has no value here. */
export class NoValueError extends HwbkptError {
  readonly code = 'no-value';
  readonly variable: string;

  constructor(variable: string, why: string) {
    super(`${variable} has no value: ${why}`, { hint: 'Look at it in another line, or build with -O0 or -Og.' });
    this.variable = variable;
  }
}

/** The value that `text` names: a local variable before a global one; `$rax`, `&x`. Throws NoValueError and the errors of expressions/. */
export function evaluate(view: ProcessView, text: string, context: FrameContext | null): Item {
  const plain = /^\s*\$(\w+)\s*$/.exec(text)?.[1];
  const register = plain === undefined || context === null ? null : registerItem(plain, context, view);
  if (register !== null) return register;
  try {
    return resolveIn(view, text, context);
  } catch (error) {
    if (error instanceof NotAPlaceError && error.value !== null) return numberItem(text, error.value, view);
    if (error instanceof NotAVariableError) return numberItem(text, resolve(text, view.image, { want: 'code' }).address, view, CODE);
    const member = error instanceof UnknownSymbolError ? memberOfThis(view, text, context) : null;
    if (member === null) throw error;
    return member;
  }
}

function resolveIn(view: ProcessView, text: string, context: FrameContext | null): Item {
  const local = context === null ? null : localOf(view, text, context.frame);
  const memory = local?.memory ?? view;
  const resolved = resolve(text, scopeIn(view, context), {
    memory,
    registers: context === null ? null : (name) => registerOf(name, context.thread, context.frame),
    ...(local === null ? {} : { local: { address: local.at, type: local.type } }),
  });
  return itemOf(text, resolved, local, view);
}

/** Thread-local variables are those of the frame's thread. */
function scopeIn({ image }: ProcessView, context: FrameContext | null): SymbolScope {
  const pointer = context?.frame.threadPointer ?? null;
  return pointer === null ? image : scopeOfThread(image, { kind: 'pointer', pointer });
}

/** The frame's variable that `text` begins with. Throws NoValueError. */
function localOf(view: ProcessView, text: string, frame: Frame): Item | null {
  const expression = parseExpression(text);
  if (expression.kind !== 'name' || expression.module !== null || expression.file !== null || expression.scopes.length > 0) return null;
  const local = localsOf(view, frame).find(({ name }) => name === expression.name) ?? null;
  if (local !== null && local.absence !== null) throw new NoValueError(local.name, local.absence);
  return local;
}

function itemOf(text: string, { address, size, type, bits }: Resolved, local: Item | null, view: ProcessView): Item {
  const memory = local?.memory ?? view;
  const isKept = isKeptBy(memory, address);
  // The variable itself, and no part of it.
  const register = local?.at === address && local.size === size ? local.register : undefined;
  const place = { at: address, address: isKept ? null : address, ...(register === undefined ? {} : { register }) };
  return { name: text, expression: text, type, size, bits, memory, absence: null, ...place };
}

/** In a method, members need no `this->`. */
function memberOfThis(view: ProcessView, text: string, context: FrameContext | null): Item | null {
  const { kind, path } = parseExpression(text);
  if (context === null || kind !== 'name' || path.some((step) => step.kind === 'dereference' || step.kind === 'address')) return null;
  const written = `this->${text.trim()}`;
  try {
    return localOf(view, 'this', context.frame) === null ? null : { ...resolveIn(view, written, context), name: text, expression: written };
  } catch {
    return null;
  }
}

/** Null where there is no such register, or it is not known in the frame. */
function registerItem(name: string, context: FrameContext, view: ProcessView): Item | null {
  const names: Readonly<Record<string, string>> = { pc: 'rip', sp: 'rsp', fp: 'rbp' };
  const meant = names[name.toLowerCase()] ?? name.toLowerCase();
  const value = registerOf(meant, context.thread, context.frame);
  if (value === null) return null;
  const item = numberItem(`$${name}`, value, view, isVector(meant) ? DOUBLE : null);
  return context.frame.level === 0 ? { ...item, register: meant } : item;
}

/** All registers that are known in a frame, as values. */
export function registersOf(view: ProcessView, context: FrameContext): Item[] {
  return REGISTER_LIST.flatMap((name): Item[] => {
    const item = registerItem(name, context, view);
    return item === null ? [] : [{ ...item, name }];
  });
}

const CODE: Type = { kind: 'pointer', name: 'code', size: 8, target: () => null };
/** The low half of a vector register. */
const DOUBLE: Type = { kind: 'base', name: 'double', size: 8, encoding: 'float' };
const LONG: Type = { kind: 'base', name: 'unsigned long', size: 8, encoding: 'unsigned' };

/** A number that is nowhere: eight bytes, shown as an address is. */
export function numberItem(name: string, value: bigint, view: ProcessView, type: Type | null = null): Item {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  const memory = new FrameMemory(view);
  return { name, expression: name, type, size: LONG.size, bits: null, memory, at: memory.keep(bytes), address: null, absence: null };
}
