// Kinds of access, call chains, and reading memory.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import { startTarget } from '../helpers/target.js';
import { Recorder } from './recorder.js';
import { collectWhile, piecesOf, watchRun } from './watched-run.js';

export function accessConformance(engine: Engine): void {
  describe('accesses', () => {
    test('readwrite sees reads, write does not', async () => {
      const both = await watchRun(engine, 'same-value', { parts: [{ name: 'shared', access: 'readwrite' }] });
      const alone = await watchRun(engine, 'same-value', { parts: [{ name: 'shared' }] });
      expect(alone.recorder.hits).toHaveLength(30);
      expect(both.recorder.hits).toHaveLength(35);
    });

    test('execute sees each pass of the instruction', async () => {
      await using target = await startTarget('signals-status', { args: ['--writes', '40', '--interval', '10'] });
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      armDirectly(session, piecesOf(target, [{ name: 'shared' }]));
      target.go();
      const recorder = new Recorder();
      await collectWhile(session, recorder, () => recorder.hits.length < 3);
      const after = recorder.hits[0]?.ip ?? 0n;
      armDirectly(session, [{ cookie: 2, address: after, length: 1, access: 'execute' }]);
      await collectWhile(session, recorder, () => target.running);
      disarmDirectly(session, [1, 2]);
      session.collect(recorder, true);
      const passes = recorder.hits.filter(({ cookie }) => cookie === 2);
      expect(passes.length).toBeGreaterThan(0);
      expect(new Set(passes.map(({ ip }) => ip))).toEqual(new Set([after]));
      // Each pass follows the write whose next instruction it is.
      const first = recorder.hits.findIndex(({ cookie }) => cookie === 2);
      const order = recorder.hits.slice(first).map(({ cookie }) => cookie);
      expect(order).toEqual(order.map((_, at) => (at % 2 === 0 ? 2 : 1)));
    });

    test('call chains begin where the hit is and go to its callers', async () => {
      const framed = { parts: [{ name: 'counter' }], args: ['--writes', '50'], build: { flags: ['-fno-omit-frame-pointer'] } };
      const { recorder } = await watchRun(engine, 'hot', { ...framed, stackDepth: 2 });
      expect(recorder.hits).toHaveLength(50);
      const chains = recorder.hits.map(({ ip, stack }) => ({
        own: stack?.filter(isAddress).at(0) === ip,
        length: stack?.filter(isAddress).length,
      }));
      expect(new Set(chains.map(({ own, length }) => `${own} ${length}`))).toEqual(new Set(['true 2']));
      // All by one caller.
      expect(new Set(recorder.hits.map(({ stack }) => stack?.at(-1))).size).toBe(1);
      const plain = await watchRun(engine, 'hot', framed);
      expect(plain.recorder.hits.map(({ stack }) => stack)).toEqual(new Array(50).fill(null));
    });

    test('memory can be read, and what is not there is null', async () => {
      await using target = await startTarget('hot', { args: ['--writes', '5'] });
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      const { address, size } = target.shown('counter');
      expect(session.readMemory(target.pid, address, size)).toEqual(new Uint8Array(size));
      expect(session.readMemory(target.pid, 8n, 8)).toBeNull();
    });
  });
}

/** perf puts markers between the parts of a chain: the highest addresses there are. */
function isAddress(entry: bigint): boolean {
  return entry < 0xffff_ffff_ffff_f000n;
}
