// Every single step that the processor makes through a real program ends where next-address said: the trap flag, used on a program of our own only.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNextAddress, type NextAddressFinder, type StoppedThread, userWord } from '../../src/instructions/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { SteppedProgram } from './stepped-program.js';

/** What the walk through the fixture is at least; most of it is in the C library and in the loader. */
const INSTRUCTIONS = 60_000;

describeWith(['ptrace', 'gcc'], 'the next address, against the trap flag', () => {
  let finder: NextAddressFinder;
  let program: SteppedProgram;

  beforeAll(async () => {
    finder = await loadNextAddress();
    program = SteppedProgram.start([await buildFixture('stepped')]);
  });
  afterAll(() => {
    program[Symbol.dispose]();
  });

  test('sorting, printing, copying, jumping out, signals, system calls', () => {
    const seen = { instructions: 0, handlers: 0, jumps: 0, repeated: 0 };
    for (let thread = program.thread(); thread !== null; ) {
      const expected = finder.next(thread);
      const from = program.address;
      const step = program.step();
      seen.instructions++;
      if (step.kind === 'ended') {
        expect(expected).toEqual({ kind: 'ends' });
        break;
      }
      if (step.kind === 'handler') seen.handlers++;
      else if (step.repeats && isRepeated(thread)) seen.repeated++;
      else if (expected.kind !== 'at' || !expected.addresses.includes(program.address))
        expect.fail(`at 0x${from.toString(16)}: expected ${describe(expected)}, went to 0x${program.address.toString(16)}`);
      if (program.address < from || program.address > from + 15n) seen.jumps++;
      thread = program.thread();
    }
    expect(seen.instructions).toBeGreaterThan(INSTRUCTIONS);
    expect(seen.handlers).toBe(3);
    expect(seen.repeated).toBeGreaterThan(1000);
    expect(seen.jumps).toBeGreaterThan(10_000);
  }, 120_000);
});

/** The trap flag traps after each round of a repeated string instruction; for us it is one instruction. */
function isRepeated({ registers, readMemory }: StoppedThread): boolean {
  const first = readMemory(userWord(registers, 'rip'), 1)?.[0];
  return first === 0xf2 || first === 0xf3;
}

function describe(next: ReturnType<NextAddressFinder['next']>): string {
  if (next.kind === 'at') return next.addresses.map((address) => `0x${address.toString(16)}`).join(' or ');
  return next.kind === 'ends' ? 'its end' : `nothing (${next.reason})`;
}
