// A machine that lives through a random script, and is looked at after every instruction of every CPU.
import { linearOf } from '../../src/facility/linear.js';
import type { PieceSpec, Request } from '../../src/facility/request.js';
import type { Rules } from '../../src/facility/rules.js';
import { isEnabled, TRAP_BITS } from '../../src/facility/virtual/registers.js';
import { modify, registerKernel, registerUser, unregister } from '../../src/interfaces/hwbkpt/index.js';
import type { MachineEvent } from '../../src/machine/events.js';
import type { Thread } from '../../src/machine/state.js';
import { bytesOf, concerned, covers, isSettled, nextTouches, rawWishes, sees, type Touch } from './life-oracle.js';
import { Broken, checkRegisters } from './life-registers.js';
import { type Act, HANDLER, type LifeScript, PROGRAM, SNIPPETS, snippetAt } from './life-script.js';
import { at, kernelWrite, Stage } from './stage.js';

/** Threads at most, alive; and ever. */
const ALIVE = 5;
const EVER = 12;
const CHILDREN = ['fork', 'vfork', 'clone'];

export class World {
  readonly stage: Stage;
  /** How often something was to be seen, and was. */
  hits = 0;
  evictions = 0;
  /** Virtual bits of each thread that its next report must show. */
  readonly #owed = new Map<number, number>();
  readonly #told = new Set<number>();
  /** Bytes of requests when they were last looked at. */
  readonly #pieces = new Map<number, readonly PieceSpec[]>();
  readonly #users: number[] = [];
  #nextId = 0;
  #holding = false;

  constructor(rules: Rules, cpus: number) {
    this.stage = new Stage(rules, PROGRAM, { cpus });
    const { machine } = this.stage;
    const first = machine.addProcess(at(0));
    for (const { signals } of [first, machine.addProcess(at(0)), machine.addThread(first.pid, at(0))]) {
      signals.handlers = signals.handlers.with(0, HANDLER);
    }
    machine.script = { decide: () => (this.#holding ? 'later' : null), triggered: () => undefined };
    for (let cpu = 0; cpu < Math.min(cpus, 3); cpu++) machine.switch(cpu, cpu);
  }

  play(script: LifeScript): void {
    for (const act of script.acts) {
      this.#act(act);
      this.#look();
    }
  }

  #alive(): Thread[] {
    return this.stage.machine.state.threads.filter(({ status }) => status !== 'exited');
  }

  #pick(n: number): Thread | null {
    const alive = this.#alive();
    return alive[n % Math.max(1, alive.length)] ?? null;
  }

  #act(act: Act): void {
    const { machine, tracer, host } = this.stage;
    const cpus = machine.state.cpus.length;
    switch (act.act) {
      case 'run':
        for (let n = 0; n < act.steps; n++) this.#step(act.cpu % cpus);
        return;
      case 'do':
        this.#do(act.cpu % cpus, act);
        return;
      case 'switch':
        this.#switch(act.cpu % cpus, this.#pick(act.thread), act.between);
        return;
      case 'idle':
        machine.switch(act.cpu % cpus, -1);
        return;
      case 'send':
        this.#send(this.#pick(act.thread), act.snippet);
        return;
      case 'slot':
      case 'poke':
        this.#write(this.#pick(act.thread), act);
        return;
      case 'continue': {
        const thread = this.#pick(act.thread);
        if (thread?.trace.stop === null || thread === null) return;
        if (act.step) tracer.step(thread.tid);
        else tracer.continue(thread.tid);
        return;
      }
      case 'detach': {
        const thread = this.#pick(act.thread);
        if (thread !== null && thread.trace.stop !== null) tracer.detach(thread.tid);
        return;
      }
      case 'register': {
        const { thread: n, bytes, answer, ...terms } = act;
        const wish = { ...bytes, ...terms, id: this.#nextId++, triggered: answer };
        const thread = n === -1 ? null : this.#pick(n);
        const registered = thread === null ? n === -1 && registerKernel(host, wish) : registerUser(host, thread.tid, wish);
        if (registered !== false && registered.ok) this.#users.push(wish.id);
        return;
      }
      case 'unregister': {
        const [id] = this.#users.splice(act.which % Math.max(1, this.#users.length), 1);
        if (id !== undefined) unregister(host, id);
        return;
      }
      case 'modify': {
        const id = this.#users[act.which % Math.max(1, this.#users.length)];
        if (id !== undefined) modify(host, id, act.bytes);
        return;
      }
      case 'hold':
        this.#holding = act.on;
        return;
      case 'answer': {
        const { held } = machine.state;
        const effect = held[act.which % Math.max(1, held.length)];
        // What is to be undone can be.
        if (effect !== undefined) machine.answer(effect.effect, effect.type === 'disarm' ? null : act.code);
      }
    }
  }

