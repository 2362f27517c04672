// What a command line knows of a refused watch beyond the refusal: which EXPR it was, what the others take, and that the command is a script.
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { HwbkptError } from '../base/errors.js';
import { executablePath } from '../linux/procfs/process.js';
import { CoverError } from '../registers/index.js';
import type { RunTarget, RunWatch } from '../servers/share/index.js';
import type { TargetChoice } from './target-choice.js';

/** More debug registers are needed than are free. */
export class TooLongError extends HwbkptError {
  readonly code = 'range-too-long';
}

/** What could not be resolved was looked for in a script's interpreter. */
export class ScriptTargetError extends HwbkptError {
  readonly code = 'script-target';
}

/** Where a watch was refused. */
export interface Refusal {
  readonly expression: string;
  readonly target: RunTarget;
  readonly choice: TargetChoice;
  /** Watches of this command that are armed already. */
  readonly armed: readonly RunWatch[];
}

/** `error`, or an error in its place that says more. */
export function explainRefusal(error: unknown, refusal: Refusal): unknown {
  if (error instanceof CoverError) return tooLong(error, refusal);
  const { target, choice } = refusal;
  const isScripted = choice.kind === 'command' && target.pid !== null && error instanceof HwbkptError;
  return isScripted ? explainScript(error, target.pid, choice.argv) : error;
}

function tooLong(error: CoverError, { expression, armed }: Refusal): TooLongError {
  const others = armed.reduce((sum, { arming }) => sum + arming.slots + (arming.pointerSlots ?? 0), 0);
  const sentences = ['The processor has 4 debug registers of at most 8 aligned bytes each.'];
  if (others > 0) sentences.push(`The EXPRs before this one take ${others} of them.`);
  if (error.fitting > 0) sentences.push(`What fits: ${expression.replace(/:\d+$/, '')}:${error.fitting}.`);
  const message = `${expression} is too long: ${error.length} bytes from 0x${error.address.toString(16)} on need ${error.slotsNeeded} debug registers, ${error.slotsFree} are free`;
  return new TooLongError(others > 0 && error.slotsNeeded <= 4 ? noneLeft(expression, error) : message, {
    hint: sentences.join(' '),
    cause: error,
  });
}

function noneLeft(expression: string, { slotsNeeded, slotsFree }: CoverError): string {
  return `no debug registers are left for ${expression}: it needs ${slotsNeeded}, ${slotsFree} ${slotsFree === 1 ? 'is' : 'are'} free`;
}

const NAME_ERRORS: readonly string[] = ['unknown-symbol', 'unknown-module', 'no-symbols', 'not-a-variable', 'not-a-function'];

/** Where the command is a script, the program that is watched is its interpreter, which has none of the names one thinks of. */
function explainScript(error: HwbkptError, pid: number, [command = '']: readonly string[]): HwbkptError {
  const program = executablePath(pid);
  if (!NAME_ERRORS.includes(error.code) || program === null || basename(program) === basename(command) || !isScript(pid, command))
    return error;
  return new ScriptTargetError(`${error.message}; ${command} is a script, and what runs is ${program}`, {
    hint: 'Give the program itself as the command; or start the script, and watch the program it starts with --pid.',
    cause: error,
  });
}

/** The script is an argument of the interpreter, by the path it was found at. */
function isScript(pid: number, command: string): boolean {
  const name = basename(command);
  return commandLine(pid).some((argument) => basename(argument) === name && isTextFile(argument));
}

function commandLine(pid: number): string[] {
  try {
    return readSmall(`/proc/${pid}/cmdline`).toString('utf8').split('\0');
  } catch {
    return [];
  }
}

function isTextFile(path: string): boolean {
  try {
    return readSmall(path).subarray(0, 4).toString('latin1') !== '\x7fELF';
  } catch {
    return false;
  }
}

function readSmall(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4096);
    return bytes.subarray(0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}
