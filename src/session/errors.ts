// What can go wrong for the user of a session, each with a stable code and advice.
import { type ErrorDetails, HwbkptError } from '../base/errors.js';

/** There is no such process, or it has ended. */
export class NoSuchProcessError extends HwbkptError {
  readonly code = 'no-such-process';
  readonly pid: number;

  constructor(pid: number, message = `there is no process ${pid}`) {
    super(message, { hint: 'List processes with `ps -e`; a process that has ended cannot be watched any more.' });
    this.pid = pid;
  }
}

/** The process may not be watched by this user. */
export class NoPermissionError extends HwbkptError {
  readonly code = 'no-permission';
}

/** The program is not a 64-bit x86 program. */
export class WrongArchitectureError extends HwbkptError {
  readonly code = 'wrong-architecture';
}

/** Not enough free address registers. */
export class NoSlotError extends HwbkptError {
  readonly code = 'no-slot';
}

/** The kernel will not take what was asked, or resources ran out. */
export class CannotArmError extends HwbkptError {
  readonly code = 'cannot-arm';
}

/** What was asked can not be watched the way it was asked. */
export class BadRequestError extends HwbkptError {
  readonly code = 'bad-request';
}

/** The command cannot be started. */
export class CannotLaunchError extends HwbkptError {
  readonly code = 'cannot-launch';
  readonly command: string;

  constructor(command: string, reason: string, details: ErrorDetails = {}) {
    super(`cannot run ${command}: ${reason}`, details);
    this.command = command;
  }
}

/** Nothing is mapped at the address. */
export class NotMappedError extends HwbkptError {
  readonly code = 'not-mapped';
  readonly address: bigint;

  /** `pid` null: of the kernel. */
  constructor(address: bigint, pid: number | null) {
    super(`nothing is mapped at 0x${address.toString(16)} in ${pid === null ? 'the kernel' : `process ${pid}`}`, {
      hint:
        pid === null
          ? "With KASLR the kernel's addresses change with every boot: take one from this boot's /proc/kallsyms, or from `hwbkpt find --kernel`."
          : 'See /proc/PID/maps for what is. Addresses of a position-independent program change with every run: a name is safer.',
    });
    this.address = address;
  }
}

/** The target was disarmed, or all its watches have ended. */
export class TargetClosedError extends HwbkptError {
  readonly code = 'target-closed';

  /** `pid` null: the kernel. */
  constructor(pid: number | null) {
    const what = pid === null ? 'the kernel' : `process ${pid}`;
    super(`${what} is not watched any more`, { hint: 'Attach to it again to watch something else.' });
  }
}
