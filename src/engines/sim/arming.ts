// The pieces of one session on the simulated machine: each is one request to the machine's kernel, or one for each thread or child.
import type { ArmOrder, Code, Scope } from '../../facility/index.js';
import { requestOf, SLOTS } from '../../facility/index.js';
import { hostOf } from '../../machine/index.js';
import type { EngineTarget } from '../contract.js';
import { ArmError, type ArmFailure, FAILURE_CODES } from '../errors.js';
import { inMachine, processInMachine } from './numbers.js';
import type { Simulation } from './simulation.js';

/** What the machine's kernel is asked for. It has no rank: the session's own facility has decided. */
const WISH = { priority: 255, callbacks: false, answer: 'consumed', inKernel: true } as const;

interface Armed {
  readonly order: ArmOrder;
  /** Requests to the machine's kernel, some of which may be gone with their thread or program. */
  readonly requests: number[];
}

type ProcessScope = Extract<Scope, { readonly kind: 'process' }>;

export class SimArming {
  readonly #simulation: Simulation;
  readonly #target: EngineTarget;
  readonly #host: ReturnType<typeof hostOf>;
  readonly #pid: number;
  readonly #byCookie = new Map<number, Armed>();
  readonly #byRequest = new Map<number, ArmOrder>();

  constructor(simulation: Simulation, target: EngineTarget) {
    this.#simulation = simulation;
    this.#target = target;
    this.#host = hostOf(simulation.world.machine);
    this.#pid = processInMachine(simulation.world.machine, target.pid);
  }

  /** Threads that a piece which is armed now is on. */
  get threads(): number[] {
    const { tid } = this.#target;
    const { threads } = this.#simulation.world.machine.state;
    const own = threads.filter((thread) => thread.pid === this.#pid && thread.status !== 'exited').map((thread) => thread.tid);
    return tid === null ? own : own.filter((one) => one === inMachine(tid));
  }

  /** The piece that request `request` to the machine's kernel is for; null where it is somebody else's. */
  orderOf(request: number): ArmOrder | null {
    return this.#byRequest.get(request) ?? null;
  }

  /** Arms all of them, or none: then why not. */
  arm(orders: readonly ArmOrder[]): ArmError | null {
    const scopes = this.#scopes();
    if (scopes.length === 0) return this.#error('no-process', 'it has ended');
    for (const order of orders) {
      const error = this.#armOne(order, scopes);
      if (error === null) continue;
      this.disarm(orders.map(({ cookie }) => cookie));
      return error;
    }
    return null;
  }

  #armOne(order: ArmOrder, scopes: readonly Scope[]): ArmError | null {
    if (!isAligned(order)) return this.#error('invalid', `${order.length} bytes at ${order.address} are not aligned`);
    this.#byCookie.set(order.cookie, { order, requests: [] });
    for (const scope of scopes) {
      const code = this.#request(order, scope);
      if (code !== null) return this.#error(failureOf(code), `the machine's kernel answered ${code}`);
    }
    return null;
  }

  /** Whom a piece is for: a process's threads to come are among its threads; a single thread's are inherited. */
  #scopes(): Scope[] {
    const { tid, inherit } = this.#target;
    const pid = this.#pid;
    const { threads } = this;
    if (threads.length === 0) return [];
    if (tid === null && inherit !== 'none') return [{ kind: 'process', pid }];
    return threads.map((one): Scope => ({ kind: 'thread', pid, tid: one }));
  }

  #request(order: ArmOrder, scope: Scope): Code | null {
    const id = this.#simulation.newRequest();
    const { address, access, cookie } = order;
    const pieces = [{ address, length: lengthOf(order) }];
    const inherit = scope.kind === 'thread' ? this.#target.inherit : 'none';
    const notices = this.#host.feed({ type: 'request', request: { ...WISH, id, pieces, access, scope, inherit } });
    const refused = notices.find((notice) => notice.type === 'refuse' && notice.request === id);
    if (refused?.type === 'refuse') return refused.code;
    this.#byCookie.get(cookie)?.requests.push(id);
    this.#byRequest.set(id, order);
    return null;
  }

  /** A child was born, with as much free as its parent: what watches the parent's process watches it too. */
  follow(child: number): void {
    const scope: ProcessScope = { kind: 'process', pid: child };
    for (const { order } of this.#byCookie.values()) this.#request(order, scope);
  }

  disarm(cookies: readonly number[]): void {
    for (const cookie of cookies) {
      for (const id of this.#byCookie.get(cookie)?.requests ?? []) {
        if (this.#isKnown(id)) this.#host.feed({ type: 'withdraw', id });
        this.#byRequest.delete(id);
      }
      this.#byCookie.delete(cookie);
    }
  }

  disarmAll(): void {
    this.disarm([...this.#byCookie.keys()]);
  }

  #isKnown(id: number): boolean {
    return requestOf(this.#host.half.broker, id) !== null;
  }

  /** Other bytes for an armed piece, or why it stays where it was. */
  move(order: ArmOrder): ArmError | null {
    const before = this.#byCookie.get(order.cookie);
    if (before === undefined) return this.#error('invalid', `piece ${order.cookie} is not armed`);
    if (!isAligned(order)) return this.#error('invalid', `${order.length} bytes at ${order.address} are not aligned`);
    const code = this.#change(before.requests, order);
    if (code !== null) {
      this.#change(before.requests, before.order);
      return this.#error(failureOf(code), `the machine's kernel answered ${code}`);
    }
    this.#byCookie.set(order.cookie, { order, requests: before.requests });
    for (const id of before.requests) this.#byRequest.set(id, order);
    return null;
  }

  #change(requests: readonly number[], order: ArmOrder): Code | null {
    const pieces = [{ address: order.address, length: lengthOf(order) }];
    for (const id of requests.filter((one) => this.#isKnown(one))) {
      const notices = this.#host.feed({ type: 'change', id, pieces, access: order.access });
      const refused = notices.find((notice) => notice.type === 'refuse' && notice.request === id);
      if (refused?.type === 'refuse') return refused.code;
    }
    return null;
  }

  /** Slots of the target's fullest thread that no other session holds. */
  free(): number {
    const { requests, armed } = this.#host.half.broker;
    const own = new Set(requests.filter(({ id }) => this.#byRequest.has(id)).flatMap(({ cookies }) => cookies));
    const strangers = armed.filter(({ cookie }) => !own.has(cookie));
    const pid = this.#pid;
    const taken = this.threads.map(
      (tid) => strangers.filter(({ scope, tids }) => (scope.kind === 'process' ? scope.pid === pid : tids.includes(tid))).length,
    );
    return SLOTS - Math.max(0, ...taken);
  }

  #error(failure: ArmFailure, text: string): ArmError {
    return new ArmError(failure, this.#target.pid, new Error(text));
  }
}

function failureOf(code: Code): ArmFailure {
  const entry = Object.entries(FAILURE_CODES).find(([, known]) => known === code);
  return (entry?.[0] as ArmFailure | undefined) ?? 'unsupported';
}

function lengthOf({ access, length }: ArmOrder): number {
  return access === 'execute' ? 1 : length;
}

/** Linux refuses what is not; the processor would silently watch the aligned bytes below it. */
function isAligned(order: ArmOrder): boolean {
  return Number.isInteger(order.address) && order.address % lengthOf(order) === 0;
}
