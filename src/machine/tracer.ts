// A tracer on the machine: interfaces/tracer.ts, with the machine's kernel as its host.
import { HostTracer } from '../interfaces/tracer.js';
import { hostOf } from './kernel/host.js';
import type { Machine } from './machine.js';

export type { SlotWish } from '../interfaces/tracer.js';

export class Tracer extends HostTracer {
  /** `number`: the tracer's own; `privileged`: root, or what a kernel wants instead. */
  constructor(machine: Machine, number: number, privileged = true) {
    super(hostOf(machine), number, privileged);
  }
}
