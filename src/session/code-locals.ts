// Local variables at an instruction that is watched, for conditions: where they are, in terms of the registers that the thread has there.
//
// Nothing runs yet, so their places are worked out from registers that hold made-up addresses, far from each other: whatever is near one of them
// is so far from that register.
import { REGISTERS, type Register } from '../conditions/index.js';
import type { ConditionLocal } from '../expressions/index.js';
import type { FrameAccess, LocalPlace } from '../symbols/frame.js';
import type { LiveModule } from '../symbols/live/live-module.js';
import type { ProcessImage } from '../symbols/live/process-image.js';
import { unwindCode } from '../symbols/live/unwinder.js';
import { callerOf } from '../symbols/unwind/caller.js';

/** By DWARF's numbers. */
const NAMES = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'];
const SP = 7;
/** Registers are so far apart, and variables nearer to theirs than half of it. */
const APART = 1n << 40n;
const WHY = {
  'optimised-away': 'it was optimised away',
  'not-here': 'it is not set yet, or no longer needed',
  unknown: 'its place is not known',
} as const;

/** The stack pointer's first: frames lie above it. */
function madeUp(number: number): bigint {
  return APART * BigInt(number === SP ? 1 : number + 2);
}

/** What {@link ConditionNames.local} asks, at the instruction at `address`; undefined where no debug information tells of locals. */
export function localsAt(image: ProcessImage, address: bigint): ((name: string) => ConditionLocal | null) | undefined {
  const module = image.moduleAt(address);
  const debug = module?.file?.debug ?? null;
  if (module === null || debug === null) return undefined;
  const isEntry = image.functionStart(address) === address;
  return (name) => {
    const local = debug.localsAt(module.toFile(address)).find((one) => one.name === name);
    if (local === undefined) return null;
    const place = placed(local.place(madeUpFrame(image, module, address)));
    // Compilers that do not optimise store parameters in the frame first, and describe them as if that were done.
    if (place.kind === 'memory' && isEntry)
      return { type: local.type(), place: { kind: 'none', why: 'the function has not set up its frame at its first instruction' } };
    return { type: local.type(), place };
  };
}

function madeUpFrame(image: ProcessImage, module: LiveModule, address: bigint): FrameAccess {
  const registers = NAMES.map((_, number) => madeUp(number));
  registers[NAMES.length - 1] = address;
  return {
    ...{ pc: module.toFile(address), bias: module.bias, read: () => null },
    register: (number) => registers[number] ?? null,
    cfa: () => callerOf(unwindCode(image).rule(Number(address)), registers, () => 1n)?.cfa ?? null,
  };
}

function placed(place: LocalPlace): ConditionLocal['place'] {
  switch (place.kind) {
    case 'memory':
      return nearRegister(place.address);
    case 'register': {
      const register = registerNamed(place.register);
      return register === null ? { kind: 'none', why: WHY.unknown } : { kind: 'register', register };
    }
    case 'none':
      return { kind: 'none', why: WHY[place.why] };
    case 'value':
    case 'pieces':
      return { kind: 'none', why: 'it is computed, or in several places' };
  }
}

function nearRegister(address: bigint): ConditionLocal['place'] {
  const times = (address + APART / 2n) / APART;
  const number = times === 1n ? SP : Number(times) - 2;
  const register = number === SP && times !== 1n ? null : registerNamed(number);
  if (register === null) return { kind: 'none', why: WHY.unknown };
  return { kind: 'memory', register, offset: Number(address - madeUp(number)) };
}

function registerNamed(number: number): Register | null {
  return REGISTERS.find((one) => one === NAMES[number]) ?? null;
}
