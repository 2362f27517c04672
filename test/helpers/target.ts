// A fixture that runs by itself, for tests that attach to it: started, ready, and told when to go on.
import { type BuildOptions, buildFixture } from './build-fixture.js';
import { ManagedProcess, type StartOptions } from './managed-process.js';

export interface TargetOptions {
  /** Arguments beside `--wait`. */
  readonly args?: readonly string[];
  readonly build?: BuildOptions;
  readonly start?: Omit<StartOptions, 'stdin'>;
}

/** A variable of the target, as the target itself shows it. */
export interface ShownAddress {
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
}

/** A running fixture. Hold it with `await using`. */
export class Target extends ManagedProcess {
  readonly program: string;

  constructor(program: string, args: readonly string[], options: StartOptions = {}) {
    super(program, args, { ...options, stdin: 'pipe' });
    this.program = program;
  }

  /** Lets a fixture that waits go on. */
  go(): void {
    this.send('\n');
  }

  /** Where variable `name` lies. Throws where the fixture does not show it. */
  shown(name: string): ShownAddress {
    const line = this.stdout.lines.find((candidate) => candidate.startsWith(`address ${name} `));
    const [address, size] = line?.slice(`address ${name} `.length).split(' ') ?? [];
    if (address === undefined) throw new Error(`${this.program} does not show the address of ${name}`);
    return { address: BigInt(address), size: Number(size) };
  }
}

/** Builds fixture `name`, starts it with `--wait`, and returns when it is ready: it goes on after {@link Target.go}. */
export async function startTarget(name: string, options: TargetOptions = {}): Promise<Target> {
  const program = await buildFixture(name, options.build);
  const target = new Target(program, ['--wait', ...(options.args ?? [])], options.start);
  try {
    await target.waitForLine(/^ready$/);
  } catch (error) {
    await target[Symbol.asyncDispose]();
    throw error;
  }
  return target;
}
