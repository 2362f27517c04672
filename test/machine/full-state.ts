// A machine's state in which nothing is empty: what must be copied and packed is all there to be looked at. It cannot be run.
import type { Scope } from '../../src/facility/request.js';
import { newRequest } from '../../src/facility/request.js';
import type { Facility } from '../../src/facility/state.js';
import { PLAIN_CHARGE } from '../../src/facility/virtual/charges.js';
import { newHalf } from '../../src/facility/virtual/half.js';
import { type MachineState, newState, newThread, SIGNALS, type SignalInfo, type Thread } from '../../src/machine/state.js';

const A = 0x60_0000;
const PIECES = [{ address: A, length: 8 }];
const THREAD: Scope = { kind: 'thread', pid: 1, tid: 1 };
const INFO: SignalInfo = { code: 'TRAP_PERF', address: A, event: 1, late: true };

/** One of everything. */
export function fullState(): MachineState {
  const state = newState(1, { bytes: Uint8Array.of(7) });
  const [cpu] = state.cpus;
  if (cpu !== undefined) Object.assign(cpu, { dr: [1, 2, 3, 4, 5, 6, 7, 8], dr6: 0xffff_4ff1 | 0, dr7: 0x701, de: true, thread: 1 });
  state.threads.push(newThread(0, 0, -1, 0x40_0000), busyThread(), endedThread());
  state.spaces.push({ bytes: Uint8Array.of(1, 2) }, { bytes: Uint8Array.of(3) });
  const order = {
    cookie: 1,
    address: A,
    length: 8,
    access: 'write',
    scope: THREAD,
    inherit: 'none',
    inKernel: true,
    stackDepth: 1,
    handling: 2,
    tids: [1],
  } as const;
  state.held.push({ type: 'arm', effect: 5, piece: order });
  return { ...state, half: fullHalf() };
}

function busyThread(): Thread {
  const thread = newThread(1, 1, 0, 0x40_0004);
  const context = { pc: 0x40_0004, tf: true, rf: true, shadow: true, held: 1, rep: 3, passes: 2, calls: [0x40_0010] };
  return {
    ...thread,
    ...{ status: 'stopped', cpu: 0, context, call: { name: 'yield' }, action: 1, vm86: true, dr7Off: true },
    signals: {
      ...{ pending: 1, blocked: 2, ignored: 4, swallowed: 8, reasons: 0x4001 },
      infos: SIGNALS.map(() => INFO),
      handlers: SIGNALS.map(() => 0x50_0000),
      frames: [{ context: { ...context, calls: [0x40_0020] }, blocked: 1, signal: 'SIGIO', info: INFO }],
    },
    trace: {
      ...{ tracer: 100, stepping: true, forcedTf: true, options: ['fork', 'exec'], inject: 'SIGUSR1', eventMessage: 9 },
      stop: { why: 'signal', signal: 'SIGTRAP', code: 'TRAP_HWBKPT', address: A, reasons: 1 },
    },
  };
}

function endedThread(): Thread {
  const thread = newThread(2, 1, 0, 0x40_0004);
  thread.trace.stop = { why: 'clone', child: 3 };
  return { ...thread, status: 'exited', exitStatus: 3, killedBy: 'SIGTRAP' };
}

function fullHalf(): MachineState['half'] {
  const event = {
    ...PLAIN_CHARGE,
    id: 8,
    client: 'perf',
    tid: 1,
    cpu: 0,
    index: 1,
    address: A,
    length: 8,
    access: 'write',
    enabled: true,
  } as const;
  const more = { period: 3, sinceOverflow: 1, signalData: 5n, count: 4, origin: 7, notify: { tid: 1, signal: 'SIGIO' } } as const;
  const virtual = { words: [1, 2, 3, 4, 5, 6, 7, 8], dr6Lo: 1, dr6Hi: 2, dr7Lo: 3, dr7Hi: 4, used: true, reported: true };
  return {
    ...newHalf(1),
    broker: fullBroker(),
    threads: [virtual, { ...virtual, words: [...virtual.words] }, { ...virtual, words: [...virtual.words] }],
    owners: [[1, 2, 3, 4]],
    loaded: [1],
    charged: [
      { ...event, ...more },
      { ...event, id: 9, client: 'ptrace', cpu: -1 },
    ],
    nextCharged: 10,
    kwatch: [0, 1, 2, 3].map((type) => ({ address: A, length: 4, type, handler: type + 1 })),
    kernelUser: true,
  };
}

function fullBroker(): Facility {
  const spec = { id: 3, pieces: PIECES, access: 'write', scope: THREAD, inherit: 'threads', priority: 20 } as const;
  const request = newRequest({ ...spec, callbacks: true, answer: 'passed', inKernel: true, stackDepth: 2, handling: 3 }, 1);
  const flags = { installed: true, planned: true, wasInstalled: true, kept: true, hasTwin: true, fresh: true };
  const lists = { places: [0], cookies: [1], tids: [1, 2], before: { pieces: PIECES, access: 'write' } } as const;
  Object.assign(request, { ...flags, ...lists, blocked: 'EBUSY' });
  return {
    requests: [request],
    ranked: [request],
    kernelChosen: [request],
    competitors: [{ pid: 1, tid: 1, strangers: 1, users: 1, chosen: [request] }],
    armed: [
      {
        cookie: 1,
        ...PIECES[0],
        address: A,
        length: 8,
        access: 'write',
        scope: THREAD,
        inherit: 'threads',
        inKernel: true,
        stackDepth: 2,
        handling: 2,
        tids: [1],
        state: 'armed',
        users: 0,
      },
    ],
    kernelSlots: 1,
    kernelStrangers: 1,
    strangersCame: true,
    stale: true,
    outstanding: [{ effect: 5, cookie: 1 }],
    unsettled: [request],
    unused: [1],
    queue: [{ type: 'withdraw', id: 3 }],
    inCallback: true,
    nextAge: 4,
    nextCookie: 5,
    nextEffect: 6,
    version: 7,
  };
}
