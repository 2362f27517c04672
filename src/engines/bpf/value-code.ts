// Writes the part of a hit program that gets the value: from the registers that a plain store left, else from memory.
import { type Assembler, type Label, R0, R1, R2, R3, R4, R5, R7, R10, type Register, type Size } from '../../linux/bpf/index.js';
import { inBlock } from './blocks.js';
import { FRAME, wordAt } from './frame.js';
import { mayComeFromStore, type ProgramPlan, type ValuePlan } from './plan.js';
import { FLAG, QUESTION_BYTES, WORD } from './records.js';
import { ENTRY, ENTRY_MASK, ENTRY_SHIFT, IMMEDIATE_SLOT, KIND, ZERO_SLOT } from './stores.js';

const NO_WAKEUP = 1;

/** Leaves the range's bytes, the value (where it has at most 8 bytes) and flags in the frame. Uses r0 to r5 and r7. */
export function emitValue(asm: Assembler, plan: ProgramPlan, value: ValuePlan): void {
  const read = asm.label();
  const done = asm.label();
  if (mayComeFromStore(plan, value)) emitStored(asm, plan, { size: value.size as Size, read, done });
  asm.place(read);
  emitRead(asm, value, done);
  asm.place(done);
}

function setFlags(asm: Assembler, flags: number): void {
  asm.load(8, R1, FRAME.flags).compute('or', R1, flags).store(8, FRAME.flags, R1);
}

interface StoredParts {
  readonly size: Size;
  /** Where to go when memory has to be read. */
  readonly read: Label;
  readonly done: Label;
}

/** r3: the entry of the instruction. */
function emitStored(asm: Assembler, plan: ProgramPlan, { size, read, done }: StoredParts): void {
  const known = asm.label();
  asm.load(8, R1, FRAME.flags).compute('and', R1, FLAG.kernel).jumpIf(R1, '!=', 0, read);
  asm.load(8, R1, FRAME.instructionPointer).move(R2, R1).compute('rsh', R2, 12).compute('xor', R2, R1);
  asm.compute('and', R2, ENTRY_MASK).compute('lsh', R2, ENTRY_SHIFT);
  asm.mapValue(R3, plan.maps.stores ?? 0).compute('add', R3, R2);
  asm.load(8, R4, { base: R3, offset: ENTRY.ip }).jumpIf(R4, '==', R1, known).jumpIf(R4, '!=', 0, read);
  emitQuestion(asm, plan.maps.ring, read);
  asm.place(known);
  asm.load(4, R4, { base: R3, offset: ENTRY.kind }).jumpIf(R4, '!=', KIND.store, read);
  asm.load(4, R4, { base: R3, offset: ENTRY.size }).jumpIf(R4, '!=', size, read);
  emitAddress(asm, read);
  asm.load(8, R4, inBlock('valueAddress')).jumpIf(R7, '!=', R4, read);
  asm.load(8, R4, { base: R3, offset: ENTRY.immediate }).store(8, wordAt(FRAME.registers, IMMEDIATE_SLOT), R4);
  emitSlot(asm, R7, { offset: ENTRY.value, last: IMMEDIATE_SLOT, read });
  emitMask(asm, R7, size);
  asm.store(8, FRAME.newValue, R7).store(8, FRAME.range, R7);
  setFlags(asm, FLAG.exact | FLAG.afterKnown);
  asm.jump(done);
}

/** r7 = base + (index << shift) + displacement */
function emitAddress(asm: Assembler, read: Label): void {
  emitSlot(asm, R7, { offset: ENTRY.base, last: ZERO_SLOT, read });
  emitSlot(asm, R4, { offset: ENTRY.index, last: ZERO_SLOT, read });
  asm.load(4, R5, { base: R3, offset: ENTRY.shift }).compute('and', R5, 3).compute('lsh', R4, R5).compute('add', R7, R4);
  asm.load(8, R4, { base: R3, offset: ENTRY.displacement }).compute('add', R7, R4);
}

/** `to` = the slot of the register area that the entry names at `offset`. Uses r5. */
function emitSlot(
  asm: Assembler,
  to: Register,
  { offset, last, read }: { readonly offset: number; readonly last: number; readonly read: Label },
): void {
  asm.load(4, R5, { base: R3, offset }).jumpIf(R5, '>', last, read);
  asm.compute('lsh', R5, 3).compute('add', R5, R10).load(8, to, { base: R5, offset: FRAME.registers.offset });
}

/** Takes the free entry at r3, as one whose value must be read, and asks what the instruction is; then goes on to read. */
function emitQuestion(asm: Assembler, ring: number, read: Label): void {
  asm.store(8, { base: R3, offset: ENTRY.ip }, R1);
  asm.map(R1, ring).move(R2, QUESTION_BYTES).move(R3, 0).call('ringbuf_reserve').jumpIf(R0, '==', 0, read);
  asm.store(4, { base: R0, offset: WORD.flags * 4 }, FLAG.asks);
  asm.load(8, R1, FRAME.instructionPointer).store(8, { base: R0, offset: WORD.ip * 4 }, R1);
  asm.move(R1, R0).move(R2, NO_WAKEUP).call('ringbuf_submit').jump(read);
}

function emitRead(asm: Assembler, { rangeLength, offset, size, memory, readsAreHits }: ValuePlan, done: Label): void {
  if (readsAreHits) emitOwnAccess(asm);
  asm.move(R1, R10).compute('add', R1, FRAME.range.offset).move(R2, rangeLength).load(8, R3, inBlock('rangeAddress'));
  asm.call(memory === 'user' ? 'probe_read_user' : 'probe_read_kernel').jumpIf(R0, '!=', 0, done);
  setFlags(asm, FLAG.afterKnown);
  if (size > 8) return;
  const shift = 8 * (offset & 7);
  asm.load(8, R1, wordAt(FRAME.range, offset >> 3));
  if (shift > 0) asm.compute('rsh', R1, shift);
  if ((offset & 7) + size > 8)
    asm
      .load(8, R2, wordAt(FRAME.range, (offset >> 3) + 1))
      .compute('lsh', R2, 64 - shift)
      .compute('or', R1, R2);
  emitMask(asm, R1, size);
  asm.store(8, FRAME.newValue, R1);
}

/** In an exception from user code the registers are armed while we read; in one from the kernel they are not. */
function emitOwnAccess(asm: Assembler): void {
  const inKernel = asm.label();
  asm.load(8, R1, FRAME.flags).compute('and', R1, FLAG.kernel).jumpIf(R1, '!=', 0, inKernel);
  asm.move(R1, 1).addTo(inBlock('ownAccesses'), R1).place(inKernel);
}

function emitMask(asm: Assembler, register: Register, size: number): void {
  const unused = 64 - 8 * size;
  if (unused > 0) asm.compute('lsh', register, unused).compute('rsh', register, unused);
}
