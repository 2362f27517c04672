// Writes the part of a hit program that counts instead of reporting: by thread and place, and by call chain where one is asked for.
//
//  key of 24 bytes:    0 tid u32 | 4 pid u32 | 8 ip u64 | 16 block u32 | 20 call chain s32 (below 0: none)
//  count of 48 bytes:  0 count u64 | 8 first value u64 | 16 last value u64 | 24 values are known u64 | 32 comm
import { type Assembler, type Label, R0, R1, R2, R3, R4, R7, R10 } from '../../linux/bpf/index.js';
import { inBlock } from './blocks.js';
import { FRAME, wordAt } from './frame.js';
import { emitIds } from './ids-code.js';
import type { ProgramPlan } from './plan.js';
import { FLAG } from './records.js';

export const COUNT_KEY = { bytes: 24, tid: 0, pid: 4, ip: 8, block: 16, stack: 20 } as const;
export const COUNT = { bytes: 48, count: 0, first: 8, last: 16, known: 24, comm: 32 } as const;
const COMM_BYTES = 16;
const USER_STACK = 1 << 8;
const ONLY_NEW = 1;

/** Goes to `done` when it has counted; falls through for what is to be reported all the same. Uses r0 to r5 and r7. */
export function emitCount(asm: Assembler, plan: ProgramPlan, done: Label): void {
  const report = asm.label();
  const found = asm.label();
  const counted = asm.label();
  const uncounted = asm.label();
  if (plan.reportsKernel) asm.load(8, R1, FRAME.flags).compute('and', R1, FLAG.kernel).jumpIf(R1, '!=', 0, report);
  emitKey(asm, plan);
  emitLookup(asm, plan);
  asm.jumpIf(R0, '!=', 0, found);
  emitNew(asm, plan);
  asm.jumpIf(R0, '==', 0, counted);
  // Another processor was first, or there is no room.
  emitLookup(asm, plan);
  asm.jumpIf(R0, '==', 0, uncounted);
  asm.place(found).move(R7, R0).move(R1, 1).addTo({ base: R7, offset: COUNT.count }, R1);
  if (plan.value !== null) asm.load(8, R1, FRAME.newValue).store(8, { base: R7, offset: COUNT.last }, R1);
  asm.place(counted).move(R1, 1).addTo(inBlock('counted'), R1).jump(done);
  asm.place(uncounted).move(R1, 1).addTo(inBlock('uncounted'), R1).jump(done);
  asm.place(report);
}

function emitKey(asm: Assembler, { maps, block, userFrames, namespace }: ProgramPlan): void {
  const inKey = (offset: number): typeof FRAME.key => ({ ...FRAME.key, offset: FRAME.key.offset + offset });
  emitIds(asm, namespace, inKey(COUNT_KEY.tid));
  asm.load(8, R1, FRAME.instructionPointer).store(8, inKey(COUNT_KEY.ip), R1).store(4, inKey(COUNT_KEY.block), block);
  if (maps.stacks === null) asm.move(R0, -1);
  else emitStackId(asm, maps.stacks, userFrames > 0);
  asm.store(4, inKey(COUNT_KEY.stack), R0);
}

function emitStackId(asm: Assembler, stacks: number, ofUser: boolean): void {
  asm
    .move(R1, { register: 6 })
    .map(R2, stacks)
    .move(R3, ofUser ? USER_STACK : 0)
    .call('get_stackid');
}

function emitLookup(asm: Assembler, { maps }: ProgramPlan): void {
  asm
    .map(R1, maps.counts ?? 0)
    .move(R2, R10)
    .compute('add', R2, FRAME.key.offset)
    .call('map_lookup_elem');
}

function emitNew(asm: Assembler, { maps, value }: ProgramPlan): void {
  asm.store(8, wordAt(FRAME.count, COUNT.count / 8), 1).load(8, R1, FRAME.newValue);
  asm.store(8, wordAt(FRAME.count, COUNT.first / 8), R1).store(8, wordAt(FRAME.count, COUNT.last / 8), R1);
  if (value === null) asm.move(R1, 0);
  else asm.load(8, R1, FRAME.flags).compute('and', R1, FLAG.afterKnown);
  asm.store(8, wordAt(FRAME.count, COUNT.known / 8), R1);
  asm
    .move(R1, R10)
    .compute('add', R1, FRAME.count.offset + COUNT.comm)
    .move(R2, COMM_BYTES)
    .call('get_current_comm');
  asm
    .map(R1, maps.counts ?? 0)
    .move(R2, R10)
    .compute('add', R2, FRAME.key.offset)
    .move(R3, R10)
    .compute('add', R3, FRAME.count.offset);
  asm.move(R4, ONLY_NEW).call('map_update_elem');
}
