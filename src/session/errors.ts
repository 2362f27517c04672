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

  constructor(address: bigint, pid: number) {
    super(`nothing is mapped at 0x${address.toString(16)} in process ${pid}`, {
      hint: 'See /proc/PID/maps for what is. Addresses of a position-independent program change with every run: a name is safer.',
    });
    this.address = address;
  }
}

/** The target was disarmed, or all its watches have ended. */
export class TargetClosedError extends HwbkptError {
  readonly code = 'target-closed';

  constructor(pid: number) {
    super(`process ${pid} is not watched any more`, { hint: 'Attach to it again to watch something else.' });
  }
}
