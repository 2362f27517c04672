// Instructions around an address, for people; also before it, where the code's functions tell at which address instructions begin.
import type { ProcessView } from './process-view.js';

/** One instruction; `text` null: these bytes cannot be read or decoded. */
export interface Disassembled {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly text: string | null;
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

const LONGEST = 15;
/** Bytes before an address in which a function's start is looked for. */
const FURTHEST = 4096n;

/** `count` instructions, from the one `offset` instructions after (negative: before) that at `address` on. Exactly so many. */
export function disassemble(
  view: ProcessView,
  address: bigint,
  range: { readonly offset: number; readonly count: number },
): Disassembled[] {
  const { offset, count } = range;
  const before = offset < 0 ? precedingOf(view, address, -offset) : [];
  const lacking = Math.max(0, -offset - before.length);
  const found = [...Array.from({ length: lacking }, () => unreadable(0n)), ...before].slice(0, count);
  let at = address;
  for (let skipped = 0; skipped < offset; skipped++) at = endOf(instructionAt(view, at));
  while (found.length < count) {
    const next = instructionAt(view, at);
    found.push(next);
    at = endOf(next);
  }
  return found;
}

/** The instructions from the start of a function on that end at `address`, at most `most`, the last ones. */
function precedingOf(view: ProcessView, address: bigint, most: number): Disassembled[] {
  const found: Disassembled[] = [];
  for (let end = address; found.length < most; ) {
    const start = startBefore(view, end);
    if (start === null) break;
    const run: Disassembled[] = [];
    let at = start;
    while (at < end) {
      const next = instructionAt(view, at);
      run.push(next);
      at = endOf(next);
    }
    if (at !== end || run.length === 0) break;
    found.unshift(...run);
    end = start;
  }
  return found.slice(-most);
}

/** Where the function begins that the byte before `address` is of. */
function startBefore(view: ProcessView, address: bigint): bigint | null {
  const start = view.image.functionStart(address - 1n);
  if (start !== null && start < address && address - start <= FURTHEST) return start;
  return null;
}

function instructionAt(view: ProcessView, address: bigint): Disassembled {
  const bytes = view.image.readCode(address, LONGEST);
  const text = bytes === null ? null : view.decoder.text(bytes, address);
  if (bytes === null || text === null) return unreadable(address);
  const length = view.decoder.boundaries(bytes, 1)[1] ?? 1;
  const { function: name, file, line } = view.image.place(address);
  return { address, bytes: bytes.subarray(0, length), text, function: name, file, line };
}

function unreadable(address: bigint): Disassembled {
  return { address, bytes: new Uint8Array(0), text: null, function: null, file: null, line: null };
}

function endOf({ address, bytes }: Disassembled): bigint {
  return address + BigInt(Math.max(1, bytes.length));
}
