// hwbkpt regs: a thread's virtual debug registers, as its tracer sees them.
import { type DebugRegisters, readDebugRegisters } from '../../linux/debug-registers.js';
import { isErrno } from '../../linux/errno.js';
import { ownPrivileges } from '../../linux/procfs/privileges.js';
import { processStatus, threadIds } from '../../linux/procfs/process.js';
import { explainDr7, explanationLines } from '../../registers/index.js';
import { BadRequestError, NoPermissionError, NoSuchProcessError } from '../../session/errors.js';
import type { Invocation } from '../command-spec.js';
import { STATUS, UsageError } from '../errors.js';
import { wholeNumber } from '../numbers.js';
import { printLines } from '../output/print.js';

export async function runRegs({ options }: Invocation): Promise<number> {
  const pid = wholeNumber(options['pid'], '--pid', 1);
  if (pid === null) throw new UsageError('whose registers?', { hint: 'For example: hwbkpt regs --pid 4711' });
  const tid = wholeNumber(options['tid'], '--tid', 1) ?? pid;
  if (processStatus(pid) === null) throw new NoSuchProcessError(pid);
  if (!threadIds(pid).some((id) => id === tid))
    throw new BadRequestError(`process ${pid} has no thread ${tid}`, { hint: `List its threads with \`ls /proc/${pid}/task\`.` });
  const registers = read(pid, tid);
  printLines(options['json'] === true ? [JSON.stringify(message(pid, tid, registers))] : lines(registers));
  return STATUS.OK;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function message(pid: number, tid: number, { addresses, dr6, dr7 }: DebugRegisters): object {
  const [dr0, dr1, dr2, dr3] = addresses.map(hex);
  return { type: 'registers', pid, tid, dr0, dr1, dr2, dr3, dr6: hex(dr6), dr7: hex(dr7) };
}

function lines({ addresses, dr6, dr7 }: DebugRegisters): string[] {
  return [
    ...addresses.map((address, i) => `DR${i}  ${hex(address)}`),
    `DR6  ${hex(dr6)}`,
    `DR7  ${hex(dr7)}`,
    // Its first line names the value once more, and what a processor would make of the reserved bits of a virtual register does not matter.
    ...explanationLines({ ...explainDr7(dr7), remarks: [] })
      .slice(1)
      .map((line) => `     ${line}`),
  ];
}

function read(pid: number, tid: number): DebugRegisters {
  try {
    return readDebugRegisters(tid);
  } catch (error) {
    if (isErrno(error, 'ESRCH')) throw new NoSuchProcessError(tid, `thread ${tid} has ended`);
    if (!isErrno(error, 'EPERM', 'EACCES')) throw error;
    throw new NoPermissionError(`may not trace thread ${tid} of process ${pid}`, { hint: hint(tid), cause: error });
  }
}

function hint(tid: number): string {
  const status = processStatus(tid);
  const tracer = status?.tracer ?? 0;
  if (tracer !== 0)
    return `${processStatus(tracer)?.name ?? 'A process'} (process ${tracer}) traces it, and a thread has one tracer at a time.`;
  const { uid, sysPtrace, ptraceScope } = ownPrivileges();
  const [owner] = status?.uids ?? [];
  if (owner !== uid && !sysPtrace) return `It belongs to user ${owner}, you are user ${uid}: run hwbkpt as that user or with sudo.`;
  if ((ptraceScope ?? 0) > 0 && !sysPtrace) return `kernel.yama.ptrace_scope is ${ptraceScope}: run hwbkpt with sudo.`;
  return 'It is a kernel thread, the init process, or protected by a security module.';
}
