// What the code around one instruction pointer allows: decoded at its first hit, then looked up.
import { joinU64 } from '../base/u64.js';
import type { InstructionPlan } from './access-plan.js';
import { AddressTable } from './address-table.js';
import type { CodeSource, FunctionStart } from './code-source.js';
import type { InstructionDecoder } from './decoder.js';
import { Jumps } from './jumps.js';
import { PreviousInstructionFinder, type PreviousInstructions } from './previous-instruction.js';

/** Sites remembered; then all are forgotten. */
const MOST_SITES = 1 << 16;

/** One instruction pointer at which a hit was reported. */
export interface Site {
  /** The instructions that may end here. */
  readonly before: readonly InstructionPlan[];
  readonly certainty: PreviousInstructions['certainty'];
  /** The REP string instruction that begins here and may be under way, or null. */
  readonly repeat: InstructionPlan | null;
  /** Whether a call can have come here: only to the start of a function, where those are known. */
  readonly entry: 'yes' | 'no' | 'maybe';
  /** What of the instruction that surely ended here cannot be judged, because its address cannot be computed: nothing, reads only, a write. */
  readonly hidden: 'nothing' | 'reads' | 'writes';
  /** The one plan that has to be judged: no call and no REP instruction can be behind a hit here. */
  readonly only: InstructionPlan | null;
}

/** Sites by address. */
export class Sites {
  readonly #finder: PreviousInstructionFinder;
  readonly #functionStart: FunctionStart;
  readonly #jumps: Jumps;
  readonly #table = new AddressTable<Site>();

  constructor(decoder: InstructionDecoder, code: CodeSource, functionStart: FunctionStart) {
    this.#finder = new PreviousInstructionFinder(decoder, code, functionStart);
    this.#functionStart = functionStart;
    this.#jumps = new Jumps({ decoder, code, functionStart }, (address) => this.#finder.at(address));
  }

  /** The site of an address. Allocates nothing when it is known. */
  at(lo: number, hi: number): Site {
    return this.#table.get(lo, hi) ?? this.#add(lo, hi);
  }

  /** The jumps through memory of the function that the address is in; none where no symbol tells. */
  jumpsAround(lo: number, hi: number): readonly InstructionPlan[] {
    const start = this.#functionStart(joinU64(lo, hi));
    return start === null ? [] : this.#jumps.of(start);
  }

  /** Those of the function that a call goes to, where its code tells. */
  jumpsOf(call: InstructionPlan): readonly InstructionPlan[] {
    if (call.kind !== 'call' || call.target.kind !== 'direct') return [];
    return this.#jumps.of(joinU64(call.target.lo, call.target.hi));
  }

  /** Forgets all code, because it has changed: another program, an unloaded library, code rewritten at run time. */
  clear(): void {
    this.#table.clear();
    this.#finder.clear();
    this.#jumps.clear();
  }

  #add(lo: number, hi: number): Site {
    if (this.#table.size >= MOST_SITES) this.#table.clear();
    const site = this.#look(joinU64(lo, hi));
    this.#table.set(lo, hi, site);
    return site;
  }

  #look(address: bigint): Site {
    const { certainty, plans } = this.#finder.before(address);
    const at = this.#finder.at(address);
    const repeat = at?.kind === 'repeat' ? at : null;
    const entry = this.#entry(address);
    const [plan = null] = plans;
    const only = plans.length === 1 && repeat === null && entry === 'no' ? plan : null;
    const hidden = certainty === 'candidates' || plan === null ? 'nothing' : hiddenBy(plan);
    return { before: plans, certainty, repeat, entry, hidden, only };
  }

  /** Code right behind a function's end belongs to nothing we know: the likeliest thing there is another function's start. */
  #entry(address: bigint): Site['entry'] {
    const start = this.#functionStart(address);
    if (start !== null) return start === address ? 'yes' : 'no';
    return this.#functionStart(address - 1n) === null ? 'maybe' : 'yes';
  }
}

function hiddenBy(plan: InstructionPlan): Site['hidden'] {
  if (plan.kind !== 'accesses' && plan.kind !== 'repeat') return 'nothing';
  const hidden = plan.accesses.filter(({ verifiable }) => !verifiable);
  if (hidden.length === 0) return 'nothing';
  return hidden.some(({ write }) => write !== null) ? 'writes' : 'reads';
}