  #do(cpu: number, { thread: n, snippet }: { readonly thread: number; readonly snippet: number }): void {
    const { machine, tracer } = this.stage;
    if (machine.state.cpus[cpu]?.thread === -1) {
      const somebody = this.#pick(n);
      if (somebody !== null && somebody.trace.stop !== null) tracer.continue(somebody.tid);
      this.#look();
      this.#switch(cpu, somebody, null);
    }
    this.#send(machine.state.threads[machine.state.cpus[cpu]?.thread ?? -1] ?? null, snippet);
    for (let steps = 0; steps < 4; steps++) this.#step(cpu);
  }

  #send(thread: Thread | null, snippet: number): void {
    if (thread === null || thread.call !== null || thread.status !== 'ready') return;
    const instruction = SNIPPETS[snippet];
    const births = instruction?.op === 'syscall' && CHILDREN.includes(instruction.call.name);
    if (births && (this.#alive().length >= ALIVE || this.stage.machine.state.threads.length >= EVER)) return;
    thread.context.pc = snippetAt(snippet);
    thread.context.rf = false;
  }

  #write(thread: Thread | null, act: Extract<Act, { readonly act: 'slot' | 'poke' }>): void {
    if (thread === null) return;
    const { tracer, host } = this.stage;
    if (thread.trace.tracer === -1) tracer.attach(thread.tid);
    else if (thread.trace.stop === null) host.tracing.interrupt(thread.tid);
    if (act.act === 'slot') tracer.setSlot(thread.tid, act.index, act.bytes);
    else tracer.poke(thread.tid, act.index, act.value);
    if (act.act === 'slot' && act.goOn) tracer.continue(thread.tid);
  }

  #switch(cpu: number, thread: Thread | null, between: number | null): void {
    const { machine } = this.stage;
    if (thread === null || thread.status !== 'ready') return;
    const moves = machine.state.cpus[cpu]?.thread !== thread.tid;
    const touch: Touch | null = between === null || !moves ? null : { kind: 'write', at: between, length: 8, user: false };
    // A user's byte may be anybody's in the middle of a switch; the kernel's own are watched all the time.
    const expected = touch === null || touch.at >= 0 ? [] : concerned(machine, thread.tid, touch);
    this.#look();
    const covered = new Map(machine.state.half.broker.requests.map((one) => [one.id, covers(one, thread.tid)]));
    machine.switch(cpu, thread.tid, between === null ? undefined : kernelWrite(between));
    const events = machine.takeEvents();
    for (const event of events) {
      if (event.type !== 'triggered' || event.told.who !== 'request') continue;
      if (covered.get(event.told.id) === false) throw new Broken(`request ${event.told.id} was told of thread ${event.tid}`);
    }
    this.#expectTold(
      expected.map(({ id }) => id),
      events,
    );
    this.#follow(events);
  }

  /** One step of a CPU, and what it must have reported. */
  #step(cpu: number): void {
    const { machine } = this.stage;
    const tid = machine.state.cpus[cpu]?.thread ?? -1;
    const thread = machine.state.threads[tid];
    if (thread === undefined || thread.status !== 'ready') return;
    this.#look();
    const { before, touches: after } = nextTouches(machine, thread);
    const stops = before !== null && this.#isSeen(tid, before);
    const touches = stops ? [before] : after;
    const expected = touches.flatMap((touch) => concerned(machine, tid, touch).map(({ id }) => id));
    const bits = this.#rawBits(tid, touches);
    const installed = machine.state.half.broker.requests.filter((one) => one.id >= 0 && isSettled(one)).map(({ id }) => id);
    const { pc } = thread.context;
    machine.step(cpu);
    const events = machine.takeEvents();
    // A breakpoint whose disarming is held back may still stop the instruction: then it has not touched anything.
    if (!stops && before !== null && events.some((event) => event.type === 'exception' && event.pc === pc)) {
      this.#follow(events);
      return;
    }
    this.#expectTold(expected, events);
    for (const event of events) {
      if (event.type !== 'triggered' || event.told.who !== 'request' || event.told.id < 0) continue;
      if (installed.includes(event.told.id) && !expected.includes(event.told.id))
        throw new Broken(`request ${event.told.id} was told of nothing`);
    }
    if (bits !== 0) this.#expectSignal(tid, bits, events);
    this.#follow(events);
  }

  #isSeen(tid: number, touch: Touch): boolean {
    return concerned(this.stage.machine, tid, touch).length > 0 || this.#rawBits(tid, [touch]) !== 0;
  }

  /** Virtual bits that the thread's own registers owe it; the kernel's accesses count where the rules say so. */
  #rawBits(tid: number, touches: readonly Touch[]): number {
    const { machine } = this.stage;
    let bits = 0;
    for (const wish of rawWishes(machine, tid)) {
      const counts = (touch: Touch): boolean =>
        touch.user || (machine.setup.rules.trap.inKernel === 'reported' && wish.access !== 'execute');
      if (touches.some((touch) => counts(touch) && sees(wish, touch))) bits |= 1 << wish.index;
    }
    return bits;
  }

  #expectTold(expected: readonly number[], events: readonly MachineEvent[]): void {
    const told = events.flatMap((event) => (event.type === 'triggered' && event.told.who === 'request' ? [event.told.id] : []));
    for (const id of expected) {
      if (!told.includes(id)) throw new Broken(`a hit of request ${id} was not reported`);
      this.hits++;
    }
  }

  #expectSignal(tid: number, bits: number, events: readonly MachineEvent[]): void {
    const owed = events.some((event) => event.type === 'signal' && event.tid === tid && event.signal === 'SIGTRAP');
    if (!owed) throw new Broken(`thread ${tid} was not told of its registers ${bits}`);
    this.#owed.set(tid, (this.#owed.get(tid) ?? 0) | bits);
    this.hits++;
  }

  /** Reports, callbacks and loads, in the order in which they happened. */
  #follow(events: readonly MachineEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'told':
          this.#callback(event.request, event.what, event.cause);
          break;
        case 'stop':
          if (event.stop.why === 'signal' && event.stop.signal === 'SIGTRAP') this.#report(event.tid, event.stop.reasons ?? 0);
          break;
        case 'signal':
          if (event.signal === 'SIGTRAP' && event.how !== 'owed' && event.how !== 'merged') this.#owed.delete(event.tid);
          break;
        case 'exec':
        case 'exit':
          this.#owed.delete(event.tid);
          break;
        case 'load':
          this.#checkLoad(event);
          break;
        default:
      }
    }
  }

  #report(tid: number, reasons: number): void {
    const owed = this.#owed.get(tid) ?? 0;
    this.#owed.delete(tid);
    const dr6 = this.stage.tracer.peek(tid, 6);
    const shown = dr6.ok ? Number(dr6.value & 0xfn) : reasons & TRAP_BITS;
    if ((shown & owed) !== owed) throw new Broken(`the report of thread ${tid} shows ${shown}, not ${owed}`);
  }

  #callback(request: number, what: 'installed' | 'uninstalled' | 'triggered', cause: string): void {
    if (what === 'triggered') return;
    const was = this.#told.has(request);
    if (was === (what === 'installed')) throw new Broken(`request ${request} was told ${what} twice`);
    if (what === 'installed') this.#told.add(request);
    else this.#told.delete(request);
    if (cause === 'evicted') this.evictions++;
  }

  /** Who was told that it is installed, and not otherwise since, is in the registers wherever it has to be. */
  #checkLoad({ cpu, tid, words, dr7 }: Extract<MachineEvent, { readonly type: 'load' }>): void {
    const { requests } = this.stage.machine.state.half.broker;
    for (const request of requests) {
      if (!this.#told.has(request.id) || !isSettled(request) || !covers(request, tid) || this.#hasMoved(request)) continue;
      for (const { address } of bytesOf(request)) {
        const there = [0, 1, 2, 3].some(
          (slot) => isEnabled(dr7, slot) && linearOf(words[2 * slot] ?? 0, words[2 * slot + 1] ?? 0) === address,
        );
        if (!there) throw new Broken(`CPU ${cpu} lost installed request ${request.id}`);
      }
    }
  }

  /** Loads of before that are of its old bytes. */
  #hasMoved({ id, pieces }: Request): boolean {
    const before = this.#pieces.get(id);
    return before !== undefined && before !== pieces;
  }

  /** What must be true between any two instructions. */
  #look(): void {
    const { machine } = this.stage;
    this.#follow(machine.takeEvents());
    for (const { id, pieces } of machine.state.half.broker.requests) this.#pieces.set(id, pieces);
    checkRegisters(machine);
  }
}
