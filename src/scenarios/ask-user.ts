// Requests of those who are no tracers. A kernel user goes by whatever its kernel has: hwbkpt, Kwatch, one perf event a CPU, or the whole
// set of registers where there is no sharing.
import { assertNever } from '../base/assert.js';
import { requestOf } from '../facility/state.js';
import type { Host, Result } from '../interfaces/host.js';
import { modify, registerKernel, registerUser, unregister } from '../interfaces/hwbkpt/index.js';
import { registerKwatch, unregisterKwatch } from '../interfaces/kwatch/index.js';
import { closeEvent, modifyEvent, openEvent, type PerfBreakpoint, readCount } from '../interfaces/linux-perf/index.js';
import { swallowSignals } from '../interfaces/utrace/index.js';
import { hostOf } from '../machine/kernel/host.js';
import { accessCode } from '../registers/access.js';
import { type Answer, answerOf, answerWith, failure } from './answer.js';
import type { Asking } from './ask.js';
import { bytesOf } from './assemble.js';
import type { BreakpointText, UserRequest } from './requests.js';

/** bp_type of perf: read 1, write 2, execute 4. I/O has none. */
const PERF_TYPES = { write: 2, readwrite: 3, execute: 4, io: 0 } as const;
/** bp_len of an instruction breakpoint: sizeof(long). */
const LONG = 8;

/** What users hold at the machine, by their numbers. */
export class Users {
  readonly #asking: Asking;
  readonly #kwatch = new Map<number, number>();
  readonly #perf = new Map<number, number[]>();
  /** By perf event; stays when the event goes, for what happened is told later. */
  readonly #owners = new Map<number, number>();

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** The user whose perf event that is or was, or whose copy of one; null for nobody's. */
  ownerOfEvent(event: number): number | null {
    const known = this.#owners.get(event);
    if (known !== undefined) return known;
    const origin = this.#asking.host.half.charged.find(({ id }) => id === event)?.origin ?? -1;
    const owner = this.#owners.get(origin);
    if (owner === undefined) return null;
    this.#owners.set(event, owner);
    return owner;
  }

  /** Whether the user's breakpoint is in a register, waits for one, or is unknown. */
  status(user: number): 'installed' | 'waiting' | 'unregistered' {
    const { half } = this.#asking.host;
    const request = requestOf(half.broker, user);
    if (request !== null) return request.installed ? 'installed' : 'waiting';
    const held = this.#kwatch.has(user) || (this.#perf.get(user)?.length ?? 0) > 0;
    return held ? 'installed' : 'unregistered';
  }

  ask(user: number, request: UserRequest, tid: number): Answer {
    switch (request.ask) {
      case 'register':
        return request.thread === null ? this.#registerKernel(user, request) : this.#registerUser(user, tid, request);
      case 'modify':
        return this.#modify(user, request.breakpoint);
      case 'unregister':
        return this.#unregister(user);
      case 'swallow':
      case 'leave':
        return this.#swallow(tid, request);
      case 'kwatch':
        return this.#kwatchRegister(user, request.breakpoint, request.handler);
      case 'unkwatch':
        return this.#kwatchUnregister(user, request.register);
      case 'open':
        return this.#open(user, tid, request);
      case 'close':
        return this.#close(user);
      case 'count':
        return this.#count(user);
      default:
        return assertNever(request);
    }
  }

