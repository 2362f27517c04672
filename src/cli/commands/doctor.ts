// hwbkpt doctor: what works here, shown by doing it.
import { release } from 'node:os';
import { HwbkptError } from '../../base/errors.js';
import type { SlotUse } from '../../session/debug/index.js';
import { examineMachine, examineProcess, holderText, type MachineReport, type ProcessReport, slotHolders } from '../../session/index.js';
import type { Invocation } from '../command-spec.js';
import { STATUS } from '../errors.js';
import { wholeNumber } from '../numbers.js';
import { colorsFor } from '../output/colors.js';
import { addressText } from '../output/messages.js';
import { printLines } from '../output/print.js';
import { plural } from '../output/text.js';
import { visible } from '../output/visible.js';

/** A hwbkpt that has the process, and who has which register of it. */
interface Shared {
  readonly owner: { readonly pid: number; readonly name: string };
  readonly slots: readonly SlotUse[];
}

interface Report {
  readonly machine: MachineReport;
  /** Null where none was asked for. */
  readonly process: ProcessReport | null;
  readonly holders: ProcessReport['holders'];
  /** Null where no hwbkpt of this user's has it. */
  readonly shared: Shared | null;
}

/** Status 125 when nothing can be watched on this machine. */
export async function runDoctor({ options }: Invocation): Promise<number> {
  const pid = wholeNumber(options['pid'], '--pid', 1);
  const examined = pid === null ? null : examineProcess(pid);
  const machine = await examineMachine(release());
  const shared = pid === null ? null : await sharedBy(pid);
  const report = { machine, process: examined, holders: examined?.holders ?? slotHolders(), shared };
  printLines(options['json'] === true ? [JSON.stringify(doctorMessage(report))] : doctorLines(report));
  return machine.test.slotsWorking > 0 ? STATUS.OK : STATUS.FAILED;
}

async function sharedBy(pid: number): Promise<Shared | null> {
  const { joinOwner } = await import('../../servers/share/index.js');
  const client = await joinOwner(pid, `doctor ${process.pid}`, 'watches');
  if (client === null) return null;
  try {
    return { owner: client.owner, slots: await client.slots() };
  } catch (error) {
    if (error instanceof HwbkptError) return null;
    throw error;
  } finally {
    await client[Symbol.asyncDispose]();
  }
}

function doctorMessage({ machine, process: examined, holders, shared }: Report): object {
  const { privileges, security, test } = machine;
  return {
    type: 'doctor',
    kernel: machine.kernel,
    engine: test.engine,
    engines: machine.engines,
    slots_working: test.slotsWorking,
    checks: test.checks,
    privileges: {
      uid: privileges.uid,
      cap_perfmon: privileges.perfmon,
      cap_sys_ptrace: privileges.sysPtrace,
      cap_bpf: privileges.bpf,
      perf_event_paranoid: privileges.perfEventParanoid,
      ptrace_scope: privileges.ptraceScope,
      kptr_restrict: privileges.kptrRestrict,
      unprivileged_bpf_disabled: security.unprivilegedBpfDisabled,
      bpf_jit_enable: security.bpfJit,
      lockdown: security.lockdown,
      seccomp_filter: security.filtered,
    },
    process:
      examined === null
        ? null
        : { pid: examined.pid, name: examined.name, threads: examined.threads, tracer: examined.tracer, modules: examined.modules },
    holders: holders.map(({ pid, name, how }) => ({ pid, name, ...how })),
    shared: shared === null ? null : { owner: shared.owner.pid, name: shared.owner.name, slots: shared.slots.map(slotMessage) },
    advice: machine.advice,
  };
}

function slotMessage({ client, expression, priority, address, length, armed }: SlotUse): object {
  return { client, watch: expression, priority, address: addressText(address), size: length, armed };
}

function doctorLines({ machine, process: examined, holders, shared }: Report): string[] {
  const lines = machineLines(machine);
  if (examined !== null) lines.push('', ...processLines(examined));
  if (shared !== null) lines.push('', ...sharedLines(shared));
  lines.push('', ...holderLines(holders));
  if (machine.advice.length > 0) lines.push('', 'what would help:', ...machine.advice.map((line) => `  ${line}`));
  return lines;
}

function machineLines({ kernel, privileges, security, engines, test }: MachineReport): string[] {
  const { green, red } = colorsFor(1);
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const setting = (value: number | string | null): number | string => value ?? 'absent';
  const line = (works: boolean, name: string, problem: string | null): string =>
    `  ${works ? green('works') : red('fails')}  ${name}${problem === null ? '' : `: ${problem}`}`;
  return [
    `Linux ${kernel}, ${process.arch}; engine ${test.engine}: ${test.slotsWorking} of 4 debug registers fired on memory of our own`,
    ...test.checks.map(({ name, works, problem }) => line(works, name, problem)),
    `engines, the best first; auto takes ${test.engine}:`,
    ...engines.map(({ name, works, problem }) => line(works, name, problem)),
    `user ${privileges.uid}, CAP_BPF ${yes(privileges.bpf)}, CAP_PERFMON ${yes(privileges.perfmon)}, CAP_SYS_PTRACE ${yes(privileges.sysPtrace)}${security.filtered ? ', under a seccomp filter' : ''}`,
    `kernel.perf_event_paranoid ${setting(privileges.perfEventParanoid)}, kernel.yama.ptrace_scope ${setting(privileges.ptraceScope)}, kernel.kptr_restrict ${setting(privileges.kptrRestrict)}`,
    `kernel.unprivileged_bpf_disabled ${setting(security.unprivilegedBpfDisabled)}, net.core.bpf_jit_enable ${setting(security.bpfJit)}, lockdown ${setting(security.lockdown)}`,
  ];
}

function processLines({ pid, name, executable, threads, tracer, modules }: ProcessReport): string[] {
  const traced = tracer === 0 ? 'not traced' : `traced by process ${tracer}`;
  return [
    `process ${pid} ${visible(name)} (${visible(executable ?? 'no program')}), ${plural(threads, 'thread')}, ${traced}${modules.length === 0 ? '' : '; what is known of its files:'}`,
    ...modules.map(({ path, symbols }) => `  ${symbols.padEnd(10)}  ${visible(path)}`),
  ];
}

function sharedLines({ owner, slots }: Shared): string[] {
  const use = ({ client, expression, priority, address, length, armed }: SlotUse): string =>
    `  ${visible(client)}: ${visible(expression)}, ${addressText(address)}, ${plural(length, 'byte')}${priority === null ? '' : `, priority ${priority}`}${armed ? '' : ', waits'}`;
  return [`hwbkpt ${owner.pid} has it and lets others join; who has which debug register:`, ...slots.map(use)];
}

function holderLines(holders: ProcessReport['holders']): string[] {
  if (holders.length === 0) return ['nobody visible traces it or holds perf events, which may take debug registers'];
  return ['who may hold debug registers:', ...holders.map((holder) => `  ${visible(holderText(holder))}`)];
}
