// Files as a kernel's build leaves them, made for the running kernel: a vmlinux with debug information that knows one variable and a few
// functions, where the running kernel has them, and the System.map that goes with it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Functions that every kernel has. The first one is also described with a line. */
const FUNCTIONS = ['do_proc_dointvec_conv', 'vfs_write', 'ksys_write', 'do_sys_openat2', 'schedule'];

/** Where the file puts things. */
export interface FakePlan {
  /** The address of `printk_ratelimit_state` in the running kernel. */
  readonly state: bigint;
  /** The file was linked so many bytes below where the kernel runs: KASLR. */
  readonly shift?: bigint;
  /** One of its functions lies so many bytes beside its place. */
  readonly skew?: bigint;
}

/** A folder with the files. Dispose of it. */
export class FakeKernelFiles implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'hwbkpt-vmlinux-'));
  readonly vmlinux = join(this.folder, 'vmlinux');
  readonly systemMap = join(this.folder, 'System.map');

  constructor({ state, shift = 0n, skew = 0n }: FakePlan) {
    const running = kernelFunctions();
    const linked = new Map([...running].map(([name, address]) => [name, address - shift]));
    const skewed = [...linked].at(-1);
    if (skewed !== undefined) linked.set(skewed[0], skewed[1] + skew);
    this.#writeMap(linked, state - shift);
    this.#link(linked, state - shift);
  }

  #writeMap(functions: ReadonlyMap<string, bigint>, state: bigint): void {
    const lines = [...functions].map(([name, address]) => `${address.toString(16)} T ${name}`);
    writeFileSync(this.systemMap, `${[...lines, `${state.toString(16)} D printk_ratelimit_state`].sort().join('\n')}\n`);
  }

  /** Each function in a section of its own, as each has its place. */
  #link(functions: ReadonlyMap<string, bigint>, state: bigint): void {
    const places = [...functions].flatMap(([name, address]) => [`-Wl,--section-start=.code_${name}=0x${address.toString(16)}`]);
    writeFileSync(join(this.folder, 'vmlinux.c'), source([...functions.keys()]));
    execFileSync(
      'gcc',
      [
        ...['-g', '-O1', '-mcmodel=kernel', '-fno-pie', '-no-pie', '-static', '-nostdlib', '-fno-asynchronous-unwind-tables'],
        ...['-Wl,--build-id=none', '-Wl,-e,_stext', `-Wl,--section-start=.state=0x${state.toString(16)}`, ...places],
        ...['-o', this.vmlinux, 'vmlinux.c'],
      ],
      { cwd: this.folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** As include/linux/ratelimit_types.h has it. */
function source(functions: readonly string[]): string {
  return [
    'struct ratelimit_state { unsigned lock; int interval; int burst; int rs_n_left; int missed; unsigned flags; unsigned long begin; };',
    '__attribute__((section(".state"))) struct ratelimit_state printk_ratelimit_state = { .burst = 10 };',
    // As large as the real ones or larger, so that lines cover them.
    ...functions.map(
      (name) => `__attribute__((section(".code_${name}"), used)) int ${name}(void) { asm volatile(".skip 0x40, 0x90"); return 0; }`,
    ),
    '',
  ].join('\n');
}

/** Addresses of {@link FUNCTIONS} and `_stext` in the running kernel, as far as it has them; none where it hides them. */
export function kernelFunctions(): Map<string, bigint> {
  const found = new Map<string, bigint>();
  for (const line of readFileSync('/proc/kallsyms', 'latin1').split('\n')) {
    const [address = '', , name = ''] = line.split(/[ \t]/);
    if (['_stext', ...FUNCTIONS].includes(name) && !/^0+$/.test(address) && !line.includes('\t')) found.set(name, BigInt(`0x${address}`));
  }
  return found;
}

/** Why the running kernel's list of names cannot be used here; null: it can. */
export function hiddenNames(): string | null {
  return kernelFunctions().size > 3 ? null : 'the kernel hides its addresses';
}
