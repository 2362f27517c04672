// setBreakpoints, setFunctionBreakpoints, setInstructionBreakpoints, setExceptionBreakpoints, breakpointLocations: where execution is broken off.
import { functionAddress, type LinePlace, linePlace, type ProcessView } from '../../../session/inspect/index.js';
import { type Arguments, addressOf, hex } from '../arguments.js';
import type { BreakpointKind, BreakpointWish } from '../breakpoint.js';
import type { Located } from '../breakpoints.js';
import { signalsOf } from '../capabilities.js';
import type { Handler } from '../connection.js';
import { NotLoadedError } from '../errors.js';
import type { Session } from '../session.js';

export function codeBreakpointRequests(session: Session): Record<string, Handler> {
  return {
    setBreakpoints: async (args) => {
      const source = args.object('source');
      const path = source.optionalText('path') ?? source.text('name');
      const wishes = args
        .objects('breakpoints')
        .map((one) => wishOf(one, 'line', String(session.fromClientLine(one.whole('line', 0, 0xffff_ffff)))));
      const view = await session.debuggee.view();
      const set = await session.debuggee.breakpoints.set(`source ${path}`, wishes, ({ key }) => locateLine(view, path, Number(key)));
      return { breakpoints: set.map((one) => session.inClientLines(one)) };
    },
    setFunctionBreakpoints: async (args) => {
      const wishes = args.objects('breakpoints').map((one) => wishOf(one, 'function', one.text('name')));
      const view = await session.debuggee.view();
      const set = await session.debuggee.breakpoints.set('functions', wishes, ({ key }) => at(view, functionAddress(view, key)));
      return { breakpoints: set.map((one) => session.inClientLines(one)) };
    },
    setInstructionBreakpoints: async (args) => {
      const wishes = args.objects('breakpoints').map((one) => wishOf(one, 'instruction', instructionOf(one)));
      const view = await session.debuggee.view();
      const set = await session.debuggee.breakpoints.set('instructions', wishes, ({ key }) => at(view, BigInt(key)));
      return { breakpoints: set.map((one) => session.inClientLines(one)) };
    },
    setExceptionBreakpoints: async (args) => {
      const { debuggee } = session;
      await debuggee.stopAtSignals(signalsOf(args.texts('filters')));
      return { breakpoints: args.texts('filters').map(() => ({ verified: true })) };
    },
    breakpointLocations: async (args) => {
      const source = args.object('source');
      const view = await session.debuggee.view();
      const first = session.fromClientLine(args.whole('line', 0, 0xffff_ffff));
      const last = args.has('endLine') ? session.fromClientLine(args.whole('endLine', 0, 0xffff_ffff)) : first;
      return {
        breakpoints: linesWithCode(view, source.text('path'), { first, last }).map((line) => ({ line: session.toClientLine(line) })),
      };
    },
  };
}

function wishOf(args: Arguments, kind: BreakpointKind, key: string): BreakpointWish {
  const text = (name: string): string | null => args.optionalText(name)?.trim() || null;
  return {
    kind,
    key,
    condition: text('condition'),
    hitCondition: text('hitCondition'),
    logMessage: text('logMessage'),
  };
}

function instructionOf(args: Arguments): string {
  const offset = args.has('offset') ? args.whole('offset', Number.MIN_SAFE_INTEGER) : 0;
  return hex(BigInt.asUintN(64, addressOf(args.text('instructionReference'), 'instructionReference') + BigInt(offset)));
}

/** By its whole path; else, where the program was built elsewhere, by the file's name alone. */
function placeOfLine(view: ProcessView, path: string, line: number): { readonly place: LinePlace; readonly byName: boolean } | null {
  const place = linePlace(view, path, line);
  if (place !== null) return { place, byName: false };
  const found = linePlace(view, path.slice(path.lastIndexOf('/') + 1), line);
  return found === null ? null : { place: found, byName: true };
}

function locateLine(view: ProcessView, path: string, line: number): Located {
  const found = placeOfLine(view, path, line);
  if (found === null) throw new NotLoadedError(path, line);
  const { file, line: actual, addresses } = found.place;
  return {
    place: { file, line: actual, address: addresses[0] ?? null },
    expressions: addresses.map(hex),
    access: 'execute',
    message: found.byName && file !== path ? `found by its name: the program was built from ${file}` : null,
    shown: null,
    isLate: isLate(view, addresses[0] ?? 0n),
  };
}

/** Whether it is in a library that the program has loaded by itself, and can let go of. */
function isLate(view: ProcessView, address: bigint): boolean {
  return view.image.moduleAt(address)?.linkScope === 'later';
}

function at(view: ProcessView, address: bigint): Located {
  const { file, line } = view.image.place(address);
  return {
    place: { file, line, address },
    expressions: [hex(address)],
    access: 'execute',
    message: null,
    shown: null,
    isLate: isLate(view, address),
  };
}

/** More lines than anybody sees at once. */
const MOST_LINES = 500;

function linesWithCode(view: ProcessView, path: string, { first, last }: { readonly first: number; readonly last: number }): number[] {
  const lines: number[] = [];
  for (let line = first; line <= last && lines.length < MOST_LINES; line++) {
    const found = placeOfLine(view, path, line)?.place.line;
    if (found === undefined || found > last) break;
    lines.push(found);
    line = found;
  }
  return lines;
}
