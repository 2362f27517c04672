// Where execution is to be broken off: the instructions of a source line, or of a function behind what sets its frame up.
import type { FileAddress } from '../../base/brand.js';
import { resolve } from '../../expressions/index.js';
import type { LineSpan } from '../../symbols/debug-info.js';
import type { LiveModule } from '../../symbols/live/live-module.js';
import type { ProcessView } from './process-view.js';

/** Code of a source line. */
export interface LinePlace {
  readonly file: string;
  /** The first from the wanted one on that has code. */
  readonly line: number;
  /** One instruction for each function (also inlined, or made from a template) that has code of it. */
  readonly addresses: readonly bigint[];
}

/** Bytes of a function in which the end of its prologue is looked for. */
const LONGEST_PROLOGUE = 512n;

/** The code of `line` in the source file whose path ends with `file`; null where nothing that is loaded has code of it. */
export function linePlace(view: ProcessView, file: string, line: number): LinePlace | null {
  for (const module of view.image.modules) {
    const spans = module.file?.debug?.codeOfLine(file, line) ?? [];
    const [first] = spans;
    if (first !== undefined) return { file: first.file, line: first.line, addresses: entries(view, module, spans) };
  }
  return null;
}

/** The first instruction in each function, and in each call that was inlined into it. */
function entries(view: ProcessView, module: LiveModule, spans: readonly LineSpan[]): bigint[] {
  const found = new Map<string, bigint>();
  for (const { start } of spans) {
    const address = module.toVirtual(start);
    const owner = view.image.functionStart(address) ?? address;
    const calls = module.file?.inlinedAt(start) ?? [];
    const key = [owner, ...calls.map(({ name, call }) => `${name} ${call?.file}:${call?.line}`)].join(' ');
    if (!found.has(key)) found.set(key, owner === address ? afterPrologue(view, address) : address);
  }
  return [...new Set(found.values())];
}

/** The function `name`, where its frame is set up. Throws the errors of expressions/. */
export function functionAddress(view: ProcessView, name: string): bigint {
  return afterPrologue(view, resolve(name, view.image, { want: 'code' }).address);
}

/** ENDBR64, where control flow is protected; PUSH RBP; MOV RBP, RSP in its two encodings. */
const FRAME_SET_UP = /^(f30f1efa)?55(4889e5|488bec)/;

/**
 * Where the second line of the function at `start` begins, if it sets up a frame: compilers give the code that does to the line of its opening
 * bracket. Optimised code without a frame does what the function is for from its first instruction on.
 */
export function afterPrologue(view: ProcessView, start: bigint): bigint {
  const module = view.image.moduleAt(start);
  const debug = module?.file?.debug ?? null;
  const code = view.image.readCode(start, 8);
  if (module === null || debug === null || code === null || !setsUpFrame(code)) return start;
  const low = module.toFile(start);
  const rows = debug.linesIn(low, (low + LONGEST_PROLOGUE) as FileAddress).filter((span) => span.start >= low);
  const second = rows[1];
  if (rows[0]?.start !== low || second === undefined || second.file !== rows[0].file) return start;
  const address = module.toVirtual(second.start);
  return view.image.functionStart(address) === view.image.functionStart(start) ? address : start;
}

function setsUpFrame(code: Uint8Array): boolean {
  return FRAME_SET_UP.test(Array.from(code, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** The code of the line that `address` is of, up to where another line's begins; null where no line is known. */
export function lineAround(
  view: ProcessView,
  address: bigint,
): { readonly start: bigint; readonly end: bigint; readonly line: number } | null {
  const module = view.image.moduleAt(address);
  const debug = module?.file?.debug ?? null;
  const start = view.image.functionStart(address);
  if (module === null || debug === null) return null;
  const at = module.toFile(address);
  const low = start === null || address - start > 0x10_0000n ? at : module.toFile(start);
  const span = debug.linesIn(low, (at + 0x1000n) as FileAddress).find((one) => one.start <= at && at < one.end);
  if (span === undefined) return null;
  return { start: module.toVirtual(span.start), end: module.toVirtual(span.end), line: span.line };
}
