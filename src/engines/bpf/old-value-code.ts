// Writes the part of a hit program that swaps the new value with the last one, which is the old value of this hit.
//
// The swap is atomic: of two processors that hit at the same time, one finds what the other left, and no value is found twice. But in which order
// they swap need not be the order in which they stored.
import { type Assembler, R0, R1, R2, R3, R4, R7, R10, type Register } from '../../linux/bpf/index.js';
import { inBlock } from './blocks.js';
import { FRAME, wordAt } from './frame.js';
import type { ProgramPlan } from './plan.js';
import { FLAG } from './records.js';

/** By process: key {block u32, pid u32}, value {last u64, known u64}. */
export const LAST_VALUES = { keySize: 8, valueSize: 16 } as const;

/** Leaves the old value, and whether it is known, in the frame. Uses r0 to r5 and r7. */
export function emitOldValue(asm: Assembler, plan: ProgramPlan): void {
  if (plan.maps.lastValues === null) {
    emitSwap(asm, inBlock('lastValue'), inBlock('lastKnown'));
    return;
  }
  const found = asm.label();
  const done = asm.label();
  emitLookup(asm, plan.maps.lastValues, plan.block);
  asm.jumpIf(R0, '!=', 0, found);
  emitFirst(asm, plan.maps.lastValues);
  asm.jump(done).place(found).move(R7, R0);
  emitSwap(asm, { base: R7, offset: 0 }, { base: R7, offset: 8 });
  asm.place(done);
}

/** r1 = 1 where the new value is known, else 0. */
function emitIsKnown(asm: Assembler, to: Register): void {
  asm.load(8, to, FRAME.flags).compute('and', to, FLAG.afterKnown).compute('rsh', to, Math.log2(FLAG.afterKnown));
}

function emitSwap(asm: Assembler, last: ReturnType<typeof inBlock>, known: ReturnType<typeof inBlock>): void {
  asm.load(8, R1, FRAME.newValue).exchange(last, R1).store(8, FRAME.oldValue, R1);
  emitIsKnown(asm, R2);
  asm.exchange(known, R2).store(8, FRAME.oldKnown, R2);
}

function emitLookup(asm: Assembler, map: number, block: number): void {
  asm.call('get_current_pid_tgid').compute('rsh', R0, 32);
  asm.store(4, FRAME.key, block).store(4, { ...FRAME.key, offset: FRAME.key.offset + 4 }, R0);
  asm.map(R1, map).move(R2, R10).compute('add', R2, FRAME.key.offset).call('map_lookup_elem');
}

/** The process has no last value yet. Where there is no room for one, its old values stay unknown. */
function emitFirst(asm: Assembler, map: number): void {
  asm.load(8, R1, FRAME.newValue).store(8, FRAME.count, R1);
  emitIsKnown(asm, R1);
  asm.store(8, wordAt(FRAME.count, 1), R1);
  asm.map(R1, map).move(R2, R10).compute('add', R2, FRAME.key.offset).move(R3, R10).compute('add', R3, FRAME.count.offset);
  asm.move(R4, 0).call('map_update_elem');
}
