// Gathers the explanations of one hit that fit: one is taken, several that agree are taken as far as they do, others cancel each other.
import { reconcile, resetRebuilt } from './outcome.js';
import { newRebuiltAccess, type RebuiltAccess } from './sample.js';

/** Used again for every hit; writes straight into the caller's result, so that the usual single explanation is not copied. */
export class Explanations {
  readonly #other = newRebuiltAccess();
  #out = this.#other;
  #count = 0;
  #contradicted = false;

  /** Starts the next hit, whose result goes to `out`. */
  begin(out: RebuiltAccess): void {
    resetRebuilt(out);
    this.#out = out;
    this.#count = 0;
    this.#contradicted = false;
  }

  /** Whether any explanation was accepted. */
  get any(): boolean {
    return this.#count > 0;
  }

  /** Where to write the next explanation, before {@link accept} or without it. */
  next(): RebuiltAccess {
    const target = this.#count === 0 ? this.#out : this.#other;
    resetRebuilt(target);
    return target;
  }

  /** What {@link next} returned fits the hit. */
  accept(): void {
    if (this.#count > 0 && !reconcile(this.#out, this.#other)) this.#contradicted = true;
    this.#count++;
  }

  /** Another explanation is possible and cannot be worked out. */
  contradict(): void {
    this.#contradicted = true;
  }

  /** Ends the hit: where explanations contradict each other the result is unknown throughout. */
  end(): void {
    if (this.#contradicted) resetRebuilt(this.#out);
  }
}
