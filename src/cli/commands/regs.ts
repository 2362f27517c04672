// hwbkpt regs: a thread's virtual debug registers, as its tracer sees them.

import { readDebugRegisters } from '../../linux/debug-registers.js';
import { isErrno } from '../../linux/errno.js';
import { processStatus } from '../../linux/procfs/process.js';
import { explainDr7, explanationLines } from '../../registers/index.js';
import { NoPermissionError, NoSuchProcessError } from '../../session/index.js';
import type { Invocation } from '../command-table.js';
import { STATUS, UsageError } from '../errors.js';
import { wholeNumber } from '../watch-options.js';

export async function runRegs({ options }: Invocation): Promise<number> {
  const pid = wholeNumber(typeof options['pid'] === 'string' ? options['pid'] : undefined, '--pid', 1);
  if (pid === null) throw new UsageError('whose registers?', { hint: 'hwbkpt regs --pid 4711' });
  const tid = wholeNumber(typeof options['tid'] === 'string' ? options['tid'] : undefined, '--tid', 1) ?? pid;
  if (processStatus(pid) === null) throw new NoSuchProcessError(pid);
  const registers = read(pid, tid);
  const text = (value: bigint): string => `0x${value.toString(16)}`;
  if (options['json'] === true) {
    const [dr0, dr1, dr2, dr3] = registers.addresses.map(text);
    process.stdout.write(
      `${JSON.stringify({ type: 'registers', pid, tid, dr0, dr1, dr2, dr3, dr6: text(registers.dr6), dr7: text(registers.dr7) })}\n`,
    );
    return STATUS.OK;
  }
  const lines = registers.addresses.map((address, i) => `DR${i}  ${text(address)}`);
  lines.push(
    `DR6  ${text(registers.dr6)}`,
    `DR7  ${text(registers.dr7)}`,
    ...explanationLines(explainDr7(registers.dr7)).map((line) => `     ${line}`),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  return STATUS.OK;
}

function read(pid: number, tid: number): ReturnType<typeof readDebugRegisters> {
  try {
    return readDebugRegisters(tid);
  } catch (error) {
    if (isErrno(error, 'ESRCH')) throw new NoSuchProcessError(tid, `there is no thread ${tid}`);
    if (!isErrno(error, 'EPERM', 'EACCES')) throw error;
    const tracer = processStatus(tid)?.tracer ?? 0;
    const hint =
      tracer === 0
        ? 'It belongs to another user, or kernel.yama.ptrace_scope forbids it: run hwbkpt with sudo.'
        : `${processStatus(tracer)?.name ?? 'A process'} (process ${tracer}) traces it, and a thread has one tracer at a time.`;
    throw new NoPermissionError(`may not trace thread ${tid} of process ${pid}`, { hint, cause: error });
  }
}
