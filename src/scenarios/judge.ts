// Whether what an `expect` line says is so on the machine now, and what is found instead.
import { joinU64 } from '../base/u64.js';
import { linearOf } from '../facility/linear.js';
import { rawRead } from '../facility/virtual/raw.js';
import { fieldOf, isEnabled, lengthOfField, STEP_BIT, TRAP_BITS } from '../facility/virtual/registers.js';
import { contextRegisters } from '../interfaces/freebsd-dbregs/index.js';
import type { Cpu } from '../machine/cpu-state.js';
import type { MachineEvent } from '../machine/events.js';
import { readMemory } from '../machine/memory.js';
import { accessOfCode } from '../registers/access.js';
import { isSlot, type SlotState, slotText, valueMeant } from './answer.js';
import type { Asking } from './ask.js';
import { bytesOf } from './assemble.js';
import { isEvent, type Meaning } from './event-match.js';
import type { EventText, Fact, ThreadState } from './facts.js';

/** What is there. `met`: it is what the fact says. */
export interface Finding {
  readonly met: boolean;
  readonly found: string;
}

/** The machine and what happened on it since the last `mark`. */
export interface Court extends Meaning, Asking {
  readonly events: readonly MachineEvent[];
}

/** A thread's name that nobody has yet. */
const UNBORN: Finding = { met: false, found: 'the thread has not been born' };

export function judge(court: Court, fact: Fact): Finding {
  switch (fact.kind) {
    case 'virtual':
      return withThread(court, fact.thread.name, (tid) =>
        compare(court, virtual(court, tid, fact.register), valueMeant(court.names, fact.value)),
      );
    case 'shows':
      return withThread(court, fact.thread.name, (tid) => judgeShows(court, tid, fact));
    case 'physical':
      return compare(court, physical(cpuOf(court, fact.cpu), fact.register), valueMeant(court.names, fact.value));
    case 'armed':
      return judgeArmed(court, fact);
    case 'state':
      return withThread(court, fact.thread.name, (tid) => judgeState(court, tid, fact.state));
    case 'at':
      return withThread(court, fact.thread.name, (tid) => judgeAt(court, tid, court.names.place(fact.address)));
    case 'memory':
      return judgeMemory(court, fact);
    case 'client': {
      const found = court.users.status(court.names.actorNumber(fact.client.name));
      return { met: found === fact.status, found };
    }
    case 'context':
      return withThread(court, fact.thread.name, (tid) => {
        const met = contextRegisters(court.host, tid) !== null;
        return { met, found: met ? 'debug registers' : 'none' };
      });
    case 'times':
      return judgeTimes(court, fact.event, fact.times);
    case 'order':
      return judgeOrder(court, fact.events);
  }
}

function withThread({ names }: Court, name: string, judgeThread: (tid: number) => Finding): Finding {
  const tid = names.tidOf(name);
  return tid === null ? UNBORN : judgeThread(tid);
}

function compare({ names }: Court, found: bigint, wanted: bigint): Finding {
  const named = names.valueText(found);
  const hexadecimal = `0x${found.toString(16)}`;
  return { met: found === wanted, found: /^(0x|\d)/.test(named) ? named : `${named} (${hexadecimal})` };
}

/** Virtual register `register` of a thread, as its tracer would read it. */
export function virtual({ host }: Asking, tid: number, register: number): bigint {
  const [lo, hi] = rawRead(host, tid, register);
  return joinU64(lo, hi);
}

/** Physical register `register`; DR4 and DR5 are DR6 and DR7 (R-001). */
export function physical(cpu: Cpu, register: number): bigint {
  if (register < 4) return joinU64(cpu.dr[2 * register] ?? 0, cpu.dr[2 * register + 1] ?? 0);
  return joinU64((register % 2 === 0 ? cpu.dr6 : cpu.dr7) >>> 0, 0);
}

function cpuOf({ machine }: Asking, cpu: number): Cpu {
  const found = machine.state.cpus[cpu];
  if (found === undefined) throw new RangeError(`there is no CPU ${cpu}`);
  return found;
}

function judgeShows(court: Court, tid: number, { bits, step }: Extract<Fact, { kind: 'shows' }>): Finding {
  const dr6 = Number(virtual(court, tid, 6) & 0xffff_ffffn);
  const wanted = bits.reduce((sum, bit) => sum | (1 << bit), 0);
  const shown = [0, 1, 2, 3].filter((bit) => ((dr6 >>> bit) & 1) === 1).map(String);
  const hasStep = (dr6 & STEP_BIT) !== 0;
  const found = [...shown, ...(hasStep ? ['step'] : [])].join(', ');
  return { met: (dr6 & TRAP_BITS) === wanted && hasStep === step, found: found === '' ? 'nothing' : found };
}

