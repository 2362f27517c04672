// From what stops threads to what the client is told; what is only to be printed or counted is, and the program goes on.
import { assertNever } from '../../base/assert.js';
import type { ClientEvent, ClientStop } from '../../session/debug/index.js';
import type { Breakpoint, BreakpointKind } from './breakpoint.js';
import { takeHit } from './breakpoint.js';
import type { Debuggee } from './debuggee.js';
import { changeText, whereText } from './hit-text.js';
import { logText } from './log-message.js';
import type { Session } from './session.js';
import { signalName, signalText } from './signal-names.js';

/** How a stop is told. */
interface Told {
  readonly reason: string;
  readonly description: string;
  readonly text?: string;
  readonly hitBreakpointIds?: readonly number[];
}

const REASONS: Readonly<Record<BreakpointKind, { readonly reason: string; readonly description: string }>> = {
  line: { reason: 'breakpoint', description: 'Paused on breakpoint' },
  function: { reason: 'function breakpoint', description: 'Paused on function breakpoint' },
  instruction: { reason: 'instruction breakpoint', description: 'Paused on instruction breakpoint' },
  data: { reason: 'data breakpoint', description: 'Paused on data breakpoint' },
};

/** A stop that nobody waited for: tells it, or lets the program go on. */
export async function dealWithStop(session: Session, debuggee: Debuggee, stop: ClientStop): Promise<void> {
  const told = await judged(session, debuggee, stop);
  if (told !== null) {
    await debuggee.breakpoints.catchUp();
    tellStop(session, debuggee, stop.tid, told);
  } else if (!debuggee.isStopped && !debuggee.isOtherPending) await debuggee.resume();
}

/** Tells the client that all threads stand, because of `tid`; of one that had a reason of its own at the same time, without drawing attention to it. */
export function tellStop(session: Session, debuggee: Debuggee, tid: number, told: Told): void {
  const another = debuggee.isStopped ? { preserveFocusHint: true } : {};
  debuggee.markStopped();
  session.peer.event('stopped', { ...told, ...another, threadId: tid, allThreadsStopped: true });
}

/** How a stop is to be told; null: it is not, and the program is to go on. Prints and counts what is to be. */
async function judged(session: Session, debuggee: Debuggee, stop: ClientStop): Promise<Told | null> {
  const { cause } = stop;
  switch (cause.kind) {
    case 'hit':
      return await judgedHits(session, debuggee, stop);
    case 'signal':
      return { reason: 'exception', description: `Paused on ${signalName(cause.signal)}`, text: signalText(cause.signal) };
    case 'step':
      return { reason: 'step', description: 'Paused on step' };
    case 'interrupted':
      return { reason: 'pause', description: 'Paused' };
    case 'exec': {
      await debuggee.view(stop.pid);
      await debuggee.breakpoints.forgetCode();
      return null;
    }
    case 'born':
    case 'clone':
    case 'fork':
    case 'vfork':
    case 'group-stop':
      return null;
    default:
      return assertNever(cause);
  }
}

/** {@link judged} for breakpoints; what steps have armed for themselves counts for nothing. */
export async function judgedHits(session: Session, debuggee: Debuggee, stop: ClientStop): Promise<Told | null> {
  if (stop.cause.kind !== 'hit') return null;
  const stopping: Breakpoint[] = [];
  const texts: string[] = [];
  for (const { watch, hit } of stop.cause.hits) {
    if (debuggee.breakpoints.isLoad(watch)) await debuggee.breakpoints.lookAgain();
    const breakpoint = debuggee.breakpoints.byWatch(watch);
    if (breakpoint === null || !takeHit(breakpoint)) continue;
    if (breakpoint.wish.logMessage !== null) {
      session.print('console', `${await logText(debuggee, stop.tid, breakpoint.wish.logMessage)}\n`);
      continue;
    }
    stopping.push(breakpoint);
    if (breakpoint.wish.kind === 'data') texts.push(`${changeText(hit, breakpoint)} (${whereText(hit)})`);
  }
  const [first] = stopping;
  if (first === undefined) return null;
  // A change of data says more than that a line was reached.
  const kind = stopping.find(({ wish }) => wish.kind === 'data')?.wish.kind ?? first.wish.kind;
  const { reason, description } = REASONS[kind];
  const text = texts.join('; ');
  return {
    reason,
    description: text === '' ? description : text,
    ...(text === '' ? {} : { text }),
    hitBreakpointIds: stopping.map(({ id }) => id),
  };
}

/** {@link judgedHits} for a code breakpoint that a thread has come to without a hit of its own. */
export async function reached(
  session: Session,
  debuggee: Debuggee,
  { tid, breakpoint }: { readonly tid: number; readonly breakpoint: Breakpoint },
): Promise<Told | null> {
  if (!takeHit(breakpoint)) return null;
  const { kind, logMessage } = breakpoint.wish;
  if (logMessage === null) return { ...REASONS[kind], hitBreakpointIds: [breakpoint.id] };
  session.print('console', `${await logText(debuggee, tid, logMessage)}\n`);
  return null;
}

/** What is told beside stops. */
export function dealWithEvent(session: Session, debuggee: Debuggee, event: Exclude<ClientEvent, { readonly type: 'stopped' }>): void {
  switch (event.type) {
    case 'hit': {
      const breakpoint = debuggee.breakpoints.byWatch(event.watch);
      if (breakpoint === null || !takeHit(breakpoint)) return;
      session.print('console', `${changeText(event.hit, breakpoint)} (${whereText(event.hit)})\n`);
      return;
    }
    case 'watch':
      if (debuggee.breakpoints.isLoad(event.watch)) {
        debuggee.breakpoints.loadsChanged().catch(() => undefined);
        return;
      }
      debuggee.breakpoints.watchChanged(event.watch, event.because);
      if (event.change === 'evicted')
        session.print('console', `${event.watch.info.expression}: a request of higher priority has taken its debug registers\n`);
      return;
    case 'thread':
      session.peer.event('thread', { reason: event.change === 'started' ? 'started' : 'exited', threadId: event.tid });
      return;
    case 'event':
      if (event.event.kind === 'lost' || event.event.kind === 'throttled')
        session.print('console', `${event.event.count} accesses were not reported: there were too many at once\n`);
      if (event.event.kind === 'unseen-change')
        session.print('console', `${event.event.watch.expression} has changed in a way that no debug register sees\n`);
      return;
    case 'process-ended':
    case 'closed':
      return;
    default:
      assertNever(event);
  }
}
