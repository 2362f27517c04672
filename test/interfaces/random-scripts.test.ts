// Random users of one thread's registers: the machine and the running kernel answer the same, tell the same, and stop at the same places.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { type HwBreakpoint, modify, registerUser, statusOf, unregister } from '../../src/interfaces/hwbkpt/index.js';
import { HWBKPT } from '../../src/machine/kernels/index.js';
import { describeWith } from '../helpers/requirement.js';
import { EXIT, store } from '../machine/stage.js';
import { startLive } from './live-world.js';
import { startMachine } from './machine-world.js';
import type { StartWorld, Told, World } from './world.js';
import { loadWrittenProgram } from './written-program.js';

const WORD = 4;
/** Words that the program writes, one after the other. */
const WORDS = 8;
const SEED = 20070222;
const SCRIPTS = 40;

type Step =
  | ({ readonly ask: 'register' } & Pick<HwBreakpoint, 'id' | 'priority' | 'callbacks'> & {
        readonly word: number;
        readonly triggered: 'consumed' | 'passed';
      })
  | { readonly ask: 'unregister'; readonly id: number }
  | { readonly ask: 'modify'; readonly id: number; readonly word: number }
  | { readonly ask: 'raw'; readonly index: number; readonly word: number | null };

const id = fc.nat(6);
const word = fc.nat(WORDS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ ask: fc.constant('register' as const), id, word, callbacks: fc.boolean() },
    ...{ priority: fc.constantFrom(0, 20, 50, 90, 255), triggered: fc.constantFrom('consumed' as const, 'passed' as const) },
  }),
  fc.record({ ask: fc.constant('unregister' as const), id }),
  fc.record({ ask: fc.constant('modify' as const), id, word }),
  fc.record({ ask: fc.constant('raw' as const), index: fc.nat(3), word: fc.option(word) }),
);

function carryOut(world: World, one: Step): unknown {
  const { host, first, tracer, variables } = world;
  const place = (at: number) => ({ address: variables[0] + WORD * at, length: WORD, access: 'write' }) as const;
  switch (one.ask) {
    case 'register':
      return registerUser(host, first, { ...one, ...place(one.word), inherit: 'none' });
    case 'unregister':
      return unregister(host, one.id);
    case 'modify':
      return modify(host, one.id, place(one.word));
    case 'raw':
      return tracer.setSlot(first, one.index, one.word === null ? null : place(one.word));
  }
}

/** In which order one access triggers several is the hardware's affair. */
function inOrder(told: readonly Told[]): string[] {
  const lines = told.map((one) => `${one.request} ${one.what === 'triggered' ? one.answer : `${one.what} ${one.cause}`}`);
  return told.every(({ what }) => what === 'triggered') ? lines.toSorted() : lines;
}

/** All that can be seen of a script, and of the program's run after it. */
async function observe(start: StartWorld, script: readonly Step[]): Promise<unknown[]> {
  await using world = await start(HWBKPT, ({ variables: [a] }) => [
    ...Array.from({ length: WORDS }, (_, at) => store(a + WORD * at, WORD)),
    EXIT,
  ]);
  const seen: unknown[] = [];
  for (const one of script) {
    seen.push([carryOut(world, one), inOrder(world.takeTold()), Array.from({ length: 7 }, (_, at) => statusOf(world.host, at))]);
    seen.push(world.tracer.peek(world.first, 7));
  }
  for (let stop = await world.go(world.first); stop !== null; stop = await world.go(world.first)) {
    const index = Array.from({ length: WORDS + 1 }, (_, at) => world.at(at)).indexOf(stop.address);
    seen.push([stop.signal, stop.code, stop.reasons, index, world.tracer.peek(world.first, 6), inOrder(world.takeTold())]);
  }
  // Its end takes all of them away, in no order.
  seen.push(inOrder(world.takeTold()).toSorted(), await world.endOf(world.first));
  return seen;
}

describeWith(['gcc', 'perf'], 'random users of one thread', () => {
  test(`DESIGN section 5: ${SCRIPTS} scripts, the same on the machine and live`, async () => {
    expect.hasAssertions();
    const program = await loadWrittenProgram();
    const engine = new StopEngine();
    const open = (pid: number) => engine.open({ pid, tid: null, inherit: 'children' });
    const startOnKernel: StartWorld = (rules, code) => startLive({ program, open, kernel: null }, rules, code);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (script) => {
        expect(await observe(startOnKernel, script)).toEqual(await observe(startMachine, script));
      }),
      { seed: SEED, numRuns: SCRIPTS },
    );
  });
});
