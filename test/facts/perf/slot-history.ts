// A history of requests for slots, put to a subject and to the model of R-562 at the same time: they must answer alike at every step.
import fc from 'fast-check';
import { type Errno, type EventHandle, isErrno, Refused } from './request.js';
import { type Charge, SlotModel } from './slot-model.js';
import { watch } from './slot-notation.js';
import type { SlotSubject } from './subject.js';

type Name = 'T' | 'U';

/** One step. CPUs and open events are meant by their place in a list, modulo its length. */
export type Step =
  | { readonly kind: 'open'; readonly task: Name | null; readonly cpu: number | null }
  | { readonly kind: 'close'; readonly event: number }
  | { readonly kind: 'poke'; readonly task: Name; readonly register: number }
  | { readonly kind: 'end'; readonly task: Name };

const name = fc.constantFrom<Name>('T', 'U');
const place = fc.nat({ max: 100 });

/** Any step: mostly events that come and go, now and then a tracer or the end of a task. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('open' as const), task: name, cpu: fc.option(place) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('open' as const), task: fc.constant(null), cpu: place }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('close' as const), event: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('poke' as const), task: name, register: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), task: name }) },
);

/** A task as long as it lives: what its tracer has been given is charged to it until then. */
interface Life {
  readonly pokes: Map<number, Charge>;
}

interface OpenEvent {
  readonly handle: EventHandle;
  readonly charge: Charge;
}

/** A subject with all that the model knows of it. */
class History {
  readonly #subject: SlotSubject;
  readonly #model: SlotModel;
  readonly #lives = new Map<Name, Life>();
  readonly #open: OpenEvent[] = [];

  constructor(subject: SlotSubject) {
    this.#subject = subject;
    this.#model = new SlotModel(subject.cpus);
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'open':
        this.#openEvent(step.task, step.cpu);
        break;
      case 'close':
        this.#close(step.event);
        break;
      case 'poke':
        this.#poke(step.task, step.register);
        break;
      case 'end':
        this.#end(step.task);
        break;
    }
  }

  /** Leaves the subject as it was before the history. */
  undo(): void {
    for (const { handle } of this.#open.splice(0)) this.#subject.close(handle);
    for (const task of [...this.#lives.keys()]) if (this.#life(task).pokes.size > 0) this.#end(task);
  }

  #openEvent(task: Name | null, place: number | null): void {
    const cpu = place === null ? null : (this.#subject.cpus[place % this.#subject.cpus.length] ?? 0);
    const charge = { task: task === null ? null : this.#life(task), cpu };
    const where = task === null ? (`CPU(${cpu ?? 0})` as const) : (`${task}@${cpu ?? '*'}` as const);
    const answer = this.#subject.open(watch(where));
    if (!isErrno(answer)) this.#open.push({ handle: answer, charge });
    this.#compare(where, charge, isErrno(answer) ? answer : null);
  }

  #close(place: number): void {
    const [closed] = this.#open.splice(place % Math.max(1, this.#open.length), 1);
    if (closed === undefined) return;
    this.#subject.close(closed.handle);
    this.#model.giveBack(closed.charge);
  }

  /** The first address of a register takes a slot, later ones do not. */
  #poke(task: Name, register: number): void {
    const life = this.#life(task);
    const answer = this.#subject.pokePtrace(task, register, 0x1000n);
    if (life.pokes.has(register)) {
      if (answer !== null) throw new Refused(`DR${register} of ${task} again`, answer);
      return;
    }
    const charge = { task: life, cpu: null };
    if (answer === null) life.pokes.set(register, charge);
    this.#compare(`DR${register} of ${task}`, charge, answer);
  }

  #end(task: Name): void {
    for (const charge of this.#life(task).pokes.values()) this.#model.giveBack(charge);
    this.#lives.delete(task);
    this.#subject.end(task);
  }

  #life(task: Name): Life {
    const known = this.#lives.get(task) ?? { pokes: new Map<number, Charge>() };
    this.#lives.set(task, known);
    return known;
  }

  #compare(what: string, charge: Charge, answer: Errno | null): void {
    const expected = this.#model.take(charge);
    if (expected && answer !== null) throw new Refused(what, answer);
    if (!expected && answer !== 'ENOSPC') throw new Error(`${what}: ENOSPC expected, not ${answer ?? 'success'}`);
  }
}

/** Puts `steps` to a subject that nobody has asked for anything before. Throws where it differs from the model, {@link Refused} where it refuses more. */
export function compareHistory(subject: SlotSubject, steps: readonly Step[]): void {
  const history = new History(subject);
  try {
    for (const step of steps) history.take(step);
  } finally {
    history.undo();
  }
}
