// Makes hit lines start at column 0 although the target writes to the same terminal or pipe, at moments of its own.
//
// Nobody can ask where the target left the cursor. On a terminal as many blanks as a line has columns, less one, wrap exactly when the cursor
// is not at column 0; a carriage return and an erase then leave it at column 0 of an empty line either way. In a pipe or file a newline
// before our text ends a line that the target may have begun; where it had not, that is one empty line.
import { fstatSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';

const ERASE_LINE = '\u001b[2K';

/** What to write before hit lines on `fd` while process `pid` may write to the same place; '' where they share nothing. */
export function lineStart(fd: number, pid: number): string {
  if (!sharesOutput(fd, pid)) return '';
  if (!isatty(fd)) return '\n';
  const columns = process.stdout.columns ?? 80;
  return `${' '.repeat(columns - 1)}\r${ERASE_LINE}`;
}

/** Whether standard output or error of `pid` is the same file, pipe or terminal as our `fd`. */
function sharesOutput(fd: number, pid: number): boolean {
  const ours = fstatSync(fd);
  return [1, 2].some((theirs) => {
    const stat = statSync(`/proc/${pid}/fd/${theirs}`, { throwIfNoEntry: false });
    return stat !== undefined && stat.dev === ours.dev && stat.ino === ours.ino && !isNullDevice(stat.rdev);
  });
}

/** /dev/null is character device 1:3; nobody reads columns there. */
function isNullDevice(rdev: number): boolean {
  return rdev === 0x103;
}
