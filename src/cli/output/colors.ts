// Colours where a person looks: on a terminal, unless NO_COLOR says otherwise. Our own, because packages for it make process.stdout to see whether
// it is a terminal, and that makes a pipe non-blocking for the launched program too.
import { isatty } from 'node:tty';

/** Puts a colour around a text, or leaves it as it is. */
export type Paint = (text: string) => string;
export type Colors = Readonly<Record<'bold' | 'dim' | 'cyan' | 'green' | 'red', Paint>>;

/** The colours for text on `fd`. */
export function colorsFor(fd: number): Colors {
  return hasColor(fd) ? PAINTED : PLAIN;
}

function hasColor(fd: number): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return isatty(fd) && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

function paint(on: number, off: number): Paint {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}

const PAINTED: Colors = { bold: paint(1, 22), dim: paint(2, 22), cyan: paint(36, 39), green: paint(32, 39), red: paint(31, 39) };

const same: Paint = (text) => text;
const PLAIN: Colors = { bold: same, dim: same, cyan: same, green: same, red: same };
