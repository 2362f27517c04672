// A client of a target that nobody stops: threads stand and go as the test, or the adapter, says. Its memory is that of a real process.

import { as, type VirtualAddress } from '../../src/base/brand.js';
import type {
  Client,
  ClientEvent,
  ClientStopCause,
  ClientThread,
  ClientWatch,
  ClientWatchOptions,
  SlotUse,
} from '../../src/session/debug/index.js';
import { USER_REGISTER_WORDS } from '../../src/session/debug/index.js';
import { NoSlotError } from '../../src/session/errors.js';

/** Index of the instruction and of the stack pointer in struct user_regs_struct. */
const RIP = 16;
const RSP = 19;
const SLOTS = 4;

/** Where the thread seems to stand. */
export interface Standing {
  readonly rip: bigint;
  readonly rsp: bigint;
}

export class FakeClient implements Client {
  readonly name = 'dap';
  readonly role = 'controls';
  readonly pid: number;
  readonly capabilities: Client['capabilities'] = {
    ...{ name: 'stop', stopsTarget: true, kernelWrites: false, slots: SLOTS, values: 'read-at-hit', pauses: false, blindTo: [] },
    ...{ accesses: ['write', 'readwrite', 'execute'], inherits: ['none', 'threads', 'children'] },
    ...{ targets: ['process'], handles: ['each', 'stops'] },
  };
  readonly #standing: Standing;
  readonly #watches = new Map<number, ClientWatch>();
  readonly #stopped = new Set<number>();
  #listener: ((event: ClientEvent) => void) | null = null;
  #next = 1;

  constructor(pid: number, standing: Standing) {
    this.pid = pid;
    this.#standing = standing;
  }

  onEvent(listener: ((event: ClientEvent) => void) | null): void {
    this.#listener = listener;
  }

  /** Soon, as from the event loop. */
  tell(event: ClientEvent): void {
    setImmediate(() => this.#listener?.(event));
  }

  stand(cause: ClientStopCause): void {
    this.#stopped.add(this.pid);
    this.tell({ type: 'stopped', stop: { pid: this.pid, tid: this.pid, cause, time: 0n } });
  }

  async watch(expression: string, { access = 'write' }: ClientWatchOptions = {}): Promise<ClientWatch> {
    if (this.#watches.size >= SLOTS) throw new NoSlotError('no debug register is free');
    const id = this.#next++;
    const watch: ClientWatch = {
      id,
      info: { expression, address: as<VirtualAddress>(0x1000n), size: 8, access, type: { kind: 'bytes', size: 8, name: '' } },
      arming: { isArmed: true, threads: 1, cpus: 1, notCovered: [], slots: 1, cover: 'exact', pointerSlots: null },
      isArmed: true,
      tally: async () => [],
      close: async () => void this.#watches.delete(id),
    };
    this.#watches.set(id, watch);
    return watch;
  }

  async slots(): Promise<readonly SlotUse[]> {
    return [...this.#watches.values()].map(({ info }) => ({
      ...{ client: this.name, expression: info.expression, priority: null, address: 0x1000n, length: 8, armed: true },
    }));
  }

  async threads(): Promise<readonly ClientThread[]> {
    return [{ pid: this.pid, tid: this.pid, name: 'looked-at', stop: null }];
  }

  async setPolicy(): Promise<void> {}

  async stop(): Promise<void> {
    if (!this.#stopped.has(this.pid)) this.stand({ kind: 'interrupted' });
  }

  /** Hits whatever is watched, where anything is. */
  async resume(tids: readonly number[] | 'all'): Promise<void> {
    if (tids !== 'all' || !this.#stopped.delete(this.pid)) return;
    const [watch] = this.#watches.values();
    if (watch?.info.access !== 'execute') return;
    this.stand({ kind: 'signal', signal: 11 });
  }

  async step(): Promise<void> {
    this.#stopped.delete(this.pid);
    this.stand({ kind: 'step' });
  }

  async registers(): Promise<BigUint64Array> {
    const words = new BigUint64Array(USER_REGISTER_WORDS);
    words[RIP] = this.#standing.rip;
    words[RSP] = this.#standing.rsp;
    return words;
  }

  async setRegisters(): Promise<void> {}

  async extendedState(): Promise<Uint8Array> {
    return new Uint8Array(512);
  }

  async setExtendedState(): Promise<void> {}

  async signalInfo(): Promise<Uint8Array | null> {
    return null;
  }

  async setSignalInfo(): Promise<void> {}

  async readMemory(_pid: number, _address: bigint, length: number): Promise<Uint8Array | null> {
    return new Uint8Array(Math.min(length, 64));
  }

  async writeMemory(): Promise<void> {}

  async kill(): Promise<void> {}

  async detach(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener = null;
  }
}
