// The abbreviations of all units of a file, one behind the other in a few large arrays: programs with thousands of
// small units have thousands of small tables.
import { isOfInterest, SLOT_COUNT, Slot } from './program.js';

/**
 * Abbreviation `i` has `tags[i]`, `children[i]`, the attributes `specStart[i] .. specStart[i + 1]` of `names`, `forms`
 * and `constants`, and the steps `stepStart[i] .. stepStart[i + 1]`. The arrays are replaced by longer ones as they grow; what an
 * old one holds stays true.
 */
export class AbbrevStore {
  tags = new Uint16Array(64);
  children = new Uint8Array(64);
  /** 1 where a walk over entries stops at those of this abbreviation (see program.ts: isOfInterest), else 0. */
  ofInterest = new Uint8Array(64);
  /** `slotForms[i * SLOT_COUNT + slot]`: the form of the remembered attribute, 0 where the abbreviation lacks it. */
  slotForms = new Uint16Array(64 * SLOT_COUNT);
  specStart = new Uint32Array(65);
  names = new Uint16Array(256);
  forms = new Uint16Array(256);
  /** For DW_FORM_implicit_const: where in .debug_abbrev the constant is. */
  constants = new Float64Array(256);
  stepStart = new Uint32Array(65);
  steps = new Int32Array(256);
  /** Finished abbreviations. */
  count = 0;
  #specs = 0;
  #steps = 0;

  /** Starts abbreviation number `count`, forgetting one that was not finished. */
  begin(tag: number, hasChildren: number): void {
    const index = this.count;
    if (index >= this.tags.length) this.#growEntries();
    this.tags[index] = tag;
    this.children[index] = hasChildren;
    this.slotForms.fill(0, index * SLOT_COUNT, (index + 1) * SLOT_COUNT);
    this.#specs = this.specStart[index] ?? 0;
    this.#steps = this.stepStart[index] ?? 0;
  }

  attribute(name: number, form: number, constant: number): void {
    const index = this.#specs++;
    if (index >= this.names.length) this.#growSpecs();
    this.names[index] = name;
    this.forms[index] = form;
    this.constants[index] = constant;
  }

  /** Adds a step (see program.ts), merging it with the one before where both skip bytes. */
  step(value: number): void {
    const last = this.#steps - 1;
    if (value > 0 && last >= (this.stepStart[this.count] ?? 0) && (this.steps[last] ?? 0) > 0) {
      this.steps[last] = (this.steps[last] ?? 0) + value;
      return;
    }
    if (this.#steps >= this.steps.length) this.steps = doubled(this.steps, new Int32Array(this.steps.length * 2));
    this.steps[this.#steps++] = value;
  }

  /** Finishes the abbreviation begun last. */
  end(): void {
    const index = this.count++;
    const external = (this.slotForms[index * SLOT_COUNT + Slot.external] ?? 0) !== 0;
    this.ofInterest[index] = isOfInterest(this.tags[index] ?? 0, external) ? 1 : 0;
    this.specStart[this.count] = this.#specs;
    this.stepStart[this.count] = this.#steps;
  }

  #growEntries(): void {
    const size = this.tags.length * 2;
    this.tags = doubled(this.tags, new Uint16Array(size));
    this.children = doubled(this.children, new Uint8Array(size));
    this.ofInterest = doubled(this.ofInterest, new Uint8Array(size));
    this.slotForms = doubled(this.slotForms, new Uint16Array(size * SLOT_COUNT));
    this.specStart = doubled(this.specStart, new Uint32Array(size + 1));
    this.stepStart = doubled(this.stepStart, new Uint32Array(size + 1));
  }

  #growSpecs(): void {
    const size = this.names.length * 2;
    this.names = doubled(this.names, new Uint16Array(size));
    this.forms = doubled(this.forms, new Uint16Array(size));
    this.constants = doubled(this.constants, new Float64Array(size));
  }
}

function doubled<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
