// A run as one JSON object a line, for programs: `step`, `expect`, and `summary` last. Addresses and registers are strings.
import { joinU64 } from '../base/u64.js';
import { u64OfLinear } from '../facility/linear.js';
import type { MachineEvent } from '../machine/events.js';
import { toldUser } from './event-match.js';
import type { Run, RunStep } from './record.js';

/** The lines of one run, without line ends. `file`: as it was given. */
export function jsonLines(run: Run, file: string): string[] {
  const kernel = run.rules.kernel;
  return [
    ...run.steps.map((step) => ({ type: 'step', file, kernel, ...stepObject(run, step) })),
    ...run.verdicts.map(({ line, text, met, found }) => ({ type: 'expect', file, kernel, line, text, met, found })),
    { type: 'summary', file, title: run.scenario.title, kernel, ...counts(run) },
  ].map((object) => JSON.stringify(object));
}

function counts({ steps, verdicts, met }: Run): {
  readonly steps: number;
  readonly expects: number;
  readonly not_met: number;
  readonly met: boolean;
} {
  return { steps: steps.length, expects: verdicts.length, not_met: verdicts.filter((one) => !one.met).length, met };
}

function stepObject(run: Run, { line, text, answer, by, events, virtual }: RunStep): object {
  const { names } = run;
  return {
    line,
    text,
    answer,
    cpu: by?.cpu ?? null,
    thread: by === null ? null : names.thread(by.tid),
    events: events.map((event) => eventObject(run, event)),
    registers: virtual.map(({ tid, register, value }) => ({
      thread: names.thread(tid),
      register: `dr${register}`,
      value: hexadecimal(value),
    })),
  };
}

function hexadecimal(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function address(at: number): string | null {
  return Number.isNaN(at) ? null : hexadecimal(u64OfLinear(at));
}

function eventObject(run: Run, event: MachineEvent): object {
  const { names } = run;
  const thread = 'tid' in event ? { thread: names.thread(event.tid) } : {};
  switch (event.type) {
    case 'load': {
      const registers = [0, 1, 2, 3].map((slot) => hexadecimal(joinU64(event.words[2 * slot] ?? 0, event.words[2 * slot + 1] ?? 0)));
      return { type: event.type, cpu: event.cpu, ...thread, dr: registers, dr7: hexadecimal(BigInt(event.dr7 >>> 0)), why: event.why };
    }
    case 'access':
      return { type: event.type, cpu: event.cpu, ...thread, kind: event.kind, address: address(event.at), size: event.length };
    case 'exception': {
      const { cpu, reasons, user, pc } = event;
      return { type: event.type, cpu, ...thread, reasons: hexadecimal(BigInt(reasons)), user, ip: address(pc) };
    }
    case 'triggered': {
      const user = toldUser(run, event.told);
      return { type: event.type, cpu: event.cpu, ...thread, user: user === null ? null : names.actor(user), answer: event.told.answer };
    }
    case 'sample': {
      const user = run.users.ownerOfEvent(event.event);
      const place = { ip: address(event.pc), address: address(event.address) };
      return { type: event.type, cpu: event.cpu, ...thread, user: user === null ? null : names.actor(user), ...place };
    }
    case 'told':
    case 'refused': {
      const { request, type } = event;
      const more = type === 'told' ? { what: event.what, cause: event.cause } : { code: event.code };
      return { type, user: request < 0 ? null : names.actor(request), ...more };
    }
    case 'stop': {
      const { stop } = event;
      const child = 'child' in stop ? { child: names.thread(stop.child) } : {};
      return { type: event.type, ...thread, why: stop.why, signal: stop.why === 'signal' ? stop.signal : null, ...child };
    }
    case 'switch':
      return { type: event.type, cpu: event.cpu, from: names.thread(event.from), to: names.thread(event.to) };
    case 'born':
      return { type: event.type, ...thread, parent: names.thread(event.parent), how: event.how };
    case 'signal':
    case 'resume':
    case 'syscall':
    case 'stale':
    case 'vm86':
    case 'exec':
    case 'exit': {
      const { tid: _, ...rest } = event;
      return { ...rest, ...thread };
    }
  }
}
