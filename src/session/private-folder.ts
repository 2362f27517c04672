// The one folder for what lasts longer than a command and is nobody else's: searches, and the sockets of those who share a process.
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

const USER = process.getuid?.() ?? -1;

/** Where it is, or why it cannot be used. */
export type PrivateFolder =
  | { readonly path: string }
  | { readonly path: null; readonly problem: string; readonly advice: string; readonly cause: unknown };

/** `$XDG_RUNTIME_DIR/hwbkpt`, which only its user can enter; else a folder of ours below that of temporary files. Makes it where it is missing. */
export function privateFolder(): PrivateFolder {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const path = runtime?.startsWith('/') === true ? `${runtime}/hwbkpt` : `${tmpdir()}/hwbkpt-${USER}`;
  try {
    mkdirSync(path, { mode: 0o700 });
    // The umask takes bits away, and may take ours.
    chmodSync(path, 0o700);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      const problem = `the folder ${path} cannot be made: ${(cause as Error).message}`;
      return { path: null, problem, advice: 'Set XDG_RUNTIME_DIR to a folder of yours.', cause };
    }
  }
  const { uid, mode } = lstatSync(path);
  const isFolder = (mode & 0o170000) === 0o040000;
  if (isFolder && uid === USER && (mode & 0o077) === 0) return { path };
  return {
    path: null,
    problem: `${path} is not a folder that only you may enter`,
    advice: 'Others could change what is kept there. Remove it, or `chmod 700` it where it is yours.',
    cause: null,
  };
}
