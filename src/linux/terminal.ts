// The size of a terminal, without making a stream of it: Node's streams change how its descriptor behaves for everybody who shares it.
import { ioctlWithBuffer } from './libc.js';

const TIOCGWINSZ = 0x5413;

/** Columns and rows of the terminal behind `fd`; null where it is none or does not know. */
export function terminalSize(fd: number): { readonly columns: number; readonly rows: number } | null {
  // struct winsize: ws_row, ws_col, ws_xpixel, ws_ypixel.
  const size = new Uint8Array(8);
  if (ioctlWithBuffer(fd, TIOCGWINSZ, size) !== 0) return null;
  const [rows = 0, columns = 0] = new Uint16Array(size.buffer);
  return rows === 0 || columns === 0 ? null : { columns, rows };
}
