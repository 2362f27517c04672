// Runs a scenario under one kernel's rules: what happened, step by step, and which of its expects hold.
import type { Code } from '../facility/request.js';
import type { Rules } from '../facility/rules.js';
import type { MachineEvent } from '../machine/events.js';
import { hostOf } from '../machine/kernel/host.js';
import type { Machine } from '../machine/machine.js';
import type { Thread } from '../machine/state.js';
import { type Answer, answerText, isExpected } from './answer.js';
import { type Asking, askTracer } from './ask.js';
import { Users } from './ask-user.js';
import { assembleAction } from './assemble.js';
import { judge, virtual } from './judge.js';
import { type Layout, layOut } from './layout.js';
import { makeMachine } from './make-machine.js';
import { Names } from './names.js';
import { type Observation, type Run, type RunStep, subjectOf, type Verdict, type VirtualChange } from './record.js';
import type { ResultText, TracerRequest, UserRequest } from './requests.js';
import { changeRule } from './rule-change.js';
import type { RuleChange, RunLimit, Scenario, Statement, ThreadText } from './scenario.js';

/** A thread that does not come to rest. */
const MOST_STEPS = 10_000;
const VIRTUAL_REGISTERS = [0, 1, 2, 3, 6, 7];

/** Runs `scenario` under `rules`, with the changes that the scenario makes to them, and then `mutant`'s. */
export function runScenario(scenario: Scenario, rules: Rules, mutant: RuleChange | null = null): Run {
  const changes = [...scenario.rules.filter(({ kernel }) => kernel === rules.kernel), ...(mutant === null ? [] : [mutant])];
  const own = changes.reduce(changeRule, rules);
  return new Runner(scenario, own).run();
}

class Runner {
  readonly #scenario: Scenario;
  readonly #rules: Rules;
  readonly #layout: Layout;
  readonly #names: Names;
  readonly #machine: Machine;
  /** Those of the beginning, by their numbers. */
  readonly #threads: readonly ThreadText[];
  readonly #asking: Asking;
  readonly #users: Users;
  readonly #steps: RunStep[] = [];
  readonly #verdicts: Verdict[] = [];
  readonly #observations: Observation[] = [];
  readonly #registers = new Map<number, readonly bigint[]>();
  #events: MachineEvent[] = [];
  #holding = false;
  #failNext: Code | null = null;

  constructor(scenario: Scenario, rules: Rules) {
    this.#scenario = scenario;
    this.#rules = rules;
    this.#layout = layOut(scenario);
    this.#names = new Names(scenario, this.#layout);
    const { machine, threads } = makeMachine(scenario, this.#layout, rules);
    this.#machine = machine;
    this.#threads = threads;
    this.#asking = { machine: this.#machine, host: hostOf(this.#machine), names: this.#names };
    this.#users = new Users(this.#asking);
    this.#machine.script = { decide: () => this.#decide(), triggered: () => undefined };
  }

  run(): Run {
    this.#startThreads();
    for (const statement of this.#scenario.script) this.#statement(statement);
    return {
      scenario: this.#scenario,
      rules: this.#rules,
      names: this.#names,
      users: this.#users,
      cpus: this.#scenario.cpus,
      steps: this.#steps,
      observations: this.#observations,
      verdicts: this.#verdicts,
      met: this.#verdicts.every(({ met }) => met),
    };
  }

  #decide(): Code | 'later' | null {
    const code = this.#failNext;
    this.#failNext = null;
    return code ?? (this.#holding ? 'later' : null);
  }

  /** The first thread of each CPU runs on it from the beginning. */
  #startThreads(): void {
    for (const [tid, { name, cpu }] of this.#threads.entries()) {
      this.#machine.thread(tid).cpu = cpu;
      this.#names.call(tid, name);
      if (this.#machine.state.cpus[cpu]?.thread === -1) this.#machine.switch(cpu, tid);
    }
    this.#machine.takeEvents();
    this.#changedRegisters();
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'run':
        this.#runThread(statement, statement.thread.name, statement.limit);
        return;
      case 'switch':
        this.#switch(statement);
        return;
      case 'mark':
        this.#events = [];
        return;
      case 'effects':
        this.#holding = statement.what === 'hold';
        if (statement.what === 'release') this.#release();
        this.#note(statement);
        return;
      case 'fail':
        this.#failNext = statement.errno;
        this.#note(statement);
        return;
      case 'request':
        this.#request(statement);
        return;
      case 'expect':
        this.#expect(statement);
    }
  }

  /** Takes down what has happened. */
  #note({ line, text }: Pick<Statement, 'line' | 'text'>, answer: string | null = null, by: RunStep['by'] = null): void {
    const events = this.#machine.takeEvents();
    this.#nameChildren(events);
    // Copies of an event are known as such only while they are there.
    for (const event of events) if (event.type === 'triggered' && event.told.who === 'perf') this.#users.ownerOfEvent(event.told.id);
    this.#events.push(...events);
    this.#steps.push({ line, text, answer, by, events, virtual: this.#changedRegisters() });
  }

