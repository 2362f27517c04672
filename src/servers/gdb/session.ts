// One gdb or lldb and its client: everything that the packets' code works with.
import { type Register, registersOf } from '../../protocols/rsp/index.js';
import type { Client, ClientStop } from '../../session/debug/index.js';
import { ThreadBlocks } from '../../session/inspect/index.js';
import { Files } from './files.js';
import { Int3s } from './int3s.js';
import { Libraries } from './libraries.js';
import type { Peer } from './peer.js';
import { Points } from './points.js';
import { type Landmark, landmarkAt } from './probes.js';
import { hasAvx } from './procfs.js';
import { RegisterCache } from './register-cache.js';
import { RefusedError } from './replies.js';
import { newSettings, type Settings } from './settings.js';
import { Steering } from './steering.js';
import { isInRange } from './stepping-range.js';
import { isSame, reasonsOf, type StopReason } from './stop-reasons.js';
import { StopReplies } from './stop-reply.js';
import { type Thread, Threads } from './threads.js';

/** What the server's user has chosen. */
export interface SessionOptions {
  /** gdb may write int3 into code. */
  readonly int3: boolean;
  readonly stepBy: 'breakpoint' | 'trap-flag';
  /** Children are followed. */
  readonly followsChildren: boolean;
  /** The target was there before us: gdb's `quit` is to leave it alone. */
  readonly attached: boolean;
}

export class GdbSession {
  readonly client: Client;
  readonly peer: Peer;
  readonly options: SessionOptions;
  readonly settings: Settings = newSettings();
  readonly threads = new Threads();
  readonly points: Points;
  readonly registers: RegisterCache;
  /** By number. */
  readonly layout: readonly Register[] = registersOf({ avx: hasAvx() });
  readonly steering: Steering;
  readonly libraries: Libraries;
  readonly int3s: Int3s;
  readonly files = new Files();
  readonly threadBlocks = new ThreadBlocks();
  /** What Hg and Hc have chosen; null: the one whose stop was told last. */
  chosen: { general: Thread | null; resumed: Thread | null } = { general: null, resumed: null };
  /** Threads that qsThreadInfo has still to name. */
  listing: Thread[] = [];
  /** What qXfer is reading. */
  document: { readonly key: string; readonly text: string | null } = { key: '', text: null };
  readonly replies: StopReplies;
  #hasMetAll = false;
  readonly #landmarks = new Map<bigint, Landmark>();

  constructor(client: Client, peer: Peer, options: SessionOptions) {
    this.client = client;
    this.peer = peer;
    this.options = options;
    this.points = new Points(client);
    this.registers = new RegisterCache(client);
    this.libraries = new Libraries(client);
    this.int3s = new Int3s(client, this.registers);
    const { settings, registers, points, threads, layout } = this;
    const replies = new StopReplies({ settings, registers, layout, known: () => this.steering.known() });
    this.replies = replies;
    this.steering = new Steering({
      ...{ client, peer, settings, registers, points, threads, replies },
      stepBy: options.stepBy,
      followsChildren: options.followsChildren,
      reasons: (thread, stop) => this.#reasons(thread, stop),
    });
  }

  async #reasons(thread: Thread, stop: ClientStop): Promise<readonly StopReason[] | null> {
    if (stop.cause.kind === 'step' && (await isInRange(thread, this.registers))) return null;
    if (stop.cause.kind === 'signal' && (await this.int3s.met(stop))) return [{ kind: 'int3' }];
    const reasons = reasonsOf(stop, this.points);
    if (stop.cause.kind === 'exec') await this.#executed(stop.pid);
    // lldb looks itself, at each state that the linker announces.
    if (this.settings.isLldb || !reasons.some(({ kind }) => kind === 'library')) return reasons;
    return (await this.libraries.haveChanged(stop.pid)) ? reasons : reasons.filter(({ kind }) => kind !== 'library');
  }

  async #executed(pid: number): Promise<void> {
    this.libraries.forget();
    this.#landmarks.clear();
    await this.points.executed(pid);
  }

  /** The thread that `g`, `m` and their like mean. Throws RefusedError: there is none. */
  get general(): Thread {
    const thread = this.chosen.general ?? this.steering.current;
    if (thread === null) throw new RefusedError('ESRCH', 'no such thread');
    return thread;
  }

  /** The process that `m` and its like mean. */
  get pid(): number {
    return (this.chosen.general ?? this.steering.current)?.pid ?? this.client.pid;
  }

  /** Takes in threads that nobody has told of: those that were there before us. Of others we are told before their parents stand. */
  async learnThreads(): Promise<void> {
    if (this.#hasMetAll && this.steering.known().every(({ stop }) => stop !== null)) return;
    this.#hasMetAll = true;
    for (const { pid, tid, stop } of await this.client.threads()) this.threads.meet({ pid, tid }, null).stop ??= stop;
  }

  /** Why a thread stands, as it was told or is by this: it is not told again. */
  tell({ stop, reasons }: Thread): StopReason {
    const [reason] = stop === null ? [] : reasonsOf(stop, this.points);
    if (reason === undefined) return { kind: 'signal', signal: 0 };
    const at = reasons.findIndex((waiting) => isSame(waiting, reason));
    if (at >= 0) reasons.splice(at, 1);
    return reason;
  }

  /** What an address of code is to gdb. */
  landmark(address: bigint): Landmark {
    const known = this.#landmarks.get(address);
    if (known !== undefined) return known;
    const found = landmarkAt(this.pid, address);
    this.#landmarks.set(address, found);
    return found;
  }

  /** Lets go of everything: breakpoints, threads, files. The client is left. */
  async leave(): Promise<void> {
    this.files.closeAll();
    this.threadBlocks[Symbol.dispose]();
    this.client.onEvent(null);
    await this.client[Symbol.asyncDispose]();
  }
}
