// Kinds of access, call chains, and reading memory.
import { expect } from 'vitest';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import type { CaseBodies } from './engine-conformance.js';
import { FRAMED, hot, SAME_VALUE, slow } from './programs.js';
import { Recorder } from './recorder.js';
import { collectWhile, piecesOf, watchRun } from './watched-run.js';

export const ACCESS_CASES: CaseBodies = {
  'readwrite sees reads, write does not': async (world) => {
    const both = await watchRun(world, SAME_VALUE, { parts: [{ name: 'shared', access: 'readwrite' }] });
    const alone = await watchRun(world, SAME_VALUE, { parts: [{ name: 'shared' }] });
    expect(alone.recorder.hits).toHaveLength(30);
    expect(both.recorder.hits).toHaveLength(35);
  },

  'execute sees each pass of the instruction': async (world) => {
    await using program = await world.start(slow(40, 10));
    await using session = program.open({});
    armDirectly(session, piecesOf(program, [{ name: 'shared' }]));
    program.go();
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => recorder.hits.length < 3);
    const after = recorder.hits[0]?.ip ?? 0n;
    armDirectly(session, [{ cookie: 2, address: after, length: 1, access: 'execute' }]);
    await collectWhile(session, recorder, () => program.running);
    disarmDirectly(session, [1, 2]);
    session.collect(recorder, true);
    const passes = recorder.hits.filter(({ cookie }) => cookie === 2);
    expect(passes.length).toBeGreaterThan(0);
    expect(new Set(passes.map(({ ip }) => ip))).toEqual(new Set([after]));
    // Each pass follows the write whose next instruction it is.
    const first = recorder.hits.findIndex(({ cookie }) => cookie === 2);
    const order = recorder.hits.slice(first).map(({ cookie }) => cookie);
    expect(order).toEqual(order.map((_, at) => (at % 2 === 0 ? 2 : 1)));
  },

  'call chains begin where the hit is and go to its callers': async (world) => {
    const framed = { parts: [{ name: 'counter' }] };
    const { recorder, writes } = await watchRun(world, FRAMED, { ...framed, stackDepth: 2 });
    expect(recorder.hits).toHaveLength(writes);
    const chains = recorder.hits.map(({ ip, stack }) => ({
      own: stack?.filter(isAddress).at(0) === ip,
      length: stack?.filter(isAddress).length,
    }));
    expect(new Set(chains.map(({ own, length }) => `${own} ${length}`))).toEqual(new Set(['true 2']));
    // All by one caller.
    expect(new Set(recorder.hits.map(({ stack }) => stack?.at(-1))).size).toBe(1);
    const plain = await watchRun(world, FRAMED, framed);
    expect(plain.recorder.hits.map(({ stack }) => stack)).toEqual(new Array(writes).fill(null));
  },

  'memory can be read, and what is not there is null': async (world) => {
    await using program = await world.start(hot(5));
    await using session = program.open({});
    const { address, size } = program.shown('counter');
    expect(session.readMemory(program.pid, address, size)).toEqual(new Uint8Array(size));
    expect(session.readMemory(program.pid, 8n, 8)).toBeNull();
  },
};

/** perf puts markers between the parts of a chain: the highest addresses there are. */
function isAddress(entry: bigint): boolean {
  return entry < 0xffff_ffff_ffff_f000n;
}
