// initialize, launch, attach, configurationDone, disconnect, terminate, cancel: how a session begins and ends.
import type { ClientEvent } from '../../../session/debug/index.js';
import type { Arguments } from '../arguments.js';
import { capabilitiesOf, changedCapabilities, UNKNOWN_ENGINE } from '../capabilities.js';
import type { Handler } from '../connection.js';
import { Debuggee } from '../debuggee.js';
import { BadArgumentError, WrongMomentError } from '../errors.js';
import type { TargetRequest } from '../open-target.js';
import type { Session } from '../session.js';
import { dealWithEvent, dealWithStop, tellStop } from '../stops.js';

const INHERITS = ['none', 'threads', 'children'] as const;

interface Start {
  readonly stopOnEntry: boolean;
}

export function lifecycleRequests(session: Session): Record<string, Handler> {
  let start: Start | null = null;
  const open = async (args: Arguments, request: TargetRequest): Promise<undefined> => {
    start = { stopOnEntry: args.flag('stopOnEntry') };
    await begin(session, args, request);
    // From now on breakpoints can be found.
    session.peer.afterAnswer(() => session.peer.event('initialized'));
  };
  return {
    initialize: (args) => {
      session.style = {
        linesFrom: args.optionalFlag('linesStartAt1') === false ? 0 : 1,
        columnsFrom: args.optionalFlag('columnsStartAt1') === false ? 0 : 1,
        logsData: false,
      };
      return capabilitiesOf(session.debuggeeOrNull?.client.capabilities ?? UNKNOWN_ENGINE);
    },
    launch: async (args) => await open(args, launchRequest(args)),
    attach: async (args) => await open(args, attachRequest(args)),
    configurationDone: async () => {
      const { debuggee } = session;
      const wants = start;
      start = null;
      if (wants !== null) session.peer.afterAnswer(() => void letGo(session, debuggee, wants).catch(() => undefined));
      return undefined;
    },
    disconnect: async (args) => {
      const debuggee = session.debuggeeOrNull;
      const ends = args.optionalFlag('terminateDebuggee') ?? debuggee?.isLaunched ?? false;
      if (debuggee !== null && ends) await debuggee.client.kill(debuggee.client.pid).catch(() => undefined);
      else if (debuggee !== null && args.flag('suspendDebuggee')) session.sendSignal(debuggee.client.pid, 'SIGSTOP');
      await session.leave();
      if (debuggee !== null) session.peer.afterAnswer(() => session.peer.event('terminated'));
      return undefined;
    },
    terminate: async () => {
      const { debuggee } = session;
      // It may want to tidy up: nothing is to keep it from its end but breakpoints.
      await debuggee.stopAtSignals(new Set());
      session.sendSignal(debuggee.client.pid, 'SIGTERM');
      session.peer.afterAnswer(() => void goOn(debuggee).catch(() => undefined));
      return undefined;
    },
    cancel: (args) => {
      const request = args.optionalWhole('requestId');
      if (request !== null) session.peer.cancel(request);
      return undefined;
    },
  };
}

/** To its end, that is, if it stands. */
async function goOn(debuggee: Debuggee): Promise<void> {
  if (debuggee.isStarting) await debuggee.standing;
  if (debuggee.isStopped || debuggee.isStarting) await debuggee.resume();
}

