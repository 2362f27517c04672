// Whether a command can be started, looked at before anything is: with the reasons that a shell would have, and some that it would not tell.
import { accessSync, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { CannotLaunchError } from './errors.js';

/** Throws CannotLaunchError. */
export function checkCommand(command: string): void {
  const path = find(command);
  const { head, size } = readHead(path);
  const kind = head.subarray(0, 4).toString('latin1');
  if (kind === '\x7fELF') checkElf(command, head, size);
  else if (kind.startsWith('#!')) checkInterpreter(command, head);
  else if (head.includes(0))
    throw new CannotLaunchError(command, 'it is neither a program nor a script', { hint: `See \`file ${path}\`.` });
}

/** The file that a shell would run. */
function find(command: string): string {
  const candidates = command.includes('/')
    ? [command]
    : (process.env['PATH'] ?? '/usr/bin:/bin').split(':').map((folder) => `${folder === '' ? '.' : folder}/${command}`);
  const existing = candidates.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  const executable = existing.find(isExecutable);
  if (executable !== undefined) return executable;
  const [found] = existing;
  if (found === undefined)
    throw new CannotLaunchError(command, 'no such command', {
      hint: command.includes('/') ? 'Check the path.' : 'It is not in PATH; give its path.',
    });
  throw new CannotLaunchError(command, statSync(found).isDirectory() ? 'it is a directory' : 'it is not executable', {
    hint: statSync(found).isDirectory() ? 'Give the program in it.' : `See \`ls -l ${found}\`; \`chmod +x\` makes a file executable.`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const HEAD_BYTES = 512;

/** Nothing of a program that may be run but not read. */
function readHead(path: string): { readonly head: Buffer; readonly size: number } {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(HEAD_BYTES);
      return { head: bytes.subarray(0, readSync(fd, bytes)), size: fstatSync(fd).size };
    } finally {
      closeSync(fd);
    }
  } catch {
    return { head: Buffer.alloc(0), size: 0 };
  }
}

/** e_machine of i386 and x86-64: the kernel runs both, and who cannot watch the former says so. */
const MACHINES: readonly number[] = [3, 62];
const ET_EXEC = 2;
const ET_DYN = 3;

/** Enough of the header to tell what is damaged from what the kernel may take. e_type at 16, e_machine at 18; e_phoff, e_phentsize, e_phnum by the file's class. */
function checkElf(command: string, head: Buffer, size: number): void {
  const damaged = (what: string): CannotLaunchError =>
    new CannotLaunchError(command, `its ELF file is damaged: ${what}`, { hint: 'Build or install it again.' });
  if (head.length < 64) throw damaged('it ends within its header');
  const type = head.readUInt16LE(16);
  if (type !== ET_EXEC && type !== ET_DYN)
    throw new CannotLaunchError(command, 'it is an ELF file, but no program', { hint: `See \`readelf -h ${command}\`.` });
  const machine = head.readUInt16LE(18);
  if (!MACHINES.includes(machine))
    throw new CannotLaunchError(command, `it is a program for another kind of processor (ELF machine ${machine})`, {
      hint: 'Build or install the one for this machine.',
    });
  const wide = head[4] === 2;
  const table = wide ? Number(head.readBigUInt64LE(32)) : head.readUInt32LE(28);
  const entry = head.readUInt16LE(wide ? 54 : 42);
  const entries = head.readUInt16LE(wide ? 56 : 44);
  if (table + entry * entries > size) throw damaged('it ends before its program headers do');
}

/** `#!INTERPRETER [ARGUMENT]`, up to the end of the line. */
function checkInterpreter(command: string, head: Buffer): void {
  const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(head.toString('utf8'))?.[1];
  if (interpreter === undefined || statSync(interpreter, { throwIfNoEntry: false }) !== undefined) return;
  throw new CannotLaunchError(command, `its interpreter ${interpreter} does not exist`, {
    hint: 'Correct its first line, or install that.',
  });
}
