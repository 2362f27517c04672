// Looks a command up as a shell would, without starting anything.
import { accessSync, constants, statSync } from 'node:fs';

/** The path of `name` on PATH, or null. */
export function findCommand(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return folders.map((folder) => `${folder}/${name}`).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
