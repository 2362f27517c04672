// Birth and death of threads, and what becomes of their breakpoints.
import type { FacilityEvent } from '../../facility/events.js';
import { drive, type Notice } from '../../facility/virtual/drive.js';
import { registersOf } from '../../facility/virtual/half.js';
import { copyRegisters, freshRegisters } from '../../facility/virtual/registers.js';
import { copyMemory } from '../memory.js';
import type { SignalName } from '../program.js';
import { copyContext, newThread, type Thread } from '../state.js';
import { type Kernel, runningOn, spaceOf, threadOf } from './context.js';
import { perform } from './hardware.js';
import { reload, switchTo } from './switch.js';

/** Takes an event into the facility, with all that follows. Returns what was told. */
export function feed(kernel: Kernel, event: FacilityEvent): readonly Notice[] {
  const notices: Notice[] = [];
  drive(kernel.state.half.broker, event, { perform: (effect) => perform(kernel, effect) }, (notice) => {
    notices.push(notice);
    if (notice.type === 'tell') kernel.emit({ type: 'told', request: notice.request, what: notice.what, cause: notice.cause });
    else kernel.emit({ type: 'refused', request: notice.request, code: notice.code, candidates: notice.candidates });
  });
  return notices;
}

/** Makes a thread of process `pid` that has no parent; its number. */
export function addThread(kernel: Kernel, pid: number, pc: number): number {
  const { threads } = kernel.state;
  const thread = newThread(threads.length, pid, -1, pc);
  threads.push(thread);
  registersOf(kernel.state.half, kernel.setup.rules, thread.tid);
  return thread.tid;
}

/** fork, vfork or clone: the child begins at `pc`, and takes along what the rules and the policies of requests say. */
export function makeChild(kernel: Kernel, parent: Thread, how: 'fork' | 'vfork' | 'clone', pc: number): number {
  const { state } = kernel;
  const tid = state.threads.length;
  const pid = how === 'clone' ? parent.pid : state.spaces.length;
  if (how !== 'clone') state.spaces[pid] = copyMemory(spaceOf(kernel, parent.pid));
  const child = newThread(tid, pid, parent.tid, pc);
  child.cpu = parent.cpu;
  Object.assign(child.context, { ...copyContext(parent.context), pc, tf: false, rf: false, shadow: false, held: 0, rep: 0 });
  child.signals.blocked = parent.signals.blocked;
  child.signals.ignored = parent.signals.ignored;
  for (const [at, handler] of parent.signals.handlers.entries()) child.signals.handlers[at] = handler;
  state.threads.push(child);
  inheritRegisters(kernel, parent.tid, tid);
  inheritEvents(kernel, parent.tid, child, how);
  kernel.emit({ type: 'born', tid, pid, parent: parent.tid, how });
  feed(kernel, { type: 'threadStarted', tid, pid, parent: parent.tid, how: how === 'clone' ? 'thread' : 'child' });
  return tid;
}

function inheritRegisters({ state, setup }: Kernel, parent: number, child: number): void {
  const own = registersOf(state.half, setup.rules, parent);
  const fresh = freshRegisters(setup.rules);
  switch (setup.rules.life.fork) {
    case 'nothing':
      state.half.threads[child] = fresh;
      return;
    case 'copy':
      state.half.threads[child] = copyRegisters(own);
      return;
    case 'read-back':
      // The child reads its parent's DR7 and DR6, and nothing is armed.
      state.half.threads[child] = { ...fresh, dr6Lo: own.dr6Lo, dr6Hi: own.dr6Hi, dr7Lo: own.dr7Lo, dr7Hi: own.dr7Hi };
  }
}

/** Perf events copy themselves for children, where they were asked to. */
function inheritEvents({ state }: Kernel, parent: number, child: Thread, how: 'fork' | 'vfork' | 'clone'): void {
  const { half } = state;
  const copies = half.charged.filter(
    ({ tid, inherit }) => tid === parent && (inherit === 'children' || (inherit === 'threads' && how === 'clone')),
  );
  for (const event of copies) {
    const origin = event.origin === -1 ? event.id : event.origin;
    half.charged.push({ ...event, id: half.nextCharged++, tid: child.tid, count: 0, origin });
  }
}

/** exec: another program, without breakpoints unless the rules keep them. */
export function execThread(kernel: Kernel, thread: Thread, pc: number): void {
  const { state, setup } = kernel;
  Object.assign(thread.context, { pc, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0 });
  thread.context.calls.length = 0;
  thread.signals.handlers.fill(-1);
  if (setup.rules.life.exec === 'drop') {
    state.half.threads[thread.tid] = freshRegisters(setup.rules);
    state.half.charged = state.half.charged.filter(({ tid, removeOnExec }) => tid !== thread.tid || !removeOnExec);
    feed(kernel, { type: 'exec', pid: thread.pid });
  }
  kernel.emit({ type: 'exec', tid: thread.tid });
  reload(kernel, thread.tid);
}

/** Ends a thread. Its slots are free before anybody hears of its end. */
export function endThread(
  kernel: Kernel,
  tid: number,
  { status, signal }: { readonly status: number; readonly signal: SignalName | null },
): void {
  const thread = threadOf(kernel, tid);
  thread.status = 'exited';
  thread.exitStatus = status;
  thread.killedBy = signal;
  thread.call = null;
  const { half } = kernel.state;
  half.threads[tid] = freshRegisters(kernel.setup.rules);
  half.charged = half.charged.filter((event) => event.tid !== tid);
  const cpu = runningOn(kernel, tid);
  if (cpu !== -1) switchTo(kernel, cpu, -1);
  feed(kernel, { type: 'exit', tid });
  kernel.emit({ type: 'exit', tid, status, signal });
}
