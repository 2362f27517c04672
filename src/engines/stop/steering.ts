// Control over the threads of a session: each call is carried out by the thread that traces.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Control, ControlledThread, StepRequest, StopPolicy } from '../control.js';
import { ControlError } from '../errors.js';
import { KnownRegisters } from './known-registers.js';
import type { TracerLine } from './tracer-line.js';

export class Steering implements Control {
  readonly #link: TracerLine;
  /** Of threads that stand, as the reader of reports learns of them. */
  readonly known = new KnownRegisters();

  constructor(link: TracerLine) {
    this.#link = link;
  }

  setPolicy(policy: StopPolicy): void {
    this.#link.call('setPolicy', policy);
  }

  threads(): readonly ControlledThread[] {
    return this.#link.call('threads');
  }

  stop(tids: readonly number[]): void {
    this.#link.call('stop', tids);
  }

  resume(tids: readonly number[], signal: number): void {
    for (const tid of tids) this.known.changed(tid, this.#link.nextCall);
    this.#link.call('resume', tids, signal);
    this.#link.linger();
  }

  step(tid: number, request: StepRequest): void {
    this.known.changed(tid, this.#link.nextCall);
    this.#link.call('step', tid, request);
    this.#link.linger();
  }

  registers(tid: number): BigUint64Array {
    return this.known.get(tid) ?? this.#link.call('registers', tid);
  }

  setRegisters(tid: number, registers: BigUint64Array): void {
    this.known.changed(tid, this.#link.nextCall);
    this.#link.call('setRegisters', tid, registers);
  }

  extendedState(tid: number): Uint8Array {
    return this.#link.call('extendedState', tid);
  }

  setExtendedState(tid: number, state: Uint8Array): void {
    this.#link.call('setExtendedState', tid, state);
  }

  signalInfo(tid: number): Uint8Array | null {
    return this.#link.call('signalInfo', tid);
  }

  setSignalInfo(tid: number, info: Uint8Array): void {
    this.#link.call('setSignalInfo', tid, info);
  }

  /** Through /proc/PID/mem, which writes where the process itself may only read, into a copy of its own. */
  writeMemory(pid: number, address: bigint, bytes: Uint8Array): void {
    try {
      const fd = openSync(`/proc/${pid}/mem`, 'r+');
      try {
        if (writeSync(fd, bytes, 0, bytes.length, Number(address)) < bytes.length) throw new Error('not all of it is mapped');
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw new ControlError('not-mapped', pid, `cannot write ${bytes.length} bytes at 0x${address.toString(16)} of process ${pid}`, {
        cause: error,
      });
    }
  }

  kill(pid: number): void {
    process.kill(pid, 'SIGKILL');
  }

  detach(pid: number, signal: number): void {
    this.#link.call('detach', pid, signal);
  }

  onActivity(listener: (() => void) | null): void {
    this.#link.onNews(listener);
  }
}
