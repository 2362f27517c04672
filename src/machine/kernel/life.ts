// Birth and death of threads, and what becomes of their breakpoints.
import type { FacilityEvent, Notice } from '../../facility/events.js';
import type { Charged } from '../../facility/virtual/charges.js';
import { drive } from '../../facility/virtual/drive.js';
import { ownBroker, type RegisterHalf, registersOf } from '../../facility/virtual/half.js';
import { copyRegisters, freshRegisters } from '../../facility/virtual/registers.js';
import { copyMemory } from '../memory.js';
import type { SignalName, SystemCall } from '../program.js';
import { copyContext, newThread, SIGNALS, type Thread } from '../state.js';
import { type Kernel, runningOn, spaceOf, threadOf } from './context.js';
import { perform } from './hardware.js';
import { reload, switchTo } from './switch.js';

/** Takes an event into the facility, with all that follows. Returns what was told. */
export function feed(kernel: Kernel, event: FacilityEvent): readonly Notice[] {
  const notices: Notice[] = [];
  drive(ownBroker(kernel.state.half), event, { perform: (effect) => perform(kernel, effect) }, (notice) => {
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

/** A call that makes a thread. */
export type Birth = Extract<SystemCall, { readonly child: number }>;

/** fork, vfork or clone: the child takes along what the rules and the policies of requests say. */
export function makeChild(kernel: Kernel, parent: Thread, { name: how, child: pc, clearsHandlers = false }: Birth): number {
  const { state } = kernel;
  const tid = state.threads.length;
  const pid = how === 'clone' ? parent.pid : state.spaces.length;
  if (how !== 'clone') state.spaces[pid] = copyMemory(spaceOf(kernel, parent.pid));
  const child = newThread(tid, pid, parent.tid, pc);
  child.cpu = parent.cpu;
  Object.assign(child.context, { ...copyContext(parent.context), pc, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0 });
  child.signals.blocked = parent.signals.blocked;
  child.signals.ignored = parent.signals.ignored;
  if (!clearsHandlers) child.signals.handlers = parent.signals.handlers;
  state.threads.push(child);
  inheritRegisters(kernel, parent.tid, tid);
  inheritEvents(kernel, child, { isThread: how === 'clone', clearsHandlers });
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
      copyCharges(state.half, parent, child);
      return;
    case 'read-back':
      // The child reads its parent's DR7 and DR6, and nothing is armed.
      state.half.threads[child] = { ...fresh, dr6Lo: own.dr6Lo, dr6Hi: own.dr6Hi, dr7Lo: own.dr7Lo, dr7Hi: own.dr7Hi };
  }
}

/** What stands behind the registers of a kernel that charges for them. */
function copyCharges(half: RegisterHalf, parent: number, child: number): void {
  const own = half.charged.filter(({ client, tid }) => client === 'ptrace' && tid === parent);
  for (const charge of own) half.charged.push({ ...charge, id: half.nextCharged++, tid: child });
}

/** Perf events copy themselves for children, where they were asked to; a signal without a handler would kill the child. */
function inheritEvents(
  { state }: Kernel,
  { tid, parent }: Thread,
  { isThread, clearsHandlers }: { readonly isThread: boolean; readonly clearsHandlers: boolean },
): void {
  const { half } = state;
  for (const event of half.charged.slice()) {
    const { inherit, dropped, sigtrap } = event;
    if (event.tid !== parent || dropped || inherit === 'none' || (inherit === 'threads' && !isThread)) continue;
    if (sigtrap && clearsHandlers) continue;
    const origin = event.origin === -1 ? event.id : event.origin;
    half.charged.push({ ...event, id: half.nextCharged++, tid, count: 0, sinceOverflow: 0, origin });
  }
}

/** The other threads of a process end when one of them runs another program. */
function endSiblings(kernel: Kernel, { tid, pid }: Thread): void {
  for (const other of kernel.state.threads) {
    if (other.pid === pid && other.tid !== tid && other.status !== 'exited') endThread(kernel, other.tid, { status: 0, signal: 'SIGKILL' });
  }
}

/** exec: another program, without breakpoints unless the rules keep them. */
export function execThread(kernel: Kernel, thread: Thread, pc: number): void {
  const { state, setup } = kernel;
  endSiblings(kernel, thread);
  Object.assign(thread.context, { pc, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0 });
  thread.context.calls = [];
  thread.signals.handlers = SIGNALS.map(() => -1);
  if (setup.rules.life.exec === 'drop') {
    state.half.threads[thread.tid] = freshRegisters(setup.rules);
    execEvents(state.half, thread.tid);
    feed(kernel, { type: 'exec', pid: thread.pid });
  }
  kernel.emit({ type: 'exec', tid: thread.tid });
  reload(kernel, thread.tid);
}

/** Those that are not to live on are dropped, and those that wait for it are switched on. */
function execEvents(half: RegisterHalf, tid: number): void {
  dropEvents(half, (event) => event.tid === tid && event.removeOnExec);
  for (const event of half.charged) {
    if (event.tid !== tid || !event.enableOnExec || event.dropped) continue;
    event.enableOnExec = false;
    event.enabled = true;
  }
}

/** What somebody has a descriptor of keeps its charge and its count until that is closed; all else is gone. */
function dropEvents(half: RegisterHalf, isDropped: (event: Charged) => boolean): void {
  half.charged = half.charged.filter((event) => !isDropped(event) || (event.client === 'perf' && event.origin === -1));
  for (const event of half.charged) if (isDropped(event)) Object.assign(event, { enabled: false, dropped: true });
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
  dropEvents(half, (event) => event.tid === tid);
  const cpu = runningOn(kernel, tid);
  if (cpu !== -1) switchTo(kernel, cpu, -1);
  feed(kernel, { type: 'exit', tid });
  kernel.emit({ type: 'exit', tid, status, signal });
}
