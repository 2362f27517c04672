// The hot path: from one hit's registers to the instruction that made the access and the bytes it stored. Never guesses: of several
// explanations that fit and contradict each other, none is taken.
import { highU32, joinU64, lowU32 } from '../base/u64.js';
import type { InstructionPlan } from './access-plan.js';
import { explainArrival } from './arrival.js';
import { findCall, RETURN_ADDRESS_SIZE, stackTopOffset, watchesReturnSlot, watchesStackTop } from './call.js';
import type { CodeSource, FunctionStart } from './code-source.js';
import type { InstructionDecoder } from './decoder.js';
import { sampledFlags } from './evaluate-address.js';
import { Explanations } from './explanations.js';
import { type InstructionText, InstructionTexts } from './instruction-text.js';
import { Judge } from './judge.js';
import { setInstruction, setPlace, setStore } from './outcome.js';
import { FLAG } from './registers.js';
import type { AccessSample, RebuiltAccess } from './sample.js';
import { type Site, Sites } from './site.js';
import { plainStore, type StoreForm } from './store-form.js';
import { newWord } from './word.js';

/** Rebuilds accesses to the memory of one 64-bit x86 program from samples of its registers. Not for the kernel's own accesses. */
export class AccessRebuilder {
  readonly #sites: Sites;
  readonly #judge = new Judge();
  readonly #explanations = new Explanations();
  readonly #returnAddress = newWord();
  readonly #texts: InstructionTexts;

  /** `functionStart`, where symbols can tell it, makes the instruction before an address certain. */
  constructor(decoder: InstructionDecoder, code: CodeSource, functionStart: FunctionStart = () => null) {
    this.#sites = new Sites(decoder, code, functionStart);
    this.#texts = new InstructionTexts(decoder, code);
  }

  /** Fills in `out`. Never throws for any sample; allocates nothing when the instruction pointer was seen before. */
  run(sample: AccessSample, out: RebuiltAccess): void {
    const site = this.#sites.at(sample.ipLo, sample.ipHi);
    if (site.only === null) this.#weigh(site, sample, out);
    else if (!this.#judge.completed(site.only, sample, out) && !explainArrival(site, this.#sites, sample, out))
      withoutAddress(site, sample, out);
  }

  /** The plain store that surely ended at `ip`; null where it is something else, or may be. */
  storeAt(ipLo: number, ipHi: number): StoreForm | null {
    return plainStore(this.#sites.at(ipLo, ipHi));
  }

  /**
   * The instruction that made an access reported at `ip`, as far as code alone can tell: the one before, or a REP string instruction there.
   * Where the registers would have to choose between several, or a call came here, null; at the start of a function, which nothing runs
   * into from before, `ip` itself.
   */
  accessorOf(ip: bigint, writesOnly: boolean): bigint | null {
    const { before, repeat, entry } = this.#sites.at(lowU32(ip), highU32(ip));
    if (entry === 'yes') return repeat === null ? ip : null;
    const touches = (plan: InstructionPlan): boolean =>
      'accesses' in plan && plan.accesses.some(({ write }) => !writesOnly || write !== null);
    const suspects = [...before, ...(repeat === null ? [] : [repeat])].filter(touches);
    const [plan] = suspects.length > 0 ? suspects : before;
    return plan === undefined || suspects.length > 1 ? null : joinU64(plan.lo, plan.hi);
  }

  /** What {@link accessorOf} finds where it is sure that it made the access. */
  instructionBefore(ipLo: number, ipHi: number, writesOnly: boolean): InstructionText | null {
    if (this.#sites.at(ipLo, ipHi).entry === 'yes') return null;
    const at = this.accessorOf(joinU64(ipLo, ipHi), writesOnly);
    return at === null ? null : this.#texts.at(lowU32(at), highU32(at));
  }

  /** The instruction at an address, as text; null where nothing can be read or decoded. Allocates nothing where that was asked before. */
  instructionAt(lo: number, hi: number): InstructionText | null {
    return this.#texts.at(lo, hi);
  }

  /** Forgets all code, because it has changed: another program, an unloaded library, code rewritten at run time. */
  forgetCode(): void {
    this.#sites.clear();
    this.#texts.clear();
  }

  /** Tries every explanation: the instructions before, the REP instruction under way, a call to here. */
  #weigh(site: Site, sample: AccessSample, out: RebuiltAccess): void {
    const found = this.#explanations;
    found.begin(out);
    // A saved RF means that a REP instruction was interrupted. Its absence means nothing: measured on an AMD EPYC, interrupted
    // REP STOSB and MOVSB had it only after a page fault on the way.
    const surelyUnderWay = site.repeat !== null && (sampledFlags(sample) & FLAG.resume) !== 0;
    if (!surelyUnderWay) for (const plan of site.before) if (this.#judge.completed(plan, sample, found.next())) found.accept();
    if (site.repeat !== null && this.#judge.interrupted(site.repeat, sample, found.next())) found.accept();
    this.#weighCall(site, sample);
    if (site.certainty === 'candidates' && found.any && !sample.writesOnly && watchesReturnSlot(sample)) found.contradict();
    if (!found.any && explainArrival(site, this.#sites, sample, found.next())) found.accept();
    if (!found.any) withoutAddress(site, sample, found.next());
    found.end();
  }

  #weighCall(site: Site, sample: AccessSample): void {
    const found = this.#explanations;
    const call = findCall(site, this.#sites, sample);
    if (call === 'none') return;
    if (call !== 'possible') {
      this.#explainCall(call, sample, found.next());
      found.accept();
    } else if (found.any && (site.entry === 'yes' || site.certainty === 'candidates')) {
      found.contradict();
    }
  }

  #explainCall(call: InstructionPlan, sample: AccessSample, out: RebuiltAccess): void {
    this.#returnAddress.lo = sample.stackTopLo;
    this.#returnAddress.hi = sample.stackTopHi;
    setPlace(out, stackTopOffset(sample), RETURN_ADDRESS_SIZE);
    setStore(out, this.#returnAddress, 'instruction');
    setInstruction(out, call.lo, call.hi);
  }
}

/** No instruction touches the range by the addresses that can be computed; `out` is reset. Says what can still be said. */
function withoutAddress(site: Site, sample: AccessSample, out: RebuiltAccess): void {
  const [plan] = site.before;
  if (plan === undefined || site.certainty === 'candidates' || site.repeat !== null) return;
  if (watchesStackTop(sample)) {
    // A call, or a jump that read memory: nothing but the top of the stack can have changed.
    const onlyCalls = site.hidden === 'nothing' && plan.kind !== 'repeat';
    if (site.entry !== 'no' && onlyCalls) setPlace(out, stackTopOffset(sample), RETURN_ADDRESS_SIZE);
  } else if (site.certainty === 'function' && site.entry === 'no') {
    if (site.hidden === 'reads' && !sample.writesOnly) out.kind = 'unchanged';
    else if (site.hidden === 'writes' && sample.writesOnly) setInstruction(out, plan.lo, plan.hi);
  }
}
