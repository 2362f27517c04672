// Names of a running scenario both ways: threads by number, addresses by what lies there, users by what the machine calls them.
import { present } from '../base/assert.js';
import { type Linear, linearOfU64, u64OfLinear } from '../facility/linear.js';
import { INSTRUCTION_BYTES } from '../machine/program.js';
import type { AddressText } from './address.js';
import { placeOf } from './assemble.js';
import type { Layout } from './layout.js';
import type { Scenario } from './scenario.js';

/** Below this, a number is a number and no address. */
const LEAST_ADDRESS = 0x1000n;

export class Names {
  readonly layout: Layout;
  readonly #scenario: Scenario;
  readonly #tids = new Map<string, number>();

  constructor(scenario: Scenario, layout: Layout) {
    this.#scenario = scenario;
    this.layout = layout;
  }

  /** From now on thread `tid` is called `name`. */
  call(tid: number, name: string): void {
    this.#tids.set(name, tid);
  }

  /** Null for one that has not been born. */
  tidOf(name: string): number | null {
    return this.#tids.get(name) ?? null;
  }

  thread(tid: number): string {
    for (const [name, number] of this.#tids) if (number === tid) return name;
    return tid === -1 ? 'idle' : `thread ${tid}`;
  }

  /** Threads by number. */
  get threads(): readonly { readonly name: string; readonly tid: number }[] {
    return [...this.#tids].map(([name, tid]) => ({ name, tid })).sort((a, b) => a.tid - b.tid);
  }

  /** Number by which the machine knows a tracer or user. */
  actorNumber(name: string): number {
    return present(
      this.#scenario.actors.findIndex((actor) => actor.name === name),
      name,
    );
  }

  /** The name behind a number of {@link actorNumber}. */
  actor(number: number): string {
    return this.#scenario.actors[number]?.name ?? `user ${number}`;
  }

  place(address: AddressText): Linear {
    return placeOf(this.layout, address);
  }

  /** `a`, `a+4`, `&loop`, or the address itself. */
  placeText(address: Linear): string {
    const region = this.layout.regions.find(({ at, length }) => address >= at && address < at + length);
    if (region !== undefined) return withOffset(region.name, address - region.at);
    const [label, at] = this.#labelBelow(address);
    if (label !== null) return withOffset(`&${label}`, address - at);
    return Number.isNaN(address) ? 'no address' : `0x${u64OfLinear(address).toString(16)}`;
  }

  /** A register's value: an address by its name. */
  valueText(value: bigint): string {
    // The same in every notation.
    if (value < 10n) return `${value}`;
    if (value < LEAST_ADDRESS) return `0x${value.toString(16)}`;
    const address = linearOfU64(value);
    return Number.isNaN(address) ? `0x${value.toString(16)}` : this.placeText(address);
  }

  /** The instruction at `address` as it is written. */
  instruction(address: Linear): { readonly text: string; readonly line: number; readonly child: string | null } | null {
    for (const [number, { code }] of this.#scenario.programs.entries()) {
      const index = (address - (this.layout.bases[number] ?? 0)) / INSTRUCTION_BYTES;
      const found = Number.isInteger(index) && index >= 0 ? code[index] : undefined;
      if (found === undefined) continue;
      const call = found.instruction.op === 'syscall' ? found.instruction.call : null;
      return { text: found.text, line: found.line, child: call !== null && 'as' in call ? (call.as?.name ?? null) : null };
    }
    return null;
  }

  /** The last label at or before `address` within its program. */
  #labelBelow(address: Linear): [string | null, Linear] {
    if (this.instruction(address) === null) return [null, 0];
    let best: [string | null, Linear] = [null, Number.NEGATIVE_INFINITY];
    for (const [label, at] of this.layout.labels) {
      const nearer = at > best[1] || (at === best[1] && label.length < (best[0]?.length ?? 0));
      if (at <= address && nearer) best = [label, at];
    }
    return best;
  }
}

function withOffset(name: string, offset: number): string {
  return offset === 0 ? name : `${name}+${offset}`;
}
