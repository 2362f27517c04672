// Writes the part of a hit program that puts a record (records.ts) into the ring.
import { REGISTER_COUNT } from '../../instructions/index.js';
import { type Assembler, type Label, type Place, R0, R1, R2, R3, R4, R6, R7 } from '../../linux/bpf/index.js';
import { inBlock } from './blocks.js';
import { FRAME, RANGE_BYTES, wordAt } from './frame.js';
import { emitIds } from './ids-code.js';
import type { ProgramPlan } from './plan.js';
import { FLAG, recordBytes, WORD } from './records.js';
import { emitStackCopy } from './stack-copy-code.js';

/** The reader comes by the clock; waking it for each hit would cost more than the trap. */
const NO_WAKEUP = 1;
const USER_STACK = 1 << 8;
const COMM_BYTES = 16;

/** A word of the record, which r7 points to. */
function inRecord(word: number): Place {
  return { base: R7, offset: word * 4 };
}

/** Goes to `done`, which is placed right behind it. Uses r0 to r5 and r7. */
export function emitReport(asm: Assembler, plan: ProgramPlan, done: Label): void {
  const full = asm.label();
  asm.map(R1, plan.maps.ring).move(R2, recordBytes(plan)).move(R3, 0).call('ringbuf_reserve').jumpIf(R0, '==', 0, full).move(R7, R0);
  emitHead(asm, plan);
  if (plan.value !== null) emitValues(asm, plan);
  for (let slot = 0; slot < REGISTER_COUNT; slot++)
    asm.load(8, R1, wordAt(FRAME.registers, slot)).store(8, inRecord(WORD.registers + 2 * slot), R1);
  if (plan.tellsOrigin) emitOrigin(asm);
  emitStacks(asm, plan);
  if (plan.userFrames > 0) emitStackCopy(asm, plan);
  asm.move(R1, R7).move(R2, NO_WAKEUP).call('ringbuf_submit').jump(done);
  asm.place(full).move(R1, 1).addTo(inBlock('full'), R1);
}

/** The time is taken last before the record is handed over, so that records of one processor are in order. */
function emitHead(asm: Assembler, { block, namespace }: ProgramPlan): void {
  asm.load(8, R1, FRAME.flags).store(4, inRecord(WORD.flags), R1).store(4, inRecord(WORD.block), block);
  asm.call('ktime_get_ns').store(8, inRecord(WORD.time), R0);
  emitIds(asm, namespace, inRecord(WORD.tid));
  asm.load(8, R1, FRAME.instructionPointer).store(8, inRecord(WORD.ip), R1);
  asm.call('get_smp_processor_id').store(4, inRecord(WORD.cpu), R0);
}

function emitValues(asm: Assembler, { value, condition }: ProgramPlan): void {
  const words = Math.ceil(Math.min(value?.rangeLength ?? 0, RANGE_BYTES) / 8);
  for (let word = 0; word < words; word++) asm.load(8, R1, wordAt(FRAME.range, word)).store(8, inRecord(WORD.after + 2 * word), R1);
  if (condition === null) return;
  asm.load(8, R1, FRAME.oldValue).store(8, inRecord(WORD.before), R1);
  const unknown = asm.label();
  asm.load(8, R1, FRAME.oldKnown).jumpIf(R1, '==', 0, unknown);
  asm.load(8, R1, FRAME.flags).compute('or', R1, FLAG.beforeKnown).store(4, inRecord(WORD.flags), R1).place(unknown);
}

function emitOrigin(asm: Assembler): void {
  asm
    .move(R1, R7)
    .compute('add', R1, WORD.comm * 4)
    .move(R2, COMM_BYTES)
    .call('get_current_comm');
  asm.call('get_current_cgroup_id').store(8, inRecord(WORD.cgroup), R0);
}

function emitStacks(asm: Assembler, { kernelFrames, userFrames }: ProgramPlan): void {
  asm.store(4, inRecord(WORD.kernelStack), 0).store(4, inRecord(WORD.userStack), 0);
  if (kernelFrames > 0) {
    const inUser = asm.label();
    asm.load(8, R1, FRAME.flags).compute('and', R1, FLAG.kernel).jumpIf(R1, '==', 0, inUser);
    emitStack(asm, { at: WORD.stacks, frames: kernelFrames, flags: 0, length: WORD.kernelStack });
    asm.place(inUser);
  }
  if (userFrames > 0) emitStack(asm, { at: WORD.stacks + 2 * kernelFrames, frames: userFrames, flags: USER_STACK, length: WORD.userStack });
}

interface StackPart {
  /** Words in the record: of the frames, and of their length in bytes. */
  readonly at: number;
  readonly length: number;
  readonly frames: number;
  readonly flags: number;
}

function emitStack(asm: Assembler, { at, frames, flags, length }: StackPart): void {
  asm
    .move(R1, R6)
    .move(R2, R7)
    .compute('add', R2, at * 4)
    .move(R3, frames * 8)
    .move(R4, flags)
    .call('get_stack');
  asm.store(4, inRecord(length), R0);
}
