// threads, pause, continue, next, stepIn, stepOut, exceptionInfo: which threads there are, and when they run.
import type { Arguments } from '../arguments.js';
import type { Handler } from '../connection.js';
import { WrongMomentError } from '../errors.js';
import type { Session } from '../session.js';
import { signalName, signalOrigin, signalText } from '../signal-names.js';
import { type StepKind, Stepper } from '../stepper.js';

export function executionRequests(session: Session): Record<string, Handler> {
  return {
    threads: async () => {
      const debuggee = session.debuggeeOrNull;
      const threads = debuggee === null ? [] : await debuggee.client.threads();
      const several = new Set(threads.map(({ pid }) => pid)).size > 1;
      return {
        threads: threads.map(({ pid, tid, name }) => ({
          id: tid,
          name: `${name === '' ? 'thread' : name} ${several ? `${pid}/` : ''}${tid}`,
        })),
      };
    },
    pause: async () => {
      await session.debuggee.pause();
      return undefined;
    },
    continue: async () => {
      const { debuggee } = session;
      if (debuggee.isStopped) await debuggee.resume();
      return { allThreadsContinued: true };
    },
    next: (args) => step(session, args, 'over'),
    stepIn: (args) => step(session, args, 'into'),
    stepOut: (args) => step(session, args, 'out'),
    exceptionInfo: async (args) => {
      const tid = args.whole('threadId');
      const { debuggee } = session;
      const cause = debuggee.stopOf(tid)?.cause;
      if (cause?.kind !== 'signal') throw new WrongMomentError(`thread ${tid} has not stopped for a signal`);
      const origin = signalOrigin(cause.signal, await debuggee.client.signalInfo(tid));
      const name = signalName(cause.signal);
      const text = origin === null ? signalText(cause.signal) : `${signalText(cause.signal)}; ${origin}`;
      return { exceptionId: name, description: text, breakMode: 'always', details: { message: text, typeName: name } };
    },
  };
}

/** Answered at once; the stop at its end is told when it comes. */
function step(session: Session, args: Arguments, kind: StepKind): undefined {
  const { debuggee } = session;
  const tid = args.whole('threadId');
  if (!debuggee.isStopped || debuggee.stopOf(tid) === null) throw new WrongMomentError(`thread ${tid} runs, or is not there`);
  const byInstruction = args.optionalText('granularity') === 'instruction';
  session.peer.afterAnswer(() => {
    new Stepper(session, debuggee, tid).run(kind, byInstruction).catch((error: unknown) => {
      session.print('important', `The step has failed: ${error instanceof Error ? error.message : String(error)}\n`);
      if (session.debuggeeOrNull === debuggee && debuggee.anyStop !== null) {
        debuggee.markStopped();
        session.peer.event('stopped', { reason: 'step', threadId: tid, allThreadsStopped: true });
      }
    });
  });
  return undefined;
}
