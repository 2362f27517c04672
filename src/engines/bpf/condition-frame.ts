// Where the code of a condition finds what it speaks of, and where it keeps what it works on.
import { type Condition, type Mentions, mentions, type Which } from '../../conditions/index.js';
import { type Assembler, type Place, R0, R1, R2, R10 } from '../../linux/bpf/index.js';
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
  /** Whose thread and process ids are meant. */
  readonly namespace: PidNamespace | null;
  /** Bytes of the frame that may be used: from (inclusive) to (exclusive), both multiples of 8; at least {@link SCRATCH_BYTES} of them. */
  readonly scratch: { readonly from: number; readonly to: number };
}

// The scratch area, from its start:  0 thread and process id u64 | 8 processor u64 | 16 the thread's name | 32 sides of operators that wait
const COMM_BYTES = 16;
const ids = 0;
const cpu = 8;
const comm = 16;
const waiting = comm + COMM_BYTES;
/** Of two sides the one that takes more is computed first, so that of n terms log2(n) sides wait at most. */
const MOST_WAITING = 12;

export const SCRATCH_BYTES = waiting + 8 * MOST_WAITING;

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

  /** Jumps where a value that is spoken of is not known. Uses r1. */
  emitLacks(asm: Assembler, spoken: Mentions, jump: (test: '==') => void): void {
    if (spoken.old) {
      asm.load(8, R1, this.#environment.oldKnown);
      jump('==');
    }
    if (spoken.new) {
      asm.load(8, R1, this.flags).compute('and', R1, FLAG.afterKnown);
      jump('==');
    }
  }
}
