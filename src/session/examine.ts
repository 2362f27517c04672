// What `doctor` asks: does this machine work, and what is known of one process.
import { AssertionError } from '../base/assert.js';
import type { Engine } from '../engines/contract.js';
import {
  executablePath,
  likelySlotHolders,
  ownPrivileges,
  type Privileges,
  processStatus,
  type SlotHolder,
  securitySettings,
  threadIds,
} from '../engines/host/facts.js';
import { type SelfTest, selfTest } from '../engines/self-test.js';
import { ProcessImage } from '../symbols/live/process-image.js';
import { tryEngines } from './choose-engine.js';
import { permissionHint, traceHint } from './diagnostics.js';
import type { Allowed } from './engine-advice.js';
import { NoSuchProcessError } from './errors.js';

/** The state of this machine. */
export interface MachineReport {
  readonly kernel: string;
  readonly privileges: ReturnType<typeof ownPrivileges>;
  readonly security: ReturnType<typeof securitySettings>;
  /** Best first: `auto` takes the first that can be tried. */
  readonly engines: readonly EngineReport[];
  /** Of the engine that `auto` takes. */
  readonly test: SelfTest;
  /** Sentences: what would work better, and how to get it. */
  readonly advice: readonly string[];
}

/** What is known of one engine. */
export interface EngineReport {
  readonly name: string;
  readonly works: boolean;
  /** Why not; null when it works. */
  readonly problem: string | null;
  /** What would help, where that is known. */
  readonly advice: string | null;
}

/** Tries all engines, and tests those that can be tried on this process's own memory. */
export async function examineMachine(kernel: string): Promise<MachineReport> {
  const privileges = ownPrivileges();
  const security = securitySettings();
  const engines: EngineReport[] = [];
  let chosen: { readonly engine: Engine; readonly test: SelfTest } | null = null;
  for (const { name, engine, obstacle } of await tryEngines()) {
    if (obstacle !== null) {
      engines.push({ name, works: false, ...obstacle });
    } else {
      const test = await selfTest(engine);
      engines.push(testedEngine(test, privileges));
      chosen ??= { engine, test };
    }
  }
  if (chosen === null) throw new AssertionError('no engine can be tried');
  const advice = [...enginesAdvice(engines), ...settingsAdvice(chosen.engine, { privileges, security })];
  return { kernel, privileges, security, engines, test: chosen.test, advice };
}

function testedEngine({ engine: name, checks, slotsWorking }: SelfTest, privileges: Privileges): EngineReport {
  const problem = checks.find(({ works }) => !works)?.problem ?? null;
  return { name, works: slotsWorking > 0, problem, advice: problem === null ? null : testAdvice(problem, privileges) };
}

/** What would help where a check fails so. */
function testAdvice(problem: string, privileges: Privileges): string | null {
  if (/EACCES|EPERM/.test(problem))
    return problem.includes('ptrace') ? traceHint(process.pid, privileges) : permissionHint(process.pid, privileges);
  if (problem.includes('ENOSPC')) return 'Debug registers are taken: see the holders below, or run as root to see all of them.';
  if (problem.startsWith('armed, but'))
    return 'Registers take values but do not fire: the hypervisor does not pass debug exceptions on (seen with WSL 1 and some SEV-SNP guests). hwbkpt cannot work here.';
  return null;
}

/** The same trouble is told once, however many engines have it. */
function enginesAdvice(engines: readonly EngineReport[]): string[] {
  const texts = engines
    .filter(({ advice }) => advice !== null)
    .map(({ name, works, problem, advice }) => {
      return works ? `${advice}` : `For the ${name} engine (${problem}): ${advice}`;
    });
  return [...new Set(texts)];
}

function settingsAdvice({ capabilities }: Engine, { privileges, security }: Allowed): string[] {
  const { lockdown, bpfJit } = security;
  const advice: string[] = [];
  if (!capabilities.kernelWrites)
    advice.push(
      'What the kernel writes (read(2) into a variable) is not seen: run with sudo or CAP_PERFMON, or `sysctl kernel.perf_event_paranoid=1`.',
    );
  if (capabilities.targets.includes('kernel') && !privileges.sysAdmin)
    advice.push('Kernel variables cannot be watched: breakpoints on kernel addresses need CAP_SYS_ADMIN beside CAP_BPF and CAP_PERFMON.');
  if (bpfJit === 0) advice.push('BPF programs are interpreted, which makes each hit dearer: `sysctl net.core.bpf_jit_enable=1`.');
  if (lockdown === 'confidentiality')
    advice.push(
      'Lockdown (confidentiality) keeps the memory of the kernel secret: kernel variables cannot be watched with values, nor found.',
    );
  return advice;
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
