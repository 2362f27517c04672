// What a request can fail with beside what the target's own errors say.
import { HwbkptError } from '../../base/errors.js';

/** An argument of a request is missing, or is not what it has to be. */
export class BadArgumentError extends HwbkptError {
  readonly code = 'bad-argument';
  readonly argument: string;

  constructor(argument: string, wanted: string) {
    super(`argument ${argument}: expected ${wanted}`);
    this.argument = argument;
  }
}

/** A request that nobody knows. */
export class UnknownRequestError extends HwbkptError {
  readonly code = 'unknown-request';
  readonly command: string;

  constructor(command: string) {
    super(`unknown request ${JSON.stringify(command.slice(0, 100))}`);
    this.command = command;
  }
}

/** A request that needs a program where there is none, or a stopped thread where it runs. */
export class WrongMomentError extends HwbkptError {
  readonly code = 'wrong-moment';
}

/** Code of a source file that nothing which is loaded has. */
export class NotLoadedError extends HwbkptError {
  readonly code = 'not-loaded';
  readonly file: string;

  constructor(file: string, line: number) {
    super(`no code of ${file} from line ${line} on is loaded`, { hint: 'Build it with -g.' });
    this.file = file;
  }
}
