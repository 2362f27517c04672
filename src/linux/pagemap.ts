// Which pages of a process's anonymous memory have ever been written: /proc/PID/pagemap. The others hold zeros, and there may be terabytes of them.
import { closeSync, openSync, readSync } from 'node:fs';
import { ioctlWithBuffer } from './libc.js';
import { Mapping, PAGE_SIZE } from './mapping.js';

/** A run of pages. */
export interface PageRun {
  readonly start: bigint;
  /** First address behind it. */
  readonly end: bigint;
}

/** _IOWR('f', 16, struct pm_scan_arg), since Linux 6.7: it passes over holes without looking at each of their pages. */
const PAGEMAP_SCAN = 0xc060_6610;
const SCAN_ARGUMENT_BYTES = 96;
/** Categories (include/uapi/linux/fs.h). */
const PAGE_IS = { present: 1n << 3n, swapped: 1n << 4n, zeroPage: 1n << 5n } as const;
const MOST_RUNS = 4096;
const RUN_BYTES = 24;

/** Bits 63 and 62 of a page's entry: present, swapped. Here of its upper half. */
const IN_USE = 0xc000_0000;
const ENTRY_BYTES = 8;
const ENTRIES_AT_ONCE = 65_536;

/** The pagemap of one process. */
export class Pagemap implements Disposable {
  readonly #fd: number;
  readonly #runs: RunList;
  #scans: boolean;

  /** Throws Node's error where it may not be opened. `scans`: false reads it as kernels before 6.7 have it. */
  constructor(pid: number, scans = true) {
    this.#fd = openSync(`/proc/${pid}/pagemap`, 'r');
    this.#runs = new RunList();
    this.#scans = scans;
  }

  /** The runs of pages from `start` to `end`, page addresses, that are in memory or swapped out, ascending. Throws Node's error where reading fails. */
  used(start: bigint, end: bigint): PageRun[] {
    const scanned = this.#scans ? this.#runs.scan(this.#fd, start, end) : null;
    this.#scans = scanned !== null;
    return scanned ?? this.#readUsed(start, end);
  }

  #readUsed(start: bigint, end: bigint): PageRun[] {
    const merged = new MergedRuns();
    const halves = new Uint32Array(2 * ENTRIES_AT_ONCE);
    const bytes = new Uint8Array(halves.buffer);
    const pages = Number((end - start) / BigInt(PAGE_SIZE));
    const first = Number(start / BigInt(PAGE_SIZE));
    for (let done = 0; done < pages; ) {
      const wanted = Math.min(ENTRIES_AT_ONCE, pages - done);
      const got = Math.floor(readSync(this.#fd, bytes, 0, wanted * ENTRY_BYTES, (first + done) * ENTRY_BYTES) / ENTRY_BYTES);
      if (got === 0) break;
      for (let i = 0; i < got; i++) {
        if (((halves[2 * i + 1] ?? 0) & IN_USE) !== 0) merged.add(start + BigInt(done + i) * BigInt(PAGE_SIZE), BigInt(PAGE_SIZE));
      }
      done += got;
    }
    return merged.runs;
  }

  [Symbol.dispose](): void {
    this.#runs[Symbol.dispose]();
    closeSync(this.#fd);
  }
}

/** Joins runs that touch. */
class MergedRuns {
  readonly runs: PageRun[] = [];

  add(start: bigint, length: bigint): void {
    const last = this.runs.at(-1);
    if (last !== undefined && last.end === start) this.runs[this.runs.length - 1] = { start: last.start, end: start + length };
    else this.runs.push({ start, end: start + length });
  }
}

/** Where the kernel writes the runs it finds: struct page_region, three words each (start, end, categories). */
class RunList extends Mapping {
  #words: BigUint64Array | null;

  constructor() {
    super(MOST_RUNS * RUN_BYTES, null);
    this.#words = new BigUint64Array(this.view());
  }

  /** Null where the kernel has no PAGEMAP_SCAN. */
  scan(fd: number, start: bigint, end: bigint): PageRun[] | null {
    const merged = new MergedRuns();
    for (let at = start; at < end; ) {
      const argument = this.#argument(at, end);
      const count = ioctlWithBuffer(fd, PAGEMAP_SCAN, new Uint8Array(argument.buffer));
      if (count < 0) return null;
      for (let i = 0; i < count; i++) {
        const from = this.#words?.[3 * i] ?? 0n;
        merged.add(from, (this.#words?.[3 * i + 1] ?? 0n) - from);
      }
      // walk_end: how far it came before the list was full.
      const reached = argument[4] ?? end;
      if (reached <= at) break;
      at = reached;
    }
    return merged.runs;
  }

  //  struct pm_scan_arg, words:  0 size  1 flags  2 start  3 end  4 walk_end  5 vec  6 vec_len  7 max_pages
  //                              8 category_inverted  9 category_mask  10 category_anyof_mask  11 return_mask
  #argument(start: bigint, end: bigint): BigUint64Array {
    const argument = new BigUint64Array(SCAN_ARGUMENT_BYTES / 8);
    argument[0] = BigInt(SCAN_ARGUMENT_BYTES);
    argument[2] = start;
    argument[3] = end;
    argument[5] = this.address();
    argument[6] = BigInt(MOST_RUNS);
    // Not the page of zeros that reads of untouched memory map.
    argument[8] = PAGE_IS.zeroPage;
    argument[9] = PAGE_IS.zeroPage;
    argument[10] = PAGE_IS.present | PAGE_IS.swapped;
    argument[11] = PAGE_IS.present | PAGE_IS.swapped;
    return argument;
  }

  protected release(): void {
    this.#words = null;
  }
}
