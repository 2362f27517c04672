// stackTrace, scopes: the frames of a stopped thread, and what can be looked at in each.
import { localsOf } from '../../../session/inspect/index.js';
import { hex } from '../arguments.js';
import type { Handler } from '../connection.js';
import type { Session } from '../session.js';
import { sourceOf } from '../source.js';

/** Frames given where the client does not say how many it wants. */
const MOST_FRAMES = 1000;

export function stackRequests(session: Session): Record<string, Handler> {
  return {
    stackTrace: async (args) => {
      const { debuggee } = session;
      const tid = args.whole('threadId');
      const first = args.optionalWhole('startFrame') ?? 0;
      const levels = args.optionalWhole('levels') ?? 0;
      const most = first + (levels === 0 ? MOST_FRAMES : levels);
      // One more, to know whether there are.
      const { view, thread, frames } = await debuggee.frames(tid, most + 1);
      const shown = frames.slice(first, most).map((frame, i) => {
        const { place } = frame;
        return {
          id: debuggee.references.frame({ view, tid, index: first + i, thread, frame }),
          name: nameOf(place.function, frame.address),
          ...sourceOf(place.file),
          line: place.line === null ? 0 : session.toClientLine(place.line),
          column: place.line === null ? 0 : session.style.columnsFrom,
          instructionPointerReference: hex(frame.address),
          ...(place.module === null ? {} : { moduleId: place.module }),
          ...(place.line === null ? { presentationHint: 'subtle' } : {}),
        };
      });
      return { stackFrames: shown, totalFrames: frames.length };
    },
    scopes: (args) => {
      const { references } = session.debuggee;
      const at = references.frameOf(args.whole('frameId'));
      const locals = localsOf(at.view, at.frame);
      const parameters = locals.filter(({ isParameter }) => isParameter).length;
      const scope = (name: string, kind: 'arguments' | 'locals' | 'statics' | 'registers', more: object): object => ({
        name,
        variablesReference: references.container({ kind, at }),
        ...more,
      });
      return {
        scopes: [
          ...(parameters === 0
            ? []
            : [scope('Arguments', 'arguments', { presentationHint: 'arguments', expensive: false, namedVariables: parameters })]),
          scope('Locals', 'locals', { presentationHint: 'locals', expensive: false, namedVariables: locals.length - parameters }),
          scope('Statics', 'statics', { expensive: true }),
          scope('Registers', 'registers', { presentationHint: 'registers', expensive: true }),
        ],
      };
    },
  };
}

function nameOf(name: string | null, address: bigint): string {
  return name ?? hex(address);
}
