// What `doctor` asks: does this machine work, and what is known of one process.
import { executablePath, likelySlotHolders, ownPrivileges, processStatus, type SlotHolder, threadIds } from '../engines/host/facts.js';
import { type SelfTest, selfTest } from '../engines/self-test.js';
import { ProcessImage } from '../symbols/live/process-image.js';
import { chooseEngine } from './choose-engine.js';
import { permissionHint } from './diagnostics.js';
import { NoSuchProcessError } from './errors.js';

/** The state of this machine. */
export interface MachineReport {
  readonly kernel: string;
  readonly privileges: ReturnType<typeof ownPrivileges>;
  readonly test: SelfTest;
  /** Sentences: what would work better, and how to get it. */
  readonly advice: readonly string[];
}

/** Tests the chosen engine on this process's own memory. */
export async function examineMachine(kernel: string): Promise<MachineReport> {
  const privileges = ownPrivileges();
  const engine = await chooseEngine('auto');
  const test = await selfTest(engine);
  const advice: string[] = [];
  const failing = test.checks.filter(({ works }) => !works);
  if (failing.some(({ problem }) => problem?.includes('EACCES') === true || problem?.includes('EPERM') === true))
    advice.push(permissionHint(process.pid, privileges));
  if (failing.some(({ problem }) => problem?.includes('ENOSPC') === true))
    advice.push('Debug registers are taken: see the holders below, or run as root to see all of them.');
  if (failing.some(({ problem }) => problem?.startsWith('armed, but') === true))
    advice.push(
      'Registers take values but do not fire: the hypervisor does not pass debug exceptions on (seen with WSL 1 and some SEV-SNP guests). hwbkpt cannot work here.',
    );
  if (!engine.capabilities.kernelWrites)
    advice.push(
      'What the kernel writes (read(2) into a variable) is not seen: run with sudo or CAP_PERFMON, or `sysctl kernel.perf_event_paranoid=1`.',
    );
  return { kernel, privileges, test, advice };
}

/** What is known of one process. */
export interface ProcessReport {
  readonly pid: number;
  readonly name: string;
  readonly executable: string | null;
  readonly threads: number;
  readonly tracer: number;
  /** Loaded files, with how much is known of their names. */
  readonly modules: readonly { readonly path: string; readonly symbols: string }[];
  readonly holders: readonly SlotHolder[];
}

/** Looks at process `pid` without touching it. Throws NoSuchProcessError, NoProcessImageError. */
export function examineProcess(pid: number): ProcessReport {
  const status = processStatus(pid);
  if (status === null) throw new NoSuchProcessError(pid);
  using image = new ProcessImage(pid);
  return {
    pid,
    name: status.name,
    executable: executablePath(pid),
    threads: threadIds(pid).length,
    tracer: status.tracer,
    modules: image.modules.map((module) => ({ path: module.path, symbols: module.level })),
    holders: likelySlotHolders(pid),
  };
}

/** Who may hold debug registers on this machine. */
export function slotHolders(): SlotHolder[] {
  return likelySlotHolders(process.pid);
}