/** What a CPU's enabled slots watch. */
export function armedSlots(cpu: Cpu): SlotState[] {
  return [0, 1, 2, 3].flatMap((slot) => {
    if (!isEnabled(cpu.dr7, slot)) return [];
    const field = fieldOf(cpu.dr7, slot);
    const address = linearOf(cpu.dr[2 * slot] ?? 0, cpu.dr[2 * slot + 1] ?? 0);
    return [{ access: accessOfCode(field), address, length: lengthOfField(field) }];
  });
}

function judgeArmed(court: Court, { cpu, breakpoints }: Extract<Fact, { kind: 'armed' }>): Finding {
  const armed = armedSlots(cpuOf(court, cpu));
  const wanted = breakpoints.map(({ access, range }): SlotState => {
    const { at, length } = bytesOf(court.names.layout, range);
    return { access, address: at, length: access === 'execute' ? 1 : length };
  });
  const met = armed.length === wanted.length && wanted.every((one) => armed.some((other) => isSlot(one, other)));
  return { met, found: armed.length === 0 ? 'nothing' : armed.map((slot) => slotText(court.names, slot)).join(', ') };
}

function judgeState({ machine }: Court, tid: number, state: ThreadState): Finding {
  const { status, trace, killedBy, exitStatus } = machine.thread(tid);
  const { stop } = trace;
  const found = describeState({ status, stop, killedBy, exitStatus });
  switch (state.is) {
    case 'running':
      return { met: status === 'ready', found };
    case 'exited':
      return { met: status === 'exited' && killedBy === null && (state.status === null || state.status === exitStatus), found };
    case 'killed':
      return { met: status === 'exited' && killedBy === state.signal, found };
    case 'stopped': {
      const signal = stop?.why === 'signal' ? stop : null;
      const fits = state.signal === null || (signal?.signal === state.signal && (state.code === null || signal.code === state.code));
      return { met: status === 'stopped' && fits, found };
    }
  }
}

type ThreadView = Pick<ReturnType<Court['machine']['thread']>, 'status' | 'killedBy' | 'exitStatus'> & {
  readonly stop: ReturnType<Court['machine']['thread']>['trace']['stop'];
};

function describeState({ status, stop, killedBy, exitStatus }: ThreadView): string {
  if (status === 'ready') return 'running';
  if (status === 'exited') return killedBy === null ? `exited with ${exitStatus}` : `killed by ${killedBy}`;
  if (stop === null) return 'stopped';
  return stop.why === 'signal' ? `stopped by ${stop.signal}${stop.code === null ? '' : ` ${stop.code}`}` : `stopped at ${stop.why}`;
}

function judgeAt({ machine, names }: Court, tid: number, address: number): Finding {
  const { pc } = machine.thread(tid).context;
  return { met: pc === address, found: names.placeText(pc) };
}

function judgeMemory(court: Court, { thread, range, value }: Extract<Fact, { kind: 'memory' }>): Finding {
  const { at, length } = bytesOf(court.names.layout, range);
  const found = thread === null ? kernelMemory(court, at, length) : threadMemory(court, thread.name, at, length);
  return { met: found === value, found: found === null ? 'no memory' : `${found}` };
}

function kernelMemory({ machine }: Court, at: number, length: number): number | null {
  return readMemory(machine.state.kernelMemory, machine.setup.kernelLayout, at, length);
}

function threadMemory({ machine, names }: Court, name: string, at: number, length: number): number | null {
  const tid = names.tidOf(name);
  const space = tid === null ? null : machine.state.spaces[machine.thread(tid).pid];
  return space === null || space === undefined ? null : readMemory(space, machine.setup.layout, at, length);
}

function judgeTimes(court: Court, event: EventText, times: number): Finding {
  const found = court.events.filter((one) => isEvent(court, event, one)).length;
  return { met: found === times, found: ['never', 'once', 'twice'][found] ?? `${found} times` };
}

function judgeOrder(court: Court, events: readonly EventText[]): Finding {
  let at = 0;
  for (const [index, wanted] of events.entries()) {
    const found = court.events.findIndex((one, position) => position >= at && isEvent(court, wanted, one));
    if (found === -1)
      return { met: false, found: index === 0 ? 'it did not happen' : `nothing like number ${index + 1} after number ${index}` };
    at = found + 1;
  }
  return { met: true, found: 'in this order' };
}
