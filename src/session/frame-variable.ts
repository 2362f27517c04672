// Local variables by name, `function::local`: where the function begins and ends, and where in its frame the variable is.
import { as, type FileAddress } from '../base/brand.js';
import type { HwbkptError } from '../base/errors.js';
import { type NameExpression, parseExpression, resolve } from '../expressions/index.js';
import type { ValueType } from '../model/value.js';
import type { LocalVariable } from '../symbols/frame.js';
import type { LiveModule } from '../symbols/live/live-module.js';
import type { ProcessImage } from '../symbols/live/process-image.js';
import { BadRequestError } from './errors.js';
import { type Boundaries, exitsOf, keepsFramePointer } from './frame-exits.js';
import type { ResolveOptions } from './program.js';
import { shownType } from './resolve.js';

/** A variable that each call of its function has of its own. */
export interface FrameVariable {
  /** The function, as typed. */
  readonly function: string;
  /** Its first instruction, at which RSP is 8 below the frame's address. */
  readonly entry: bigint;
  /** The instructions that leave it: RSP is there what it was at the first. */
  readonly exits: readonly bigint[];
  /** From the frame's address (the caller's RSP before the call) to the variable; negative. */
  readonly offset: bigint;
  /** Bytes. */
  readonly size: number;
  readonly type: ValueType;
}

/** Any address will do to work out what is how far from it. */
const FRAME = 0x7000_0000_0000n;
const LONGEST_FUNCTION = 0x1_0000;
const DWARF_RBP = 6;

/** The local variable that `text` names; null where it names none. Throws BadRequestError for one that cannot be watched, and the errors of steps. */
export function findFrameVariable(
  text: string,
  image: ProcessImage,
  options: ResolveOptions & { readonly decoder: Boundaries },
): FrameVariable | null {
  const expression = parseExpression(text);
  if (expression.kind !== 'name' || expression.scopes.length === 0 || options.access === 'execute') return null;
  const entry = entryOf(expression, image);
  const module = entry === null ? null : image.moduleAt(entry);
  if (entry === null || module === null) return null;
  const code = codeOf(entry, module, image);
  const found = findLocal(expression.name, { entry, module, code, decoder: options.decoder });
  if (found === null) return null;
  const owner = expression.scopes.join('::');
  if (found.offset === null)
    throw new BadRequestError(`${expression.name} of ${owner} is not in memory: it lives in registers, or was optimised away`, {
      hint: 'Only what is in the frame can be watched. Build it with -O0 or -Og, or take its address somewhere in the function.',
    });
  const { local, offset } = found;
  const resolved = withinFrame(text, image, { address: FRAME + offset, local });
  const exits = exitsOf(code, options.decoder).map((at) => entry + BigInt(at));
  return {
    ...{ function: owner, entry, exits, offset: BigInt.asIntN(64, resolved.address - FRAME) },
    ...{ size: resolved.size, type: shownType(resolved, options) },
  };
}

function withinFrame(
  text: string,
  image: ProcessImage,
  at: { readonly address: bigint; readonly local: LocalVariable },
): ReturnType<typeof resolve> {
  try {
    return resolve(text, image, { memory: null, local: { address: at.address, type: at.local.type() } });
  } catch (error) {
    if ((error as HwbkptError).code !== 'no-memory') throw error;
    throw new BadRequestError('pointers and references in local variables cannot be followed yet', {
      hint: 'Watch the variable itself, or a member or element that is part of it.',
      cause: error,
    });
  }
}

function entryOf({ module, file, scopes }: NameExpression, image: ProcessImage): bigint | null {
  const start = `${module === null ? '' : `'${module}'!`}${file === null ? '' : `'${file}'::`}`;
  try {
    return resolve(start + scopes.join('::'), image, { want: 'code' }).address;
  } catch {
    return null;
  }
}

function codeOf(entry: bigint, module: LiveModule, image: ProcessImage): Uint8Array {
  const symbol = module.file?.symbolAt(module.toFile(entry));
  const length = Math.min(symbol?.size ?? 0, LONGEST_FUNCTION);
  return (length > 0 ? image.readCode(entry, length) : null) ?? new Uint8Array(0);
}

interface Function {
  readonly entry: bigint;
  readonly module: LiveModule;
  readonly code: Uint8Array;
  readonly decoder: Boundaries;
}

/** `offset` null: wherever it is in sight, it is not in the frame. Inner blocks have their variables only within them. */
function findLocal(name: string, { entry, module, code, decoder }: Function): { local: LocalVariable; offset: bigint | null } | null {
  let seen: LocalVariable | null = null;
  for (const at of [...decoder.boundaries(code, code.length)]) {
    const pc = as<FileAddress>(module.toFile(entry) + BigInt(at));
    const local = module.file?.debug?.localsAt(pc).find((one) => one.name === name) ?? null;
    if (local === null) continue;
    seen = local;
    const place = local.place({
      ...{ pc, bias: module.bias, cfa: () => FRAME, read: () => null },
      register: (number) => (number === DWARF_RBP && keepsFramePointer(code) ? FRAME - 16n : null),
    });
    if (place.kind === 'memory' && isNear(place.address)) return { local, offset: place.address - FRAME };
  }
  return seen === null ? null : { local: seen, offset: null };
}

/** Whether an address is one in the frame, or among the parameters behind it. */
function isNear(address: bigint): boolean {
  return address > FRAME - 0x1000_0000n && address < FRAME + 0x10_0000n;
}
