// What this machine has of what tests need: each probe tries the thing itself where that is cheap, and says why not where it fails.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { Mapping, PAGE_SIZE } from '../../src/linux/mapping.js';
import { PerfEvent } from '../../src/linux/perf-event.js';
import { mayWatchKernelMode, ownPrivileges } from '../../src/linux/procfs/privileges.js';
import { ptraceSeize } from '../../src/linux/ptrace.js';
import { countingWatch } from './counting-watch.js';
import { findCommand } from './find-command.js';
import { fixtureSource } from './fixture-source.js';
import { FIXTURES } from './paths.js';

/** Null where the thing is there, else why it is not. */
type Probe = () => string | null;

/** Everything that tests may ask for beside single commands. */
const DEBUG_LIBSTDCXX = '/usr/lib/x86_64-linux-gnu/debug/libstdc++.so.6';

export const PROBES = {
  /** A breakpoint of this process on its own memory can be opened, and counts a write. */
  perf: attempt(probePerf),
  /** A child may be traced. */
  ptrace: attempt(probePtrace),
  /** perf may watch kernel mode, and any process may be traced. */
  privileged: () => {
    const privileges = ownPrivileges();
    return mayWatchKernelMode(privileges) && privileges.sysPtrace ? null : 'no CAP_PERFMON and CAP_SYS_PTRACE';
  },
  /** BPF programs may be loaded. */
  bpf: () => (ownPrivileges().bpf ? null : 'no CAP_BPF'),
  /** This is root, so that tests can become somebody else. */
  root: () => (process.getuid?.() === 0 ? null : 'not root'),
  /** 32-bit programs can be built and run. */
  ia32: attempt(probeIa32),
  avx: () => (/^flags\s*:.*\bavx\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')) ? null : 'the processor has no AVX'),
  'two-cpus': () => (availableParallelism() >= 2 ? null : 'one CPU only'),
  /** The last processor can be taken offline. */
  hotplug: () => (existsSync(lastCpuSwitch()) ? null : `no ${lastCpuSwitch()}`),
  /** A PID namespace of one's own can be had. */
  'pid-namespace': () =>
    spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0 ? null : 'unshare(1) makes no PID namespace',
  'perf-tool': command('perf'),
  gcc: command('gcc'),
  'g++': command('g++'),
  clang: command('clang'),
  gdb: command('gdb'),
  bpftrace: command('bpftrace'),
  /** Debug information of the C library, as Debian's libc6-dbg installs it. */
  'libc-debug': debugFile('/lib/x86_64-linux-gnu/libc.so.6'),
  /** The C++ library with debug information, as Debian's libstdc++6-12-dbg installs it. */
  'libstdc++-debug': () => (existsSync(DEBUG_LIBSTDCXX) ? null : `no ${DEBUG_LIBSTDCXX}`),
  /** Debug information of Python, as Debian's python3.11-dbg installs it. */
  'python-debug': debugFile('/usr/bin/python3.11'),
} as const satisfies Record<string, Probe>;

/** The file that takes the last processor offline and back: the first can seldom be taken. */
export function lastCpuSwitch(): string {
  const last = readFileSync('/sys/devices/system/cpu/present', 'utf8').trim().split(/[-,]/).at(-1) ?? '0';
  return `/sys/devices/system/cpu/cpu${last}/online`;
}

/** The probe of any command: `command:readelf`. */
export function command(name: string): Probe {
  return () => (findCommand(name) === null ? `${name} is not installed` : null);
}

/** The probe of a file's separate debug information, which packages put where the build id says. */
function debugFile(path: string): Probe {
  return () => {
    if (!existsSync(path)) return `no ${path}`;
    const id = /Build ID: ([0-9a-f]+)/.exec(spawnSync('readelf', ['--notes', path], { encoding: 'utf8' }).stdout ?? '')?.[1];
    if (id === undefined) return `readelf shows no build id of ${path}`;
    const debug = `/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`;
    return existsSync(debug) ? null : `no ${debug}`;
  };
}

function attempt(act: () => string | null): Probe {
  return () => {
    try {
      return act();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

/** One page of our own that a breakpoint can watch. */
class WatchedPage extends Mapping {
  where(): bigint {
    return this.address();
  }

  write(value: number): void {
    new Uint8Array(this.view())[0] = value;
  }

  protected release(): void {
    // Views are made for one write each, so there is none to drop.
  }
}

function probePerf(): string | null {
  using page = new WatchedPage(PAGE_SIZE, null);
  using event = PerfEvent.open(countingWatch(page.where(), 1), { tid: 0, cpu: -1 });
  page.write(1);
  return event.count() > 0 ? null : 'a breakpoint was opened but did not count a write';
}

/** Seizing stops nobody, so that Node's own handling of its children is not disturbed. */
function probePtrace(): string | null {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  if (child.pid === undefined) return 'sleep cannot be started';
  try {
    ptraceSeize(child.pid, 0);
    return null;
  } finally {
    child.kill('SIGKILL');
  }
}

function probeIa32(): string | null {
  const { sources, compiler, flags } = fixtureSource('ia32');
  const folder = mkdtempSync(`${tmpdir()}/hwbkpt-probe-`);
  try {
    const built = spawnSync(compiler, [...sources, '-o', `${folder}/ia32`, ...flags], { cwd: FIXTURES, encoding: 'utf8' });
    if (built.status !== 0) return '32-bit programs cannot be built';
    return spawnSync(`${folder}/ia32`, { input: '' }).status === 7 ? null : '32-bit programs cannot be run';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
