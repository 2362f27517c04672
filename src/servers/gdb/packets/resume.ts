// vCont and its older relatives c, C, s, S: what threads are to do.
import { addressOfHex, linuxSignal, numberOfHex, parseThreadId, selects, type ThreadSelector } from '../../../protocols/rsp/index.js';
import type { Answer, Packets } from '../packet.js';
import { refusalOf } from '../refusals.js';
import { OK, RefusedError } from '../replies.js';
import type { GdbSession } from '../session.js';
import type { Action, Thread } from '../threads.js';

export const resume: Packets = {
  'vCont?': () => 'vCont;c;C;s;S;t;r',
  vCont: (session, args) =>
    vCont(
      session,
      args.split(';').map((text) => orderOf(session, text)),
    ),
  c: (session) => legacy(session, 'c'),
  C: (session, args) => legacy(session, `C${args.split(';')[0] ?? ''}`),
  s: (session) => legacy(session, 's'),
  S: (session, args) => legacy(session, `S${args.split(';')[0] ?? ''}`),
  vCtrlC: ({ steering }) => {
    steering.interrupt();
    return OK;
  },
};

interface Order {
  /** Null: stop. */
  readonly action: Action | null;
  readonly who: ThreadSelector;
}

const EVERYBODY: ThreadSelector = { pid: 'all', tid: 'all' };

//   c | C SIGNAL | s | S SIGNAL | t | r START,END      and after a colon whom it is for; without it: those whom none before it was for
function orderOf({ settings }: GdbSession, text: string): Order {
  const [what = '', id] = text.split(':');
  const who = id === undefined ? EVERYBODY : parseThreadId(id);
  const action = actionOf(what, settings.isLldb);
  if (who === null || action === undefined) throw new RefusedError('EINVAL', `vCont does not know ${text}`);
  return { action, who };
}

function actionOf(what: string, isLldb: boolean): Action | null | undefined {
  const rest = what.slice(1);
  switch (what.charAt(0)) {
    case 'c':
      return { kind: 'continue', signal: 0 };
    case 'C':
      return withSignal('continue', rest, isLldb);
    case 's':
      return { kind: 'step', signal: 0, range: null };
    case 'S':
      return withSignal('step', rest, isLldb);
    case 'r':
      return rangeOf(rest);
    case 't':
      return null;
    default:
      return undefined;
  }
}

function withSignal(kind: 'continue' | 'step', text: string, isLldb: boolean): Action | undefined {
  const number = numberOfHex(text);
  if (number === null) return undefined;
  const signal = isLldb ? number : linuxSignal(number);
  return kind === 'step' ? { kind, signal, range: null } : { kind, signal };
}

function rangeOf(text: string): Action | undefined {
  const [start, end] = text.split(',').map(addressOfHex);
  return start === null || start === undefined || end === null || end === undefined
    ? undefined
    : { kind: 'step', signal: 0, range: { start, end } };
}

async function vCont(session: GdbSession, orders: readonly Order[]): Promise<Answer> {
  const { steering, settings } = session;
  const actions = new Map<Thread, Action>();
  const stopped: Thread[] = [];
  for (const thread of steering.known()) {
    const order = orders.find(({ who }) => selects(who, thread));
    if (order?.action === null) stopped.push(thread);
    else if (order !== undefined && (thread.stop !== null || !settings.nonStop)) actions.set(thread, order.action);
  }
  if (stopped.length > 0 && !settings.nonStop) throw new RefusedError('EINVAL', 'vCont;t is for non-stop mode');
  if (actions.size > 0) {
    // What gdb asks about after a stop is the thread of that stop, until it says otherwise.
    if (!settings.nonStop) session.chosen.general = null;
    try {
      await steering.go(actions);
    } catch (error) {
      if (settings.nonStop) throw error;
      const { errno, message } = refusalOf(error);
      if (errno !== 'ESRCH') return await steering.stayed(message);
      steering.awaitEnd();
    }
  }
  if (stopped.length > 0) await steering.stop(stopped);
  if (!settings.nonStop && actions.size === 0) {
    if (!steering.hasEnds) throw new RefusedError('ESRCH', 'no thread is meant');
    steering.awaitEnd();
  }
  return settings.nonStop ? OK : null;
}

/** Of the thread that Hc has chosen, or of all; a step is always of one. */
function legacy(session: GdbSession, what: string): Promise<Answer> {
  const action = actionOf(what, session.settings.isLldb);
  if (action === undefined || action === null) throw new RefusedError('EINVAL', `no signal in ${what}`);
  const { resumed } = session.chosen;
  const thread = resumed ?? (action.kind === 'step' ? session.steering.current : null);
  const who: ThreadSelector = thread === null ? EVERYBODY : { pid: thread.pid, tid: thread.tid };
  return vCont(session, [{ action, who }]);
}
