// pfmon's breakpoints as a client of the machine's tracing calls: what S4's program did with debug registers (R-860 to R-864).
import { setRf } from '../../src/interfaces/linux-ptrace/control.js';
import { Tracer } from '../../src/machine/tracer.js';
import type { Stage } from './stage.js';

/** A breakpoint of pfmon's. `access` as in its options: 1 or 2 write, 3 read or write; `code`: an instruction. */
export interface Trigger {
  readonly kind: 'code' | 'data';
  readonly address: number;
  readonly access: 1 | 2 | 3;
}

/** What it does at a fork: the version of the mail knows nothing of breakpoints in children; later ones disable them, or follow if told to. */
export type Following = 'unaware' | 'disable' | 'follow';

/** DR7 with nothing enabled, and with all four L bits; both have LE and GE. */
const DISABLED = 0x300n;
const ENABLED = 0x355n;

/** One run of pfmon. */
export class Pfmon {
  /** What happened, in words. */
  readonly log: string[] = [];
  /** DR registers as they were poked: `number=value`. */
  readonly pokes: string[] = [];
  readonly #stage: Stage;
  readonly #following: Following;
  readonly #known = new Map<number, readonly Trigger[]>();
  readonly #passing = new Map<number, number>();

  constructor(stage: Stage, following: Following) {
    this.#stage = stage;
    this.#following = following;
  }

  /** Type bits with L off, address, and then all enabled. */
  arm(tid: number, triggers: readonly Trigger[]): void {
    const fields = triggers.reduce((bits, trigger, n) => bits | (BigInt(fieldOf(trigger)) << BigInt(16 + 4 * n)), 0n);
    for (const [n, { address }] of triggers.entries()) {
      this.#poke(tid, 7, DISABLED | fields);
      this.#poke(tid, n, BigInt(address));
    }
    this.#poke(tid, 7, ENABLED | fields);
    this.#known.set(tid, triggers);
    this.#stage.tracer.setOptions(tid, ['fork']);
  }

  /** Deals with stops of `tid` until it has ended, or has stopped `most` times. */
  monitor(tid: number, most: number): 'ended' | 'endless' {
    for (let stops = 0; stops < most; stops++) {
      const stop = this.#stage.go(tid);
      if (stop === null) return 'ended';
      if (stop.why === 'fork') this.#forked(tid, stop.child);
      else if (stop.why === 'signal' && stop.signal === 'SIGTRAP') this.#trapped(tid, stop.address);
    }
    return 'endless';
  }

  #forked(parent: number, child: number): void {
    const triggers = this.#known.get(parent) ?? [];
    if (this.#following === 'follow') this.arm(child, triggers);
    if (this.#following === 'disable') this.#poke(child, 7, DISABLED);
    this.log.push(`${parent} forked ${child}`);
  }

  /** Reads the low bits of DR6, and looks for a breakpoint that it has set. */
  #trapped(tid: number, address: number): void {
    const { tracer, host } = this.#stage;
    const bits = Number(Tracer.demand(tracer.peek(tid, 6)) & 0xfn);
    const triggers = this.#known.get(tid) ?? [];
    const hit = triggers.find((_, n) => (bits & (1 << n)) !== 0);
    if (hit === undefined) {
      this.log.push(`warning: unexplained SIGTRAP in ${tid}`);
      return;
    }
    tracer.poke(tid, 6, 0n);
    if (hit.kind === 'data') {
      this.log.push(`${tid} touched ${hit.address}`);
      return;
    }
    if (this.#passing.get(tid) === address) throw new Error('fatal: the kernel has lost RF');
    this.#passing.set(tid, address);
    this.log.push(`${tid} came to ${hit.address}`);
    setRf(host, { tracer: tracer.number, tid }, true);
  }

  #poke(tid: number, index: number, value: bigint): void {
    this.pokes.push(`${index}=${value.toString(16)}`);
    Tracer.demand(this.#stage.tracer.poke(tid, index, value));
  }
}

/** LEN<<2 | R/W: eight bytes of data, or an instruction. */
function fieldOf({ kind, access }: Trigger): number {
  if (kind === 'code') return 0;
  return (2 << 2) | (access === 3 ? 3 : 1);
}
