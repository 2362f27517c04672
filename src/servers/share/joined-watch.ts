// A watch of a command that has joined a process: the same for the command also when the owner leaves and the process is attached to again.
import type { WatchInfo } from '../../model/hit.js';
import type { ClientWatch } from '../../session/debug/index.js';
import type { TallyRow, WatchArming, WatchOptions } from '../../session/index.js';
import type { RunWatch } from './run-target.js';

/** Larger than any number of one owner's tally. */
const NEXT_OWNER = 2 ** 40;

export class JoinedWatch implements RunWatch {
  readonly expression: string;
  readonly options: WatchOptions;
  /** Null while nobody watches it. */
  #way: { readonly kind: 'joined'; readonly watch: ClientWatch } | { readonly kind: 'own'; readonly watch: RunWatch } | null = null;
  #state: Pick<RunWatch, 'info' | 'arming'>;
  /** What owners that are gone had counted, as far as they had said so. */
  #before: TallyRow[] = [];
  #rows: readonly TallyRow[] = [];
  #owners = 0;

  constructor(expression: string, options: WatchOptions, watch: ClientWatch) {
    this.expression = expression;
    this.options = options;
    this.#state = { info: watch.info, arming: watch.arming };
    this.#way = { kind: 'joined', watch };
  }

  get info(): WatchInfo {
    return (this.#way?.watch ?? this.#state).info;
  }

  get arming(): WatchArming {
    return (this.#way?.watch ?? this.#state).arming;
  }

  get isArmed(): boolean {
    return this.#way?.watch.isArmed === true;
  }

  /** Whether somebody watches it. */
  get isWatched(): boolean {
    return this.#way !== null;
  }

  /** The owner's watch, where it is joined. */
  get joined(): ClientWatch | null {
    return this.#way?.kind === 'joined' ? this.#way.watch : null;
  }

  get counts(): boolean {
    return (this.options.keep ?? 'each') !== 'each';
  }

  /** What was counted so far, as far as it is known here: {@link refresh}. */
  tally(): TallyRow[] {
    const rows = this.#way?.kind === 'own' ? this.#way.watch.tally() : this.#rows;
    return [...this.#before, ...rows.map((row) => this.#later(row))];
  }

  /** Values of a later owner are later. */
  #later(row: TallyRow): TallyRow {
    const offset = this.#owners * NEXT_OWNER;
    return offset === 0 ? row : { ...row, firstAt: row.firstAt + offset, lastAt: row.lastAt + offset };
  }

  /** Asks the owner for what it has counted. */
  async refresh(): Promise<void> {
    const { joined } = this;
    if (joined === null || !this.counts) return;
    const rows = await joined.tally();
    if (this.joined === joined) this.#rows = rows;
  }

  /** Whoever watched it is gone. */
  lost(): void {
    this.#before = this.tally();
    this.#rows = [];
    this.#owners++;
    this.#state = { info: this.info, arming: { ...this.arming, isArmed: false } };
    this.#way = null;
  }

  joinedBy(watch: ClientWatch): void {
    this.#way = { kind: 'joined', watch };
  }

  ownedBy(watch: RunWatch): void {
    this.#way = { kind: 'own', watch };
  }
}
