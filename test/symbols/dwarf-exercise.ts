// Asks a `DebugInfo` everything it can be asked, down to the members of members: what is used on broken files.
import { as, type FileAddress } from '../../src/base/brand.js';
import type { DebugInfo } from '../../src/symbols/debug-info.js';
import type { FrameAccess, LocalVariable } from '../../src/symbols/frame.js';
import type { Type } from '../../src/symbols/types.js';

/** Types looked at below one variable, of which broken files can make up any number. */
const MOST_TYPES = 200;
const MOST_LOCALS = 50;

/** Calls every method, each name and `addresses`; how many answers there were. Throws only what the methods throw. */
export function exercise(info: DebugInfo, names: readonly string[], addresses: readonly bigint[]): number {
  let answers = 0;
  for (const name of names) {
    for (const variable of info.variables(name)) answers += 1 + exerciseType(variable.type());
  }
  for (const name of info.variableNames()) answers += name.length > 0 ? 1 : 0;
  for (const address of addresses) {
    const at = as<FileAddress>(address);
    answers += (info.lineAt(at)?.line ?? 0) > 0 ? 1 : 0;
    answers += info.functionAt(at) === null ? 0 : 1;
    answers += exerciseLocals(info.localsAt(at), at);
    const spans = info.linesIn(at, as<FileAddress>(address + 0x100n));
    answers += spans.length + info.variablesAround(at).length;
    answers += info.codeOfLine(spans[0]?.file ?? 'main.c', spans[0]?.line ?? 1).length;
  }
  return answers + info.problems.length;
}

/** Places of some local variables, in a frame where everything is known and every address can be read. */
function exerciseLocals(locals: readonly LocalVariable[], pc: FileAddress): number {
  const frame: FrameAccess = {
    pc,
    bias: 0x5555_0000_0000n,
    register: (number) => (number < 17 ? BigInt(number) << 60n : null),
    cfa: () => 0x7fff_ffff_0000n,
    read: (_, size) => new Uint8Array(size),
    threadBlock: () => 0n,
  };
  for (const local of locals.slice(0, MOST_LOCALS)) {
    local.place(frame);
    exerciseType(local.type());
  }
  return locals.length;
}

function exerciseType(type: Type | null): number {
  const waiting: Type[] = type === null ? [] : [type];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined && seen < MOST_TYPES; next = waiting.pop()) {
    seen += next.name === '' && !(next.size >= 0) ? 0 : 1;
    waiting.push(...inside(next));
  }
  return seen;
}

function inside(type: Type): Type[] {
  switch (type.kind) {
    case 'struct':
    case 'union':
      return type.members.map((member) => member.type());
    case 'array':
      return [type.element()];
    case 'pointer':
    case 'alias': {
      const target = type.target();
      return target === null ? [] : [target];
    }
    default:
      return [];
  }
}
