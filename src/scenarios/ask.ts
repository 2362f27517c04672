// Puts a scenario's requests to the machine: tracers speak their kernel's own interface, users go by the one that their kernel has.
import { assertNever } from '../base/assert.js';
import { linearOfU64 } from '../facility/linear.js';
import { lengthOfField } from '../facility/virtual/registers.js';
import { getDbRegs as freebsdGet, setDbRegs as freebsdSet } from '../interfaces/freebsd-dbregs/index.js';
import type { Host, Result } from '../interfaces/host.js';
import { getDbRegs, setDbRegs } from '../interfaces/netbsd-dbregs/index.js';
import { countWatchpoints, readWatchpoint, type Watchpoint, writeWatchpoint } from '../interfaces/netbsd-watchpoint/index.js';
import type { Machine } from '../machine/machine.js';
import type { TraceOption } from '../machine/state.js';
import { Tracer } from '../machine/tracer.js';
import { accessOfCode, type SlotAccess } from '../registers/access.js';
import { type Answer, answerOf, answerWith, failure, valueMeant } from './answer.js';
import { bytesOf } from './assemble.js';
import type { Names } from './names.js';
import type { RegisterValue, TracerRequest, WatchpointFields } from './requests.js';

/** Whom a request is put to. */
export interface Asking {
  readonly machine: Machine;
  readonly host: Host;
  readonly names: Names;
}

/** Who asks for what. The thread of every request exists. */
export interface TracerCall {
  readonly tracer: number;
  readonly tid: number;
  readonly request: TracerRequest;
}

export function askTracer(asking: Asking, { tracer: number, tid, request }: TracerCall): Answer {
  const tracer = new Tracer(asking.machine, number);
  switch (request.ask) {
    case 'attach':
      return answerOf(tracer.attach(tid));
    case 'detach':
      return answerOf(tracer.detach(tid, request.signal));
    case 'cont':
      return answerOf(tracer.continue(tid, request.signal));
    case 'singlestep':
      return answerOf(tracer.step(tid, request.signal));
    case 'options':
      return answerOf(tracer.setOptions(tid, request.options.map(optionOf)));
    case 'poke':
      return answerOf(tracer.poke(tid, request.register, valueMeant(asking.names, request.value)));
    case 'peek':
      return answerWith(tracer.peek(tid, request.register), (value) => ({ kind: 'value', value }));
    case 'siginfo':
      return answerWith(tracer.signalInfo(tid), ({ signal, code }) => ({ kind: 'signal', signal, code }));
    case 'geteventmsg':
      return answerWith(tracer.eventMessage(tid), (child) => ({ kind: 'thread', tid: child }));
    case 'set':
      return setSlot(asking, tracer, tid, request);
    case 'write-watchpoint':
    case 'read-watchpoint':
    case 'count-watchpoints':
      return askWatchpoint(asking, { tracer: number, tid, request });
    case 'setdbregs':
    case 'getdbregs':
      return askDbregs(asking, { tracer: number, tid, request });
    default:
      return assertNever(request);
  }
}

function optionOf(option: `trace${TraceOption}`): TraceOption {
  switch (option) {
    case 'tracefork':
      return 'fork';
    case 'tracevfork':
      return 'vfork';
    case 'traceclone':
      return 'clone';
    case 'traceexec':
      return 'exec';
  }
}

function setSlot({ names }: Asking, tracer: Tracer, tid: number, request: Extract<TracerRequest, { ask: 'set' }>): Answer {
  const { slot, breakpoint } = request;
  if (slot > 3) return failure('EINVAL');
  if (breakpoint === null) return answerOf(tracer.setSlot(tid, slot, null));
  const { access, range } = breakpoint;
  if (access === 'io') return failure('EINVAL');
  const { at, length } = bytesOf(names.layout, range);
  return answerOf(tracer.setSlot(tid, slot, { address: at, length: access === 'execute' ? 1 : length, access }));
}

type WatchpointRequest = Extract<TracerRequest, { ask: 'write-watchpoint' | 'read-watchpoint' | 'count-watchpoints' }>;

/** PT_*_WATCHPOINT: of the mail's NetBSD alone. */
function askWatchpoint(asking: Asking, { tracer, tid, request }: { tracer: number; tid: number; request: WatchpointRequest }): Answer {
  const { host } = asking;
  if (host.rules.kernel !== 'netbsd-2016') return failure('ENOSYS');
  if (request.ask === 'count-watchpoints') {
    return answerWith(countWatchpoints(host, tracer, tid), (count) => ({ kind: 'value', value: BigInt(count) }));
  }
  if (request.ask === 'read-watchpoint') return answerWith(readWatchpoint(host, tracer, tid, request.index), watchpointAnswer);
  return answerOf(writeWatchpoint(host, tracer, { index: request.index, lwp: tid, md: mdOf(asking, request.fields) }));
}

function mdOf({ names }: Asking, { address, condition, length }: WatchpointFields): Watchpoint['md'] {
  const at = address === null ? 0 : linearOfU64(valueMeant(names, address));
  return { type: 'dbregs', address: at, condition, length };
}

function watchpointAnswer({ md }: Watchpoint): Answer {
  if (md.address === 0) return { kind: 'slot', slot: null };
  const access: SlotAccess = accessOfCode(md.condition);
  return { kind: 'slot', slot: { access, address: md.address, length: lengthOfField(md.length << 2) } };
}

type DbregsRequest = Extract<TracerRequest, { ask: 'setdbregs' | 'getdbregs' }>;

/** PT_GETDBREGS and PT_SETDBREGS: of NetBSD as merged, and of FreeBSD. */
function askDbregs({ host, names }: Asking, { tracer, tid, request }: { tracer: number; tid: number; request: DbregsRequest }): Answer {
  const { kernel } = host.rules;
  if (kernel !== 'netbsd' && kernel !== 'freebsd') return failure('ENOSYS');
  const got = kernel === 'netbsd' ? getDbRegs(host, tracer, tid) : freebsdGet(host, tracer, tid);
  if (request.ask === 'getdbregs') return answerWith(got, (all) => ({ kind: 'value', value: all[request.register] ?? 0n }));
  return answerWith(got, (all) => {
    const changed = changedRegisters(names, all, request.registers);
    const result: Result<null> =
      kernel === 'netbsd' ? setDbRegs(host, { tracer, tid, privileged: true }, changed) : freebsdSet(host, tracer, tid, changed);
    return answerOf(result);
  });
}

function changedRegisters(names: Names, all: readonly bigint[], changes: readonly RegisterValue[]): bigint[] {
  const changed = [...all];
  for (const { register, value } of changes) changed[register] = valueMeant(names, value);
  return changed;
}