  get #host(): Host {
    return this.#asking.host;
  }

  #bytes({ range, access }: BreakpointText): { readonly address: number; readonly length: number } {
    const { at, length } = bytesOf(this.#asking.names.layout, range);
    return { address: at, length: access === 'execute' ? 1 : length };
  }

  #registerKernel(user: number, { breakpoint, terms }: Extract<UserRequest, { ask: 'register' }>): Answer {
    const { access } = breakpoint;
    switch (this.#host.rules.sharing) {
      case 'priority': {
        if (access === 'io') return failure('EINVAL');
        const { priority, callbacks, answer, inherit } = terms;
        const wish = { id: user, ...this.#bytes(breakpoint), access, priority, callbacks, triggered: answer, inherit };
        return registered(registerKernel(this.#host, wish));
      }
      case 'kwatch':
        return this.#kwatchRegister(user, breakpoint, true);
      case 'charges':
        return this.#openEverywhere(user, breakpoint);
      case 'index':
        this.#host.half.kernelUser = true;
        this.#host.changed(-1);
        return { kind: 'ok' };
    }
  }

  #registerUser(user: number, tid: number, { breakpoint, terms }: Extract<UserRequest, { ask: 'register' }>): Answer {
    const { access } = breakpoint;
    if (this.#host.rules.sharing !== 'priority') return failure('ENOSYS');
    if (access === 'io') return failure('EINVAL');
    const { priority, callbacks, answer, inherit } = terms;
    const wish = { id: user, ...this.#bytes(breakpoint), access, priority, callbacks, triggered: answer, inherit };
    return registered(registerUser(this.#host, tid, wish));
  }

  #modify(user: number, breakpoint: BreakpointText): Answer {
    const { access } = breakpoint;
    const [event] = this.#perf.get(user) ?? [];
    if (event !== undefined) {
      const { address, length } = this.#bytes(breakpoint);
      const type = PERF_TYPES[access];
      return answerOf(modifyEvent(this.#host, event, { address, length: access === 'execute' ? LONG : length, type, disabled: false }));
    }
    if (this.#host.rules.sharing !== 'priority') return failure('ENOSYS');
    return access === 'io' ? failure('EINVAL') : answerOf(modify(this.#host, user, { ...this.#bytes(breakpoint), access }));
  }

  #unregister(user: number): Answer {
    switch (this.#host.rules.sharing) {
      case 'priority':
        return answerOf(unregister(this.#host, user));
      case 'kwatch':
        return this.#kwatchUnregister(user, null);
      case 'charges':
        return this.#close(user);
      case 'index':
        this.#host.half.kernelUser = false;
        this.#host.changed(-1);
        return { kind: 'ok' };
    }
  }

  /** Signals are of every kernel; that an engine may take them is utrace's. */
  #swallow(tid: number, { ask, signal }: Extract<UserRequest, { ask: 'swallow' | 'leave' }>): Answer {
    return answerOf(swallowSignals(hostOf(this.#asking.machine), tid, signal, ask === 'swallow'));
  }

  #kwatchRegister(user: number, breakpoint: BreakpointText, handler: boolean): Answer {
    if (this.#host.rules.sharing !== 'kwatch') return failure('ENOSYS');
    const type = accessCode(breakpoint.access);
    const result = registerKwatch(this.#host, { ...this.#bytes(breakpoint), type, handler: handler ? user : null });
    if (result.ok) this.#kwatch.set(user, result.value);
    return answerWith(result, (slot) => ({ kind: 'value', value: BigInt(slot) }));
  }

  /** Returns nothing, whatever the number. */
  #kwatchUnregister(user: number, register: number | null): Answer {
    if (this.#host.rules.sharing !== 'kwatch') return failure('ENOSYS');
    const slot = register ?? this.#kwatch.get(user) ?? -1;
    unregisterKwatch(this.#host, slot);
    for (const [holder, held] of this.#kwatch) if (held === slot) this.#kwatch.delete(holder);
    return { kind: 'ok' };
  }

  #open(user: number, tid: number, { cpu, breakpoint, kernel, inherit }: Extract<UserRequest, { ask: 'open' }>): Answer {
    if (this.#host.rules.sharing !== 'charges') return failure('ENOSYS');
    const result = this.#event({ tid, cpu: cpu ?? -1, excludeKernel: !kernel, inherit }, breakpoint);
    if (result.ok) this.#own(user, [...(this.#perf.get(user) ?? []), result.value]);
    return answerOf(result);
  }

  /** One event for each CPU; when one fails, those made before are gone again. */
  #openEverywhere(user: number, breakpoint: BreakpointText): Answer {
    const made: number[] = [];
    for (const [cpu] of this.#asking.machine.state.cpus.entries()) {
      const result = this.#event({ tid: -1, cpu, excludeKernel: false, inherit: 'none' }, breakpoint);
      if (!result.ok) {
        for (const event of made) closeEvent(this.#host, event);
        return failure(result.errno);
      }
      made.push(result.value);
    }
    this.#own(user, made);
    return { kind: 'ok' };
  }

  #own(user: number, events: number[]): void {
    this.#perf.set(user, events);
    for (const event of events) this.#owners.set(event, user);
  }

  #event(where: Pick<PerfBreakpoint, 'tid' | 'cpu' | 'excludeKernel' | 'inherit'>, breakpoint: BreakpointText): Result<number> {
    const { address, length } = this.#bytes(breakpoint);
    const type = PERF_TYPES[breakpoint.access];
    const own = { address, length: breakpoint.access === 'execute' ? LONG : length, type };
    return openEvent(this.#host, { ...where, ...own, disabled: false, sigtrap: false, removeOnExec: false, privileged: true });
  }

  #close(user: number): Answer {
    for (const event of this.#perf.get(user) ?? []) closeEvent(this.#host, event);
    this.#perf.delete(user);
    return { kind: 'ok' };
  }

  #count(user: number): Answer {
    const [event] = this.#perf.get(user) ?? [];
    if (event === undefined) return failure(this.#host.rules.sharing === 'charges' ? 'ENOENT' : 'ENOSYS');
    return answerWith(readCount(this.#host, event), (count) => ({ kind: 'value', value: BigInt(count) }));
  }
}

function registered(result: Result<0 | 1>): Answer {
  return answerWith(result, (installed) => ({ kind: 'state', state: installed === 1 ? 'installed' : 'waiting' }));
}
