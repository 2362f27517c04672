// The program that the kernel runs at each hit of one piece: reads the value, tests the condition, then counts or reports.
//
//   registers -> value (from a plain store's registers, or from memory) -> old value -> condition -> count, or report into the ring
//
// Each part is a file: value.ts, old-value.ts, counts.ts, report.ts, and condition-code.ts. They leave what they found in the frame (frame.ts).
import { REGISTER_NAMES } from '../../instructions/index.js';
import { Assembler, R1, R2, R6, R9 } from '../../linux/bpf/index.js';
import { inBlock } from './blocks.js';
import { emitCondition } from './condition-code.js';
import { emitCount } from './count-code.js';
import { FRAME, SCRATCH, wordAt } from './frame.js';
import { emitOldValue } from './old-value-code.js';
import type { ProgramPlan } from './plan.js';
import { PT_REGS } from './pt-regs.js';
import { FLAG } from './records.js';
import { emitReport } from './report-code.js';
import { ZERO_SLOT } from './stores.js';
import { emitValue } from './value-code.js';

/** The program of `plan`, as the kernel takes it. */
export function hitProgram(plan: ProgramPlan): Uint8Array {
  const asm = new Assembler();
  const done = asm.label();
  asm.move(R6, R1).mapValue(R9, plan.maps.blocks, plan.blockOffset);
  emitContext(asm);
  if (plan.value !== null) emitValue(asm, plan, plan.value);
  if (plan.condition !== null) emitFilter(asm, plan, plan.condition);
  if (plan.keep === 'counts') emitCount(asm, plan, done);
  // The verifier takes no code that is never reached.
  if (plan.keep === 'each' || plan.reportsKernel) emitReport(asm, plan, done);
  return asm.place(done).exit(0).assemble();
}

/**
 * A program that does nothing but test: what it leaves out is counted in its block, and for others the event goes on, with the old value and whether it
 * is known in the block. Where the block says `counted`, all pass.
 */
export function filterProgram(plan: ProgramPlan): Uint8Array {
  const asm = new Assembler();
  const passes = asm.label();
  asm.move(R6, R1).mapValue(R9, plan.maps.blocks, plan.blockOffset);
  asm.load(8, R1, inBlock('counted')).jumpIf(R1, '!=', 0, passes);
  emitContext(asm);
  if (plan.value !== null) emitValue(asm, plan, plan.value);
  if (plan.condition !== null) emitFilter(asm, plan, plan.condition);
  asm.load(8, R1, FRAME.oldValue).store(8, inBlock('passedOld'), R1);
  asm.load(8, R1, FRAME.oldKnown).store(8, inBlock('passedOldKnown'), R1);
  return asm.place(passes).exit(1).assemble();
}

/** What the frame begins with. */
function emitContext(asm: Assembler): void {
  const inUser = asm.label();
  for (let word = 0; word < 4; word++) asm.store(8, wordAt(FRAME.range, word), 0);
  for (const place of [FRAME.newValue, FRAME.oldValue, FRAME.oldKnown, FRAME.flags]) asm.store(8, place, 0);
  // The lowest two bits of CS are the privilege level.
  asm.load(8, R1, { base: R6, offset: PT_REGS.cs }).compute('and', R1, 3).jumpIf(R1, '!=', 0, inUser);
  asm.store(8, FRAME.flags, FLAG.kernel).place(inUser);
  asm.load(8, R1, { base: R6, offset: PT_REGS.ip }).store(8, FRAME.instructionPointer, R1);
  for (const [slot, name] of REGISTER_NAMES.entries())
    asm.load(8, R1, { base: R6, offset: PT_REGS[name] }).store(8, wordAt(FRAME.registers, slot), R1);
  asm.store(8, wordAt(FRAME.registers, ZERO_SLOT), 0);
}

/** The old value is kept whatever the condition speaks of: the hit before need not have been reported. */
function emitFilter(asm: Assembler, plan: ProgramPlan, condition: NonNullable<ProgramPlan['condition']>): void {
  const fails = asm.label();
  const passes = asm.label();
  if (plan.value !== null) emitOldValue(asm, plan);
  const { oldValue: old, oldKnown, newValue } = FRAME;
  const { flags, registers, instructionPointer } = FRAME;
  const { memory, namespace } = plan;
  const environment = { old, oldKnown, new: newValue, flags, registers, instructionPointer, memory, namespace, scratch: SCRATCH };
  emitCondition(asm, condition, environment, fails);
  asm.jump(passes).place(fails).move(R2, 1).addTo(inBlock('filtered'), R2).exit(0).place(passes);
}
