// /proc/PID/maps: what is mapped where in a process.

/** One line. */
export interface MappedRange {
  readonly start: bigint;
  /** First address after it. */
  readonly end: bigint;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly shared: boolean;
  /** Where in the file it begins, bytes. */
  readonly offset: number;
  /** `fe:00`, `00:00` for anonymous memory. */
  readonly device: string;
  readonly inode: number;
  /** File name as its process sees it, `[stack]` and the like, or '' for anonymous memory. */
  readonly path: string;
  /** The file has no name any more: it was deleted, or replaced by an update. */
  readonly deleted: boolean;
}

/**
 * Parses the text of /proc/PID/maps; lines that look otherwise are left out.
 *
 *     7f1c2e000000-7f1c2e028000 r-xp 00002000 fe:00 123456    /usr/lib/libfoo.so (deleted)
 */
export function parseMaps(text: string): MappedRange[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (.)(.)(.)(.) ([0-9a-f]+) (\S+) (\d+) *(.*)$/.exec(line);
    if (match === null) return [];
    const [, start, end, r, w, x, s, offset, device = '', inode, written = ''] = match;
    const deleted = written.startsWith('/') && written.endsWith(DELETED);
    const path = deleted ? written.slice(0, -DELETED.length) : written;
    return [
      {
        start: BigInt(`0x${start}`),
        end: BigInt(`0x${end}`),
        readable: r === 'r',
        writable: w === 'w',
        executable: x === 'x',
        shared: s === 's',
        offset: Number(`0x${offset}`),
        device,
        inode: Number(inode),
        // The kernel writes a newline in a file's name as \012, and nothing else in another way.
        path: path.replaceAll('\\012', '\n'),
        deleted,
      },
    ];
  });
}

const DELETED = ' (deleted)';

/** The range that contains `address`, or null. `ranges` are in the order of the file: ascending. */
export function rangeAt(ranges: readonly MappedRange[], address: bigint): MappedRange | null {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.start ?? 0n) <= address) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && address < range.end ? range : null;
}
