// From what the user typed to an address, a size and a way to show the value.
import { type ConditionNames, type Memory, type Resolved, resolve, type SymbolScope, scopeOfThread } from '../expressions/index.js';
import type { ValueType } from '../model/value.js';
import { defaultValueType, sizeOfNamed, valueTypeNamed } from '../model/value-names.js';
import { demangle } from '../symbols/live/demangle.js';
import { readProcessMemory } from '../symbols/live/memory.js';
import type { ProcessImage } from '../symbols/live/process-image.js';
import { localsAt } from './code-locals.js';
import { BadRequestError } from './errors.js';
import type { ResolvedExpression, ResolveOptions } from './program.js';
import { bitFieldTypeOf, type Shown, valueTypeOf } from './value-type.js';

function scopeIn(image: ProcessImage, { tid }: ResolveOptions): SymbolScope {
  return tid === undefined ? image : scopeOfThread(image, { kind: 'thread', tid });
}

/** What `expression` names in the process as it is loaded now. Throws the errors of expressions/ and BadRequestError. */
export function resolveInImage(expression: string, image: ProcessImage, options: ResolveOptions): ResolvedExpression {
  const addressSize = options.as === null ? null : sizeOfNamed(options.as);
  const resolved = resolve(expression, scopeIn(image, options), {
    want: options.access === 'execute' ? 'code' : 'data',
    memory: memoryOf(image.pid),
    followed: options.followed,
    ...(addressSize === null ? {} : { addressSize }),
  });
  const symbol = (address: bigint) => symbolAt(image, address);
  return { address: resolved.address, size: resolved.size, type: shownType(resolved, options, { symbol }) };
}

/** What conditions on a watch of `expression` can name: all that the process has loaded, and the parts of the watched value by its type. */
export function conditionNamesIn(expression: string, image: ProcessImage, options: ResolveOptions): ConditionNames {
  const { access, as } = options;
  const scope = scopeIn(image, options);
  if (access === 'execute') return { scope, type: null, local: localsOf(expression, image, scope) };
  if (as !== null) return { scope, type: null };
  try {
    const { type, bits } = resolve(expression, scope, { memory: memoryOf(image.pid) });
    return { scope, type: bits === null ? type : null };
  } catch {
    // The variable of a frame, or a name that has lost its meaning since it was armed.
    return { scope, type: null };
  }
}

/** The local variables where execution is watched. */
function localsOf(expression: string, image: ProcessImage, scope: SymbolScope): ConditionNames['local'] {
  try {
    return localsAt(image, resolve(expression, scope, { want: 'code' }).address);
  } catch {
    // It has lost its meaning since it was armed.
    return undefined;
  }
}

/** What pointers on the way hold now. */
function memoryOf(pid: number): Memory {
  return {
    read: (address, length) => {
      const bytes = readProcessMemory(pid, address, length);
      return bytes !== null && bytes.length === length ? bytes : null;
    },
  };
}

/** The variable or function that `address` lies in: `table+8`; null where nobody knows one. */
function symbolAt(image: ProcessImage, address: bigint): string | null {
  const module = image.moduleAt(address);
  const found = module?.file?.symbolAt(module.toFile(address)) ?? null;
  if (module === null || found === null) return null;
  const offset = module.toFile(address) - found.address;
  // A symbol without a size may stand for something far before.
  if (offset < 0n || (offset > 0n && offset >= BigInt(found.size))) return null;
  return `${demangle(found.name)}${offset === 0n ? '' : `+${offset}`}`;
}

/** How the bytes of what was resolved are shown; as `as` says where it says something. Throws BadRequestError. */
export function shownType(resolved: Resolved, { as, access }: ResolveOptions, shown: Shown = {}): ValueType {
  const { size, type, display, bits } = resolved;
  if (as !== null && access !== 'execute') {
    const named = valueTypeNamed(as, size);
    if (named !== null) return named;
    throw new BadRequestError(`${display} has ${size} bytes, which ${as} has not`, {
      hint: `Give the length with the address (${display}:LEN), or use --as hex.`,
    });
  }
  if (type === null) return defaultValueType(size);
  return bits === null ? valueTypeOf(type, size, shown) : bitFieldTypeOf(type, size, bits);
}
