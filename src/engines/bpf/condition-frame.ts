// Where the code of a condition finds what it speaks of, and where it keeps what it works on.
import { type Condition, type Mentions, mentions, type Register, type Which } from '../../conditions/index.js';
import { REGISTER_NAMES } from '../../instructions/index.js';
import { type Assembler, type Label, type Place, R0, R1, R2, R10 } from '../../linux/bpf/index.js';
import { emitIds, type PidNamespace } from './ids-code.js';
import { FLAG } from './records.js';

/** Where a condition finds what it speaks of. */
export interface ConditionEnvironment {
  /** Values as u64, in the frame. */
  readonly old: Place;
  readonly new: Place;
  /** u64: 1 where the old value is known. */
  readonly oldKnown: Place;
  /** u64, FLAG of a record: whether the kernel made the access, and whether the new value is known. */
  readonly flags: Place;
  /** Whose memory it reads. */
  readonly memory: 'user' | 'kernel';
  /** The registers of the interrupted code, in the order of REGISTER_NAMES, and where it was. */
  readonly registers: Place;
  readonly instructionPointer: Place;
  /** Whose thread and process ids are meant. */
  readonly namespace: PidNamespace | null;
  /** Bytes of the frame that may be used: from (inclusive) to (exclusive), both multiples of 8; at least {@link SCRATCH_BYTES} of them. */
  readonly scratch: { readonly from: number; readonly to: number };
}

// The scratch area, from its start:
//   0 thread and process id u64 | 8 processor u64 | 16 the thread's name | 32 sides of operators that wait | 128 a word read from memory
// 136 characters read from memory
const COMM_BYTES = 16;
const ids = 0;
const cpu = 8;
const comm = 16;
const waiting = comm + COMM_BYTES;
/** Of two sides the one that takes more is computed first, so that of n terms log2(n) sides wait at most. */
const MOST_WAITING = 12;
const word = waiting + 8 * MOST_WAITING;
const text = word + 8;
/** For {@link MOST_TEXT_BYTES}, one more that shows where they end, and the NUL that the kernel writes behind what it cuts off. */
const TEXT_BYTES = 72;

export const SCRATCH_BYTES = text + TEXT_BYTES;

/** The places of one condition. */
export class ConditionFrame {
  readonly #environment: ConditionEnvironment;

  constructor(environment: ConditionEnvironment) {
    const { from, to } = environment.scratch;
    if (to - from < SCRATCH_BYTES || from % 8 !== 0) throw new RangeError(`a condition needs ${SCRATCH_BYTES} aligned bytes of the frame`);
    this.#environment = environment;
  }

  value(which: Which): Place {
    return this.#environment[which];
  }

  get memory(): 'user' | 'kernel' {
    return this.#environment.memory;
  }

  register(name: Register): Place {
    const { registers, instructionPointer } = this.#environment;
    if (name === 'rip') return instructionPointer;
    const plain = REGISTER_NAMES.findIndex((known) => known === name || `r${known}` === name);
    if (plain < 0) throw new RangeError(`no program keeps ${name}`);
    return { ...registers, offset: registers.offset + 8 * plain };
  }

  /** Where a word of memory is read to. */
  get word(): Place {
    return this.#scratch(word);
  }

  /** Where characters are read to, eight at a time. */
  text(eight: number): Place {
    return this.#scratch(text + 8 * eight);
  }

  get flags(): Place {
    return this.#environment.flags;
  }

  /** Two u32: the thread's id, then its process's. */
  get tid(): Place {
    return this.#scratch(ids);
  }

  get pid(): Place {
    return this.#scratch(ids + 4);
  }

  get cpu(): Place {
    return this.#scratch(cpu);
  }

  /** One of the two words of the thread's name. */
  comm(word: 0 | 1): Place {
    return this.#scratch(comm + 8 * word);
  }

  /** For a side that waits while another, at most so many times as there is room for, is computed. */
  waiting(depth: number): Place {
    if (depth >= MOST_WAITING) throw new RangeError('a condition is nested too deep');
    return this.#scratch(waiting + 8 * depth);
  }

  #scratch(offset: number): Place {
    return { base: R10, offset: this.#environment.scratch.from + offset };
  }

  /** Asks the kernel once for what `condition` speaks of beside the values. Uses r0 to r5. */
  emitFacts(asm: Assembler, condition: Condition): void {
    const spoken = mentions(condition);
    if (spoken.tid || spoken.pid) emitIds(asm, this.#environment.namespace, this.tid);
    if (spoken.cpu) asm.call('get_smp_processor_id').store(8, this.cpu, R0);
    if (spoken.comm) this.#emitComm(asm);
  }

  #emitComm(asm: Assembler): void {
    asm.move(R1, R10).compute('add', R1, this.comm(0).offset).move(R2, COMM_BYTES).call('get_current_comm');
  }

  /** Jumps to `unknown` where something that is spoken of is not known. Uses r1. */
  emitLacks(asm: Assembler, spoken: Mentions, unknown: Label): void {
    if (spoken.old) asm.load(8, R1, this.#environment.oldKnown).jumpIf(R1, '==', 0, unknown);
    if (spoken.new) asm.load(8, R1, this.flags).compute('and', R1, FLAG.afterKnown).jumpIf(R1, '==', 0, unknown);
    // While the kernel writes into a process, the registers are the kernel's.
    if (spoken.registers && this.memory === 'user')
      asm.load(8, R1, this.flags).compute('and', R1, FLAG.kernel).jumpIf(R1, '!=', 0, unknown);
  }
}
