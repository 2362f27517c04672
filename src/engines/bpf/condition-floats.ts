// Writes the code of floating-point numbers in conditions, without floating-point instructions, which the kernel's programs have not.
//
//     63 (31)   62 .. 52 (30 .. 23)    51 .. 0 (22 .. 0)
//    +-------+---------------------+---------------------+
//    |  sign |      exponent       |      fraction       |      a magnitude above that of infinity is a NaN
//    +-------+---------------------+---------------------+
//
// But for NaN, numbers are in the order of their magnitudes with their signs; 0 and -0 are both 0 so.
import type { FloatOperand } from '../../conditions/index.js';
import { type Assembler, type Label, R3, R4, R5, type Register } from '../../linux/bpf/index.js';
import { emitNumber } from './condition-operands.js';

const INFINITY = { 4: 0x7f80_0000n, 8: 0x7ff0_0000_0000_0000n } as const;

/** What a number is ordered by. */
export function floatOrder({ value, size }: Extract<FloatOperand, { kind: 'number' }>): bigint {
  return orderOf(value, size);
}

/** Of the float of `size` bytes in `to`, what it is ordered by, there; jumps to `whenNaN` where it is none. Uses r3 to r5. */
export function emitFloatOrder(asm: Assembler, size: 4 | 8, to: Register, whenNaN: Label): void {
  if (size === 4) asm.compute('lsh', to, 32);
  asm.move(R4, to).compute('arsh', R4, 63);
  // Out with the sign, and back to where the magnitude belongs.
  asm.compute('lsh', to, 1).compute('rsh', to, size === 4 ? 33 : 1);
  emitNumber(asm, R5, INFINITY[size]);
  asm.jumpIf(to, '>', R5, whenNaN);
  asm.move(R3, to).compute('xor', R3, R4).compute('sub', R3, R4).move(to, R3);
}

/** A number's magnitude with its sign. */
function orderOf(value: number, size: 4 | 8): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (size === 4) view.setFloat32(0, Math.abs(value));
  else view.setFloat64(0, Math.abs(value));
  const magnitude = size === 4 ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
  return value < 0 ? -magnitude : magnitude;
}
