// Writes the part of a hit program that copies the user's stack into the record, and for a hit of the kernel the registers of the system call.
//
//  Words of 32 bits, behind the call chains:  0-1 bytes copied | 2-3 stack pointer | 4-45 struct pt_regs, of a kernel hit | 46- the copy
//
// A read is all or nothing, and what lies above the stack may not be mapped. Where the whole cannot be read, it ends less than two pages from
// the pointer: what is left of the pointer's page and the page above it are then all there is.
import { REGISTER } from '../../instructions/index.js';
import { type Assembler, R0, R1, R2, R3, R7, R8 } from '../../linux/bpf/index.js';
import { STACK_COPY_BYTES } from '../events/layout.js';
import { FRAME, wordAt } from './frame.js';
import type { ProgramPlan } from './plan.js';
import { PT_REGS, PT_REGS_BYTES } from './pt-regs.js';
import { FLAG, STACK_COPY, stackCopyAt } from './records.js';

const PAGE = 4096;

/** r7: the record. Uses r0 to r5 and r8. */
export function emitStackCopy(asm: Assembler, plan: ProgramPlan): void {
  const start = stackCopyAt(plan) * 4;
  const length = { base: R7, offset: start + 4 * STACK_COPY.length };
  const pointer = { base: R7, offset: start + 4 * STACK_COPY.pointer };
  const copy = start + 4 * STACK_COPY.words;
  const done = asm.label();
  const fromUser = asm.label();
  const found = asm.label();
  asm.store(8, length, 0);
  if (plan.kernelFrames > 0) {
    asm.load(8, R1, FRAME.flags).compute('and', R1, FLAG.kernel).jumpIf(R1, '==', 0, fromUser);
    if (!plan.tellsCaller) asm.jump(done);
    else {
      const registers = start + 4 * STACK_COPY.registers;
      asm.call('get_current_task_btf').move(R1, R0).call('task_pt_regs').move(R3, R0);
      asm.move(R1, R7).compute('add', R1, registers).move(R2, PT_REGS_BYTES).call('probe_read_kernel').jumpIf(R0, '!=', 0, done);
      asm.load(8, R3, { base: R7, offset: registers + PT_REGS.sp }).jump(found);
    }
    asm.place(fromUser);
  }
  asm.load(8, R3, wordAt(FRAME.registers, REGISTER.sp));
  asm.place(found).store(8, pointer, R3);
  const inParts = asm.label();
  asm.move(R1, R7).compute('add', R1, copy).move(R2, STACK_COPY_BYTES).call('probe_read_user').jumpIf(R0, '!=', 0, inParts);
  asm.store(8, length, STACK_COPY_BYTES).jump(done);
  asm.place(inParts).load(8, R3, pointer);
  asm
    .move(R8, R3)
    .compute('and', R8, PAGE - 1)
    .move(R2, PAGE)
    .compute('sub', R2, R8)
    .move(R8, R2);
  asm.move(R1, R7).compute('add', R1, copy).call('probe_read_user').jumpIf(R0, '!=', 0, done).store(8, length, R8);
  asm.load(8, R3, pointer).compute('add', R3, R8);
  asm
    .move(R1, R7)
    .compute('add', R1, copy)
    .compute('add', R1, R8)
    .move(R2, STACK_COPY_BYTES - PAGE)
    .call('probe_read_user')
    .jumpIf(R0, '!=', 0, done);
  asm.compute('add', R8, STACK_COPY_BYTES - PAGE).store(8, length, R8);
  asm.place(done);
}
