// gdb's breakpoints and watchpoints as watches of its client. gdb takes all of them away at every stop and sets them again before it goes on: while
// the whole target stands, what is taken away stays armed until the target is about to run, and is not armed anew when it is set again.
import type { Client, ClientWatch } from '../../session/debug/index.js';
import { refusalOf } from './refusals.js';

/** What the packets Z0 to Z4 ask for. */
export type PointType = 0 | 1 | 2 | 3 | 4;

/** One that gdb wants. `linker`: the server's own, for gdb's many on the events of the dynamic linker. */
export interface Point {
  readonly pid: number;
  readonly type: PointType;
  readonly kind: 'code' | 'data' | 'linker';
  readonly address: bigint;
  /** Bytes; 1 for code. */
  readonly length: number;
  /** gdb does without it where slots are lacking. */
  readonly isOptional: boolean;
}

interface Armed {
  readonly point: Point;
  /** Null: it has made room for a step, and is armed again when the target goes on. */
  watch: ClientWatch | null;
  isWanted: boolean;
}

/** What may wait for a slot, and lose it to anybody. */
const LOWEST_PRIORITY = 0;

export class Points {
  readonly #client: Client;
  readonly #armed = new Map<string, Armed>();
  readonly #byWatch = new Map<number, Armed>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Arms it, unless it is armed. Throws RefusedError: it is not armed then. */
  async add(point: Point): Promise<void> {
    const known = this.#armed.get(keyOf(point));
    if (known !== undefined) {
      known.isWanted = true;
      return;
    }
    const armed: Armed = { point, watch: null, isWanted: true };
    await this.#arm(armed);
    this.#armed.set(keyOf(point), armed);
  }

  /** Where slots are lacking, what is not wanted any more makes room first. */
  async #arm(armed: Armed): Promise<void> {
    try {
      await this.#watch(armed);
    } catch (error) {
      if ((await this.#flush()) === 0) throw refusalOf(error);
      await this.#watch(armed).catch((second: unknown) => {
        throw refusalOf(second);
      });
    }
  }

  async #watch(armed: Armed): Promise<void> {
    const { pid, type, kind, address, length, isOptional } = armed.point;
    const hex = `0x${address.toString(16)}`;
    const options = { stop: true, pid, unmapped: true, priority: isOptional ? LOWEST_PRIORITY : undefined };
    const watch =
      kind === 'data'
        ? await this.#client.watch(`${hex}:${length}`, { ...options, access: type === 2 ? 'write' : 'readwrite', as: 'hex' })
        : await this.#client.watch(hex, { ...options, access: 'execute' });
    armed.watch = watch;
    this.#byWatch.set(watch.id, armed);
  }

  /** It is not wanted any more. */
  remove(point: Point): void {
    const armed = this.#armed.get(keyOf(point));
    if (armed !== undefined) armed.isWanted = false;
  }

  /** The target is about to run: what is armed is what is wanted. `steps`: it needs a slot for itself. */
  async settle({ steps }: { readonly steps: boolean }): Promise<void> {
    await this.#flush();
    if (steps) return;
    for (const armed of this.#armed.values()) if (armed.watch === null) await this.#watch(armed).catch(() => undefined);
  }

  /** Disarms what may wait, for a step; resolves to whether there was any. */
  async yieldSlots(): Promise<boolean> {
    const optional = [...this.#armed.values()].filter(({ point, watch }) => point.isOptional && watch !== null);
    for (const armed of optional) await this.#disarm(armed);
    return optional.length > 0;
  }

  async #flush(): Promise<number> {
    const unwanted = [...this.#armed.values()].filter(({ isWanted }) => !isWanted);
    for (const armed of unwanted) {
      this.#armed.delete(keyOf(armed.point));
      await this.#disarm(armed);
    }
    return unwanted.length;
  }

  /** Hits that are on their way are told until it is closed. */
  async #disarm(armed: Armed): Promise<void> {
    const { watch } = armed;
    armed.watch = null;
    if (watch === null) return;
    await watch.close();
    this.#byWatch.delete(watch.id);
  }

  /** Process `pid` runs another program: what was armed in the one before is gone. */
  async executed(pid: number): Promise<void> {
    for (const armed of this.#armed.values()) if (armed.point.pid === pid) armed.isWanted = false;
    await this.#flush();
  }

  /** Whether gdb wants this one now. */
  has(point: Point): boolean {
    return this.#armed.get(keyOf(point))?.isWanted === true;
  }

  /** Null for a watch that is none of these. */
  ofWatch(id: number): Point | null {
    return this.#byWatch.get(id)?.point ?? null;
  }

  /** A watch has ended by itself. */
  ended(id: number): void {
    const armed = this.#byWatch.get(id);
    if (armed?.watch?.id !== id) return;
    this.#byWatch.delete(id);
    this.#armed.delete(keyOf(armed.point));
  }
}

function keyOf({ pid, type, kind, address, length }: Point): string {
  return `${pid} ${type} ${kind} ${address.toString(16)} ${length}`;
}