  #nameChildren(events: readonly MachineEvent[]): void {
    for (const event of events) {
      if (event.type !== 'born') continue;
      const { pc } = this.#machine.thread(event.parent).context;
      const child = this.#names.instruction(pc - 4)?.child ?? null;
      const isFree = child !== null && this.#names.tidOf(child) === null;
      this.#names.call(event.tid, isFree ? child : `${this.#names.thread(event.parent)}.${event.tid}`);
    }
  }

  #changedRegisters(): VirtualChange[] {
    return this.#machine.state.threads.flatMap(({ tid }) => {
      const before = this.#registers.get(tid);
      const now = VIRTUAL_REGISTERS.map((register) => virtual(this.#asking, tid, register));
      this.#registers.set(tid, now);
      if (before === undefined) return [];
      return now.flatMap((value, at) => (value === before[at] ? [] : [{ tid, register: VIRTUAL_REGISTERS[at] ?? 0, value }]));
    });
  }

  #runThread(statement: Statement, name: string, limit: RunLimit): void {
    const tid = this.#names.tidOf(name);
    const thread = tid === null ? null : this.#machine.thread(tid);
    if (thread === null || thread.status !== 'ready') {
      this.#unrunnable(statement, thread === null ? 'the thread has not been born' : `the thread is ${thread.status}`);
      return;
    }
    const cpu = this.#machine.state.cpus[thread.cpu];
    if (cpu?.thread !== thread.tid) {
      this.#machine.switch(thread.cpu, thread.tid);
      this.#note(statement);
    }
    this.#runUntil(statement, thread, limit);
  }

  #runUntil(statement: Statement, thread: Thread, limit: RunLimit): void {
    const most = limit.kind === 'steps' ? limit.count : MOST_STEPS;
    const target = limit.kind === 'until' ? this.#names.place(limit.to) : null;
    for (let done = 0; done < most; done++) {
      if (!this.#canRun(thread)) return;
      if (thread.call === null && thread.context.pc === target) return;
      this.#stepThread(statement, thread);
    }
    if (limit.kind !== 'steps' && this.#canRun(thread)) this.#unrunnable(statement, `it does not come to rest in ${MOST_STEPS} steps`);
  }

  #canRun(thread: Thread): boolean {
    return thread.status === 'ready' && this.#machine.state.cpus[thread.cpu]?.thread === thread.tid;
  }

  #stepThread(statement: Statement, thread: Thread): void {
    const { tid, cpu, call } = thread;
    const at = this.#names.instruction(call === null ? thread.context.pc : thread.context.pc - 4);
    const text = call === null ? (at?.text ?? 'nothing') : `kernel: ${call.name === 'work' ? 'system call' : call.name}`;
    this.#machine.step(cpu);
    this.#note({ line: at?.line ?? statement.line, text }, null, { cpu, tid });
  }

  /** Only where this kernel is one that the scenario speaks of; elsewhere it is merely different. */
  #unrunnable({ line, text }: Statement, found: string): void {
    if (this.#speaksOfKernel()) this.#verdicts.push({ line, text, met: false, found });
  }

  #speaksOfKernel(): boolean {
    return this.#scenario.kernels.includes(this.#rules.kernel);
  }

  #switch(statement: Extract<Statement, { kind: 'switch' }>): void {
    const { cpu, to, between } = statement;
    const tid = to === null ? -1 : this.#names.tidOf(to.name);
    if (tid === null || (tid !== -1 && this.#machine.thread(tid).status !== 'ready')) {
      this.#unrunnable(statement, 'the thread cannot run');
      return;
    }
    const action = between === null ? undefined : assembleAction(this.#layout, between);
    if (action === undefined) this.#machine.switch(cpu, tid);
    else this.#machine.switch(cpu, tid, action);
    this.#note(statement);
  }

  #release(): void {
    for (let [next] = this.#machine.state.held; next !== undefined; [next] = this.#machine.state.held)
      this.#machine.answer(next.effect, null);
  }

  #request(statement: Extract<Statement, { kind: 'request' }>): void {
    const { request, actor, line, text } = statement;
    const answer = this.#ask(this.#names.actorNumber(actor.name), request);
    const said = answer === null ? 'the thread has not been born' : answerText(this.#names, answer);
    this.#note(statement, said);
    this.#observations.push({ line, subject: text.replace(/\s*->.*/, ''), found: said });
    const expected = this.#expectedResult(statement);
    if (expected === null) return;
    const met = answer !== null && isExpected(this.#names, expected, answer);
    // A request without an arrow is only worth a word when it fails.
    if (statement.results.length > 0 || !met) this.#verdicts.push({ line, text, met, found: said });
  }

  #ask(actor: number, request: TracerRequest | UserRequest): Answer | null {
    const thread = 'thread' in request && request.thread !== null ? this.#names.tidOf(request.thread.name) : -1;
    if (thread === null) return null;
    return isUserRequest(request)
      ? this.#users.ask(actor, request, thread)
      : askTracer(this.#asking, { tracer: actor, tid: thread, request });
  }

  /** Null where nothing is said about this kernel. */
  #expectedResult({ results }: Extract<Statement, { kind: 'request' }>): ResultText | null {
    const own = results.find(({ kernel }) => kernel === this.#rules.kernel);
    if (own !== undefined) return own.result;
    if (!this.#speaksOfKernel()) return null;
    return results.find(({ kernel }) => kernel === null)?.result ?? (results.length === 0 ? { kind: 'ok' } : null);
  }

  #expect({ kernels, negated, fact, line, text }: Extract<Statement, { kind: 'expect' }>): void {
    const { met, found } = judge({ ...this.#asking, users: this.#users, events: this.#events }, fact);
    if (fact.kind !== 'order') this.#observations.push({ line, subject: subjectOf(text), found });
    const concerned = kernels === null ? this.#speaksOfKernel() : kernels.includes(this.#rules.kernel);
    if (!concerned) return;
    this.#verdicts.push({ line, text, met: met !== negated, found });
  }
}

const USER_REQUESTS: readonly string[] = [
  ...['register', 'modify', 'unregister', 'swallow', 'leave', 'kwatch', 'unkwatch', 'open', 'close', 'count'],
];

function isUserRequest(request: TracerRequest | UserRequest): request is UserRequest {
  return USER_REQUESTS.includes(request.ask);
}
