// hwbkpt doctor: what works here, shown by doing it.
import { release } from 'node:os';
import { examineMachine, examineProcess, holderText, type MachineReport, type ProcessReport, slotHolders } from '../../session/index.js';
import type { Invocation } from '../command-table.js';
import { STATUS } from '../errors.js';
import { colors } from '../output/colors.js';
import { wholeNumber } from '../watch-options.js';

/** Status 125 when nothing can be watched on this machine. */
export async function runDoctor({ options }: Invocation): Promise<number> {
  const pid = wholeNumber(typeof options['pid'] === 'string' ? options['pid'] : undefined, '--pid', 1);
  const process_ = pid === null ? null : examineProcess(pid);
  const machine = await examineMachine(release());
  const holders = process_?.holders ?? slotHolders();
  const works = machine.test.slotsWorking > 0;
  if (options['json'] === true) process.stdout.write(`${JSON.stringify(doctorMessage(machine, process_, holders))}\n`);
  else
    process.stdout.write(
      `${[...machineLines(machine), ...processLines(process_), ...holderLines(holders), ...adviceLines(machine)].join('\n')}\n`,
    );
  return works ? STATUS.OK : STATUS.FAILED;
}

function doctorMessage(machine: MachineReport, examined: ProcessReport | null, holders: ProcessReport['holders']): object {
  const { privileges, test } = machine;
  return {
    type: 'doctor',
    kernel: machine.kernel,
    engine: test.engine,
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
    },
    process:
      examined === null
        ? null
        : { pid: examined.pid, name: examined.name, threads: examined.threads, tracer: examined.tracer, modules: examined.modules },
    holders: holders.map(({ pid, name, how }) => ({ pid, name, ...how })),
    advice: machine.advice,
  };
}

function mark(works: boolean): string {
  return works ? colors.green('works') : colors.red('fails');
}

function machineLines({ kernel, privileges, test }: MachineReport): string[] {
  const lines = [
    `Linux ${kernel}, ${process.arch}; engine ${test.engine}: ${test.slotsWorking} of 4 debug registers fired on memory of our own`,
  ];
  for (const { name, works, problem } of test.checks) lines.push(`  ${mark(works)}  ${name}${problem === null ? '' : `: ${problem}`}`);
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  lines.push(
    `user ${privileges.uid}, CAP_PERFMON ${yes(privileges.perfmon)}, CAP_SYS_PTRACE ${yes(privileges.sysPtrace)}, CAP_BPF ${yes(privileges.bpf)}`,
    `kernel.perf_event_paranoid ${privileges.perfEventParanoid ?? 'absent'}, kernel.yama.ptrace_scope ${privileges.ptraceScope ?? 'absent'}, kernel.kptr_restrict ${privileges.kptrRestrict ?? 'absent'}`,
  );
  return lines;
}

function processLines(report: ProcessReport | null): string[] {
  if (report === null) return [];
  const lines = [
    `process ${report.pid} ${report.name} (${report.executable ?? 'no program'}), ${report.threads} threads, ${report.tracer === 0 ? 'not traced' : `traced by process ${report.tracer}`}`,
  ];
  for (const { path, symbols } of report.modules) lines.push(`  ${symbols.padEnd(10)}  ${path}`);
  return lines;
}

function holderLines(holders: ProcessReport['holders']): string[] {
  if (holders.length === 0) return ['nobody visible holds perf events'];
  return ['who may hold debug registers:', ...holders.map((holder) => `  ${holderText(holder)}`)];
}

function adviceLines({ advice }: MachineReport): string[] {
  return advice.length === 0 ? [] : ['what would help:', ...advice.map((line) => `  ${line}`)];
}
