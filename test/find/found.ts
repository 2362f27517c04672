// hwbkpt find as tests call it: a folder of its own for what it keeps, and its JSON read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import type { Target } from '../helpers/target.js';

/** A place as `find --json` prints it. */
export interface PlaceMessage {
  readonly type: 'place';
  readonly address: string;
  readonly size: number;
  readonly value: unknown;
  readonly region: string | null;
  readonly symbol: string | null;
}

/** The last line of `find --json`. */
export interface FoundMessage {
  readonly type: 'found';
  readonly places: number;
  readonly value_type: string;
  readonly read: number | null;
  readonly unreadable: number | null;
  readonly gone: number;
  readonly watch: string | null;
  readonly state: string;
}

export interface FindAnswer {
  readonly places: readonly PlaceMessage[];
  readonly found: FoundMessage;
}

/** Where searches are kept between calls. Hold it with `using`. */
export class SearchFolder implements Disposable {
  readonly path = mkdtempSync(`${tmpdir()}/hwbkpt-find-`);

  get environment(): Readonly<Record<string, string>> {
    return { XDG_RUNTIME_DIR: this.path };
  }

  /** `hwbkpt find ... --json` that must end well. */
  async find(...args: readonly string[]): Promise<FindAnswer> {
    const { stdout, stderr, status } = await runHwbkpt(['find', ...args, '--json'], { environment: this.environment });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as PlaceMessage | FoundMessage);
    const found = lines.pop();
    if (found?.type !== 'found') throw new Error(`no found line last: ${stdout}`);
    return { places: lines.filter((line) => line.type === 'place'), found };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Has the fixture `values-on-command` change a value, and waits until it has. */
export async function tell(target: Target, name: string, value: string): Promise<void> {
  target.send(`${name} ${value}\n`);
  await target.waitForLine(new RegExp(`^${name} ${value}$`));
}

/** 0x... */
export function addressOf(target: Target, name: string): string {
  return `0x${target.shown(name).address.toString(16)}`;
}
