// Reading small /proc files: a file that is gone or forbidden is null, because processes end while they are looked at.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The text of a /proc file, or null. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The names in a /proc directory, or null. */
export function readNames(path: string): string[] | null {
  try {
    return readdirSync(path);
  } catch {
    return null;
  }
}

/** The target of a /proc link, or null. */
export function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** The whole number in a /proc or /sys file, or null. */
export function readNumber(path: string): number | null {
  const text = readText(path);
  if (text === null || !/^\s*-?\d+\s*$/.test(text)) return null;
  return Number(text);
}