async function begin(session: Session, args: Arguments, request: TargetRequest): Promise<void> {
  if (session.debuggeeOrNull !== null) throw new WrongMomentError('there is a program already', { hint: 'Disconnect from it first.' });
  session.style = { ...session.style, logsData: args.flag('logDataBreakpoints') };
  const priority = args.optionalWhole('priority', 0, 255);
  const target = await session.openTarget(request, (stream, text) => session.print(stream, text));
  const { client, outputEnded } = target;
  const debuggee: Debuggee = new Debuggee(
    {
      target,
      isLaunched: request.kind === 'launch',
      priority,
      changed: (breakpoint) => session.peer.event('breakpoint', { reason: 'changed', breakpoint: session.inClientLines(breakpoint) }),
    },
    {
      stopped: async (stop) => await dealWithStop(session, debuggee, stop),
      event: (event) => {
        dealWithEvent(session, debuggee, event);
        void ended(session, debuggee, { event, outputEnded });
      },
    },
  );
  session.setDebuggee(debuggee);
  await debuggee.begin();
  const capabilities = changedCapabilities(UNKNOWN_ENGINE, client.capabilities);
  if (capabilities !== null) session.peer.event('capabilities', { capabilities });
  session.peer.event('process', {
    name: request.kind === 'launch' ? request.argv[0] : String(request.pid),
    systemProcessId: client.pid,
    isLocalProcess: true,
    startMethod: request.kind,
    pointerSize: 64,
  });
}

/** The client has said all that it wants before the program runs. */
async function letGo(session: Session, debuggee: Debuggee, { stopOnEntry }: Start): Promise<void> {
  if (debuggee.isStarting) await debuggee.standing;
  if (!stopOnEntry) {
    if (debuggee.isStarting) await debuggee.resume();
    return;
  }
  if (!debuggee.isStarting) {
    await debuggee.pause();
    return;
  }
  const tid = debuggee.anyStop?.tid ?? debuggee.client.pid;
  tellStop(session, debuggee, tid, { reason: 'entry', description: 'Paused at its first instruction' });
}

interface Ending {
  readonly event: Exclude<ClientEvent, { readonly type: 'stopped' }>;
  readonly outputEnded: Promise<void>;
}

/** The program has ended, or is out of reach: says so once. */
async function ended(session: Session, debuggee: Debuggee, { event, outputEnded }: Ending): Promise<void> {
  const isEnd = event.type === 'closed' || (event.type === 'process-ended' && event.end.pid === debuggee.client.pid);
  if (!isEnd || session.debuggeeOrNull !== debuggee) return;
  session.setDebuggee(null);
  await atMost(LONGEST_OUTPUT, outputEnded);
  if (event.type === 'process-ended') {
    const { end } = event.end;
    session.peer.event('exited', { exitCode: end.kind === 'exited' ? end.status : 128 + end.signal });
  } else session.print('important', `hwbkpt has let go of the program: ${event.because}\n`);
  session.peer.event('terminated');
  await debuggee.leave();
}

/** What a program leaves running may keep its output open: waited for so long after its end, ms. */
const LONGEST_OUTPUT = 500;

function atMost(milliseconds: number, what: Promise<void>): Promise<void> {
  const late = new Promise<void>((done) => {
    setTimeout(done, milliseconds);
  });
  return Promise.race([what, late]);
}

function launchRequest(args: Arguments): TargetRequest {
  const program = args.text('program');
  if (program === '') throw new BadArgumentError('program', 'the path of a program');
  return {
    kind: 'launch',
    argv: [program, ...args.texts('args')],
    cwd: args.optionalText('cwd'),
    environment: args.environment('env') ?? {},
    ...common(args),
  };
}

function attachRequest(args: Arguments): TargetRequest {
  // Editors' process pickers give texts.
  const written = args.has('pid') ? 'pid' : 'processId';
  const pid = Number.isNaN(Number(textOrNumber(args, written))) ? 0 : Number(textOrNumber(args, written));
  if (!Number.isSafeInteger(pid) || pid < 1) throw new BadArgumentError(written, 'the number of a process');
  return { kind: 'attach', pid, ...common(args) };
}

function textOrNumber(args: Arguments, name: string): string | number {
  try {
    return args.whole(name, 1);
  } catch {
    return args.text(name);
  }
}

function common(args: Arguments): Pick<TargetRequest, 'inherit' | 'engine'> {
  const text = args.optionalText('inherit') ?? 'threads';
  const inherit = INHERITS.find((one) => one === text);
  if (inherit === undefined) throw new BadArgumentError('inherit', INHERITS.join(', '));
  return { inherit, engine: args.optionalText('engine') };
}
