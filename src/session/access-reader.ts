// What the instruction behind each hit of one watch did to the covered bytes.
import { present } from '../base/assert.js';
import { highU32, lowU32 } from '../base/u64.js';
import type { RawHit } from '../engines/contract.js';
import { type AccessRebuilder, type AccessSample, newAccessSample, newRebuiltAccess, type RebuiltAccess } from '../instructions/index.js';
import type { CoveredBytes } from './process-chain.js';

/** What a call pushes. */
const WORD_BYTES = 8;

/** Asks the rebuilder, with one sample and one result that are used again for every hit. */
export class AccessReader {
  readonly #rebuilder: (tid: number) => AccessRebuilder | null;
  readonly #sample: AccessSample;
  readonly #rebuilt: RebuiltAccess = newRebuiltAccess();

  /** `rebuilder`: for a thread; there from the first hit on. */
  constructor(covered: CoveredBytes, writesOnly: boolean, rebuilder: (tid: number) => AccessRebuilder | null) {
    const { address, length } = covered;
    this.#rebuilder = rebuilder;
    this.#sample = newAccessSample({ rangeLo: lowU32(address), rangeHi: highU32(address), rangeSize: length, writesOnly });
  }

  /** For a hit by user code; `old`: the covered bytes before it, if they are known. Good until the next call. */
  read(raw: RawHit, old: Uint8Array | null): RebuiltAccess {
    const sample = this.#sample;
    sample.ipLo = raw.ipLo;
    sample.ipHi = raw.ipHi;
    sample.registers = raw.registers;
    sample.registersOffset = raw.registersAt;
    sample.old = old;
    const { userStack } = raw;
    sample.stackTopKnown = !raw.kernel && userStack !== null && userStack.length >= WORD_BYTES;
    if (userStack !== null && sample.stackTopKnown) {
      sample.stackTopLo = userStack.words[userStack.at] ?? 0;
      sample.stackTopHi = userStack.words[userStack.at + 1] ?? 0;
    }
    present(this.#rebuilder(raw.tid), 'the instruction decoder').run(sample, this.#rebuilt);
    return this.#rebuilt;
  }
}
